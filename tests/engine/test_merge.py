"""Joining branches three ways: nothing is lost, and what cannot be joined is said."""

from __future__ import annotations

import json
from contextlib import suppress
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


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """What stands where: lists, and objects without entries, count as one value."""
    if isinstance(value, dict) and value:
        return {k: v for key, item in value.items() for k, v in leaves(item, (*path, key)).items()}
    return {path: value}


@given(base=OBJECTS, ours=OBJECTS, theirs=OBJECTS)
def test_nothing_that_a_branch_wrote_is_lost(base: Any, ours: Any, theirs: Any) -> None:
    try:
        merged = merge(base, ours, theirs)
    except Conflict:
        return
    before, after = leaves(base), leaves(merged)
    for side in (ours, theirs):
        for path, value in leaves(side).items():
            # An object that was emptied may have got an entry from the other branch.
            written = path not in before or not same(before[path], value)
            if written and value != {}:
                assert path in after and same(after[path], value)
        for path in before.keys() - leaves(side).keys():
            assert path not in after or path in leaves(ours) or path in leaves(theirs)
    known = [leaves(side) for side in (base, ours, theirs)]
    for path, value in after.items():  # and nothing came from nowhere
        assert value == {} or any(path in side and same(side[path], value) for side in known)


@given(base=OBJECTS, ours=OBJECTS, theirs=OBJECTS)
def test_what_was_merged_is_merged(base: Any, ours: Any, theirs: Any) -> None:
    try:
        merged = merge(base, ours, theirs)
    except Conflict:
        return
    assert same(merge(base, merged, merged), merged)
    assert same(merge(base, merged, base), merged)
    assert same(merge(merged, merged, merged), merged)


@given(base=OBJECTS, ours=OBJECTS, theirs=OBJECTS)
def test_merging_changes_nothing_that_it_is_given(base: Any, ours: Any, theirs: Any) -> None:
    given_ = [json.dumps(side, sort_keys=True) for side in (base, ours, theirs)]
    with suppress(Conflict):
        merge(base, ours, theirs)
    assert [json.dumps(side, sort_keys=True) for side in (base, ours, theirs)] == given_


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        ({"x": [5, 5, 6]}, {"x": [5, 5]}, {"x": [5, 5, 6]}),
        ({"x": [5]}, {"x": [5, 5]}, {"x": [5]}),
        ({}, {"x": [5, 5]}, {}),
        ({"x": []}, {"x": [5, 5], "y": 1}, {"x": [], "y": 1}),
    ],
)
def test_a_list_is_one_value(ours: Any, theirs: Any, merged: Any) -> None:
    assert same(merge({"x": [5, 5]}, ours, theirs), merged)


@pytest.mark.parametrize("ours", [{"x": [5, 5, 6]}, {"x": [5]}, {}, {"x": [[5, 5]]}])
def test_two_lists_are_never_mixed(ours: Any) -> None:
    with pytest.raises(Conflict):
        merge({"x": [5, 5]}, ours, {"x": [5, 5, 7]})
