from __future__ import annotations

from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.calendar import (
    DEFAULT,
    Calendar,
    DayMark,
    calendar_days_after,
    day_ends_at,
    due_day,
    local_day,
    working_days_after,
    working_days_left,
)
from app.domain.days import MarkKind

ONE = timedelta(days=1)
DAYS = st.dates(date(2016, 3, 1), date(2016, 9, 30))
KINDS: tuple[MarkKind, ...] = ("holiday", "day_off", "working_day", "ordinary")
MARKS = st.sampled_from([DayMark(kind, "kk", "ru", "en", "source") for kind in KINDS])
ENTRIES = st.dictionaries(DAYS, MARKS, max_size=40)
EDGES = {
    date(2016, 1, 1): DayMark("holiday", "kk", "ru", "en", "source"),
    date(2017, 12, 31): DayMark("holiday", "kk", "ru", "en", "source"),
}
CALENDARS = ENTRIES.map(lambda entries: Calendar(1, entries | EDGES))
COUNTS = st.integers(0, 30)


def worked(given_calendar: Calendar, one: date) -> bool:
    """An oracle that shares nothing with the calendar but its entries."""
    mark = given_calendar.days.get(one)
    if mark is None or mark.kind == "ordinary":
        return one.isoweekday() not in (6, 7)
    return mark.kind == "working_day"


@given(CALENDARS, DAYS, COUNTS)
def test_working_days_against_brute_force(known: Calendar, start: date, count: int) -> None:
    later = [start + n * ONE for n in range(1, 200) if worked(known, start + n * ONE)]
    term = working_days_after(known, start, count)
    assert term.due == ([start, *later])[count]
    assert sum(counted.counted for counted in term.days) == count
    assert [d.date for d in term.days] == [start + n * ONE for n in range(len(term.days))]
    assert all(d.counted == worked(known, d.date) for d in term.days[1:])
    assert term.days[-1].date == term.due and term.rolled_from is None


@given(CALENDARS, DAYS, COUNTS)
def test_calendar_days_against_brute_force(known: Calendar, start: date, count: int) -> None:
    raw = due = start + count * ONE
    while count and not worked(known, due):
        due += ONE
    term = calendar_days_after(known, start, count)
    assert term.due == due
    assert term.rolled_from == (raw if due != raw else None)
    assert sum(counted.counted for counted in term.days) == count
    assert [d.date for d in term.days] == [start + n * ONE for n in range(len(term.days))]
    assert term.days[-1].date == due


@given(CALENDARS, DAYS, DAYS, COUNTS, COUNTS)
def test_later_receipt_or_longer_term_never_ends_earlier(
    known: Calendar, one: date, other: date, short: int, long: int
) -> None:
    (first, second), (few, many) = sorted((one, other)), sorted((short, long))
    for act in (working_days_after, calendar_days_after):
        assert act(known, first, few).due <= act(known, second, few).due
        assert act(known, first, few).due <= act(known, first, many).due


@given(CALENDARS, DAYS, COUNTS, COUNTS)
def test_two_terms_in_a_row_are_one(known: Calendar, start: date, one: int, two: int) -> None:
    halfway = working_days_after(known, start, one).due
    whole = working_days_after(known, start, one + two)
    assert working_days_after(known, halfway, two).due == whole.due


@given(CALENDARS, DAYS, COUNTS)
def test_days_left_undo_the_counting(known: Calendar, start: date, count: int) -> None:
    due = working_days_after(known, start, count).due
    assert working_days_left(known, start, due) == count
    # A working day on its own is late by as many days as are worked after it.
    if worked(known, due):
        assert working_days_left(known, due, due) == 0
    late = working_days_after(known, due, count).due
    assert working_days_left(known, late, due) == -count


@given(CALENDARS, DAYS, DAYS)
@example(Calendar(1, EDGES), date(2016, 4, 2), date(2016, 4, 1))
def test_late_is_never_zero_and_never_grows_smaller(
    known: Calendar, today: date, due: date
) -> None:
    left = working_days_left(known, today, due)
    assert (left < 0) == (today > due)
    assert working_days_left(known, today + ONE, due) <= left


@given(st.dates(date(2016, 1, 1), date(2027, 12, 30)))
def test_the_end_of_a_day_belongs_to_it(one: date) -> None:
    ends = day_ends_at(one)
    assert due_day(ends, DEFAULT) == one
    assert local_day(ends - timedelta(microseconds=1)) == one
    assert local_day(ends) == one + ONE
    assert ends < day_ends_at(one + ONE)


ANY_DAY = st.dates(date(2016, 1, 1), date(2017, 12, 31))


@given(CALENDARS, ANY_DAY, ANY_DAY)
def test_the_days_worked_between_two_are_those_that_one_counts(
    known: Calendar, after: date, until: date
) -> None:
    span = range(1, (until - after).days + 1)
    assert known.worked(after, until) == sum(worked(known, after + n * ONE) for n in span)
