"""A posted form as answers: what the service validates, by the type of each declared field.

Unknown names are handed on, so that the service refuses them; the page's own controls are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from app.domain.refusals import FieldError, Invalid, Refusal
from app.engine.forms import Field, Form
from app.services import checks, sentences
from app.web import figure_forms
from app.web.languages import language

Posted = MultiDict[str, str]

# What our pages send besides the fields: the token, which button was pressed, where to return.
CONTROLS = frozenset(
    {"csrf_token", "attach", "next", "organisation", "kept_form", figure_forms.FILL}
)
UPLOAD_PARTS = ("file", "source", "origin")
SEVERAL = frozenset({"choices", "people", "points", "documents"})
COLUMNS = ("code", "name", "value", "points", "max")
CELLS = ("value", "points")
# A row of indicators is refused as unknown where its code or its name is missing or too long.
UNKNOWN = "form.unknown_indicator"
LONGEST = {"code": 40, "name": 500}


def read(form: Form, posted: Posted) -> dict[str, Any]:
    """The answers in a posted form, by field; rows and votes gathered, text as it was typed."""
    found: dict[str, Any] = {}
    used = set(CONTROLS)
    for field in form.fields:
        if field.type == "documents":
            used.update(f"{field.name}-{part}" for part in UPLOAD_PARTS)
        value, names = _field(field, posted)
        used.update(names)
        if value is not None:
            found[field.name] = value
    for name in posted:
        if name not in used:
            found[name] = posted[name]
    return found


def typed(form: Form, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values with which a refused form is shown again: just what was typed, no more."""
    empty = {field.name: [] if field.type in SEVERAL else "" for field in form.fields}
    return {**empty, **given}


def _field(field: Field, posted: Posted) -> tuple[Any, set[str]]:
    """The value of one field, None where it was not sent, and the names it took."""
    if field.type in SEVERAL:
        values = [value for value in posted.getlist(field.name) if value]
        return values if field.name in posted else None, {field.name}
    reader = READERS.get(field.type)
    return reader(field.name, posted) if reader else (posted.get(field.name), {field.name})


def _rows(name: str, posted: Posted) -> tuple[Any, set[str]]:
    """Rows `name-<number>-<column>`; those left empty are not answers."""
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,4}})-({'|'.join(COLUMNS)})")
    rows: dict[int, dict[str, str]] = {}
    used = {name}
    for key in posted:
        found = pattern.fullmatch(key)
        if found:
            used.add(key)
            rows.setdefault(int(found[1]), {})[found[2]] = posted[key]
    kept = [row for _, row in sorted(rows.items()) if any(cell.strip() for cell in row.values())]
    return (kept if rows else None), used


def _by_code(name: str, posted: Posted) -> tuple[Any, set[str]]:
    """Votes `name-<code>`: a mapping of code to vote."""
    used = {key for key in posted if key.startswith(f"{name}-")}
    votes = {key.removeprefix(f"{name}-"): posted[key] for key in sorted(used)}
    return (votes or None), used | {name}


def _cells(name: str, posted: Posted) -> tuple[Any, set[str]]:
    """Corrections `name-<code>-<column>`: a mapping of code to value and points."""
    pattern = re.compile(rf"{re.escape(name)}-(.+)-({'|'.join(CELLS)})")
    cells: dict[str, dict[str, str]] = {}
    used = {name}
    for key in posted:
        found = pattern.fullmatch(key)
        if found:
            used.add(key)
            cells.setdefault(found[1], {})[found[2]] = posted[key]
    filled = {
        code: row for code, row in cells.items() if any(cell.strip() for cell in row.values())
    }
    return (filled if cells else None), used


READERS: Mapping[str, Callable[[str, Posted], tuple[Any, set[str]]]] = {
    "indicators": _rows,
    "votes": _by_code,
    "corrections": _cells,
    **figure_forms.READERS,
}


def errors(
    form: Form | None, refusal: Refusal, given: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """The sentences of a refusal's wrong fields, by the path of their place, in the page's order.

    `given` are the answers: with them a wrong row of indicators is told from the right ones.
    """
    found: dict[str, str] = {}
    for error in _in_order(form, refusal.fields):
        field = next((f for f in form.fields if f.name == error.field), None) if form else None
        rows = _wrong_rows(field, given or {}) if field and field.type == "indicators" else {}
        if rows:
            found |= rows
        else:
            code = error.code
            if field and field.type == "indicators" and code == UNKNOWN:
                # Every row is right by itself, and there is no list to choose from.
                code = "form.same_code"
            told = sentences.say(code, language(), **dict(error.params))
            found[_path(form, error.field)] = told
    return found


def _in_order(form: Form | None, errors: Iterable[FieldError]) -> list[FieldError]:
    """Wrong fields as they stand on the page; what is no field of the form comes last."""
    places = {field.name: n for n, field in enumerate(form.fields)} if form else {}

    def place(error: FieldError) -> tuple[int, tuple[int, ...]]:
        field = figure_forms.table_of(form, error.field)
        name = field.name if field else error.field
        row = figure_forms.row_order(error.field.removeprefix(name)) if field else ()
        return places.get(name, len(places)), row

    return sorted(errors, key=place)


def _wrong_rows(field: Field, given: Mapping[str, Any]) -> dict[str, str]:
    """The rows of indicators that would be refused each by itself, by the path of a cell."""
    found = {}
    for number, row in enumerate(given.get(field.name) or ()):
        try:
            checks.CHECKS["indicators"](field, [row], ())
        except checks.Wrong as wrong:
            column, code, params = _wrong_cell(wrong, row)
            told = sentences.say(code, language(), **params)
            found[f"{field.name}.{number}.{column}"] = told
    return found


def _wrong_cell(wrong: checks.Wrong, row: Mapping[str, str]) -> tuple[str, str, dict[str, Any]]:
    """The cell of a row that is wrong, and the code of its sentence with its values."""
    if wrong.code == UNKNOWN:
        for column, longest in LONGEST.items():
            text = row.get(column, "").strip()
            if not text:
                return column, "form.required", {}
            if len(text) > longest:
                return column, "form.too_long", {"max": longest}
    return _wrong_column(wrong.code, row), wrong.code, dict(wrong.params)


def _wrong_column(code: str, row: Mapping[str, str]) -> str:
    if code == "form.too_large":
        return "points"
    for column in ("value", "points", "max"):
        try:
            checks.decimal_text(row.get(column, ""), low=None, high=None, scale=6)
        except checks.Wrong:
            return column
    return "code"


def _path(form: Form | None, name: str) -> str:
    """Where an error is shown: a rule may name an indicator, whose place is in a table."""
    if form is None or any(field.name == name for field in form.fields):
        return name
    types = {field.type: field.name for field in form.fields}
    if "corrections" in types:
        return f"{types['corrections']}.{name}.points"
    return f"{types['votes']}.{name}" if "votes" in types else name


def field_errors(pairs: Iterable[tuple[str, str]]) -> tuple[FieldError, ...]:
    """Wrong controls of a page of our own: (name, code of the sentence)."""
    return tuple(FieldError(name, code) for name, code in pairs)


def require(asked: Mapping[str, str], *names: str, **codes: str) -> None:
    """Tell every control of a page of our own that was left empty, all at once.

    `names` are told with `form.required`, those of `codes` each with a sentence of its own.

    Raises:
        Invalid: `form.invalid`, with the code of a sentence at each of them.
    """
    told = dict.fromkeys(names, "form.required") | codes
    empty = [(name, code) for name, code in told.items() if not asked.get(name, "").strip()]
    if empty:
        raise Invalid("form.invalid", fields=field_errors(empty))


def day(text: str, name: str) -> date:
    """The day in a control of a page of our own.

    Raises:
        Invalid: `form.invalid`, at the control `name`: nothing is there, or no date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        code = "form.not_a_date" if text else "form.required"
        raise Invalid("form.invalid", fields=field_errors([(name, code)])) from None
