"""Incidents of a case, folded: opened, resolved, repaired by two people, or over by themselves.

`case.incident` opens one; `case.incident_resolved` and `incident.repair_approved` end it. An
open incident whose task or timer is closed ends with it. An act that somebody let be tried
again with a repair must have been done with that repair, and none without.
"""

from __future__ import annotations

from typing import Any

from app.audit.fold_rows import Columns, Rows
from app.audit.recheck import Broken, json_bytes

_NONE: Columns = {"repair": None, "proposed_seq": None, "proposed_by": None}
_DONE = {"task": ("tasks_closed", "done"), "timer": ("timers_gone", "fired")}
# The events of which the repair is one of this case's, and the act that each of them is.
_ACT = {"task.completed": "task", "timer.fired": "timer", "message.delivered": ""}


def fold(rows: Rows, case_id: int, body: dict[str, Any]) -> None:
    """Fold one more event into the incidents of a case; raises Broken and as `Folded.fold`."""
    kind, facts = body["kind"], body["facts"]
    if kind == "case.incident":
        rows.add(facts["act"], _opened(rows, case_id, body))
    elif kind == "case.incident_resolved":
        _open(rows, facts)
        if facts["how"] != "retry":
            raise Broken(f"an incident cannot end by {facts['how']}")
        rows.close(facts["act"], state="resolved", how="retry", closed_seq=body["seq"], **_NONE)
    elif kind.startswith("incident.repair_"):
        _proposal(rows, kind.removeprefix("incident.repair_"), body)
    elif kind in _ACT:
        _repaired(rows, kind, facts)


def _opened(rows: Rows, case_id: int, body: dict[str, Any]) -> Columns:
    facts = body["facts"]
    row: Columns = {name: facts.get(name) for name in ("element", "line")}
    row |= {name: facts[name] for name in ("act", "process", "code")}
    row |= {"case_id": case_id, "since": body["at"], "state": "open"}
    row |= {"detail": facts["detail"]["sealed"]}
    row |= {"attempt": 1 + sum(act == facts["act"] for act, _ in rows.closed)}
    return row | {"opened_seq": body["seq"], "closed_seq": None, "how": None} | _NONE


def _open(rows: Rows, facts: dict[str, Any]) -> Columns:
    row = rows.at(facts["act"])
    if row["opened_seq"] != facts["opened_seq"]:
        raise Broken(f"{facts['act']} was not opened by event #{facts['opened_seq']}")
    return row


def _proposal(rows: Rows, what: str, body: dict[str, Any]) -> None:
    facts, person = body["facts"], body["actor"].get("person")
    row = _open(rows, facts)
    if what == "proposed":
        if row["proposed_seq"] is not None:
            raise Broken(f"a repair of {facts['act']} is proposed already")
        data = {name: change["new"] for name, change in facts["data"].items()}
        repair = json_bytes({"data": data, "skip": facts["skip"]})
        row |= {"repair": repair, "proposed_seq": body["seq"], "proposed_by": person}
        return
    if row["proposed_seq"] != facts["proposed_seq"]:
        raise Broken(f"event #{facts['proposed_seq']} proposed no repair of {facts['act']}")
    if what == "withdrawn":
        if person != row["proposed_by"]:
            raise Broken("a proposal was withdrawn by somebody else")
        row |= _NONE
        return
    if person is None or person == row["proposed_by"]:
        raise Broken("a repair was decided by who had proposed it")
    if what == "rejected":
        row |= _NONE
        return
    # Canonical: `skip` is the last of the two names.
    how = "correct" if row["repair"].endswith(b'"skip":{}}') else "skip"
    rows.close(facts["act"], state="resolved", how=how, closed_seq=body["seq"])


def _repaired(rows: Rows, kind: str, facts: dict[str, Any]) -> None:
    """What two people agreed on was done, and nothing else."""
    act = f"{_ACT[kind]} {facts['key']}" if _ACT[kind] else None
    done = facts.get("repair")
    if done is None:
        if act is not None and _waiting(rows, act) is not None:
            raise Broken(f"{act} was done without the repair that was approved")
        return
    found = next(
        (a for a, seq in rows.closed if seq == done["incident_seq"] and act in (None, a)), None
    )
    row = _waiting(rows, found) if found is not None else None
    told = json_bytes({"data": done["data"], "skip": done["skip"]})
    if row is None or row["opened_seq"] != done["incident_seq"] or row["repair"] != told:
        raise Broken(f"nobody approved the repair of event #{done['incident_seq']}")


def _waiting(rows: Rows, act: str) -> Columns | None:
    """The newest incident of an act where it ended by a repair: its next attempt is repaired."""
    if act in rows.open:
        return None
    newest = max((seq for name, seq in rows.closed if name == act), default=None)
    row = rows.closed[act, newest] if newest is not None else None
    return row if row is not None and row["how"] in ("skip", "correct") else None


def over(rows: Rows, body: dict[str, Any]) -> None:
    """End the open incidents of the tasks and timers that an event closed."""
    effects = body.get("effects", {})
    for table, (name, done) in _DONE.items():
        for gone in effects.get(name, ()):
            act = f"{table} {gone['key']}"
            if act in rows.open:
                how = "done" if gone["how"] == done else "gone"
                rows.close(act, state="over", how=how, closed_seq=body["seq"], **_NONE)
