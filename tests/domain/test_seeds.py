from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from tests.domain.seeds import SEEDS, calendar, registers, rows

# The package has no Constitution Day in 2026; the seed follows the eGov calendar there.
DIFFERS = {date(2026, 8, 31)}


def test_the_calendar_is_what_its_script_makes() -> None:
    script = [sys.executable, str(SEEDS / "make_calendar.py"), "-"]
    made = subprocess.run(script, capture_output=True, check=True).stdout
    assert made == (SEEDS / "calendar.csv").read_bytes()


def test_the_calendar_agrees_with_the_package_but_for_the_corrections() -> None:
    oracle = holidays.country_holidays("KZ", years=range(2016, 2028))
    days = [date(2016, 1, 1) + timedelta(days=n) for n in range(4383)]
    assert days[-1] == date(2027, 12, 31)
    differing = {day for day in days if calendar().is_working(day) != oracle.is_working_day(day)}
    assert differing == DIFFERS


def test_every_day_has_a_kind_three_names_and_a_source() -> None:
    for row in rows("calendar.csv"):
        assert all(row.values()), row
    kinds = {mark.kind for mark in calendar().days.values()}
    assert kinds == {"holiday", "day_off", "working_day"}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2017-03-18", True),
        ("2017-07-01", True),
        ("2020-01-05", True),
        ("2020-05-11", True),
        ("2018-08-25", True),
        ("2018-08-31", False),
        ("2019-03-25", False),
        ("2019-07-08", False),
        ("2017-09-01", False),
        ("2026-03-16", True),
        ("2026-03-24", False),
        ("2026-03-25", False),
        ("2026-08-31", False),
    ],
)
def test_days_confirmed_elsewhere(day: str, works: bool) -> None:
    assert calendar().is_working(date.fromisoformat(day)) == works


def test_the_roster_of_2017() -> None:
    bodies = registers().bodies
    kinds = [body.kind for body in bodies.by_code.values()]
    assert (kinds.count("central"), kinds.count("local"), kinds.count("holder")) == (16, 16, 4)
    assert len(bodies.evaluated()) == 32
    assert [len(bodies.evaluated(block)) for block in (1, 2, 3)] == [31, 32, 31]
    under = [body.code for body in bodies.by_code.values() if body.directly_under_president]
    assert under == ["acsa", "nbk"]
    limited = [body.code for body in bodies.by_code.values() if body.scope_excluded]
    assert limited == ["acsa", "mof"]


def test_bodies_have_names_and_a_zone() -> None:
    for body in registers().bodies.by_code.values():
        for language in ("kk", "ru", "en"):
            assert body.name(language) and body.short(language)
            assert len(body.short(language)) <= 60
        assert ZoneInfo(body.time_zone).key == body.time_zone
    shorts = [body.short("kk") for body in registers().bodies.by_code.values()]
    assert len(shorts) == len(set(shorts))


def test_every_holder_of_a_role_is_a_body() -> None:
    known = registers().bodies.by_code
    assert {row["holder"] for row in rows("mandates.csv")} <= set(known)


def test_parts_name_roles_and_a_basis() -> None:
    roles = {row["role"] for row in rows("mandates.csv")}
    for part in registers().parts:
        assert {part.general_evaluator, part.consolidator} <= roles
        assert "¶" in part.basis
    assert [len(registers().parts_of(block)) for block in (1, 2, 3)] == [2, 3, 2]
