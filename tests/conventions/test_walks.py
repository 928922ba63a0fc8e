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
from app.engine.release import Release, compile_release, read_files
from app.engine.step import Step
from tests.conventions.diagrams import BPMN

NOW = datetime(2017, 4, 28, 5, tzinfo=UTC)
ABOUT = {"year": 2016, "block": 2, "evaluated_body": "mes", "authority": "acsa"}
ABOUT |= {"working_body": "ap"}
ROW = {"code": "2.1", "name": "…", "value": "80", "points": "4", "max": "5"}
FILED = ABOUT | {"case": 9, "objection": 1, "conclusion_case": 7, "filed_at": NOW.isoformat()}
MEMBERS = ["p-0001", "p-0002", "p-0003"]


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
    host = Host(schedule__check={"warnings": []}, schedule__approve={"order": 1})
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
    walk.complete("sign#2", decision="sign").complete("receive", confirmed=True)
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
    assert walk.complete("receive", confirmed=True).fire().step.ended


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


@pytest.mark.parametrize("outcome", ["accepted", "partly", "rejected"])
def test_a_commission_decides(outcome: str) -> None:
    tally = {"outcome": outcome, "accepted": [], "rejected": []}
    host = Host(
        commission__form=lambda given: {m: {"member": m} for m in given["members"]},
        commission__count=tally,
        commission__record=lambda given: given["outcome"],
    )
    walk = Walk("objection", FILED | {"late": False, "documents": 2}, host)
    order = {"order_number": "5", "order_date": "2017-05-02", "chair": "p-0002"}
    walk.complete("commission_stage/form", members=MEMBERS, **order)
    assert {t.assignee for t in walk.step.tasks} == set(MEMBERS)
    assert {t.organisation for t in walk.step.tasks} == {"acsa"}
    walk.fire().fire().fire()
    assert [p["day"] for p in host.parameters_of("notice.remind")] == [10, 14]
    assert host.parameters_of("objection.mark_overdue") == [{"objection": 1}]
    walk.complete("commission_stage/vote[p-0001]", recused=True)
    walk.complete("commission_stage/vote[p-0002]", votes={"2.1": "for"})
    walk.complete("commission_stage/vote[p-0003]", votes={"2.1": "against"})
    (counted,) = host.parameters_of("commission.count")
    assert counted["ballots"]["p-0001"] == {"votes": None, "recused": True}
    assert counted["ballots"]["p-0003"] == {"votes": {"2.1": "against"}, "recused": None}
    assert [t.assignee for t in walk.step.tasks] == ["p-0002"]
    walk.complete("commission_stage/minutes", minutes_number="1", minutes_date="2017-05-09")
    assert host.parameters_of("objection.decide") == [{"objection": 1, "outcome": outcome}]
    if outcome != "rejected":
        assert walk.open == ["correct"]
        walk.complete("correct", corrections={"2.1": {"value": "90", "points": "5"}})
    assert bool(host.parameters_of("conclusion.correct")) == (outcome != "rejected")
    assert walk.step.ended and walk.step.sent[0].to == "7"
