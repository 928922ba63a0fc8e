"""The pages of a changed calendar: what it moves is shown first, and another person confirms."""

from __future__ import annotations

import pytest

from app.engine.errors import EngineError
from app.models.registers import CalendarProposal
from app.services import messages
from tests.journeys.plot import CONCLUSION, Stage
from tests.services.calendars import SOURCE, agreed, confirm, dates, day_of, propose
from tests.web.browser import Browser, words

DAY = {
    "day": "2018-03-30",
    "kind": "day_off",
    "name_kk": "Қосымша демалыс",
    "name_ru": "Дополнительный выходной",
    "name_en": "Extra day off",
    "source": SOURCE,
}


def test_what_a_change_moves_is_shown_before_it_is_proposed(received: Stage) -> None:
    admin = Browser(received.app, "admin")
    shown = admin.post("/calendar/2018", DAY)
    assert shown.status_code == 200 and received.all(CalendarProposal) == []
    page = words(shown)
    assert "Өтіп жатқан 1 мерзім ауысады, 1 істе." in page
    assert received.case(CONCLUSION).number in page and "Қарсылық жіберу" in page
    assert "2018 жылғы 2 сәуір → 2018 жылғы 3 сәуір" in page
    # What was typed stays, to be proposed or changed.
    assert 'value="2018-03-30"' in shown.get_data(as_text=True)
    sent = admin.post("/calendar/2018", DAY, act="propose")
    assert sent.status_code == 302
    mine = words(admin.get(sent.location))
    assert "Сіздің ұсынысыңызды басқа адам растайды" in mine and "Өзгерісті растау" not in mine
    assert "2018 жылғы 30 наурыз" in words(admin.get("/calendar/2018"))


def test_another_person_confirms_on_the_page(received: Stage) -> None:
    number = propose(received, day_of("2018-03-30"))
    address = f"/calendar/changes/{number}"
    other = Browser(received.app, "admin2")
    assert "2018 жылғы 2 сәуір → 2018 жылғы 3 сәуір" in words(other.get(address))
    own = Browser(received.app, "admin").post(f"{address}/confirm")
    assert own.status_code == 403 and "басқа адам шешім қабылдайды" in words(own)
    assert other.post(f"{address}/reject", reason="").status_code == 422
    # Somebody has seen two terms and there is one: that is told.
    done = other.post(f"{address}/confirm", shown="2")
    assert done.status_code == 302
    assert set(dates(received, CONCLUSION).values()) == {"2018-04-03"}
    told = words(other.get(address))
    assert "өтіп жатқан 1 мерзім ауысады" in told and "бәрі қайта есептелді" in told
    assert "1 істің мерзімдері қайта есептелді" in told
    assert other.post(f"{address}/confirm").status_code == 409


def test_a_proposal_is_rejected_with_a_reason_or_withdrawn(received: Stage) -> None:
    first = propose(received, day_of("2018-03-30"))
    other, admin = Browser(received.app, "admin2"), Browser(received.app, "admin")
    assert other.post(f"/calendar/changes/{first}/withdraw").status_code == 403
    done = other.post(f"/calendar/changes/{first}/reject", reason="Қаулы жоқ.")
    assert done.status_code == 302 and "Қаулы жоқ." in words(admin.get(done.location))
    second = propose(received, day_of("2018-03-30"))
    assert admin.post(f"/calendar/changes/{second}/withdraw").status_code == 302
    assert "қайтарып алынды" in words(admin.get(f"/calendar/changes/{second}"))
    assert set(dates(received, CONCLUSION).values()) == {"2018-04-02"}


def test_proposals_are_for_those_who_edit_the_calendar(received: Stage) -> None:
    number = propose(received, day_of("2018-03-30"))
    officer = Browser(received.app, "mne.officer1")
    assert officer.get(f"/calendar/changes/{number}").status_code == 403
    assert officer.post(f"/calendar/changes/{number}/confirm").status_code == 403
    assert f"/calendar/changes/{number}" not in officer.get("/calendar/2018").get_data(as_text=True)
    assert Browser(received.app, "admin").get("/calendar/changes/99").status_code == 404


def test_the_case_page_tells_why_a_date_has_moved(received: Stage) -> None:
    agreed(received, day_of("2018-03-30"))
    page = words(Browser(received.app, "akmola.officer1").get(f"/cases/{CONCLUSION}"))
    assert "2018 жылғы 2 сәуір күнінен ауыстырылды" in page and SOURCE in page
    assert "Мерзімдер өзгерген күнтізбе бойынша қайта есептелді" in page


def test_a_re_dating_that_fails_is_named_among_the_errors(
    received: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm(received, propose(received, day_of("2018-03-30")))

    def broken(*_: object, **__: object) -> None:
        raise EngineError("conclusion", "window", 267, "function_failed", "working_days_after")

    with monkeypatch.context() as patch:
        patch.setattr("app.services.redatings.runner.redate", broken)
        messages.deliver_all(now=received.play.now)
    admin = Browser(received.app, "admin")
    page = words(admin.get("/incidents/1"))
    assert "өзгерген күнтізбе бойынша мерзімдерді қайта есептеу" in page
    assert "қайта есептелетін тағы 1 іс бар" in words(admin.get("/calendar/changes/1"))
    assert admin.post("/incidents/1/retry").status_code == 302
    assert set(dates(received, CONCLUSION).values()) == {"2018-04-03"}
