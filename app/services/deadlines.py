"""Deadlines of a case, explained day by day.

Every count of days was recorded as a call on the event that armed it; the explanation is
made from that record, so it shows the very term that holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import calendar
from app.domain.calendar import Term, due_day, local_day, working_days_left
from app.engine.release import Release
from app.models.cases import CaseFile, Task, Timer
from app.models.trail import EventRow
from app.operations.registers import Registers

State = Literal["running", "kept", "missed", "gone"]

_COUNTS: Mapping[str, Callable[..., Term]] = {
    "working_days_after": calendar.working_days_after,
    "calendar_days_after": calendar.calendar_days_after,
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date of a case: what for, on which paragraph, from what moment, and every day counted.

    `counted` is working_days_after, calendar_days_after or None for a date of the schedule;
    `term` is None where the date was not counted; `days_left` are working days. `order` is
    the number of the later order that moved it here, and `was` the day before that.
    """

    name: Mapping[str, str]
    paragraphs: tuple[str, ...]
    due_at: datetime
    due: date
    days_left: int
    state: State
    counted: str | None
    count: int | None
    received: datetime | None
    term: Term | None
    order: str | None = None
    was: date | None = None


def deadlines(
    session: Session, case: CaseFile, release: Release, now: datetime
) -> tuple[Deadline, ...]:
    """Every dated task and timer of a case, soonest first; the same date is told once."""
    rows: list[Task | Timer] = [
        *session.scalars(select(Task).where(Task.case_id == case.id, Task.due_at.is_not(None))),
        *session.scalars(select(Timer).where(Timer.case_id == case.id)),
    ]
    moved = _moved(session, case)
    recorded = _recorded_calls(session, case, {row.opened_seq for row in rows})
    found: dict[tuple[str, datetime], Deadline] = {}
    registers = Registers(session)
    for row in rows:
        told = moved.get((row.key, row.due_at))
        calls = told.calls if told else recorded.get(row.opened_seq, [])
        deadline = _deadline(row, calls, release, registers, now)
        if told is not None:
            deadline = replace(deadline, order=told.order, was=told.was)
        # A task and the timer on its border are one deadline; the task's name is told.
        key = (deadline.counted or row.key, deadline.due_at)
        if key not in found or isinstance(row, Task):
            found.setdefault(key, deadline)
    return tuple(sorted(found.values(), key=lambda d: d.due_at))


def _deadline(
    row: Task | Timer,
    calls: list[Any],
    release: Release,
    registers: Registers,
    now: datetime,
) -> Deadline:
    element = release.processes[row.process].elements[row.element]
    due_at = row.due_at
    assert due_at is not None
    due = due_day(due_at)
    counted, received, count, term = _explained(calls, due_at, registers)
    return Deadline(
        name=element.name,
        paragraphs=element.paragraphs,
        due_at=due_at,
        due=due,
        days_left=working_days_left(registers.calendar, local_day(now), due),
        state=_state(row, due_at, now),
        counted=counted,
        count=count,
        received=received,
        term=term,
    )


def _state(row: Task | Timer, due_at: datetime, now: datetime) -> State:
    if isinstance(row, Timer):
        if row.state == "waiting":
            return "running" if now < due_at else "missed"
        return "missed" if row.state == "fired" else "gone"
    if row.state == "open":
        return "running" if now < due_at else "missed"
    if row.state == "gone":
        return "gone"
    return "kept" if row.closed_at is not None and row.closed_at <= due_at else "missed"


def _explained(
    calls: list[Any], due_at: datetime, registers: Registers
) -> tuple[str | None, datetime | None, int | None, Term | None]:
    for name, parameters, result in calls:
        if name not in _COUNTS or datetime.fromisoformat(str(result)) != due_at:
            continue
        moment, count = parameters["arguments"]
        received = datetime.fromisoformat(moment)
        return name, received, count, _COUNTS[name](registers.calendar, received, count)
    return None, None, None, None


@dataclass(frozen=True, slots=True)
class _Moved:
    """A date that a later order has moved: the order's number, the day before, its calls."""

    order: str
    was: date
    calls: list[Any]


def _moved(session: Session, case: CaseFile) -> dict[tuple[str, datetime | None], _Moved]:
    """¶ 8: the dates that later orders have moved, by the key and the new instant."""
    found: dict[tuple[str, datetime | None], _Moved] = {}
    bodies = session.scalars(
        select(EventRow.body)
        .where(EventRow.stream == case.stream, EventRow.kind == "case.redated")
        .order_by(EventRow.seq)
    )
    for body in map(json.loads, bodies):
        effects = body.get("effects", {})
        for moved in (*effects.get("tasks_moved", ()), *effects.get("timers_moved", ())):
            due, was = (datetime.fromisoformat(moved[name]) for name in ("due", "was"))
            found[moved["key"], due] = _Moved(
                body["facts"]["order_number"], due_day(was), body.get("calls", [])
            )
    return found


def _recorded_calls(session: Session, case: CaseFile, numbers: set[int]) -> dict[int, list[Any]]:
    rows = session.execute(
        select(EventRow.seq, EventRow.body).where(
            EventRow.stream == case.stream, EventRow.seq.in_(sorted(numbers))
        )
    )
    return {row.seq or 0: json.loads(row.body).get("calls", []) for row in rows}
