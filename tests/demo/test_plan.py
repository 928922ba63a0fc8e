"""The plan of a year: the same for a seed however it is asked, and in time for any seed."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.demo import plan as planning
from app.demo.chance import chance, drawn
from app.demo.disputes import DISPUTES, MEMBERS, UNDISPUTED
from app.demo.plan import Plan, Traits, traits
from app.demo.work import Work
from app.demo.workdays import Workdays
from app.domain.calendar import calendar_days_after, working_days_after
from tests.domain.seeds import calendar, registers

FIRST, LAST = date(2018, 1, 5), date(2018, 12, 20)
DAYS = Workdays(calendar(), FIRST, LAST)
PLACES = [(body.code, block) for body in registers().bodies.evaluated() for block in body.blocks]
SEEDS = st.integers(0, 2**31)


def plan(seed: int = 1) -> Plan:
    return Plan(seed=seed, year=2017, days=DAYS, places=PLACES)


def work(form: str, opened: date, *, body: str = "mfa", block: int = 2, visit: int = 1) -> Work:
    key = form.rpartition("/")[2] + (f"#{visit}" if visit > 1 else "")
    return Work(1, 1, form, key, "case_officer", body, None, None, opened, 2017, block, body)


def test_a_decision_depends_on_its_name_alone() -> None:
    first = [chance(1, body, block).random() for body, block in PLACES]
    assert first[::-1] == [chance(1, body, block).random() for body, block in PLACES[::-1]]
    assert len(set(first)) == len(first)
    # The same on every machine and in every process.
    assert chance(1, "akmola", 1).randrange(10**6) == 578379
    assert drawn(1, "some", of=PLACES, count=3) == drawn(1, "some", of=PLACES, count=3)
    assert drawn(1, "all", of=PLACES, count=200) == PLACES


@settings(max_examples=30)
@given(SEEDS)
def test_something_of_everything_happens_in_any_year(seed: int) -> None:
    found = traits(seed, sorted(PLACES))
    for name in Traits.__slots__:
        assert any(getattr(found[place], name) for place in PLACES), name
    for place in (*DISPUTES, *UNDISPUTED):
        trouble = found[place]
        assert not (trouble.very_late or trouble.kept or trouble.draft_back), place


@settings(max_examples=30)
@given(SEEDS)
def test_reports_come_in_time_or_late_as_they_are_drawn(seed: int) -> None:
    year = plan(seed)
    for body, block in PLACES:
        task = work("block_evaluation/report", FIRST, body=body, block=block)
        day = year.day(task, f"{body}.officer1")
        assert day is not None and year.days.from_on(day) == day
        found = year.traits(body, block)
        assert (day > year.terms[f"report_{block}"]) == bool(found.late or found.very_late)
        assert day - year.terms[f"report_{block}"] <= timedelta(days=14)


def test_the_order_of_the_roster_changes_nothing() -> None:
    other = Plan(seed=1, year=2017, days=DAYS, places=PLACES[::-1])
    assert all(other.traits(*place) == plan().traits(*place) for place in PLACES)


def test_the_terms_of_the_appeals_hold() -> None:
    year, known = plan(), calendar()
    for place, dispute in DISPUTES.items():
        received, filed = year.at_stage(dispute.received), year.at_stage(dispute.filed)
        five = working_days_after(known, received, 5).due
        assert dispute.signed < dispute.received < dispute.filed, place
        assert (filed > five) == (dispute.outcome == "late"), place
        decided = year.at_stage(dispute.minuted or dispute.closed)
        assert filed < decided <= calendar_days_after(known, filed, 15).due, place
        assert year.at_stage(dispute.signed) <= year.terms["conclusions"]


def test_the_ballots_give_the_outcome_that_is_told() -> None:
    for place, dispute in DISPUTES.items():
        assert len(dispute.ballots) == len(dispute.votes) <= len(MEMBERS), place
        if dispute.ballots and not dispute.replaced:
            with_it, against = (dispute.ballots.count(letter) for letter in "wo")
            assert with_it > against and 2 * (3 - dispute.ballots.count("r")) > 3, place


def test_work_is_never_done_before_it_is_there() -> None:
    year, forms = plan(), [*planning.DAYS, *planning.PACE]
    opened = year.days.from_on(date(2018, 6, 1))
    for form, visit in itertools.product(forms, (1, 2)):
        day = year.day(work(form, opened, visit=visit), "mfa.officer1")
        assert day is None or day >= opened, form


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2018-03-12", 0, "2018-03-12"),
        ("2018-03-20", 1, "2018-03-26"),  # after Nauryz
        ("2018-03-03", 0, "2018-03-03"),  # a Saturday that is worked
        ("2018-03-10", 0, "2018-03-12"),
        ("2018-02-15", -9, "2018-02-02"),
        ("2018-01-01", 0, "2018-01-05"),  # before the span
        ("2019-01-01", 5, "2018-12-20"),
    ],
)
def test_working_days_are_those_of_the_calendar(day: str, count: int, expected: str) -> None:
    assert DAYS.from_on(date.fromisoformat(day), count) == date.fromisoformat(expected)
