"""Schedules in force, and the horizon that every page shows (¶ 7–8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.db import reading
from app.domain.calendar import local_day, working_days_left
from app.models.facts import ScheduleDraft, ScheduleOrder
from app.operations.registers import Registers


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
        found = session.execute(
            select(ScheduleDraft, ScheduleOrder.number)
            .join(ScheduleOrder, ScheduleOrder.draft_id == ScheduleDraft.id)
            .order_by(ScheduleOrder.year.desc(), ScheduleOrder.number.desc())
            .limit(1)
        ).first()
        if found is None:
            return None
        draft: ScheduleDraft = found.ScheduleDraft
        calendar = Registers(session).calendar
        today = local_day(now)
        days = (
            max(draft.report_1, draft.report_2, draft.report_3),
            draft.conclusions,
            draft.after_appeals,
            draft.overall,
            draft.to_president,
        )
        return Horizon(
            year=draft.year,
            today=today,
            marks=tuple(
                Mark(step, f"7({step})", day, working_days_left(calendar, today, day))
                for step, day in enumerate(days, start=1)
            ),
        )
