"""Which days are worked: the calendar register as a value, and the reading of its rows.

Labour Code of Kazakhstan: five working days a week, national and state holidays, days off
(7 January, the first day of Kurban Ait), and days that the Government moves. What differs
from the plain week stands in the register, each entry with the act it rests on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Literal, cast, get_args

from app.domain.refusals import FieldError, Invalid

MarkKind = Literal["holiday", "day_off", "working_day", "ordinary", "weekend"]
REGISTER_KINDS = frozenset(get_args(MarkKind)) - {"weekend"}
SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayMark:
    """What a day is and why, in three languages; `source` names the act or the publication.

    `ordinary` is an entry taken back: the day is again what its weekday says.
    """

    kind: MarkKind
    name_kk: str
    name_ru: str
    name_en: str
    source: str

    def name(self, language: str) -> str:
        """The name in `language` (kk, ru, en); Kazakh for any other."""
        return {"ru": self.name_ru, "en": self.name_en}.get(language, self.name_kk)


WEEKEND = DayMark(
    kind="weekend",
    name_kk="Демалыс күні",
    name_ru="Выходной день",
    name_en="Weekend",
    source="Labour Code of the Republic of Kazakhstan, art. 84",
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar register at one version: the days that differ from the plain week.

    It answers only for the whole years from its first entry to its last: a year that nobody
    has entered would be counted as if it had no holidays. A calendar without entries is the
    plain five-day week of any year.
    """

    version: int
    days: Mapping[date, DayMark]
    first: date = field(init=False)
    last: date = field(init=False)
    # The days unlike the plain week, in order, and by how much all up to each change a count.
    _unlike: Sequence[date] = field(init=False, repr=False, compare=False)
    _change: Sequence[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find the years covered, and what differs from the plain week."""
        years = [day.year for day in self.days] or [date.min.year, date.max.year]
        object.__setattr__(self, "first", date(min(years), 1, 1))
        object.__setattr__(self, "last", date(max(years), 12, 31))
        unlike = [day for day in sorted(self.days) if self.is_working(day) != _plainly_worked(day)]
        changes = accumulate(1 if self.is_working(day) else -1 for day in unlike)
        object.__setattr__(self, "_unlike", unlike)
        object.__setattr__(self, "_change", [0, *changes])

    def is_working(self, day: date) -> bool:
        """Say whether `day` is worked.

        Raises:
            Invalid: `calendar.out_of_range`, the year of `day` is not in the calendar.
        """
        if not self.first <= day <= self.last:
            raise Invalid("calendar.out_of_range", day=day.isoformat())
        mark = self.days.get(day)
        if mark is None or mark.kind == "ordinary":
            return _plainly_worked(day)
        return mark.kind == "working_day"

    def worked(self, after: date, until: date) -> int:
        """How many days later than `after` and not later than `until` are worked.

        Raises:
            Invalid: `calendar.out_of_range`, one of them is not in the calendar.
        """
        if until <= after:
            return 0
        for day in (after + ONE_DAY, until):
            self.is_working(day)
        before, up_to = (bisect_right(self._unlike, day) for day in (after, until))
        changed = self._change[up_to] - self._change[before]
        return _weekdays(until) - _weekdays(after) + changed

    def why(self, day: date) -> DayMark | None:
        """The entry that makes `day` what it is; `WEEKEND`; or None for a plain working day."""
        mark = self.days.get(day)
        if mark is not None and mark.kind != "ordinary":
            return mark
        return WEEKEND if day.weekday() >= SATURDAY else None


def _plainly_worked(day: date) -> bool:
    return day.weekday() < SATURDAY


def _weekdays(day: date) -> int:
    """The days from Monday to Friday up to `day`, from the first day of the calendar, a Monday."""
    weeks, rest = divmod(day.toordinal(), 7)
    return 5 * weeks + min(rest, 5)


def read_mark(row: Mapping[str, str]) -> tuple[date, DayMark]:
    """Read one row of the register: day, kind, name_kk, name_ru, name_en, source.

    Raises:
        Invalid: `calendar.source_missing`; or `calendar.bad_day` with the fields that are wrong.
    """
    names = ("name_kk", "name_ru", "name_en")
    errors = [FieldError(name, "form.required") for name in names if not row.get(name, "").strip()]
    try:
        day = date.fromisoformat(row.get("day", ""))
    except ValueError:
        errors.append(FieldError("day", "form.not_a_date"))
    if row.get("kind") not in REGISTER_KINDS:
        errors.append(FieldError("kind", "form.not_a_choice"))
    if errors:
        raise Invalid("calendar.bad_day", fields=tuple(errors), day=row.get("day", ""))
    if not row.get("source", "").strip():
        raise Invalid("calendar.source_missing", fields=(FieldError("source", "form.required"),))
    kind = cast(MarkKind, row["kind"])
    kk, ru, en = (row[name].strip() for name in names)
    return day, DayMark(kind, kk, ru, en, row["source"].strip())


def read_calendar(rows: Iterable[Mapping[str, str]], version: int) -> Calendar:
    """Read the rows of the register into a calendar; a day given twice is refused.

    Raises:
        Invalid: see `read_mark`; `calendar.bad_day` for a day that stands there twice.
    """
    days: dict[date, DayMark] = {}
    for row in rows:
        day, mark = read_mark(row)
        if day in days:
            raise Invalid("calendar.bad_day", day=day.isoformat())
        days[day] = mark
    return Calendar(version, days)
