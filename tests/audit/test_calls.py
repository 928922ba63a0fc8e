"""Calls that refer to the answers of their event, written and read back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.calls import LARGE, written
from app.audit.canonical import canonical
from app.audit.recheck import Broken, calls

NAMES = st.sampled_from(["a", "b", "$answer", "$value", "table"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text("x$ұ", max_size=3),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)
TABLE = [{"code": f"1.{n}", "name": "Көрсеткіш", "points": "2"} for n in range(9)]


def read_back(told: list[Any], answers: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    body = {"facts": {"answers": answers}, "calls": told}
    return calls(json.loads(canonical(body)))


@given(
    answers=st.dictionaries(NAMES, VALUES | st.just(TABLE), max_size=3),
    parameters=st.dictionaries(NAMES, VALUES | st.just(TABLE), max_size=4),
    which=st.none() | NAMES,
)
def test_what_was_called_is_read_back(
    answers: dict[str, Any], parameters: dict[str, Any], which: str | None
) -> None:
    """Whatever the values are, those that look like references too."""
    if which in answers:
        parameters = parameters | {"same": answers[which]}
    told = written([["operation", parameters, None]], answers)
    again = read_back(told, answers)
    # As bytes: for Python 1 is true.
    assert canonical(again) == canonical([("operation", parameters, None)])


def test_a_table_stands_on_the_event_once() -> None:
    told = written([["keep", {"table": [*TABLE], "case": 2}, {"id": 1}]], {"rows": TABLE})
    assert told == [["keep", {"table": {"$answer": "rows"}, "case": 2}, {"id": 1}]]


@pytest.mark.parametrize(
    "value", [TABLE[:-1], [*TABLE[:-1], {**TABLE[-1], "points": 2}], [True, 1, 2, 3], "Көрсеткіш"]
)
def test_what_is_not_the_very_same_or_small_is_written_out(value: Any) -> None:
    answers = {"rows": TABLE, "small": [True, True, 2, 3], "text": "Көрсеткіш"}
    assert written([["keep", {"table": value}, None]], answers)[0][1] == {"table": value}
    assert len(canonical(TABLE)) > LARGE > len(canonical(answers["small"]))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ([["keep", {"table": {"$answer": "gone"}}, None]], "an answer that is not there"),
        ([["keep", {"table": {"$answer": ["rows"]}}, None]], "an answer that is not there"),
        ([["keep", {"table": 1}]], "not of the form of calls"),
        ([["keep", [1], None]], "not of the form of calls"),
        (["keep"], "not of the form of calls"),
    ],
)
def test_calls_that_cannot_be_read(told: list[Any], words: str) -> None:
    with pytest.raises(Broken, match=words):
        read_back(told, {"rows": TABLE})
    with pytest.raises(Broken, match=r"form of calls|not there"):
        calls({"facts": {}, "calls": told})
