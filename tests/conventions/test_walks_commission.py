"""A special commission is walked to its decision, composed anew on the way (¶ 9(2), 59).

Operations are stood in for, as in the walks of the other diagrams.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.conventions.test_walks import FILED, Host, Walk

MEMBERS = ["p-0001", "p-0002", "p-0003"]
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
