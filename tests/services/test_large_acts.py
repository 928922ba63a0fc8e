"""Acts with large tables: what fits one event, and that it can be executed again from it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.demo import appeal
from app.demo.appeal import Appeal
from app.domain.refusals import Invalid, TooLarge
from app.models.cases import CaseFile
from app.models.facts import Conclusion, ConclusionIndicator
from app.models.trail import MAX_BODY
from app.services.checks import MOST_INDICATORS
from tests.journeys.plot import AKMOLA, Stage
from tests.services.replayed import executed_again

EVALUATOR = appeal.EVALUATOR
TEXTS = {"final_report": "Бір.", "recommendations_followed": "Екі.", "findings": "Үш."}
# Sixty letters of Kazakh: as long as the names of indicators are.
NAME = "Мемлекеттік жоспарлау жүйесі құжаттарының нысаналы мәні, {} %"
AS_ANSWERED = {"$answer": "indicators"}


def table(count: int, name: str = NAME) -> list[dict[str, str]]:
    numbers = range(1, count + 1)
    return [
        {"code": f"1.{n}", "name": name.format(n), "value": "92.4", "points": "0.25", "max": "0.5"}
        for n in numbers
    ]


def entering(stage: Stage) -> int:
    """A conclusion on Akmola; its case."""
    stage.begin_year()
    about = {"evaluated_body": "akmola", "block": "1", "year": 2017}
    return stage.play.start(EVALUATOR, "conclusion", "mne", **about)


def enter(stage: Stage, case: int, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Hand in the draft of a conclusion; its event."""
    given = {"indicators": rows, **TEXTS}
    stage.play.do(EVALUATOR, case, "enter", given, evidence="Есеп.pdf")
    return stage.events("task.completed", case)[-1]


def test_three_hundred_indicators_fit_one_event(stage: Stage) -> None:
    case, rows = entering(stage), table(MOST_INDICATORS)
    body = enter(stage, case, rows)
    size = len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
    assert MOST_INDICATORS == 300 and size < MAX_BODY, size
    # Once as the answer; the operation was called with that, and the rows stand together.
    assert body["facts"]["answers"]["indicators"] == rows
    [kept] = [call for call in body["calls"] if "indicators" in call[1]]
    assert kept[1]["indicators"] == AS_ANSWERED
    [first, *_] = stage.all(ConclusionIndicator)
    assert f"conclusion_indicator/{first.id}*300" in body["rows"]
    assert executed_again(case) == 2
    stage.verified()


def test_one_more_is_refused_with_a_sentence(stage: Stage) -> None:
    case = entering(stage)
    with pytest.raises(Invalid) as told:
        enter(stage, case, table(MOST_INDICATORS + 1))
    [wrong] = told.value.fields
    assert (wrong.code, wrong.params) == ("form.too_many", (("max", 300),))
    with pytest.raises(TooLarge, match=r"act\.too_large"):
        enter(stage, case, table(MOST_INDICATORS, NAME + "ұ" * 200))
    assert stage.all(Conclusion) == []


def test_a_correction_of_a_large_table_is_one_event_and_every_case_can_be_executed_again(
    received: Stage,
) -> None:
    """The whole way of an appeal, on a conclusion with three hundred indicators."""
    plot, play = received.plot, received.play
    case = play.start(EVALUATOR, "conclusion", "mne", evaluated_body="aktobe", block="1", year=2017)
    enter(received, case, table(MOST_INDICATORS))
    play.do(appeal.HEAD, case, "sign", {"decision": "sign"})
    plot.conclusions["aktobe"] = case
    plot.receive("aktobe")
    of_aktobe = Appeal("aktobe", "accepted", ("1.7",), ({"1.7": "for"},) * 3)
    objection = plot.object(of_aktobe)
    plot.form_commission(objection)
    plot.vote(objection, of_aktobe)
    minutes = {"minutes_number": "1", "minutes_date": play.today(), "reasons": "Иә."}
    play.do(appeal.MEMBERS[0], objection, "minutes", minutes)
    given = {"corrections": {"1.7": {"value": "99", "points": "0.5"}}}
    play.do(EVALUATOR, objection, "correct", given)
    assert len(received.all(ConclusionIndicator)) == 3 + 2 * MOST_INDICATORS
    other = plot.object(AKMOLA)
    assert other != objection
    moved = [executed_again(row.id) for row in received.all(CaseFile)]
    assert moved == [5, 5, 5, 7, 1]
    received.verified()


def test_what_looks_like_a_reference_is_no_reference(stage: Stage) -> None:
    """An indicator may be called anything, and a vote be on it."""
    case = entering(stage)
    rows = [
        {**row, "code": code}
        for row, code in zip(table(4), ("$answer", "$value", "a", "b"), strict=True)
    ]
    body = enter(stage, case, rows)
    assert body["facts"]["answers"]["indicators"] == rows
    stage.play.do(appeal.HEAD, case, "sign", {"decision": "sign"})
    stage.plot.conclusions["akmola"] = case
    stage.plot.receive("akmola")
    given = Appeal("akmola", "rejected", ("$answer",), ({"$answer": "against"},) * 3)
    objection = stage.plot.object(given)
    stage.plot.form_commission(objection)
    stage.plot.vote(objection, given)
    assert executed_again(objection) > 4
    stage.verified()
