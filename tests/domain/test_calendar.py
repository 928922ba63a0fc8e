from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.domain.calendar import (
    READINGS,
    WEEKEND,
    Calendar,
    Counting,
    DayMark,
    calendar_days_after,
    day_ends_at,
    due_day,
    explain,
    local_day,
    read_calendar,
    working_days_after,
    working_days_left,
    zone_data_is_current,
)
from app.domain.refusals import Invalid
from tests.domain.seeds import calendar

# Receipt, fifth working day, fifteenth calendar day, and that day moved on to a working day;
# counted by other means over the days of the Python package holidays 0.109.
DEADLINES = """
2017-02-17,2017-02-24,2017-03-04,2017-03-06
2017-03-13,2017-03-18,2017-03-28,2017-03-28
2017-03-17,2017-03-29,2017-04-01,2017-04-03
2017-04-28,2017-05-10,2017-05-13,2017-05-15
2017-06-29,2017-07-05,2017-07-14,2017-07-14
2017-07-05,2017-07-14,2017-07-20,2017-07-20
2017-08-30,2017-09-07,2017-09-14,2017-09-14
2017-12-15,2017-12-26,2017-12-30,2018-01-03
2018-02-26,2018-03-03,2018-03-13,2018-03-13
2018-04-24,2018-05-02,2018-05-09,2018-05-10
2020-05-06,2020-05-15,2020-05-21,2020-05-21
2026-05-06,2026-05-15,2026-05-21,2026-05-21
""".strip().splitlines()

ONE = timedelta(days=1)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize("row", DEADLINES)
def test_published_vectors_hold(row: str) -> None:
    receipt, fifth, raw, rolled = (day(text) for text in row.split(","))
    assert working_days_after(calendar(), receipt, 5).due == fifth
    term = calendar_days_after(calendar(), receipt, 15)
    assert term.due == rolled
    assert term.rolled_from == (None if raw == rolled else raw)


def test_working_days_over_the_new_year() -> None:
    # By hand: 2 and 3 January off, then 4, 5, 6, 9 and 10 January 2017 are worked.
    assert working_days_after(calendar(), day("2016-12-30"), 5).due == day("2017-01-10")


def test_a_term_that_ends_on_nauryz_rolls_on() -> None:
    # By hand: 21, 22 and 23 March are Nauryz, 24 March 2017 is a Friday.
    term = calendar_days_after(calendar(), day("2017-03-06"), 15)
    assert (term.rolled_from, term.due) == (day("2017-03-21"), day("2017-03-24"))


def test_the_reason_for_every_day() -> None:
    term = working_days_after(calendar(), day("2017-03-17"), 5)
    assert [(counted.date.day, counted.counted, counted.why) for counted in term.days] == [
        (17, False, "receipt"),
        (18, True, "working_day"),
        (19, False, "weekend"),
        (20, False, "day_off"),
        (21, False, "holiday"),
        (22, False, "holiday"),
        (23, False, "holiday"),
        (24, True, "counted"),
        (25, False, "weekend"),
        (26, False, "weekend"),
        (27, True, "counted"),
        (28, True, "counted"),
        (29, True, "counted"),
    ]
    assert term.days[1].mark is not None
    assert "20.03.2017" in term.days[1].mark.name("ru")


def test_a_term_explained_is_plain_json() -> None:
    told = explain(calendar_days_after(calendar(), day("2017-12-15"), 15))
    assert json.loads(json.dumps(told)) == told
    assert (told["due"], told["rolled_from"]) == ("2018-01-03", "2017-12-30")
    days = told["days"]
    assert isinstance(days, list)
    assert days[0] == {"date": "2017-12-15", "counted": False, "why": "receipt"}
    assert days[15] == {"date": "2017-12-30", "counted": True, "why": "counted"}
    assert [row["why"] for row in days[16:]] == ["weekend", "holiday", "holiday", "rolled"]


# --- 24:00 in the capital, before and after the change of offset of 1 March 2024 ---


@pytest.mark.parametrize(
    ("last", "ends"),
    [
        ("2017-05-10", datetime(2017, 5, 10, 18, tzinfo=UTC)),
        ("2024-02-28", datetime(2024, 2, 28, 18, tzinfo=UTC)),
        ("2024-02-29", datetime(2024, 2, 29, 19, tzinfo=UTC)),
        ("2024-03-01", datetime(2024, 3, 1, 19, tzinfo=UTC)),
    ],
)
def test_a_term_ends_at_midnight_of_the_capital(last: str, ends: datetime) -> None:
    assert day_ends_at(day(last)) == ends
    assert due_day(ends) == day(last)
    assert local_day(ends) == day(last) + ONE


def test_29_february_2024_has_25_hours() -> None:
    length = day_ends_at(day("2024-02-29")) - day_ends_at(day("2024-02-28"))
    assert length == timedelta(hours=25)
    # 18:30 UTC was 23:30 for the second time on that day.
    assert local_day(datetime(2024, 2, 29, 18, 30, tzinfo=UTC)) == day("2024-02-29")
    assert due_day(datetime(2024, 2, 29, 18, 30, tzinfo=UTC)) == day("2024-02-29")


def test_this_machine_knows_the_change_of_offset() -> None:
    assert zone_data_is_current()


def test_a_moment_counts_on_the_day_of_the_capital() -> None:
    # 18:00 UTC on 27 April is already 28 April in Almaty.
    moment = datetime(2017, 4, 27, 18, tzinfo=UTC)
    assert working_days_after(calendar(), moment, 5) == working_days_after(
        calendar(), day("2017-04-28"), 5
    )
    west = moment.astimezone(timezone(timedelta(hours=-8)))
    assert local_day(west) == day("2017-04-28")


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2017, 4, 28, 9)  # noqa: DTZ001 - a moment without a zone is the point
    for act in (local_day, due_day):
        with pytest.raises(ValueError, match="time zone"):
            act(naive)


# --- The readings are settings ---


def test_every_reading_has_its_note() -> None:
    assert set(READINGS) == set(Counting.__dataclass_fields__)


def test_the_day_of_receipt_can_be_counted() -> None:
    counting = Counting(receipt_counted=True)
    term = working_days_after(calendar(), day("2017-02-17"), 5, counting)
    assert term.due == day("2017-02-23")
    assert sum(counted.counted for counted in term.days) == 5
    assert calendar_days_after(calendar(), day("2017-02-17"), 15, counting).due == day("2017-03-03")
    # Received on a Sunday: there is nothing to count on that day.
    assert working_days_after(calendar(), day("2017-02-19"), 1, counting).due == day("2017-02-20")


def test_rolling_on_can_be_left_out() -> None:
    term = calendar_days_after(calendar(), day("2017-12-15"), 15, Counting(roll_on=False))
    assert (term.due, term.rolled_from) == (day("2017-12-30"), None)


def test_another_zone_can_be_set() -> None:
    term = working_days_after(calendar(), day("2017-04-28"), 5, Counting(zone="Asia/Aqtobe"))
    assert term.ends_at == datetime(2017, 5, 10, 19, tzinfo=UTC)


# --- The register ---


def test_an_entry_taken_back_leaves_the_plain_weekday() -> None:
    mark = DayMark("ordinary", "—", "—", "—", "letter No. 1")
    entries = {day("2017-05-10"): mark, day("2017-05-13"): mark}
    plain = Calendar(2, entries)
    assert plain.is_working(day("2017-05-10")) and plain.why(day("2017-05-10")) is None
    assert not plain.is_working(day("2017-05-13")) and plain.why(day("2017-05-13")) is WEEKEND


def test_a_year_that_nobody_entered_is_not_counted() -> None:
    with pytest.raises(Invalid) as refused:
        working_days_after(calendar(), day("2027-12-29"), 5)
    assert refused.value.code == "calendar.out_of_range"
    assert refused.value.params == {"day": "2028-01-01"}
    with pytest.raises(Invalid):
        calendar_days_after(calendar(), day("2015-12-01"), 15)


@pytest.mark.parametrize("count", [-1, 3661, 10**12])
def test_a_term_has_a_sensible_length(count: int) -> None:
    for act in (working_days_after, calendar_days_after):
        with pytest.raises(ValueError, match="term of"):
            act(calendar(), day("2017-04-28"), count)


GOOD = {
    "day": "2028-05-02",
    "kind": "day_off",
    "name_kk": "Демалыс күні",
    "name_ru": "Выходной день",
    "name_en": "Day off",
    "source": "Government resolution No. 1 of 1 January 2028",
}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"source": "  "}, "calendar.source_missing", "source"),
        ({"day": "2 May"}, "calendar.bad_day", "day"),
        ({"kind": "weekend"}, "calendar.bad_day", "kind"),
        ({"name_kk": ""}, "calendar.bad_day", "name_kk"),
    ],
)
def test_a_row_of_the_register_is_checked(change: dict[str, str], code: str, field: str) -> None:
    assert read_calendar([GOOD], 7).version == 7
    with pytest.raises(Invalid) as refused:
        read_calendar([GOOD | change], 7)
    assert refused.value.code == code
    assert [error.field for error in refused.value.fields] == [field]


def test_a_day_stands_once_in_the_register() -> None:
    with pytest.raises(Invalid) as refused:
        read_calendar([GOOD, GOOD], 7)
    assert refused.value.code == "calendar.bad_day"


def test_late_from_the_first_day_after_the_term() -> None:
    friday = day("2017-02-24")
    left = [working_days_left(calendar(), friday + n * ONE, friday) for n in range(-2, 6)]
    # Wednesday to Friday, then Saturday to Wednesday.
    assert left == [2, 1, 0, -1, -1, -1, -2, -3]
