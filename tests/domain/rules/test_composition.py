from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import Invalid, NotAllowed
from app.domain.rules import composition
from app.domain.rules.commission import Exclusion
from app.domain.rules.composition import Change, Composition, Sitting

A, B, C, D, E = (f"p-000{n}" for n in range(1, 6))
BEFORE = Composition((A, B, C), A)
BARRED = {B: Exclusion(B, "commission.participated", "59", ("Б1-2017-0002",))}
PEOPLE = st.sampled_from((A, B, C, D, E))


def test_who_stays_keeps_their_place_and_newcomers_follow() -> None:
    after = composition.changed(BEFORE, Change((A,), (E, D), B))
    assert after == Composition((B, C, E, D), B)
    assert composition.changed(BEFORE, Change(chair=C)) == Composition((A, B, C), C)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        (Change((D,), (), A), "commission.not_member", "removed"),
        (Change((), (B,), A), "commission.already_member", "added"),
        (Change((B,), (B,), A), "commission.already_member", "added"),
        (Change((), (), A), "commission.nothing_changed", "removed"),
    ],
)
def test_a_change_that_is_none_is_refused(change: Change, code: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        composition.changed(BEFORE, change)
    assert refused.value.code == code and refused.value.paragraph == "59"
    assert [wrong.field for wrong in refused.value.fields] == [field]


def allowed(sitting: Sitting, change: Change) -> bool:
    try:
        composition.require_change(sitting, change, composition.changed(BEFORE, change))
    except (Invalid, NotAllowed):
        return False
    return True


@pytest.mark.parametrize(
    ("change", "before_count", "after_count"),
    [
        (Change((C,), (D,), A), True, False),
        (Change((), (D,), A), True, False),
        (Change((), (), B), True, True),
    ],
)
def test_once_counted_only_the_chair_is_handed_on(
    change: Change, before_count: bool, after_count: bool
) -> None:
    assert allowed(Sitting(), change) is before_count
    assert allowed(Sitting(counted=True), change) is after_count


@pytest.mark.parametrize("counted", [False, True])
def test_whoever_is_barred_goes_at_any_time_and_never_stays(counted: bool) -> None:
    sitting = Sitting(counted=counted, barred=BARRED)
    assert allowed(sitting, Change((B,), (D,), A))
    with pytest.raises(NotAllowed, match=r"commission\.member_barred") as refused:
        composition.require_change(sitting, Change(chair=C), Composition((A, B, C), C))
    assert refused.value.params["person"] == B and refused.value.fields[0].field == "removed"
    with pytest.raises(NotAllowed) as refused:
        composition.require_nobody_barred((A, B), BARRED)
    assert refused.value.fields == () and refused.value.paragraph == "59"


@pytest.mark.parametrize(
    ("recused", "change", "enough"),
    [
        ({A}, Change((), (), B), True),
        ({B, C}, Change((), (), B), False),
        ({B, C}, Change((), (D,), A), False),
        ({B, C}, Change((), (D, E), A), True),
        ({B, C}, Change((B,), (D,), A), True),
    ],
)
def test_enough_members_stay_who_can_vote(recused: set[str], change: Change, enough: bool) -> None:
    assert allowed(Sitting(recused=frozenset(recused)), change) is enough


@given(st.lists(PEOPLE, unique=True), st.lists(PEOPLE, unique=True), PEOPLE)
def test_nobody_is_lost_or_doubled(removed: list[str], added: list[str], chair: str) -> None:
    try:
        after = composition.changed(BEFORE, Change(tuple(removed), tuple(added), chair))
    except Invalid:
        return
    assert set(after.members) == (set(BEFORE.members) - set(removed)) | set(added)
    assert len(set(after.members)) == len(after.members)


def test_ballots_of_those_who_go_are_left_out() -> None:
    cast = {A: {"recused": False}, B: {"recused": True}}
    assert composition.stay_cast(cast, (C, B, D)) == {B: {"recused": True}}
