"""¶ 40-42, 64: delay, gaps, change, and who certifies."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import Invalid, NotAllowed
from app.domain.rules import reporting

DUE = date(2018, 2, 15)
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=2).map(lambda n: format(n, "f"))


@given(st.integers(min_value=-400, max_value=400))
def test_days_late_are_calendar_days_after_the_day_of_the_term(days: int) -> None:
    assert reporting.days_late(DUE, DUE + timedelta(days=days)) == max(0, days)


def test_what_is_neither_given_nor_denied_is_missing() -> None:
    asked = [("1", "a"), ("1", "b"), ("2", "a")]
    assert reporting.missing(asked, [("1", "a")]) == 2
    assert reporting.missing(asked, asked) == reporting.missing([], asked) == 0


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        ("90", "80", 13),  # 12.5
        ("80", "80.00", 0),
        ("10", "80", 88),  # 87.5
        ("-5", "5", 200),
        ("0", "0", 0),
        ("1", "0", reporting.FROM_ZERO),
        ("1000000000", "0.000001", reporting.MOST_CHANGE),
        (None, "80", None),
        ("80", None, None),
    ],
)
def test_the_change_of_a_figure(now: str | None, before: str | None, change: int | None) -> None:
    assert reporting.greatest_change({("1", "a"): now}, {("1", "a"): before}) == change


@given(st.dictionaries(st.sampled_from("abc"), st.tuples(NUMBERS, NUMBERS), min_size=1))
def test_the_greatest_change_is_that_of_some_figure(values: dict[str, tuple[str, str]]) -> None:
    now = {("1", name): new for name, (new, _) in values.items()}
    before = {("1", name): old for name, (_, old) in values.items()}
    found = reporting.greatest_change(now, before)
    each = [reporting.greatest_change({key: now[key]}, before) for key in now]
    assert found == max(change for change in each if change is not None)
    unchanged = all(Decimal(new) == Decimal(old) for new, old in values.values())
    assert not unchanged or found == 0


def test_figures_of_other_indicators_are_not_compared() -> None:
    assert reporting.greatest_change({("1", "a"): "9"}, {("2", "a"): "1"}) is None


def test_the_certifier_is_another() -> None:
    reporting.require_other_certifier("p-1", "p-2")
    with pytest.raises(NotAllowed, match=r"report\.same_person"):
        reporting.require_other_certifier("p-1", "p-1")


def test_a_chosen_body_needs_the_act_of_its_re_check() -> None:
    for chosen, done in ((False, False), (False, True), (True, True)):
        reporting.require_recheck(chosen, done, "akmola")
    with pytest.raises(Invalid, match=r"conclusion\.recheck_missing") as told:
        reporting.require_recheck(True, False, "akmola")
    assert told.value.params == {"body": "akmola"} and told.value.paragraph == "41"
