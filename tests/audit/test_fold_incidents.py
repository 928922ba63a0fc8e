"""The fold of incidents: who decided what, and that what was agreed on is what was done."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit.fold_incidents import fold, over
from app.audit.fold_rows import Rows
from app.audit.recheck import Broken

ACT = "timer pause"


class Trail:
    """Numbers the events of a case, and folds them."""

    def __init__(self) -> None:
        self.rows, self.seq = Rows(), 0

    def tell(self, kind: str, person: str | None = None, **facts: Any) -> int:
        self.seq += 1
        actor = {"person": person} if person else {"system": "timer"}
        body = {"kind": kind, "seq": self.seq, "at": "2018-01-10", "actor": actor}
        effects = facts.pop("effects", {})
        fold(self.rows, 7, {**body, "facts": facts})
        over(self.rows, {**body, "effects": effects})
        return self.seq

    def fails(self, act: str = ACT) -> int:
        return self.tell("case.incident", act=act, process="p", code="c", detail={"sealed": "00"})

    def proposes(self, opened: int, person: str = "p-1", **given: Any) -> int:
        usual = {"skip": {"job": None}, "data": {}}
        return self.tell(
            "incident.repair_proposed", person, act=ACT, opened_seq=opened, **usual | given
        )

    def decides(self, what: str, person: str, opened: int, proposed: int) -> int:
        facts = {"act": ACT, "opened_seq": opened, "proposed_seq": proposed}
        return self.tell(f"incident.repair_{what}", person, **facts)

    def fires(self, repair: Any = None) -> int:
        facts = {"key": "pause"} | ({"repair": repair} if repair else {})
        return self.tell("timer.fired", **facts)


def agreed(trail: Trail, **given: Any) -> int:
    opened = trail.fails()
    trail.decides("approved", "p-2", opened, trail.proposes(opened, **given))
    return opened


def test_what_two_agreed_on_is_done() -> None:
    trail = Trail()
    opened = agreed(trail, skip={}, data={"n": {"old": 1, "new": 2}})
    assert trail.rows.closed[ACT, opened]["how"] == "correct"
    trail.fires({"skip": {}, "data": {"n": 2}, "incident_seq": opened})


@pytest.mark.parametrize(
    "repair",
    [
        None,
        {"skip": {"job": 1}, "data": {}, "incident_seq": 1},
        {"skip": {"job": None}, "data": {"n": 1}, "incident_seq": 1},
        {"skip": {"job": None}, "data": {}, "incident_seq": 2},
    ],
)
def test_an_act_that_was_not_done_as_agreed_does_not_follow(repair: Any) -> None:
    trail = Trail()
    assert agreed(trail) == 1
    with pytest.raises(Broken):
        trail.fires(repair)


def test_a_repair_that_nobody_approved_does_not_follow() -> None:
    trail = Trail()
    opened = trail.fails()
    trail.tell("case.incident_resolved", "p-1", act=ACT, opened_seq=opened, how="retry")
    with pytest.raises(Broken, match="nobody approved"):
        trail.fires({"skip": {"job": None}, "data": {}, "incident_seq": opened})


def test_a_repair_is_spent_by_the_attempt_that_failed() -> None:
    trail = Trail()
    opened = agreed(trail)
    again = trail.fails()
    assert trail.rows.open[ACT]["attempt"] == 2
    with pytest.raises(Broken):
        trail.fires({"skip": {"job": None}, "data": {}, "incident_seq": opened})
    trail.tell("case.incident_resolved", "p-1", act=ACT, opened_seq=again, how="retry")
    trail.fires()


@pytest.mark.parametrize(
    ("what", "person"),
    [("approved", "p-1"), ("rejected", "p-1"), ("approved", ""), ("withdrawn", "p-2")],
)
def test_nobody_decides_on_their_own_proposal_or_takes_anothers_back(
    what: str, person: str
) -> None:
    trail = Trail()
    opened = trail.fails()
    proposed = trail.proposes(opened)
    with pytest.raises(Broken):
        trail.decides(what, person, opened, proposed)


def test_a_decision_is_on_the_proposal_that_stands() -> None:
    trail = Trail()
    opened = trail.fails()
    first = trail.proposes(opened)
    with pytest.raises(Broken, match="proposed already"):
        trail.proposes(opened, "p-2")
    trail.decides("withdrawn", "p-1", opened, first)
    assert trail.rows.open[ACT]["repair"] is None
    with pytest.raises(Broken):
        trail.decides("approved", "p-2", opened, first)


@pytest.mark.parametrize(("how", "told"), [("fired", "done"), ("gone", "gone")])
def test_an_incident_ends_with_its_timer(how: str, told: str) -> None:
    trail = Trail()
    opened = trail.fails()
    trail.tell("case.moved", effects={"timers_gone": [{"key": "pause", "how": how}]})
    row = trail.rows.closed[ACT, opened]
    assert (row["state"], row["how"], row["closed_seq"]) == ("over", told, 2)


def test_an_incident_ends_by_trying_again_and_by_no_other_word() -> None:
    trail = Trail()
    opened = trail.fails()
    with pytest.raises(Broken, match="cannot end by"):
        trail.tell("case.incident_resolved", "p-1", act=ACT, opened_seq=opened, how="shrug")
