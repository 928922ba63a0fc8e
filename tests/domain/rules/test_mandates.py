"""How a role passes from body to body: nobody holds it with another, and what was stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import Invalid
from app.domain.registers import Mandate, Mandates
from app.domain.rules import mandates as rules
from tests.domain.seeds import registers

TODAY = date(2018, 3, 28)
SINCE = date(2017, 1, 1)
ROLE = "civil_service"
ACT = "Қаулы № 12, 2018 жылғы 5 наурыз"


def passing(*rows: Mandate, **given: Any) -> rules.Passing:
    usual = {"role": ROLE, "holder": "moj", "starts_on": date(2018, 6, 1), "basis": ACT}
    return rules.passing(Mandates(rows), registers().bodies, today=TODAY, **(usual | given))


def held(holder: str, since: date, until: date | None = None) -> Mandate:
    return Mandate(ROLE, holder, since, until, "act")


def after(rows: tuple[Mandate, ...], change: rules.Passing) -> tuple[Mandate, ...]:
    """The register as it is read then: the newest row of a key, without those taken back."""
    newest = {(row.holder, row.since): row for row in (*rows, *change.ended, change.new)}
    return tuple(row for row in newest.values() if row.until is None or row.until >= row.since)


def test_the_holder_before_ends_on_the_day_before() -> None:
    first = held("acsa", SINCE)
    change = passing(first)
    assert change.before == "acsa"
    assert change.ended == (held("acsa", SINCE, date(2018, 5, 31)),)
    assert change.new == Mandate(ROLE, "moj", date(2018, 6, 1), None, ACT)
    mandates = Mandates(after((first,), change))
    assert mandates.holder(ROLE, date(2018, 5, 31)) == "acsa"
    assert mandates.holder(ROLE, date(2018, 6, 1)) == "moj"


def test_what_is_planned_gives_way_to_an_earlier_day() -> None:
    rows = (held("acsa", SINCE, date(2018, 5, 31)), held("moj", date(2018, 6, 1)))
    change = passing(*rows, holder="mia", starts_on=date(2018, 4, 15))
    assert change.before == "acsa"
    assert [row.holder for row in after(rows, change)] == ["acsa", "mia"]
    later = passing(*rows, holder="mia", starts_on=date(2018, 7, 1))
    assert later.before == "moj"
    assert [row.holder for row in after(rows, later)] == ["acsa", "moj", "mia"]
    again = passing(*rows)
    assert again.ended == ()
    assert after(rows, again)[-1].basis == ACT


def test_a_gap_stays_a_gap_and_nobody_before_is_nobody() -> None:
    assert passing(held("acsa", SINCE, date(2018, 1, 31))).ended == ()
    assert passing(starts_on=SINCE) == rules.Passing(
        None, (), Mandate(ROLE, "moj", SINCE, None, ACT)
    )


@pytest.mark.parametrize("day", [SINCE, SINCE - timedelta(days=1), date(1, 1, 1)])
def test_what_has_begun_is_not_rewritten(day: date) -> None:
    with pytest.raises(Invalid) as refused:
        passing(held("acsa", SINCE), starts_on=day)
    assert refused.value.code == "mandate.not_later"
    assert refused.value.params == {"date": "2017-01-01"}
    assert [error.field for error in refused.value.fields] == ["starts_on"]


@pytest.mark.parametrize(
    ("given", "field", "code", "paragraph"),
    [
        ({"role": "internal_audit"}, "role", "mandate.role_unknown", "10"),
        ({"holder": "atlantis"}, "holder", "body.unknown", None),
        ({"holder": ""}, "holder", "form.required", None),
        ({"basis": " \n"}, "basis", "mandate.basis_missing", "10"),
        ({"basis": "x" * 1001}, "basis", "form.too_long", None),
        (
            {"role": "working_body", "basis": "Шешім"},
            "basis",
            "evaluation_commission.decision_missing",
            "12",
        ),
    ],
)
def test_what_will_not_do(
    given: dict[str, str], field: str, code: str, paragraph: str | None
) -> None:
    with pytest.raises(Invalid) as refused:
        passing(held("acsa", SINCE), **given)
    assert (refused.value.code, refused.value.paragraph) == (code, paragraph)
    assert [error.field for error in refused.value.fields] == [field]


def test_several_wrong_fields_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        passing(role="", holder="", basis="")
    assert refused.value.code == "form.invalid"
    assert [error.field for error in refused.value.fields] == ["role", "holder", "basis"]


@pytest.mark.parametrize(
    "basis",
    [
        "Басшының 2018 жылғы 5 наурыздағы № 12-3 шешімі",
        "решение № 7 от 5 марта 2018 года",
        "решение от 05.03.2018 N 7",
        "Decision No. 7 of 5 March 2018",
        "№ A-7, 2018-03-05",
    ],
)
def test_a_decision_is_known_by_its_number_and_date(basis: str) -> None:
    assert rules.is_identified(basis)


@pytest.mark.parametrize(
    "basis", ["шешім № 7", "5 марта 2018 года", "2018-03-05", "№ 5 2018", "Noted on 05.03.2018", ""]
)
def test_without_number_or_date_it_is_not(basis: str) -> None:
    assert not rules.is_identified(basis)


def test_every_role_has_its_paragraph() -> None:
    assert [rules.paragraph_of(role) for role in rules.ROLES] == [
        *(f"10({number})" for number in range(1, 9)),
        "12",
    ]


@given(
    st.lists(st.tuples(st.sampled_from(["moj", "mia", "mof"]), st.integers(-80, 80)), max_size=8)
)
def test_whatever_is_changed_nobody_shares_a_role_and_the_past_stays(
    changes: list[tuple[str, int]],
) -> None:
    """Each day before the change keeps its holder, each from it on has the new one."""
    rows: tuple[Mandate, ...] = (held("acsa", TODAY - timedelta(days=50)),)
    for holder, offset in changes:
        day = TODAY + timedelta(days=offset)
        before = Mandates(rows)
        try:
            change = passing(*rows, holder=holder, starts_on=day)
        except Invalid:
            continue
        rows = after(rows, change)
        now = Mandates(rows)  # refuses two holders on one day
        for number in range(-50, 100):
            other = TODAY + timedelta(days=number)
            expected = holder if other >= day else before.holder(ROLE, other)
            assert now.holder(ROLE, other) == expected
