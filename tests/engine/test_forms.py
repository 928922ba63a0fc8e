"""Forms are read strictly: a slip in the JSON is an error with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.engine.forms import FormError, Option, When, read_form
from app.engine.lint import lint
from app.engine.release import read_files
from tests.engine.models import TWO_TASKS, label


def form(**field: Any) -> bytes:
    first = {"name": "first", "type": "choice", "label": label("first"),
             "options": [{"value": "a", "label": label("a")}]}  # fmt: skip
    return json.dumps({"title": label("t"), "fields": [first, field]}).encode()


GOOD = {"name": "second", "type": "number", "label": label("second")}


def test_a_whole_field() -> None:
    data = form(
        **GOOD, help=label("help"), required=True, paragraph="7(1)", min="0", max="99.5", scale=2,
        when={"field": "first", "in": ["a"]},
    )  # fmt: skip
    read = read_form("p/f", data)
    first, second = read.fields
    assert first.options == (Option("a", label("a")),)
    assert (second.min, second.max, second.scale) == ("0", "99.5", 2)
    assert second.when == When("first", ("a",))
    assert (second.required, second.sealed, second.paragraph) == (True, False, "7(1)")
    assert (read.key, set(read.decisive), read.sealed) == ("p/f", {"first", "second"}, frozenset())


def test_numbers_of_orders_may_be_in_clear_but_no_free_text() -> None:
    field = {"name": "number", "type": "text", "label": label("x")}
    assert not read_form("p/f", form(**field, max_length=40)).fields[1].sealed
    for sealed in ({}, {"max_length": 101}, {"type": "longtext", "max_length": 10}):
        with pytest.raises(FormError, match="sealed"):
            read_form("p/f", form(**{**field, **sealed}))
    assert read_form("p/f", form(**field, sealed=True)).sealed == {"number"}


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ({**GOOD, "requried": True}, "unknown entry 'requried'"),
        ({**GOOD, "required": "yes"}, "true or false"),
        ({**GOOD, "type": "nummer"}, "no such type"),
        ({**GOOD, "name": "first"}, "twice"),
        ({**GOOD, "name": "len"}, "not a name"),
        ({**GOOD, "name": "schedule"}, "not a name"),
        ({**GOOD, "name": "_x"}, "not a name"),
        ({**GOOD, "name": "a b"}, "not a name"),
        ({**GOOD, "name": 1}, "is text"),
        ({**GOOD, "label": {"kk": "x", "ru": "x"}}, "'en' is missing"),
        ({**GOOD, "label": {"kk": "x", "ru": " ", "en": "x"}}, "kk, ru and en"),
        ({**GOOD, "label": "x"}, "an object is needed"),
        ({**GOOD, "min": 0}, "decimal as text"),
        ({**GOOD, "max": "NaN"}, "decimal as text"),
        ({**GOOD, "max": "ten"}, "decimal as text"),
        ({**GOOD, "scale": -1}, "whole number"),
        ({**GOOD, "scale": True}, "whole number"),
        ({**GOOD, "paragraph": "¶ 7"}, "paragraphs"),
        ({**GOOD, "when": {"field": "third", "in": ["a"]}}, "no field 'third'"),
        ({**GOOD, "when": {"field": "second", "in": ["a"]}}, "no field 'second'"),
        ({**GOOD, "when": {"field": "first", "in": []}}, "list is needed"),
        ({**GOOD, "type": "choice"}, "options or a source"),
        ({**GOOD, "type": "choice", "source": "x y"}, "a name is needed"),
        ({**GOOD, "options": [{"value": 1, "label": label("x")}]}, "a value is text"),
        ({**GOOD, "options": [{"value": "a", "label": label("x")}] * 2}, "twice"),
        ({"name": "x", "type": "yes"}, "'label' is missing"),
    ],
)
def test_slips(field: dict[str, Any], says: str) -> None:
    with pytest.raises(FormError, match=says):
        read_form("p/f", form(**field))


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"title": {}}', b'{"fields": []}'])
def test_no_form_at_all(data: bytes) -> None:
    with pytest.raises(FormError):
        read_form("p/f", data)


def test_a_bad_form_is_a_finding() -> None:
    files = read_files(TWO_TASKS)
    files["two_tasks/forms/confirm.json"] = b"{"
    assert ("two_tasks/forms/confirm.json", "form") in {(f.file, f.code) for f in lint(files)}
