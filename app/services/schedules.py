"""Schedules in force, and the horizon that every page shows (¶ 7–8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.calendar import local_day, working_days_left
from app.models.facts import ScheduleOrder
from app.operations.registers import Registers
from app.operations.schedule import in_force


@dataclass(frozen=True, slots=True)
class Mark:
    """A date of ¶ 7 on the horizon; `days_left` in working days, negative once past."""

    step: int
    paragraph: str
    day: date
    days_left: int


@dataclass(frozen=True, slots=True)
class Horizon:
    """The reporting year that runs now: its five dates and today."""

    year: int
    today: date
    marks: tuple[Mark, ...]


def horizon(*, now: datetime) -> Horizon | None:
    """The schedule in force of the newest reporting year, None before there is one."""
    with reading() as session:
        year = session.scalar(select(func.max(ScheduleOrder.year)))
        if year is None:
            return None
        return Horizon(year=year, today=local_day(now), marks=marks_of(session, year, now))


def marks_of(session: Session, year: int, now: datetime) -> tuple[Mark, ...]:
    """¶ 7: the five dates of a year's schedule in force; none where there is no schedule.

    Of the three dates of 7(1) the latest.
    """
    draft = in_force(session, year)
    if draft is None:
        return ()
    calendar, today = Registers(session).calendar, local_day(now)
    days = (
        max(draft.report_1, draft.report_2, draft.report_3),
        draft.conclusions,
        draft.after_appeals,
        draft.overall,
        draft.to_president,
    )
    return tuple(
        Mark(step, f"7({step})", day, working_days_left(calendar, today, day))
        for step, day in enumerate(days, start=1)
    )
