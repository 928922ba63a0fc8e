from __future__ import annotations

from datetime import date

import pytest

from app.domain.refusals import Conflict, Invalid, NotFound
from app.domain.registers import AUTHORITY_ROLES, Mandate, Mandates
from tests.domain.seeds import registers

DAY = date(2018, 2, 1)


def row(role: str, holder: str, since: str, until: str = "") -> dict[str, str]:
    return {"role": role, "holder": holder, "starts_on": since, "ends_on": until, "basis": "act"}


def test_every_role_of_paragraph_10_is_held() -> None:
    mandates = registers().mandates
    holders = [mandates.holder(role, DAY) for role in AUTHORITY_ROLES]
    assert holders == ["ap", "pmo", "mne", "acsa", "mof", "lsc", "mic", "zerde"]
    assert mandates.roles_of("ap", DAY) == {"presidential_administration", "working_body"}
    assert mandates.roles_of("moj", DAY) == frozenset()


def test_nobody_holds_a_role_before_the_decree() -> None:
    with pytest.raises(Conflict) as refused:
        registers().mandates.holder("state_planning", date(2016, 12, 31))
    assert refused.value.code == "mandate.none"
    assert refused.value.params == {"role": "state_planning", "date": "2016-12-31"}


def test_a_role_changes_hands() -> None:
    mandates = Mandates.read(
        [
            row("civil_service", "second", "2019-07-22"),
            row("civil_service", "first", "2017-01-01", "2019-07-21"),
        ]
    )
    assert mandates.holder("civil_service", date(2019, 7, 21)) == "first"
    assert mandates.holder("civil_service", date(2019, 7, 22)) == "second"
    assert mandates.roles_of("first", date(2019, 7, 22)) == frozenset()


@pytest.mark.parametrize("until", ["", "2019-07-22", "2020-01-01"])
def test_two_holders_on_one_day_are_refused(until: str) -> None:
    rows = [
        row("civil_service", "first", "2017-01-01", until),
        row("civil_service", "second", "2019-07-22"),
    ]
    with pytest.raises(Invalid) as refused:
        Mandates.read(rows)
    assert refused.value.code == "mandate.overlap"
    assert refused.value.params == {"role": "civil_service", "date": "2019-07-22"}


def test_two_roles_at_once_are_no_overlap() -> None:
    both = [row("civil_service", "one", "2017-01-01"), row("informatisation", "one", "2017-01-01")]
    assert Mandates.read(both).roles_of("one", DAY) == {"civil_service", "informatisation"}


def test_the_list_of_roles_is_closed() -> None:
    with pytest.raises(Invalid) as refused:
        Mandate.read(row("internal_audit", "mof", "2017-01-01"))
    assert (refused.value.code, refused.value.paragraph) == ("mandate.role_unknown", "10")


def test_an_unknown_body() -> None:
    with pytest.raises(NotFound) as refused:
        registers().bodies.get("nobody")
    assert refused.value.code == "body.unknown"
