"""Joining branches three ways: nothing is lost, and what cannot be joined is said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.merge import Conflict, changes, merge, same

LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2)
JSON = st.recursive(
    LEAVES, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text("xy", max_size=1), v),
    max_leaves=8,
)  # fmt: skip
OBJECTS = st.dictionaries(st.sampled_from("abcd"), JSON)


def test_each_branch_keeps_what_it_wrote() -> None:
    base = {"x": [5, 5, 6], "o": {"a": 1}, "gone": 1}
    ours = {"x": [5, 5, 6], "o": {"a": 1, "b": 2}, "gone": 1, "mine": 1}
    theirs = {"x": [1], "o": {"a": 1, "c": 3}, "theirs": 2}
    assert merge(base, ours, theirs) == {
        "x": [1], "o": {"a": 1, "b": 2, "c": 3}, "mine": 1, "theirs": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "name"),
    [
        ({}, {"x": 1}, {"x": 2}, "x"),
        ({"x": 0}, {"x": 1}, {"x": True}, "x"),
        ({"x": 0}, {}, {"x": 2}, "x"),
        ({"x": [1]}, {"x": [1, 2]}, {"x": [1, 3]}, "x"),
        ({"o": {"a": 1}}, {"o": {"a": 2}}, {"o": {"a": 3}}, "o.a"),
        ({}, {"o": {"a": 2}}, {"o": {"a": 3}}, "o.a"),
        ({"o": {}}, {"o": 1}, {"o": {"a": 1}}, "o"),
    ],
)
def test_a_conflict_is_named(base: Any, ours: Any, theirs: Any, name: str) -> None:
    for one, other in ((ours, theirs), (theirs, ours)):
        with pytest.raises(Conflict) as caught:
            merge(base, one, other)
        assert str(caught.value) == name


@given(base=OBJECTS, ours=OBJECTS)
def test_a_branch_that_changed_nothing_changes_nothing(base: Any, ours: Any) -> None:
    assert same(merge(base, ours, base), ours)
    assert same(merge(base, base, ours), ours)
    assert same(merge(base, ours, ours), ours)


@given(base=OBJECTS, ours=OBJECTS, theirs=OBJECTS)
def test_the_order_of_branches_makes_no_difference(base: Any, ours: Any, theirs: Any) -> None:
    def outcome(one: Any, other: Any) -> Any:
        try:
            return merge(base, one, other)
        except Conflict:
            return None

    assert same(outcome(ours, theirs), outcome(theirs, ours))


@given(base=OBJECTS, data=OBJECTS)
def test_changes_give_back_what_they_came_from(base: Any, data: Any) -> None:
    fresh, dropped = changes(base, data)
    assert same({k: v for k, v in {**base, **fresh}.items() if k not in dropped}, data)
    assert not any(k in fresh for k in dropped)
