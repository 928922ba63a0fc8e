"""Deadlines of a case, explained day by day.

Every count of days was recorded as a call on the event that armed it; the explanation is
made from that record, so it shows the very term that holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
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

_REDATED = ("case.redated", "case.calendar_redated")

State = Literal["running", "kept", "missed", "gone"]

_COUNTS: Mapping[str, Callable[..., Term]] = {
    "working_days_after": calendar.working_days_after,
    "calendar_days_after": calendar.calendar_days_after,
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date of a case: what for, on which paragraph, from what moment, and every day counted.

    `counted` is working_days_after, calendar_days_after or None for a date of the schedule;
    `term` is None where the date was not counted; `days_left` are working days. `was` is the
    day before it was moved here: by the later order with the number `order`, or by a change of
    `changed`, a day of the calendar, on the act `basis`.
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
    changed: date | None = None
    basis: str | None = None


def deadlines(
    session: Session, case: CaseFile, release: Release, now: datetime
) -> tuple[Deadline, ...]:
    """Every dated task and timer of a case, soonest first; the same date is told once."""
    rows: list[Task | Timer] = [
        *session.scalars(select(Task).where(Task.case_id == case.id, Task.due_at.is_not(None))),
        *session.scalars(select(Timer).where(Timer.case_id == case.id)),
    ]
    moved = _moved(session, case)
    recorded = _recorded(session, case, {row.opened_seq for row in rows})
    found: dict[tuple[str, datetime], Deadline] = {}
    registers = Registers(session)
    for row in rows:
        told = moved.get((row.key, row.due_at))
        counting = told.counting if told else recorded.get(row.opened_seq, _Counting())
        deadline = _deadline(row, counting, release, registers, now)
        if told is not None:
            deadline = replace(
                deadline, order=told.order, was=told.was, changed=told.changed, basis=told.basis
            )
        # A task and the timer on its border are one deadline; the task's name is told.
        key = (deadline.counted or row.key, deadline.due_at)
        if key not in found or isinstance(row, Task):
            found.setdefault(key, deadline)
    return tuple(sorted(found.values(), key=lambda d: d.due_at))


def _deadline(
    row: Task | Timer,
    counting: _Counting,
    release: Release,
    registers: Registers,
    now: datetime,
) -> Deadline:
    element = release.processes[row.process].elements[row.element]
    due_at = row.due_at
    assert due_at is not None
    due = due_day(due_at)
    counted, received, count, term = _explained(counting, due_at, registers)
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


@dataclass(frozen=True, slots=True)
class _Counting:
    """How an act counted: its calls, and the version of the calendar that it read."""

    calls: list[Any] = field(default_factory=list)
    version: int | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> _Counting:
        """What an event tells of it."""
        return cls(body.get("calls", []), body.get("registers", {}).get("calendar"))


def _explained(
    counting: _Counting, due_at: datetime, registers: Registers
) -> tuple[str | None, datetime | None, int | None, Term | None]:
    for name, parameters, result in counting.calls:
        if name not in _COUNTS or datetime.fromisoformat(str(result)) != due_at:
            continue
        moment, count = parameters["arguments"]
        received = datetime.fromisoformat(moment)
        # By the calendar of that act: a later change has moved it, or it had run out before.
        version = counting.version
        counted = registers.calendar if version is None else registers.calendar_at(version)
        return name, received, count, _COUNTS[name](counted, received, count)
    return None, None, None, None


@dataclass(frozen=True, slots=True)
class _Moved:
    """A date that was moved: the day before, what moved it, and how it was counted then."""

    was: date
    counting: _Counting
    order: str | None
    changed: date | None
    basis: str | None


def _moved(session: Session, case: CaseFile) -> dict[tuple[str, datetime | None], _Moved]:
    """The dates that later orders (¶ 8) or the calendar have moved, by key and new instant."""
    found: dict[tuple[str, datetime | None], _Moved] = {}
    bodies = session.scalars(
        select(EventRow.body)
        .where(EventRow.stream == case.stream, EventRow.kind.in_(_REDATED))
        .order_by(EventRow.seq)
    )
    for body in map(json.loads, bodies):
        facts, effects = body["facts"], body.get("effects", {})
        changed = date.fromisoformat(facts["day"]) if "day" in facts else None
        for moved in (*effects.get("tasks_moved", ()), *effects.get("timers_moved", ())):
            due, was = (datetime.fromisoformat(moved[name]) for name in ("due", "was"))
            found[moved["key"], due] = _Moved(
                was=due_day(was),
                counting=_Counting.of(body),
                order=facts.get("order_number"),
                changed=changed,
                basis=facts.get("basis"),
            )
    return found


def _recorded(session: Session, case: CaseFile, numbers: set[int]) -> dict[int, _Counting]:
    """How the acts with these numbers counted."""
    rows = session.execute(
        select(EventRow.seq, EventRow.body).where(
            EventRow.stream == case.stream, EventRow.seq.in_(sorted(numbers))
        )
    )
    return {row.seq or 0: _Counting.of(json.loads(row.body)) for row in rows}
