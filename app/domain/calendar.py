"""Counting of terms in working and calendar days, with the reason for every day.

The decree gives lengths of terms (¶ 57 five working days, ¶ 60 fifteen calendar days) and
not how they are counted. The readings applied are fields of `Counting`; each has its note
in `READINGS`. Times are UTC instants; days are days of one zone, Asia/Almaty by default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app.domain.days import ONE_DAY, WEEKEND, Calendar, DayMark, read_calendar, read_mark

__all__ = [
    "DEFAULT",
    "ONE_DAY",
    "READINGS",
    "WEEKEND",
    "Calendar",
    "CountedDay",
    "Counting",
    "DayMark",
    "Term",
    "calendar_days_after",
    "day_ends_at",
    "due_day",
    "explain",
    "local_day",
    "read_calendar",
    "read_mark",
    "working_days_after",
    "working_days_left",
    "zone_data_is_current",
]

# Longer than any term of the decree by far: an expression in a diagram may not loop for ever.
LONGEST_TERM = 3660

READINGS: Mapping[str, str] = MappingProxyType(
    {
        "receipt_counted": "¶ 57 says 'from the moment of receipt'. Reading: the day of receipt is "
        "not counted. Compare the Law of 27 November 2000 No. 107-II, art. 12-1, and by analogy "
        "the Code on Administrative Offences, art. 739. To be confirmed by a lawyer.",
        "zone": "The decree names no hour. Reading: a term ends at 24:00 of its last day by the "
        "time of the capital (Asia/Almaty: UTC+6, UTC+5 from 1 March 2024), for a body in "
        "another zone too.",
        "roll_on": "¶ 60 does not say what happens when the last of the calendar days is not a "
        "working day. Reading: the term ends on the next working day. To be confirmed by a lawyer.",
    }
)


@dataclass(frozen=True, slots=True)
class Counting:
    """How terms are counted: three readings of what the decree leaves open (`READINGS`)."""

    receipt_counted: bool = False
    zone: str = "Asia/Almaty"
    roll_on: bool = True

    @property
    def tz(self) -> ZoneInfo:
        """The zone as an object; cached by the standard library."""
        return ZoneInfo(self.zone)


DEFAULT = Counting()


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day of a term: whether it counts, and why.

    `why`: receipt, counted, working_day (worked by an entry of the calendar), weekend,
    holiday, day_off, or rolled (the working day onto which the term moved).
    """

    date: date
    counted: bool
    why: str
    mark: DayMark | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A counted term: the last day, the day it was moved from if it was, and every day of it."""

    due: date
    rolled_from: date | None
    days: tuple[CountedDay, ...]
    counting: Counting = DEFAULT

    @property
    def ends_at(self) -> datetime:
        """The instant in UTC at which the term is over: 24:00 of `due` in the counting's zone."""
        return day_ends_at(self.due, self.counting)


def day_ends_at(day: date, counting: Counting = DEFAULT) -> datetime:
    """The instant in UTC of 24:00 of `day`, which is 0:00 of the day after."""
    midnight = datetime.combine(day + ONE_DAY, time(), counting.tz)
    return midnight.astimezone(UTC)


def local_day(moment: datetime, counting: Counting = DEFAULT) -> date:
    """The day on which `moment` falls in the counting's zone.

    Raises:
        ValueError: `moment` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no day")
    return moment.astimezone(counting.tz).date()


def due_day(ends_at: datetime, counting: Counting = DEFAULT) -> date:
    """The day whose 24:00 `ends_at` is: 0:00 still belongs to the day that it ends."""
    if ends_at.tzinfo is None:
        raise ValueError("a moment without a time zone has no day")
    # In UTC: subtracting across a change of offset in local time would be wrong.
    return local_day(ends_at.astimezone(UTC) - timedelta(microseconds=1), counting)


def working_days_after(
    calendar: Calendar, received: datetime | date, count: int, counting: Counting = DEFAULT
) -> Term:
    """The term of `count` working days from receipt (¶ 57).

    Zero days end on the day of receipt. The days of the term are listed from the day of
    receipt to the last.

    Raises:
        Invalid: `calendar.out_of_range`, the term leaves the years of the calendar.
        ValueError: `count` is negative or above `LONGEST_TERM`; a moment without a zone.
    """
    start = _start(received, count, counting)
    counted_on_receipt = counting.receipt_counted and count > 0 and calendar.is_working(start)
    days = [CountedDay(start, counted_on_receipt, "receipt", calendar.why(start))]
    left = count - counted_on_receipt
    day = start
    while left > 0:
        day += ONE_DAY
        counted = calendar.is_working(day)
        left -= counted
        days.append(_working(calendar, day) if counted else _idle(calendar, day))
    return Term(day, None, tuple(days), counting)


def calendar_days_after(
    calendar: Calendar, received: datetime | date, count: int, counting: Counting = DEFAULT
) -> Term:
    """The term of `count` calendar days from receipt (¶ 60), moved on to a working day.

    Raises:
        Invalid: `calendar.out_of_range`, the term leaves the years of the calendar.
        ValueError: `count` is negative or above `LONGEST_TERM`; a moment without a zone.
    """
    start = _start(received, count, counting)
    on_receipt = counting.receipt_counted and count > 0
    days = [CountedDay(start, on_receipt, "receipt", calendar.why(start))]
    for offset in range(1, count + 1 - on_receipt):
        day = start + offset * ONE_DAY
        days.append(CountedDay(day, True, "counted", calendar.why(day)))
    raw = days[-1].date
    if not counting.roll_on or count == 0 or calendar.is_working(raw):
        return Term(raw, None, tuple(days), counting)
    due = raw + ONE_DAY
    while not calendar.is_working(due):
        days.append(_idle(calendar, due))
        due += ONE_DAY
    days.append(CountedDay(due, False, "rolled", calendar.why(due)))
    return Term(due, raw, tuple(days), counting)


def working_days_left(calendar: Calendar, today: date, due: date) -> int:
    """How many working days are left after `today`, up to and with `due`; 0 on the last day.

    Negative is late: the working days after `due` up to and with `today`, and at least one,
    so that a term that ran out on Friday is late on Saturday already.

    Raises:
        Invalid: `calendar.out_of_range`.
    """
    if today <= due:
        return calendar.worked(today, due)
    return -max(1, calendar.worked(due, today))


def explain(term: Term) -> dict[str, object]:
    """A term as JSON: `due`, `rolled_from` and `days` of `date`, `counted`, `why` (ISO dates)."""
    return {
        "due": term.due.isoformat(),
        "rolled_from": term.rolled_from.isoformat() if term.rolled_from else None,
        "days": [
            {"date": day.date.isoformat(), "counted": day.counted, "why": day.why}
            for day in term.days
        ],
    }


def zone_data_is_current() -> bool:
    """Say whether this machine's zone data know the change of offset of 1 March 2024.

    With older data every term that ends after it would end an hour early.
    """
    return day_ends_at(date(2024, 3, 1)) == datetime(2024, 3, 1, 19, tzinfo=UTC)


def _start(received: datetime | date, count: int, counting: Counting) -> date:
    """The day of receipt, after a check of `count`."""
    if not 0 <= count <= LONGEST_TERM:
        raise ValueError(f"a term of {count} days")
    return local_day(received, counting) if isinstance(received, datetime) else received


def _working(calendar: Calendar, day: date) -> CountedDay:
    """A day that counts as a working day."""
    mark = calendar.why(day)
    return CountedDay(day, True, "counted" if mark is None else "working_day", mark)


def _idle(calendar: Calendar, day: date) -> CountedDay:
    """A day that is not worked, with its reason."""
    mark = calendar.why(day) or WEEKEND
    return CountedDay(day, False, mark.kind, mark)
