"""What a year refuses, by page and by posted request: said with its paragraph, and on the trail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.demo import accounts
from app.demo import methodologies as demo
from app.services import roles
from tests.journeys.plot import Stage, stage
from tests.services.evaluating import TEXTS, Year, year
from tests.services.test_methodology import OFFICER, begin, example
from tests.services.test_methodology_check import variable, weights
from tests.web.browser import Browser, words
from tests.web.filling import Filled

__all__ = ["stage", "year"]


def test_a_year_without_an_approved_schedule_begins_nothing(untouched: Stage) -> None:
    """¶ 8: the page says it before the form is filled in, and the request is refused as well."""
    browser = Browser(untouched.app, "mne.officer2")
    page = browser.get("/cases/start/conclusion?organisation=mne")
    assert "Бекітілген кесте әлі жоқ." in words(page)
    asked = {"evaluated_body": "akmola", "block": "1", "year": "2016", "organisation": "mne"}
    answer = browser.post("/cases/start/conclusion", asked)
    assert answer.status_code == 422 and "¶ 8" in words(answer)
    assert 'value="2016"' in answer.get_data(as_text=True)
    assert untouched.refused()["code"] == "schedule.not_in_force"


@pytest.mark.parametrize(
    ("spoil", "code", "told"),
    [(weights, "weights", "90"), (variable, "unknown_variable", "target")],
)
def test_a_methodology_that_cannot_be_scored_by_comes_back(
    stage: Stage, spoil: Callable[[dict[str, Any]], None], code: str, told: str
) -> None:
    """¶ 18, 20: what is wrong in the file is named; the answers stay as they were given."""
    case = begin(stage)
    stage.app.extensions["bagalau"].clock.at = stage.play.now
    form = Filled(Browser(stage.app, OFFICER[1]), f"/tasks/{stage.task(case, 'draft')}")
    content = example()
    spoil(content)
    form.attach(content=json.dumps(content).encode(), name="methodology.json")
    form.sent |= demo.REQUIREMENTS
    answer = form.send()
    assert answer.status_code == 422 and told in words(answer)
    for name, text in demo.REQUIREMENTS.items():
        assert form.sent[name] in (text, [text])
    assert stage.refused()["code"] == f"methodology.{code}"
    assert stage.tasks(case) == ["draft"]


def page_of(found: Year, login: str, case: int, element: str) -> Filled:
    found.stage.app.extensions["bagalau"].clock.at = found.play.now
    return Filled(Browser(found.stage.app, login), f"/tasks/{found.stage.task(case, element)}")


@pytest.mark.parametrize("part", TEXTS)
def test_a_conclusion_without_one_of_its_parts_comes_back(year: Year, part: str) -> None:
    """¶ 47: three parts, each of them."""
    case = year.scored()
    form = page_of(year, "mne.officer2", case, "draft")
    form.fill({**TEXTS, part: "  "})
    answer = form.send()
    assert answer.status_code == 422 and form.told(part)
    assert {name: form.sent[name] for name in TEXTS if name != part} == {
        name: text for name, text in TEXTS.items() if name != part
    }
    assert year.stage.refused()["code"] == "form.invalid"
    form.fill(TEXTS)
    assert form.send().status_code == 302


def test_whoever_serves_the_evaluated_body_does_not_score_it(year: Year) -> None:
    """¶ 9(2): neither by the page, which does not open, nor by a request made by hand."""
    case = year.reported()
    login, task = "mof.officer2", year.play.find("mof.officer2", case, "score").task_id
    roles.grant_role(
        person=year.play.code(login),
        role="case_officer",
        organisation="akmola",
        starts_on=year.play.now.date(),
        actor=accounts.SYSTEM,
        now=year.play.now,
    )
    year.stage.app.extensions["bagalau"].clock.at = year.play.now
    browser = Browser(year.stage.app, login)
    for answer in (
        browser.get(f"/tasks/{task}"),
        browser.post(f"/tasks/{task}/complete", {"scores-2.1.1-status": "not_counted"}),
        browser.post(f"/tasks/{task}/claim"),
    ):
        assert answer.status_code == 403 and "¶ 9(2)" in words(answer)
    assert year.stage.refused()["code"] == "conflict.own_body"
