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
ABOUT |= {"working_body": "ap"}
ROW = {"code": "2.1", "name": "…", "value": "80", "points": "4", "max": "5"}
FILED = ABOUT | {"case": 9, "objection": 1, "conclusion_case": 7, "filed_at": NOW.isoformat()}
APPROVED = {"order": 1, "number": 1, "opens": True, "planning": "mne", "working_body": "ap"}
APPROVED |= {"administration": "ap"}
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


STAGE, AGAIN = "commission_stage/sitting", "commission_stage/sitting#2"
ORDER = {"order_number": "5", "order_date": "2017-05-02"}
FURTHER = ORDER | {"order_number": "6", "cause": "absence"}


def sitting(**answers: Any) -> Walk:
    """A commission of three that has just been formed, with p-0002 as its chair."""
    host = Host(
        commission__form=lambda given: {m: {"member": m} for m in given["members"]},
        commission__record=lambda given: given["outcome"],
        **answers,
    )
    walk = Walk("objection", FILED | {"late": False, "documents": 2}, host)
    walk.complete("commission_stage/form", members=MEMBERS, chair="p-0002", **ORDER)
    assert walk.open == [f"{STAGE}/change", *(f"{STAGE}/vote[{member}]" for member in MEMBERS)]
    return walk


def composed(members: list[str], voted: Mapping[str, Any]) -> dict[str, Any]:
    """What `commission.change` makes of an order after which these are members."""
    seats = {member: {"member": member} for member in members}
    open_ = {member: seat for member, seat in seats.items() if member not in voted}
    return {"members": seats, "seats": open_, "cast": dict(voted)}


def minutes(walk: Walk, frame: str = STAGE) -> None:
    walk.complete(f"{frame}/minutes", minutes_number="1", minutes_date="2017-05-09")


@pytest.mark.parametrize("outcome", ["accepted", "partly", "rejected"])
def test_a_commission_decides(outcome: str) -> None:
    walk = sitting(commission__count={"outcome": outcome, "accepted": [], "rejected": []})
    host = walk.host
    people = [(t.assignee, t.role) for t in walk.step.tasks]
    assert people == [(None, "first_head"), *((m, "commission_member") for m in MEMBERS)]
    assert {t.organisation for t in walk.step.tasks} == {"acsa"}
    walk.fire().fire().fire()
    assert [p["day"] for p in host.parameters_of("notice.remind")] == [10, 14]
    assert host.parameters_of("objection.mark_overdue") == [{"objection": 1}]
    walk.complete(f"{STAGE}/vote[p-0001]", recused=True)
    walk.complete(f"{STAGE}/vote[p-0002]", votes={"2.1": "for"})
    walk.complete(f"{STAGE}/vote[p-0003]", votes={"2.1": "against"})
    (counted,) = host.parameters_of("commission.count")
    assert counted["ballots"]["p-0001"] == {"votes": None, "recused": True}
    assert counted["ballots"]["p-0003"] == {"votes": {"2.1": "against"}, "recused": None}
    assert [t.assignee for t in walk.step.tasks] == [None, "p-0002"]
    minutes(walk)
    assert host.parameters_of("objection.decide") == [{"objection": 1, "outcome": outcome}]
    if outcome != "rejected":
        assert walk.open == ["correct"]
        walk.complete("correct", corrections={"2.1": {"value": "90", "points": "5"}})
    assert bool(host.parameters_of("conclusion.correct")) == (outcome != "rejected")
    assert walk.step.ended and walk.step.sent[0].to == "7"


def test_a_further_order_leaves_the_timers_and_the_ballots_of_those_who_stay() -> None:
    voted = {"p-0001": {"votes": {"2.1": "for"}, "recused": False}}
    walk = sitting(
        commission__count={"outcome": "rejected", "accepted": [], "rejected": ["2.1"]},
        commission__change=composed(["p-0001", "p-0002", "p-0009"], voted),
    )
    walk.fire().complete(f"{STAGE}/vote[p-0001]", votes={"2.1": "for"})
    timers = walk.step.timers
    replaced = {"removed": ["p-0003"], "added": ["p-0009"], "chair": "p-0001"}
    walk.complete(f"{STAGE}/change", **replaced, **FURTHER)
    (asked,) = walk.host.parameters_of("commission.change")
    assert (asked["removed"], asked["added"], asked["cast"]) == (["p-0003"], ["p-0009"], {})
    assert walk.open == [f"{AGAIN}/change", f"{AGAIN}/vote[p-0002]", f"{AGAIN}/vote[p-0009]"]
    assert walk.step.timers == timers and len(timers) == 2
    for member in ("p-0002", "p-0009"):
        walk.complete(f"{AGAIN}/vote[{member}]", votes={"2.1": "against"})
    (counted,) = walk.host.parameters_of("commission.count")
    assert sorted(counted["members"]) == ["p-0001", "p-0002", "p-0009"]
    assert counted["cast"] == voted and sorted(counted["ballots"]) == ["p-0002", "p-0009"]
    assert [t.assignee for t in walk.step.tasks] == [None, "p-0001"]
    minutes(walk, AGAIN)
    assert walk.step.ended


def test_a_chair_handed_on_after_the_count_leads_straight_back_to_the_minutes() -> None:
    voted = {member: {"votes": {"2.1": "for"}, "recused": False} for member in MEMBERS}
    walk = sitting(
        commission__count={"outcome": "rejected", "accepted": [], "rejected": ["2.1"]},
        commission__change=composed(MEMBERS, voted),
    )
    for member in MEMBERS:
        walk.complete(f"{STAGE}/vote[{member}]", votes={"2.1": "for"})
    walk.complete(f"{STAGE}/change", chair="p-0003", **FURTHER)
    assert [(t.key, t.assignee) for t in walk.step.tasks] == [
        (f"{AGAIN}/change", None),
        (f"{AGAIN}/minutes", "p-0003"),
    ]
    assert [p["ballots"] for p in walk.host.parameters_of("commission.count")][1] == {}
    minutes(walk, AGAIN)
    assert walk.step.ended


def test_too_many_recusals_break_the_sitting_off_at_once() -> None:
    tallies = iter(("no_quorum", "rejected"))
    walk = sitting(
        commission__count=lambda _: {"outcome": next(tallies), "accepted": [], "rejected": []},
        commission__change=composed(["p-0003", "p-0008", "p-0009"], {}),
    )
    walk.complete(f"{STAGE}/vote[p-0001]", recused=True)
    walk.complete(f"{STAGE}/vote[p-0002]", recused=True)
    assert walk.open == ["commission_stage/replace"] and len(walk.step.timers) == 3
    assert [(t.role, t.due is not None) for t in walk.step.tasks] == [("first_head", True)]
    removed, added = ["p-0001", "p-0002"], ["p-0008", "p-0009"]
    walk.complete(
        "commission_stage/replace", removed=removed, added=added, chair="p-0003", **FURTHER
    )
    assert walk.open == [f"{AGAIN}/change", *(f"{AGAIN}/vote[{m}]" for m in ("p-0003", *added))]
    for member in ("p-0003", *added):
        walk.complete(f"{AGAIN}/vote[{member}]", votes={"2.1": "against"})
    minutes(walk, AGAIN)
    assert walk.step.ended
