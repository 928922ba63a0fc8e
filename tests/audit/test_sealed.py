from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.canonical import canonical
from app.audit.recheck import is_opened_by, sealed_places
from app.audit.sealed import Sealed, commitment, commitments, opens, seal
from tests.audit.test_canonical import JSON, TEXT

SECRET = st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=30).map(
    lambda text: f"secret {text}"
)
FACTS: st.SearchStrategy[Any] = st.dictionaries(
    TEXT,
    st.recursive(
        st.none() | st.integers(-5, 5) | SECRET.map(lambda text: Sealed(text, "p-0001")),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=12,
    ),
    max_size=5,
)


def reached(value: Any, path: str) -> Any:
    """What a JSON pointer (RFC 6901) points at."""
    for part in path.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list | tuple) else value[name]
    return value


@given(FACTS)
def test_every_sealed_value_leaves_a_commitment_and_nothing_else(facts: Any) -> None:
    sealed, openings = seal(facts)
    places = dict(commitments(sealed))
    assert places == {opening.path: reached(sealed, opening.path)["sealed"] for opening in openings}
    assert places == dict(sealed_places(sealed))
    written = canonical(sealed).decode()
    for opening in openings:
        original = reached(facts, opening.path)
        assert json.loads(opening.value) == original.value
        assert original.value not in written
        assert opens(places[opening.path], opening.salt, opening.value)
        assert is_opened_by(places[opening.path], opening.salt, opening.value)


@given(JSON, JSON)
def test_a_commitment_is_opened_by_its_own_value_only(value: Any, other: Any) -> None:
    _, [first, second] = seal({"a": Sealed(value), "b": Sealed(other)})
    digits = commitment(first.salt, first.value)
    assert opens(digits, first.salt, first.value)
    assert not opens(digits, second.salt, first.value)
    if first.value != second.value:
        assert not opens(digits, first.salt, second.value)


def test_equal_values_have_different_commitments() -> None:
    sealed, _ = seal({"a": Sealed("yes"), "b": Sealed("yes")})
    assert sealed["a"] != sealed["b"]


def test_a_value_that_is_not_canonical_opens_nothing_for_the_verifier() -> None:
    salt, value = b"s" * 32, b'{"a": 1}'
    assert not is_opened_by(commitment(salt, value), salt, value)


def test_a_plain_value_may_not_pass_for_a_commitment() -> None:
    with pytest.raises(ValueError, match="looks like"):
        seal({"answers": {"x": {"sealed": "0" * 64}}})
    assert seal({"answers": {"sealed": "yes"}})[1] == []
