"""Working days of a played year, by the register's calendar."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta

from app.domain.calendar import DEFAULT, Calendar

ONE_DAY = timedelta(days=1)


class Workdays:
    """The working days from `first` to `last`, both included."""

    def __init__(self, calendar: Calendar, first: date, last: date) -> None:
        """Ask the calendar about each of the days."""
        span = (last - first).days + 1
        every = (first + ONE_DAY * number for number in range(span))
        self._days = tuple(day for day in every if calendar.is_working(day))

    def from_on(self, day: date, count: int = 0) -> date:
        """`day` where it is worked, else the next worked one; then `count` working days on.

        A negative `count` goes back. Days beyond the span are its first or last day.
        """
        place = bisect_left(self._days, day) + count
        return self._days[max(0, min(place, len(self._days) - 1))]

    @property
    def last(self) -> date:
        """The last of them."""
        return self._days[-1]


def at(day: date, hour: str = "09:00") -> datetime:
    """An instant of the day in Astana's time, UTC; `hour` as `10:42`."""
    return datetime.combine(day, time.fromisoformat(hour), DEFAULT.tz).astimezone(UTC)
