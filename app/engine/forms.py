"""Forms of a release: what a person is asked for, in three languages, read strictly.

A field is decisive (its answer enters the case and is in clear on the trail) or sealed (only
a commitment to it is on the trail). Free text is always sealed, so that it can be erased
without breaking a replay. A table of figures is neither: with `"in_case": false` its answer
is in clear on the trail, and operations make facts of it, but no expression can read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import orjson

from app.engine.expressions import check_name
from app.engine.guards import ExpressionError

Names = Mapping[str, str]

LANGUAGES: Final = ("kk", "ru", "en")
TYPES: Final = frozenset({
    "text", "longtext", "date", "number", "integer", "choice", "choices", "yes", "person",
    "people", "body", "documents", "indicators", "points", "votes", "corrections",
    "report", "scores", "missing", "secrecy",
})  # fmt: skip
# Fields of a form, and choices of a field: the longest list of the procedure has 47 bodies.
MOST_FIELDS: Final = 100
MOST_OPTIONS: Final = 500
# Levels of a form's JSON: a field's options' labels lie on the sixth.
DEEPEST: Final = 12
FREE_TEXT: Final = frozenset({"text", "longtext"})
# A text no longer than this may be decisive: the number of an order, say.
LONGEST_CODE: Final = 100
CHOOSING: Final = frozenset({"choice", "choices"})
PARAGRAPH: Final = re.compile(r"[1-9][0-9]?(\([1-9][0-9]?\))?")


class FormError(ValueError):
    """A form's JSON breaks a rule; the message names the place."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose: the value that is kept and its label in three languages."""

    value: str
    label: Names


@dataclass(frozen=True, slots=True)
class When:
    """The field is asked for only where another field's answer is one of `values`."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form; `min` and `max` are decimal text, `max_length` characters.

    `options` are fixed choices; `source` names choices that the service layer looks up. What
    is not `in_case` and not sealed stands on the event and goes to the operations alone.
    """

    name: str
    type: str
    label: Names
    help: Names
    required: bool
    sealed: bool
    paragraph: str | None
    options: tuple[Option, ...]
    source: str | None
    when: When | None
    min: str | None
    max: str | None
    scale: int | None
    max_length: int | None
    in_case: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """A form: `key` is `<process>/<name>`; `page` names a richer page over the same fields."""

    key: str
    title: Names
    intro: Names
    paragraphs: tuple[str, ...]
    after: Names
    action: Names
    page: str | None
    fields: tuple[Field, ...]

    @property
    def decisive(self) -> frozenset[str]:
        """The fields whose answers enter the case."""
        return frozenset(f.name for f in self.fields if not f.sealed and f.in_case)

    @property
    def sealed(self) -> frozenset[str]:
        """The fields whose answers stay out of the case."""
        return frozenset(f.name for f in self.fields if f.sealed)


def read_form(key: str, data: bytes) -> Form:
    """Read one form's JSON.

    Raises:
        FormError: not JSON, an unknown or missing entry, a wrong type, a missing language,
            free text that is not sealed, or a condition on a field that does not come before.
    """
    raw = _json(data)
    known = {"title", "intro", "paragraphs", "after", "action", "page", "fields"}
    _entries(raw, known, {"title", "fields"}, "the form")
    if not isinstance(raw["fields"], list):
        raise FormError("fields: a list is needed")
    if len(raw["fields"]) > MOST_FIELDS:
        raise FormError(f"fields: more than {MOST_FIELDS}")
    fields: list[Field] = []
    for item in raw["fields"]:
        fields.append(_field(item, fields))
    return Form(
        key=key,
        title=_names(raw["title"], "title"),
        intro=_names(raw.get("intro"), "intro"),
        paragraphs=_paragraphs(raw.get("paragraphs", [])),
        after=_names(raw.get("after"), "after"),
        action=_names(raw.get("action"), "action"),
        page=_word(raw.get("page"), "page"),
        fields=tuple(fields),
    )


def _json(data: bytes) -> Any:
    """Read JSON strictly: no NaN, no level too deep, no entry twice in an object."""
    try:
        _depth(orjson.loads(data), DEEPEST)  # it refuses NaN; nothing that follows recurses far
        return json.loads(data, object_pairs_hook=_once)
    except (orjson.JSONDecodeError, UnicodeDecodeError) as error:
        raise FormError(f"not JSON: {error}") from None


def _depth(value: Any, left: int) -> None:
    if left == 0:
        raise FormError(f"more than {DEEPEST} levels")
    inner = value.values() if isinstance(value, dict) else value
    for item in inner if isinstance(value, dict | list) else ():
        _depth(item, left - 1)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for i, (key, _) in enumerate(pairs) if key in dict(pairs[:i]))
        raise FormError(f"{twice!r}: twice")
    return found


KNOWN: Final = {
    "name", "type", "label", "help", "required", "sealed", "paragraph", "options", "source",
    "when", "min", "max", "scale", "max_length", "in_case",
}  # fmt: skip


def _field(raw: Any, before: list[Field]) -> Field:
    _entries(raw, KNOWN, {"name", "type", "label"}, "a field")
    name, kind = raw["name"], raw["type"]
    if not isinstance(name, str):
        raise FormError("a field's name is text")
    try:
        check_name(name)
    except ExpressionError:
        raise FormError(f"{name}: not a name for an answer") from None
    if any(f.name == name for f in before):
        raise FormError(f"{name}: twice")
    if not isinstance(kind, str) or kind not in TYPES:
        raise FormError(f"{name}: no such type {kind!r}")
    sealed = _truth(raw.get("sealed", False), f"{name}.sealed")
    field = Field(
        name=name,
        type=kind,
        label=_names(raw["label"], f"{name}.label"),
        help=_names(raw.get("help"), f"{name}.help"),
        required=_truth(raw.get("required", False), f"{name}.required"),
        sealed=sealed,
        paragraph=_paragraphs([raw["paragraph"]])[0] if raw.get("paragraph") else None,
        options=_options(raw.get("options", []), name),
        source=_word(raw.get("source"), f"{name}.source"),
        when=_when(raw.get("when"), name, before),
        min=_decimal(raw.get("min"), f"{name}.min"),
        max=_decimal(raw.get("max"), f"{name}.max"),
        scale=_whole(raw.get("scale"), f"{name}.scale"),
        max_length=_whole(raw.get("max_length"), f"{name}.max_length"),
        in_case=_truth(raw.get("in_case", not sealed), f"{name}.in_case"),
    )
    if sealed and field.in_case:
        raise FormError(f"{name}: what is sealed is in no case")
    if kind in CHOOSING and bool(field.options) == bool(field.source):
        raise FormError(f"{name}: options or a source, one of them")
    short = kind == "text" and 0 < (field.max_length or 0) <= LONGEST_CODE
    if kind in FREE_TEXT and not sealed and not short:
        raise FormError(f"{name}: free text must be sealed, or no longer than {LONGEST_CODE}")
    return field


def _entries(raw: Any, known: set[str], needed: set[str], where: str) -> None:
    if not isinstance(raw, dict):
        raise FormError(f"{where}: an object is needed")
    if unknown := sorted(set(raw) - known):
        raise FormError(f"{where}: unknown entry {unknown[0]!r}")
    if missing := sorted(needed - set(raw)):
        raise FormError(f"{where}: {missing[0]!r} is missing")


def _names(raw: Any, where: str) -> Names:
    """Read a text in three languages; {} where there is none."""
    if raw is None or raw == {}:
        return {}
    _entries(raw, set(LANGUAGES), set(LANGUAGES), where)
    if any(not isinstance(raw[lang], str) or not raw[lang].strip() for lang in LANGUAGES):
        raise FormError(f"{where}: text in kk, ru and en is needed")
    return {lang: raw[lang] for lang in LANGUAGES}


def _options(raw: Any, name: str) -> tuple[Option, ...]:
    if not isinstance(raw, list):
        raise FormError(f"{name}.options: a list is needed")
    if len(raw) > MOST_OPTIONS:
        raise FormError(f"{name}.options: more than {MOST_OPTIONS}")
    options: list[Option] = []
    for item in raw:
        _entries(item, {"value", "label"}, {"value", "label"}, f"{name}.options")
        value = item["value"]
        if not isinstance(value, str) or not value:
            raise FormError(f"{name}.options: a value is text")
        options.append(Option(value, _names(item["label"], f"{name}.options")))
    if len({o.value for o in options}) < len(options):
        raise FormError(f"{name}.options: a value twice")
    return tuple(options)


def _when(raw: Any, name: str, before: list[Field]) -> When | None:
    if raw is None:
        return None
    _entries(raw, {"field", "in"}, {"field", "in"}, f"{name}.when")
    if not any(f.name == raw["field"] for f in before):
        raise FormError(f"{name}.when: no field {raw['field']!r} before this one")
    values = raw["in"]
    if not isinstance(values, list) or not values:
        raise FormError(f"{name}.when.in: a list is needed")
    # Answers are compared as text, as the page sends them.
    return When(raw["field"], tuple(str(v) for v in values))


def _paragraphs(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or any(
        not isinstance(p, str) or not PARAGRAPH.fullmatch(p) for p in raw
    ):
        raise FormError('paragraphs: a list such as ["57", "7(1)"] is needed')
    return tuple(raw)


def _word(raw: Any, where: str) -> str | None:
    if raw is not None and (not isinstance(raw, str) or not raw.isidentifier()):
        raise FormError(f"{where}: a name is needed")
    return raw


def _truth(raw: Any, where: str) -> bool:
    if not isinstance(raw, bool):
        raise FormError(f"{where}: true or false is needed")
    return raw


def _whole(raw: Any, where: str) -> int | None:
    if raw is not None and (type(raw) is not int or raw < 0):
        raise FormError(f"{where}: a whole number is needed")
    return raw


def _decimal(raw: Any, where: str) -> str | None:
    if raw is None:
        return None
    try:
        fine = isinstance(raw, str) and Decimal(raw).is_finite()
    except InvalidOperation:
        fine = False
    if not fine:
        raise FormError(f'{where}: a decimal as text ("100") is needed')
    return str(raw)
