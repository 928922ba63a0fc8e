"""Operations of the schedule (¶ 6–8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.calendar import local_day
from app.domain.refusals import Conflict
from app.domain.registers import WORKING_BODY
from app.domain.rules import schedule as rules
from app.models.cases import CaseFile, Party, Task, Timer
from app.models.facts import Letter, ScheduleDraft, ScheduleOrder
from app.operations import facts
from app.operations.context import Context

CHANGED = "schedule.changed"
"""The message of a later order to the open cases of its year; no message of a diagram, whose
names have no point."""
EVALUATED_HERE = "evaluation.here"
"""The setting that says whether an approved schedule opens the year's evaluation; it does."""


def check(context: Context, /, *, year: int, **terms: str | None) -> dict[str, Any]:
    """¶ 7: all five terms are there and in order; returns the warnings that block nothing.

    Raises:
        Invalid: a term is missing or out of order.
    """
    notices = rules.check(_schedule(year, terms), context.registers.calendar)
    return {"warnings": [notice.code for notice in notices]}


def submit(
    context: Context, /, *, year: int, changes: int | None, **terms: str | None
) -> dict[str, Any]:
    """¶ 8: keep the terms as they go to the Head of the Administration for approval."""
    schedule = _schedule(year, terms)
    row = context.write(
        ScheduleDraft(
            case_id=context.case.id,
            year=year,
            author=context.person,
            **{name: schedule.term(name) for name in rules.TERMS},
        )
    )
    administration = context.registers.mandates.holder(
        "presidential_administration", local_day(context.now)
    )
    context.show_to(administration)
    return {"draft": row.id}


def send_back(
    context: Context, /, *, year: int, changes: int | None, **_terms: str | None
) -> dict[str, Any]:
    """¶ 8: the draft was returned with reasons; they lie sealed on this act's event."""
    return {"year": year}


def approve(
    context: Context,
    /,
    *,
    order_number: str,
    order_date: str,
    year: int,
    changes: int | None,
    **_terms: str | None,
) -> dict[str, Any]:
    """¶ 8: the order of the Head of the Administration puts the schedule in force.

    A later order is a new row; the old one stays as it is, and every open case of the year
    that has a date before it works its dates out again. Returns the order with its number,
    whether the year's evaluation opens by it (the first order of the year, unless the setting
    `evaluation.here` says that evaluation is done elsewhere and only conclusions and appeals
    are kept here), and who holds the roles that it begins with.

    Raises:
        Invalid: number or date of the order are missing or impossible.
        Conflict: `mandate.none`, the year opens and nobody holds a role that it begins with.
    """
    today = local_day(context.now)
    ordered = date.fromisoformat(order_date) if order_date else None
    rules.require_order(order_number, ordered, today)
    assert ordered is not None
    draft, number = _draft_and_number(context.session, context.case.id, year)
    row = context.write(
        ScheduleOrder(
            draft_id=draft.id,
            year=year,
            number=number,
            order_number=order_number,
            order_date=ordered,
            approved_by=context.person,
            approved_at=context.now,
        )
    )
    _tell_everybody(context, row.id)
    if number > 1:
        changed = {"order": row.id, "number": row.order_number}
        for case_id in _dated(context.session, year, context.now):
            context.send(CHANGED, changed, to=case_id)
    return {"order": row.id, "number": number, **_opening(context, number, today)}


def _dated(session: Session, year: int, now: datetime) -> Sequence[int]:
    """The open cases of a year in which a term runs, by id; what has run out is not moved."""
    waiting = select(Timer.case_id).where(Timer.state == "waiting", Timer.due_at > now)
    due = select(Task.case_id).where(Task.state == "open", Task.due_at > now)
    return session.scalars(
        select(CaseFile.id)
        .where(
            CaseFile.year == year,
            CaseFile.status == "running",
            CaseFile.id.in_(waiting.union(due)),
        )
        .order_by(CaseFile.id)
    ).all()


def _draft_and_number(session: Session, case_id: int, year: int) -> tuple[ScheduleDraft, int]:
    """The newest draft of a case, and the number that its order gets in the year."""
    draft = session.scalars(
        select(ScheduleDraft)
        .where(ScheduleDraft.case_id == case_id)
        .order_by(ScheduleDraft.id.desc())
        .limit(1)
    ).one()
    last = session.scalar(select(func.max(ScheduleOrder.number)).where(ScheduleOrder.year == year))
    return draft, 1 + (last or 0)


def _opening(context: Context, number: int, today: date) -> dict[str, Any]:
    """¶ 6, 8: whether the year opens by an order, and who then holds the roles it begins with.

    Raises:
        Conflict: `mandate.none`, one of them is held by nobody.
    """
    if number > 1 or not context.registers.setting(EVALUATED_HERE, True):
        return {"opens": False}
    holder = context.registers.mandates.holder
    return {
        "opens": True,
        "planning": holder("state_planning", today),
        "working_body": holder(WORKING_BODY, today),
        "administration": holder("presidential_administration", today),
    }


def _tell_everybody(context: Context, order: int) -> None:
    """A letter to every body that the schedule binds; all of them may see the case."""
    everybody = sorted(context.registers.bodies.by_code)
    context.write_all(
        Letter(
            case_id=context.case.id,
            kind="schedule/approved",
            recipient=organisation,
            subject=order,
            sent_at=context.now,
        )
        for organisation in everybody
    )
    context.write_all(
        Party(case_id=context.case.id, organisation=organisation) for organisation in everybody
    )


def open_case(context: Context, /, *, organisation: str, year: int) -> dict[str, Any]:
    """¶ 6, 8: start data of a schedule; a later one changes the schedule in force.

    Raises:
        NotAllowed: the organisation is not the state planning authority.
        Conflict: a draft for that year is already under way.
    """
    session = context.session
    today = local_day(context.now)
    registers = context.evaluators
    rules.require_planning_authority(registers, organisation, today)
    under_way = session.scalar(
        select(CaseFile.number).where(
            CaseFile.process == "schedule", CaseFile.year == year, CaseFile.status == "running"
        )
    )
    if under_way is not None:
        raise Conflict("schedule.under_way", paragraph="8", year=year, number=under_way)
    standing = in_force(session, year)
    return {
        "year": year,
        "authority": organisation,
        "administration": registers.mandates.holder("presidential_administration", today),
        "changes": standing.case_id if standing is not None else None,
    }


def in_force(session: Session, year: int | None) -> ScheduleDraft | None:
    """¶ 8: the terms of the schedule in force for a year: those of the newest order."""
    return facts.newest(session, ScheduleDraft, _IN_FORCE, {"year": year})


_IN_FORCE = (
    select(ScheduleDraft.__table__)
    .join(ScheduleOrder, ScheduleOrder.draft_id == ScheduleDraft.id)
    .where(ScheduleOrder.year == bindparam("year"))
    .order_by(ScheduleOrder.number.desc())
    .limit(1)
)


def years_in_force(session: Session) -> tuple[int, ...]:
    """¶ 8: the reporting years with a schedule that an order has approved, in their order."""
    return tuple(
        session.scalars(select(ScheduleOrder.year).distinct().order_by(ScheduleOrder.year))
    )


def _schedule(year: int, terms: dict[str, str | None]) -> rules.Schedule:
    return rules.Schedule(
        year=year,
        **{
            name: date.fromisoformat(value) if value else None
            for name, value in terms.items()
            if name in rules.TERMS
        },
    )
