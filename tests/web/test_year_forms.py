"""The end of a year by hand: missing conclusions, and the overall evaluation to its publication."""

from __future__ import annotations

import pytest

from app.demo import appeal
from app.models.facts import Letter
from app.models.overall import MissingConclusion, OverallMark, OverallResult, SecrecyCheck
from tests.journeys.plot import Stage
from tests.services import yearly
from tests.services.test_overall import to_the_check
from tests.services.yearly import CASE, HEAD, OFFICER, WORKING, final_year, opened_year
from tests.web.browser import Browser, words
from tests.web.filling import Filled

__all__ = ["final_year", "opened_year"]


def page_of(stage: Stage, login: str, element: str) -> Filled:
    stage.app.extensions["bagalau"].clock.at = stage.play.now
    task = stage.task(CASE, element)
    return Filled(Browser(stage.app, login), f"/tasks/{task}")


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_missing_conclusion_needs_its_reason(opened_year: Stage, language: str) -> None:
    stage = opened_year
    late = ("mia", "moj")
    cases = yearly.evaluations(stage)
    yearly.conclude(stage, [case for case in cases if case.evaluated_body not in late])
    stage.play.pass_time(appeal.at("2018-05-12T09:00"))
    form = page_of(stage, OFFICER, "missing")
    form.browser.get(f"/language/{language}?next=/")
    form.read(form.browser.get(form.path))
    places = form.names("missing-")
    assert sorted(places) == ["missing-1-moj", "missing-2-mia", "missing-2-moj", "missing-3-moj"]
    form.fill({"missing-2-mia": "not_evaluated", "missing-3-moj": "reorganised", "note": "Хат"})
    assert form.send().status_code == 422
    told = form.told("missing-1-moj")
    assert "11" in told and told == form.told("missing-2-moj")
    assert ("себебі" if language == "kk" else "причина") in told
    # What was chosen stays chosen, and is kept as a draft.
    form.read(form.browser.get(form.path))
    assert form.sent["missing-2-mia"] == "not_evaluated" and form.sent["missing-1-moj"] == ""
    form.fill(dict.fromkeys(("missing-1-moj", "missing-2-moj"), "conclusion_late"))
    # Neither a word of our own nor another evaluation is taken.
    form.sent["missing-1-mof"] = "other"
    assert form.send().status_code == 422
    assert form.told("missing-1-mof")
    form.fill({"missing-1-moj": "other"})
    assert form.send().status_code == 302
    found = {(m.block, m.evaluated_body): m.reason for m in stage.all(MissingConclusion)}
    assert found == {
        (2, "mia"): "not_evaluated",
        (3, "moj"): "reorganised",
        (1, "moj"): "other",
        (2, "moj"): "conclusion_late",
    }


def test_one_reason_fills_the_empty_rows_and_no_others(opened_year: Stage) -> None:
    stage = opened_year
    late = ("mia", "moj")
    cases = yearly.evaluations(stage)
    yearly.conclude(stage, [case for case in cases if case.evaluated_body not in late])
    stage.play.pass_time(appeal.at("2018-05-12T09:00"))
    form = page_of(stage, OFFICER, "missing")
    form.fill({"missing-2-mia": "not_evaluated", "note": "Хат"})
    # Nothing is chosen for the others: nothing is filled, and nothing typed is lost.
    assert form.send("fill").status_code == 302
    form.read(form.browser.get(form.path))
    assert form.sent["missing-1-moj"] == "" and form.sent["note"] == "Хат"
    assert "Алдымен себебін таңдаңыз." in form.page.text_content()
    form.fill({"fill_empty": "conclusion_late"})
    assert form.send("fill").status_code == 302
    form.read(form.browser.get(form.path))
    filled = {name: form.sent[name] for name in form.names("missing-")}
    assert filled.pop("missing-2-mia") == "not_evaluated"
    assert set(filled.values()) == {"conclusion_late"} and len(filled) == 3
    # It is a draft until it is handed in, by whoever may.
    assert stage.all(MissingConclusion) == []
    stranger = Browser(stage.app, "mof.officer1")
    stranger.get("/")
    assert stranger.post(f"{form.path}/fill", form.sent).status_code == 403
    form.fill({"fill_empty": "other"})
    assert form.send().status_code == 302
    assert sorted(row.reason for row in stage.all(MissingConclusion)) == [
        *["conclusion_late"] * 3,
        "not_evaluated",
    ]


def test_an_overall_result_withheld_alone_is_told_at_its_row(final_year: Stage) -> None:
    stage = final_year
    to_the_check(stage)
    secrecy = page_of(stage, OFFICER, "secrecy")
    # Blocks come first: the overall results follow from them.
    assert secrecy.names("secrecy-")[-1].startswith("secrecy-0-")
    alone = ("secrecy-0-moj", "secrecy-0-mia")
    secrecy.fill({**dict.fromkeys(alone, "official"), "checked": "yes"})
    assert secrecy.send().status_code == 422
    for place, name in zip(alone, ("Әділет", "Ішкі істер"), strict=True):
        told = secrecy.told(place)
        assert name in told and place.rpartition("-")[2] not in told


def test_the_overall_evaluation_is_done_by_hand_to_its_publication(final_year: Stage) -> None:
    stage = final_year
    draft = page_of(stage, OFFICER, "draft_overall")
    [shown] = draft.page.xpath("//*[@id='results']")
    points = next(r.points for r in stage.all(OverallResult) if r.evaluated_body == "moj")
    assert points.replace(".", ",") in shown.text_content()
    draft.fill(text="Жыл қорытындысы.")
    assert draft.send().status_code == 302
    sign = page_of(stage, HEAD, "sign_overall")
    assert sign.page.xpath("//*[@id='results']")
    assert "Жыл қорытындысы." in sign.page.text_content()
    sign.fill(decision="sign")
    assert sign.send().status_code == 302
    commission = page_of(stage, WORKING, "commission")
    day = stage.play.today()
    commission.fill(conclusion_number="7", conclusion_date=day, programmes="none")
    assert commission.send().status_code == 302
    instruct = page_of(stage, WORKING, "instruct")
    instruct.fill(instructions="Кемшіліктер жойылсын.", bodies=["moj", "mia"])
    assert instruct.send().status_code == 302
    assert len(stage.all(Letter, kind="overall/instructions")) == 2
    _checked(stage)
    consent = page_of(stage, WORKING, "consent")
    assert "мемлекеттік құпия" in consent.page.text_content()
    assert "Хат № 5." in consent.page.text_content()
    consent.fill(decision="consent", consent_number="12-3", consent_date=day)
    assert consent.send().status_code == 302
    assert [row.mark for row in stage.all(OverallMark)][-1] == "published"
    assert stage.case(CASE).status == "ended"


def _checked(stage: Stage) -> None:
    """The check for secrets, with a wrong word first."""
    secrecy = page_of(stage, OFFICER, "secrecy")
    assert len(secrecy.names("secrecy-")) == len(stage.all(OverallResult))
    secrecy.fill({"secrecy-1-moj": "state_secret", "secrecy-2-mia": "because", "note": "Хат № 5."})
    secrecy.fill(checked="yes")
    assert secrecy.send().status_code == 422
    assert secrecy.told("secrecy-2-mia")
    assert secrecy.sent["secrecy-1-moj"] == "state_secret"
    secrecy.fill({"secrecy-2-mia": ""})
    assert secrecy.send().status_code == 302
    withheld = {(row.block, row.evaluated_body) for row in stage.all(SecrecyCheck, withheld=True)}
    assert withheld == {(1, "moj"), (0, "moj")}
    assert words(Browser(stage.app, OFFICER).get("/")).strip()
