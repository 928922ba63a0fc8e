"""Terms counted over the calendar in force, to be shown day by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from app.db import reading
from app.domain import calendar
from app.domain.calendar import Term
from app.operations.registers import Registers

COUNTS: Mapping[str, Callable[..., Term]] = {
    "working": calendar.working_days_after,
    "calendar": calendar.calendar_days_after,
}
# Longer strips of days explain nothing any more.
LONGEST = 120


def counted(*, received: date, count: int, kind: str) -> Term:
    """The term of `count` days after receipt; `kind` is working (¶ 57) or calendar (¶ 60).

    Raises:
        Invalid: `calendar.out_of_range`, the term leaves the years of the calendar.
        ValueError: no such kind, or `count` is not between 0 and `LONGEST`.
    """
    if kind not in COUNTS or not 0 <= count <= LONGEST:
        raise ValueError(f"a term of {count} {kind} days")
    with reading() as session:
        return COUNTS[kind](Registers(session).calendar, received, count)
