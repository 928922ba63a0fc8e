"""Cases, letters, calendar, people: what is shown to whom; headers; failures."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.demo import appeal
from app.demo.player import EVIDENCE
from app.models.cases import CaseFile
from config.settings import Settings
from tests.journeys.plot import CONCLUSION, Stage
from tests.web.browser import Browser, words

OFFICER, HEAD, ADMIN, AUDITOR = "akmola.officer1", "mne.head", "admin", "auditor"


def test_a_case_tells_its_story(received: Stage) -> None:
    browser = Browser(received.app, HEAD)
    page = words(browser.get(f"/cases/{CONCLUSION}"))
    for told in ("Іс ашылды", "Қорытындыға қол қою", "¶ 57", "1.1.1", "өтіп жатыр"):
        assert told in page
    listed = words(browser.get("/cases?process=conclusion&status=running"))
    assert "Б1-2017-0002" in listed
    assert "К-2017-0001" not in listed


def test_the_body_reads_which_authority_wrote_the_conclusion_and_not_who(received: Stage) -> None:
    wrote = received.actor("mne.officer2").name
    by = "1-нұсқа · Ұлттық экономика министрлігі, жауапты орындаушы"
    for path in (f"/cases/{CONCLUSION}", f"/tasks/{received.task(CONCLUSION, 'object')}"):
        page = words(Browser(received.app, OFFICER).get(path))
        assert by in page and wrote not in page
    inside = words(Browser(received.app, HEAD).get(f"/cases/{CONCLUSION}"))
    assert f"1-нұсқа · {wrote}" in inside and by not in inside


def test_what_the_term_took_away_is_found_on_the_case_and_in_the_late_objection(
    received: Stage,
) -> None:
    task = received.task(CONCLUSION, "object")
    officer = Browser(received.app, OFFICER)
    officer.get(f"/tasks/{task}")
    officer.post(f"/tasks/{task}/draft", points="1.1.1", grounds="Жартылай жазылған.")
    received.play.pass_time(appeal.at("2018-04-03T09:00"))
    received.app.extensions["bagalau"].clock.at = received.play.now
    case = officer.get(f"/cases/{CONCLUSION}")
    assert "Теріп, бірақ тапсырмаған мәтініңіз" in words(case)
    assert f'href="/tasks/{task}"' in case.get_data(as_text=True)
    assert "Жартылай жазылған." in words(officer.get(f"/tasks/{task}"))
    late = officer.get(f"/cases/{CONCLUSION}/late-objection").get_data(as_text=True)
    assert "Жартылай жазылған." in late and 'value="1.1.1" checked' in late
    colleague = words(Browser(received.app, "akmola.officer2").get(f"/cases/{CONCLUSION}"))
    assert "Теріп, бірақ" not in colleague


def test_a_case_is_hidden_from_others_as_if_it_were_not(received: Stage) -> None:
    browser = Browser(received.app, "atyrau.officer1")
    hidden, missing = browser.get(f"/cases/{CONCLUSION}"), browser.get("/cases/999999")
    assert hidden.status_code == missing.status_code == 404
    assert "Б1-2017-0002" not in words(browser.get("/cases"))
    assert browser.get(f"/cases/{CONCLUSION}/diagram/conclusion.bpmn").status_code == 404
    assert Browser(received.app, AUDITOR).get(f"/cases/{CONCLUSION}").status_code == 200


def test_the_diagram_speaks_the_readers_language(received: Stage) -> None:
    browser = Browser(received.app, HEAD)
    address = f"/cases/{CONCLUSION}/diagram/conclusion.bpmn"
    answer = browser.get(address)
    assert answer.mimetype == "application/xml"
    assert "Қорытындыға қол қою" in answer.get_data(as_text=True)
    browser.get("/language/ru")
    assert 'name="Подписать заключение"' in browser.get(address).get_data(as_text=True)
    assert browser.get(f"/cases/{CONCLUSION}/diagram/nothing.bpmn").status_code == 404


def test_letters_are_read_by_whom_they_were_sent_to(received: Stage) -> None:
    browser = Browser(received.app, OFFICER)
    assert "Бағалау нәтижелері туралы қорытынды" in words(browser.get("/letters"))
    page = browser.get("/letters").get_data(as_text=True)
    number = max(int(part.split('"')[0]) for part in page.split('href="/letters/')[1:])
    assert browser.get(f"/letters/{number}").status_code == 200
    assert Browser(received.app, "atyrau.officer1").get(f"/letters/{number}").status_code == 404


def test_a_late_objection_is_warned_of_and_registered(received: Stage) -> None:
    received.play.pass_time(received.play.now.replace(day=4, month=4))
    received.app.extensions["bagalau"].clock.at = received.play.now
    browser = Browser(received.app, OFFICER)
    address = f"/cases/{CONCLUSION}/late-objection"
    assert address in browser.get(f"/cases/{CONCLUSION}").get_data(as_text=True)
    page = words(browser.get(address))
    assert "2018 жылғы 2 сәуір күні аяқталды" in page
    attached = browser.post(
        f"{address}/documents",
        {"documents-file": (io.BytesIO(EVIDENCE), "Дерек.pdf")},
        attach="documents",
        grounds="Кеш қалдық",
        **{"documents-source": "1", "documents-origin": "орган"},
    )
    assert attached.status_code == 200
    kept = attached.get_data(as_text=True)
    assert "Кеш қалдық" in kept
    assert "Дерек.pdf" in kept
    assert browser.post(address, points="1.1.1").status_code == 422
    number = kept.split('name="documents" value="')[1].split('"')[0]
    done = browser.post(address, points="1.1.1", grounds="Кеш қалдық", documents=number)
    assert done.status_code == 302
    page = browser.get(f"/cases/{CONCLUSION}")
    assert "мерзімі өткен" in words(page)
    # Filed once, it is not offered once more: the page leads to the objection.
    assert address not in page.get_data(as_text=True)
    assert Browser(received.app, "atyrau.officer1").get(address).status_code == 404


def test_figures_are_written_as_the_language_does_it(received: Stage) -> None:
    browser = Browser(received.app, OFFICER)
    task = f"/tasks/{received.task(CONCLUSION, 'object')}"
    for language, figure in (("kk", "92,4"), ("en", "92.4"), ("ru", "92,4"), ("en", "92.4")):
        browser.get(f"/language/{language}")
        for path in (f"/cases/{CONCLUSION}", task):
            assert figure in words(browser.get(path)), (language, path)


def test_the_calendar_explains_a_term_day_by_day(received: Stage) -> None:
    browser = Browser(received.app, OFFICER)
    page = words(browser.get("/calendar/2018?received=2018-03-16&count=15&kind=calendar"))
    assert "2018 жылғы 2 сәуір" in page
    assert "31 наурыз – жұмыс істемейтін күн, мерзім 2 сәуір күніне ауысты" in page
    assert "Наурыз мейрамы" in page
    assert browser.get("/calendar/1999").status_code == 404
    assert "күнтізбе" in words(browser.get("/calendar/2040?received=2040-01-01")).lower()
    for wrong in (
        "received=31.12",
        "received=2018-03-16&count=9999",
        "received=2018-03-16&count=x",
    ):
        assert browser.get(f"/calendar/2018?{wrong}").status_code == 200


def test_only_an_administrator_changes_a_day_and_names_the_source(received: Stage) -> None:
    day = {"day": "2018-04-09", "kind": "day_off", "name_kk": "Д", "name_ru": "В", "name_en": "D"}
    officer = Browser(received.app, OFFICER)
    assert officer.post("/calendar/2018", day, source="Акт № 1").status_code == 403
    admin = Browser(received.app, ADMIN)
    refused = admin.post("/calendar/2018", day)
    assert refused.status_code == 422
    assert 'value="2018-04-09"' in refused.get_data(as_text=True)
    assert admin.post("/calendar/2018", day, source="Акт № 1").status_code == 302
    assert "Акт № 1" in words(admin.get("/calendar/2018"))


def test_people_are_kept_by_administrators(received: Stage) -> None:
    assert Browser(received.app, OFFICER).get("/people").status_code == 403
    admin = Browser(received.app, ADMIN)
    names = {"name_kk": "Жаңа Адам", "name_ru": "Новый Человек", "name_en": "New Person"}
    refused = admin.post("/people", names, login="a", language="kk", password="short")
    assert refused.status_code == 422
    assert "Жаңа Адам" in refused.get_data(as_text=True)
    assert "short" not in refused.get_data(as_text=True).split("<main")[1]
    made = admin.post(
        "/people", names, login="new.person", language="ru", password="a long password"
    )
    assert made.status_code == 302
    role = {"role": "case_officer", "organisation": "akmola", "starts_on": "2018-03-01"}
    assert admin.post(f"{made.location}/roles", {**role, "starts_on": "x"}).status_code == 422
    assert admin.post(f"{made.location}/roles", role).status_code == 302
    assert "Ақмола облысы" in words(admin.get(made.location))
    newcomer = Browser(received.app)
    assert newcomer.sign_in("new.person", "a long password").status_code == 302
    assert "Задачи" in words(newcomer.get("/inbox"))
    grant = admin.get(made.location).get_data(as_text=True).split("/roles/")[1].split("/")[0]
    assert admin.post(f"{made.location}/roles/{grant}/end", ends_on="2018-03-28").status_code == 302
    assert admin.post(f"{made.location}/deactivate").status_code == 302
    assert newcomer.get("/inbox").status_code == 302
    assert admin.get("/people/p-9999").status_code == 404


def test_start_forms_are_for_those_who_may_start(received: Stage) -> None:
    officer = Browser(received.app, OFFICER)
    assert officer.get("/cases/start/conclusion?organisation=akmola").status_code == 404
    planner = Browser(received.app, "mne.officer1")
    page = planner.get("/cases").get_data(as_text=True)
    assert "/cases/start/schedule?organisation=mne" in page
    planner.get("/cases/start/schedule?organisation=mne")
    refused = planner.post("/cases/start/schedule", organisation="mne", year="жыл")
    assert refused.status_code == 422
    assert 'value="жыл"' in refused.get_data(as_text=True)


def test_a_conclusion_without_a_schedule_is_refused_before_and_after_the_form(
    received: Stage,
) -> None:
    """¶ 8: the page tells it first, and what is posted all the same is refused and recorded."""
    evaluator = Browser(received.app, "mne.officer2")
    path = "/cases/start/conclusion"
    assert "Кестесі бекітілген есепті жылдар: 2017." in words(
        evaluator.get(f"{path}?organisation=mne")
    )
    about = {"organisation": "mne", "evaluated_body": "atyrau", "block": "1", "year": "2018"}
    refused = evaluator.post(path, about)
    assert refused.status_code == 422
    assert "2018 жыл бойынша қорытындыны бастауға болмайды: Жүйенің 8-тармағына" in words(refused)
    assert 'value="2018"' in refused.get_data(as_text=True)
    assert received.refused()["code"] == "schedule.not_in_force"
    assert received.all(CaseFile, process="conclusion", year=2018) == []


def test_before_the_first_schedule_the_form_cannot_be_sent(untouched: Stage) -> None:
    evaluator = Browser(untouched.app, "mne.officer2")
    page = evaluator.get("/cases/start/conclusion?organisation=mne")
    assert "Бекітілген кесте әлі жоқ." in words(page)
    assert '<button class="btn go" aria-disabled="true"' in page.get_data(as_text=True)
    about = {"organisation": "mne", "evaluated_body": "atyrau", "block": "1", "year": "2017"}
    assert evaluator.post("/cases/start/conclusion", about).status_code == 422
    assert untouched.all(CaseFile) == []


@pytest.mark.parametrize(
    "path", ["/", "/cases", f"/cases/{CONCLUSION}", "/letters", "/calendar/2018", "/help"]
)
def test_headers_are_strict_and_nothing_is_kept(received: Stage, path: str) -> None:
    answer = Browser(received.app, OFFICER).get(path)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = answer.get_data(as_text=True)
    # The policy would stop them without a word.
    for inline in (" style=", " onclick=", "<style", "javascript:", "hx-on"):
        assert inline not in page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_speaks_one_language(received: Stage, language: str) -> None:
    browser = Browser(received.app, HEAD)
    browser.get(f"/language/{language}")
    for path in ("/inbox", "/cases", f"/cases/{CONCLUSION}", "/letters", "/calendar/2018", "/help"):
        answer = browser.get(path)
        assert f'<html lang="{language}">' in answer.get_data(as_text=True)


def test_health_answers_without_a_person(received: Stage) -> None:
    answer = Browser(received.app).get("/health")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["status"] == "ok"


@pytest.fixture
def empty(tmp_path: Path) -> Flask:
    """An application whose database has no tables: nothing can be read."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    app = create_app(Settings(data=tmp_path, database_url=url))
    app.add_url_rule("/fails", "fails", lambda: 1 / 0)
    return app


def test_a_database_that_is_away_is_a_page_that_says_when_to_come_back(empty: Flask) -> None:
    answer = Browser(empty).get("/help")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    page = words(answer)
    assert "Дерекқор" in page
    assert "no such table" not in page


def test_an_unforeseen_failure_tells_a_reference_and_no_detail(empty: Flask) -> None:
    answer = Browser(empty).get("/fails")
    assert answer.status_code == 500
    assert "division" not in answer.get_data(as_text=True)
    assert 'class="mono"' in answer.get_data(as_text=True)


def test_an_upload_beyond_all_bounds_is_refused_with_the_limit(received: Stage) -> None:
    browser, task = Browser(received.app, OFFICER), received.task(CONCLUSION, "object")
    browser.get(f"/tasks/{task}")
    huge = io.BytesIO(b"0" * (received.app.config["MAX_CONTENT_LENGTH"] + 1))
    answer = browser.post(f"/tasks/{task}/documents", {"documents-file": (huge, "a.pdf")})
    assert answer.status_code == 413
    assert "20" in words(answer)
