"""Incidents as an act meets them: with what it is to be done again, and which end with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Table, bindparam, select, update

from app.engine.repair import NONE, Repair
from app.models.cases import Incident

INCIDENT = cast(Table, Incident.__table__)
REPAIRED = ("skip", "correct")

_NEWEST = (
    select(INCIDENT.c.opened_seq, INCIDENT.c.state, INCIDENT.c.how, INCIDENT.c.repair)
    .where(INCIDENT.c.case_id == bindparam("case"), INCIDENT.c.act == bindparam("act"))
    .order_by(INCIDENT.c.opened_seq.desc())
    .limit(1)
)
_OVER = (
    update(INCIDENT)
    .where(
        INCIDENT.c.case_id == bindparam("case"),
        INCIDENT.c.act == bindparam("of_act"),
        INCIDENT.c.state == "open",
    )
    .values(
        state="over",
        how=bindparam("ended"),
        closed_seq=bindparam("number"),
        repair=None,
        proposed_seq=None,
        proposed_by=None,
    )
)


class Ready(NamedTuple):
    """With what the next attempt of an act is done: a repair that two people agreed on, or none.

    `fact` is what the event of that attempt tells of it, None where there is none.
    """

    repair: Repair
    fact: Mapping[str, Any] | None


AS_IS = Ready(NONE, None)


def ready(connection: Connection, case_id: int, act: str) -> Ready:
    """The repair with which the next attempt of an act is done.

    It is for one attempt: if that fails too, a newer incident stands.
    """
    row = connection.execute(_NEWEST, {"case": case_id, "act": act}).one_or_none()
    if row is None or row.state == "open" or row.how not in REPAIRED:
        return AS_IS
    content = json.loads(row.repair)
    return Ready(
        Repair(skip=content["skip"], data=content["data"]),
        {"skip": content["skip"], "data": content["data"], "incident_seq": row.opened_seq},
    )


def end(connection: Connection, case_id: int, seq: int, over: Iterable[tuple[str, bool]]) -> None:
    """End the open incidents of acts that are over: each act, and whether it was done."""
    for act, done in over:
        ended = "done" if done else "gone"
        connection.execute(_OVER, {"case": case_id, "of_act": act, "ended": ended, "number": seq})
