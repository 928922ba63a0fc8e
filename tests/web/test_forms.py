"""A posted form becomes answers by the type of each field, and nothing is dropped on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.domain.refusals import FieldError, Invalid
from app.engine.forms import Form, read_form
from app.services import sentences
from app.web import forms

NAMES = {"kk": "а", "ru": "а", "en": "a"}
TYPES = ("date", "choices", "people", "points", "documents", "indicators", "votes", "corrections")
# Codes of indicators as methodologies have them; a dash and a dot must not confuse the names.
CODES = st.text("0123456789.-абв", min_size=1, max_size=8)
VOTES = st.dictionaries(CODES, st.sampled_from(["for", "against", "abstained"]), min_size=1)
FIGURES = st.text("0123456789,", min_size=1, max_size=6)
ROWS = st.fixed_dictionaries({"value": FIGURES, "points": FIGURES})


def form() -> Form:
    fields: list[dict[str, Any]] = [
        {"name": kind, "type": kind, "label": NAMES}
        | ({"options": [{"value": "a", "label": NAMES}]} if kind == "choices" else {})
        for kind in TYPES
    ]
    return read_form("tests/form", json.dumps({"title": NAMES, "fields": fields}).encode())


FORM = form()


def read(*pairs: tuple[str, str]) -> dict[str, Any]:
    return forms.read(FORM, MultiDict(pairs))


@given(VOTES)
def test_votes_come_back_by_their_codes(votes: dict[str, str]) -> None:
    assert read(*((f"votes-{code}", vote) for code, vote in votes.items())) == {"votes": votes}


@given(st.dictionaries(CODES, ROWS, min_size=1))
def test_corrections_come_back_by_code_and_column(rows: dict[str, dict[str, str]]) -> None:
    sent = [
        (f"corrections-{code}-{column}", text)
        for code, row in rows.items()
        for column, text in row.items()
    ]
    assert read(*sent) == {"corrections": rows}


@given(st.lists(st.fixed_dictionaries({"code": CODES, "points": FIGURES}), min_size=1, max_size=9))
def test_rows_of_indicators_keep_their_order(rows: list[dict[str, str]]) -> None:
    sent = [
        (f"indicators-{number * 3}-{column}", text)
        for number, row in enumerate(rows)
        for column, text in row.items()
    ]
    assert read(*reversed(sent)) == {"indicators": rows}


def test_empty_rows_are_no_answers() -> None:
    assert read(("indicators-0-code", " "), ("indicators-0-points", "")) == {"indicators": []}
    assert read(("corrections-1.1-value", ""), ("corrections-1.1-points", " ")) == {
        "corrections": {}
    }


def test_several_values_of_one_name_are_a_list() -> None:
    assert read(("people", "p-1"), ("people", "p-2"), ("points", "")) == {
        "people": ["p-1", "p-2"],
        "points": [],
    }


@given(st.text("abcdefgh_-0123456789", min_size=1, max_size=20))
def test_what_no_field_has_is_handed_on_to_be_refused(name: str) -> None:
    ours = name in forms.CONTROLS or name in TYPES or name.startswith(("votes-", "documents-"))
    taken = any(name.startswith(f"{kind}-") for kind in ("indicators", "corrections"))
    if not ours and not taken:
        assert read((name, "x")) == {name: "x"}


def test_our_own_controls_are_no_answers() -> None:
    sent = [(name, "x") for name in forms.CONTROLS]
    sent += [(f"documents-{part}", "x") for part in forms.UPLOAD_PARTS]
    assert read(*sent) == {}


def test_shown_again_is_just_what_was_typed() -> None:
    shown = forms.typed(FORM, {"date": "31.31.2018"})
    assert shown["date"] == "31.31.2018"
    # Nothing ticked is an answer too: without it every document would be ticked again.
    assert shown["documents"] == []


def test_what_is_wrong_is_told_in_the_order_of_the_page() -> None:
    names = [field.name for field in reversed(FORM.fields)]
    refusal = Invalid(
        "form.invalid", fields=tuple(FieldError(name, "form.required") for name in names)
    )
    app = Flask(__name__)
    with app.test_request_context():
        g.language = "kk"
        assert list(forms.errors(FORM, refusal)) == list(TYPES)


@pytest.mark.parametrize(
    ("row", "place", "code"),
    [
        ({"code": " ", "name": "А"}, "indicators.1.code", "form.required"),
        ({"code": "1", "name": ""}, "indicators.1.name", "form.required"),
        ({"code": "1" * 41, "name": "А"}, "indicators.1.code", "form.too_long"),
        ({"code": "1", "name": "А" * 501}, "indicators.1.name", "form.too_long"),
        ({"code": "1", "name": "А", "value": "x"}, "indicators.1.value", "form.not_a_number"),
        ({"code": "1", "name": "А", "points": "9"}, "indicators.1.points", "form.too_large"),
        ({"code": "0", "name": "А"}, "indicators", "form.same_code"),
    ],
)
def test_a_wrong_row_says_which_cell_and_what_to_do(
    row: dict[str, str], place: str, code: str
) -> None:
    figures = {"value": "1", "points": "1", "max": "2"}
    given = {"indicators": [{"code": "0", "name": "А", **figures}, {**figures, **row}]}
    refused = FieldError("indicators", code if "." in place else forms.UNKNOWN)
    app = Flask(__name__)
    with app.test_request_context():
        g.language = "ru"
        found = forms.errors(FORM, Invalid("form.invalid", fields=(refused,)), given)
        limits = {"max": {"indicators.1.code": 40, "indicators.1.name": 500}.get(place, 2)}
        assert found == {place: sentences.say(code, "ru", **limits)}


def test_everything_left_empty_is_told_at_once() -> None:
    asked = {"day": " ", "kind": "holiday"}
    with pytest.raises(Invalid) as refused:
        forms.require(asked, "day", "kind", "name_kk", source="calendar.source_missing")
    assert [(error.field, error.code) for error in refused.value.fields] == [
        ("day", "form.required"),
        ("name_kk", "form.required"),
        ("source", "calendar.source_missing"),
    ]
