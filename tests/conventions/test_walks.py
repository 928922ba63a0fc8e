"""Every diagram can be walked to its end by the engine, down each of its branches.

Operations are stood in for here: what is tried is the diagrams, their data and their forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import pytest

from app.engine import runner
from app.engine.errors import TaskGone
from app.engine.release import Release, compile_release, read_files
from app.engine.step import Step
from tests.conventions.diagrams import BPMN

NOW = datetime(2017, 4, 28, 5, tzinfo=UTC)
ABOUT = {"year": 2016, "block": 2, "evaluated_body": "mes", "authority": "acsa"}
ABOUT |= {"working_body": "ap", "scored": False}
ROW = {"code": "2.1", "name": "…", "value": "80", "points": "4", "max": "5"}
FILED = ABOUT | {"case": 9, "objection": 1, "conclusion_case": 7, "filed_at": NOW.isoformat()}
APPROVED = {"order": 1, "number": 1, "opens": True, "planning": "mne", "working_body": "ap"}
APPROVED |= {"administration": "ap"}


def later(moment: str, days: int) -> str:
    return (datetime.fromisoformat(moment) + timedelta(days=days)).isoformat()


class Host:
    """Answers for the service layer and notes what was called."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {name.replace("__", "."): answer for name, answer in answers.items()}
        self.called: list[tuple[str, Mapping[str, Any]]] = []
        self.functions: Mapping[str, Callable[..., Any]] = {
            "working_days_after": later,
            "calendar_days_after": later,
            "schedule": lambda step: NOW.isoformat(),
        }

    def operate(self, name: str, parameters: Mapping[str, Any]) -> Any:
        self.called.append((name, parameters))
        answer = self.answers.get(name)
        return answer(parameters) if callable(answer) else answer

    def parameters_of(self, name: str) -> list[Mapping[str, Any]]:
        return [parameters for called, parameters in self.called if called == name]


@cache
def release() -> Release:
    return compile_release(read_files(BPMN))


class Walk:
    """A case of the release, moved act by act."""

    def __init__(self, process: str, data: Mapping[str, Any], host: Host) -> None:
        self.host = host
        self.step: Step = runner.start(release(), process, dict(data), now=NOW, host=host)

    def complete(self, key: str, **answers: Any) -> Walk:
        state = self.step.state
        self.step = runner.complete(release(), state, key, answers, now=NOW, host=self.host)
        return self

    def fire(self) -> Walk:
        timer = min(self.step.timers, key=lambda t: t.due)
        state = self.step.state
        self.step = runner.fire(release(), state, timer.key, now=timer.due, host=self.host)
        return self

    def deliver(self, message: str) -> Walk:
        state, payload = self.step.state, {"objection": 1}
        self.step = runner.deliver(release(), state, message, payload, now=NOW, host=self.host)
        return self

    @property
    def open(self) -> list[str]:
        return sorted(task.key for task in self.step.tasks)


def test_the_release_compiles_without_any_finding() -> None:
    assert release().findings == ()


def test_a_schedule_is_returned_once_and_approved() -> None:
    host = Host(schedule__check={"warnings": []}, schedule__approve=APPROVED)
    data = {"case": 1, "year": 2016, "authority": "mne", "administration": "ap", "changes": None}
    terms = {"report_1": "2017-02-01", "report_2": "2017-02-02", "report_3": "2017-02-03"}
    terms |= {"conclusions": "2017-04-28", "after_appeals": "2017-06-01"}
    terms |= {"overall": "2017-07-01", "to_president": "2017-08-01"}
    walk = Walk("schedule", data, host).complete("draft", **terms)
    assert [(t.role, t.organisation) for t in walk.step.tasks] == [("administration_head", "ap")]
    walk.complete("approve", decision="return").complete("draft#2", **terms)
    walk.complete("approve#2", decision="approve", order_number="12", order_date="2017-01-20")
    assert walk.step.ended
    (approved,) = host.parameters_of("schedule.approve")
    assert approved["order_number"] == "12" and approved["report_3"] == "2017-02-03"
    (opening,) = walk.step.sent
    assert opening.starts == "cycle" and opening.payload["planning"] == "mne"


RECEIVE, PROVE = "receipt_stage/receive", "receipt_stage/prove"


def test_a_conclusion_waits_until_every_objection_is_decided() -> None:
    numbers, still_open = count(1), iter((2, 1, 0))
    host = Host(
        conclusion__issue=1,
        conclusion__deliver=NOW.isoformat(),
        conclusion__receive=NOW.isoformat(),
        conclusion__count_open=lambda _: next(still_open),
        objection__register=lambda given: {
            "id": next(numbers),
            "filed_at": NOW.isoformat(),
            "late": False,
            "documents": len(given["documents"] or []),
        },
    )
    walk = Walk("conclusion", ABOUT | {"case": 7}, host)
    walk.complete("enter", indicators=[ROW], documents=[1])
    walk.complete("sign", decision="return").complete("enter#2", indicators=[ROW], documents=[1])
    walk.complete("sign#2", decision="sign").complete(RECEIVE, confirmed=True)
    walk.complete("object", points=["2.1"], documents=[3, 4])
    (first,) = walk.step.sent
    assert first.starts == "objection" and first.payload["documents"] == 2
    # The second one has no documents, and does not inherit those of the first.
    walk.complete("object#2", points=["2.1"], proceed_without=True)
    assert walk.step.sent[0].payload["documents"] == 0
    assert walk.step.sent[0].payload["conclusion_case"] == 7
    assert walk.open == ["object#3"] and walk.step.tasks[0].due == walk.step.timers[0].due
    walk.fire()
    assert not walk.open and [w.message for w in walk.step.waits] == ["objection_decided"]
    assert not walk.deliver("objection_decided").step.ended
    assert walk.deliver("objection_decided").step.ended


def test_a_body_that_agrees_has_nothing_to_do() -> None:
    instant = NOW.isoformat()
    host = Host(conclusion__issue=1, conclusion__deliver=instant, conclusion__receive=instant)
    host.answers["conclusion.count_open"] = 0
    walk = Walk("conclusion", ABOUT | {"case": 7}, host)
    walk.complete("enter", indicators=[ROW], documents=[1]).complete("sign", decision="sign")
    assert walk.complete(RECEIVE, confirmed=True).fire().step.ended


PROOF = {"proof": "courier_receipt", "proof_number": "7", "received_on": "2017-04-28"}


@pytest.mark.parametrize(
    ("first", "answers", "other"),
    [(RECEIVE, {"confirmed": True}, PROVE), (PROVE, {**PROOF, "documents": [2]}, RECEIVE)],
)
def test_the_receipt_is_recorded_once_whoever_is_first(
    first: str, answers: dict[str, Any], other: str
) -> None:
    instant = NOW.isoformat()
    host = Host(conclusion__issue=1, conclusion__deliver=instant, conclusion__receive=instant)
    walk = Walk("conclusion", ABOUT | {"case": 7}, host)
    walk.complete("enter", indicators=[ROW], documents=[1]).complete("sign", decision="sign")
    people = {(task.key, task.role, task.organisation) for task in walk.step.tasks}
    assert people == {
        (RECEIVE, "case_officer", ABOUT["evaluated_body"]),
        (PROVE, "case_officer", ABOUT["authority"]),
    }
    walk.complete(first, **answers)
    assert walk.open == ["object"] and walk.step.data["received_at"] == instant
    assert len(host.parameters_of("conclusion.receive")) == 1
    with pytest.raises(TaskGone):
        walk.complete(other)


@pytest.mark.parametrize(
    ("late", "documents", "admissibility"),
    [(True, 2, "late"), (True, 0, "late"), (False, 0, "without_documents")],
)
def test_late_or_undocumented_objections_are_closed_by_the_head(
    late: bool, documents: int, admissibility: str
) -> None:
    host = Host()
    walk = Walk("objection", FILED | {"late": late, "documents": documents}, host)
    assert [t.role for t in walk.step.tasks] == ["first_head"]
    walk.complete("close", decision_number="4", decision_date="2017-05-02")
    assert host.called == [("objection.close", {"objection": 1, "admissibility": admissibility})]
    assert walk.step.ended and walk.step.sent[0].to == "7"
