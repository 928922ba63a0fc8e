"""Checking one answer: a function for each type of field of a form.

A check gives the value in its canonical form, or raises `Wrong` with the code of a sentence.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError

from app.engine.forms import Field


class Wrong(ValidationError):
    """One wrong value: carries the code of its sentence."""

    def __init__(self, code: str, **params: str | int) -> None:
        """Make an error of the sentence `code`."""
        super().__init__(code)
        self.code = code
        self.params = tuple(params.items())


def empty(value: Any) -> bool:
    """Say whether a value counts as not given."""
    return value is None or value == "" or value == [] or value == {}


def written(text: str) -> str:
    """A text that can be stored and shown: no control characters, no half of a pair.

    Raises:
        Wrong: `form.bad_characters`.
    """
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text):
        raise Wrong("form.bad_characters")
    return text


def _text(field: Field, value: Any, _offered: Collection[str]) -> str:
    if not isinstance(value, str):
        raise Wrong("form.not_a_choice")
    text = written(value.replace("\r\n", "\n").strip())
    limit = field.max_length or (200 if field.type == "text" else 20_000)
    if len(text) > limit:
        raise Wrong("form.too_long", max=limit)
    if not text:
        raise Wrong("form.required")
    return text


def _date(_field: Field, value: Any, _offered: Collection[str]) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise Wrong("form.not_a_date") from None


def decimal_text(value: Any, *, low: str | None, high: str | None, scale: int | None) -> str:
    """A decimal number as canonical text; a comma may stand for the point.

    Raises:
        Wrong: not a number, or outside its bounds.
    """
    if isinstance(value, bool | float):
        raise Wrong("form.not_a_number")
    try:
        number = Decimal(str(value).replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        raise Wrong("form.not_a_number") from None
    if not number.is_finite() or abs(number.adjusted()) > 15:
        raise Wrong("form.not_a_number")
    if low is not None and number < Decimal(low):
        raise Wrong("form.too_small", min=low)
    if high is not None and number > Decimal(high):
        raise Wrong("form.too_large", max=high)
    exponent = number.as_tuple().exponent
    if scale is not None and isinstance(exponent, int) and -exponent > scale:
        raise Wrong("form.not_a_number")
    return format(number, "f")


def _number(field: Field, value: Any, _offered: Collection[str]) -> str:
    return decimal_text(value, low=field.min, high=field.max, scale=field.scale)


def _integer(field: Field, value: Any, _offered: Collection[str]) -> int:
    try:
        text = decimal_text(value, low=field.min, high=field.max, scale=0)
    except Wrong as error:
        if error.code == "form.not_a_number":
            raise Wrong("form.not_an_integer") from None
        raise
    return int(Decimal(text))


def _choice(field: Field, value: Any, offered: Collection[str]) -> Any:
    known = {option.value for option in field.options} or offered
    if str(value) not in known:
        raise Wrong("form.not_a_choice")
    return str(value)


def _choices(field: Field, value: Any, offered: Collection[str]) -> list[str]:
    values = value if isinstance(value, list) else [value]
    chosen = [_choice(field, item, offered) for item in values]
    return list(dict.fromkeys(chosen))


def _yes(field: Field, value: Any, _offered: Collection[str]) -> bool:
    if truth(value):
        return True
    if field.required or value not in (False, "no", "off", "false", "0"):
        raise Wrong("form.must_confirm")
    return False


def truth(value: Any) -> bool:
    """Say whether a value of a `yes` field, as text or JSON, is a yes."""
    return value in (True, "yes", "on", "true", "1")


def _offered_one(code: str) -> Callable[[Field, Any, Collection[str]], str]:
    def check(_field: Field, value: Any, offered: Collection[str]) -> str:
        if str(value) not in offered:
            raise Wrong(code)
        return str(value)

    return check


def _offered_many(code: str) -> Callable[[Field, Any, Collection[str]], list[str]]:
    one = _offered_one(code)

    def check(field: Field, value: Any, offered: Collection[str]) -> list[str]:
        values = value if isinstance(value, list) else [value]
        return list(dict.fromkeys(one(field, item, offered) for item in values))

    return check


def _documents(_field: Field, value: Any, offered: Collection[str]) -> list[int]:
    values = value if isinstance(value, list) else [value]
    if any(str(item) not in offered for item in values):
        raise Wrong("form.unknown_document")
    return list(dict.fromkeys(int(str(item)) for item in values))


MOST_INDICATORS = 300
"""Rows of one table; with names of some sixty letters they fit one event."""


def _indicators(_field: Field, value: Any, _offered: Collection[str]) -> list[dict[str, str]]:
    if not isinstance(value, list) or len(value) > MOST_INDICATORS:
        raise Wrong("form.too_many", max=MOST_INDICATORS)
    rows: list[dict[str, str]] = []
    for item in value:
        if not isinstance(item, dict) or set(item) - {"code", "name", "value", "points", "max"}:
            raise Wrong("form.unknown_field", field="indicators")
        if all(empty(cell) for cell in item.values()):
            continue
        row = {key: written(str(item.get(key, "")).strip()) for key in ("code", "name")}
        if not row["code"] or not row["name"] or len(row["code"]) > 40 or len(row["name"]) > 500:
            raise Wrong("form.unknown_indicator")
        for key in ("value", "points", "max"):
            row[key] = decimal_text(item.get(key, ""), low=None, high=None, scale=6)
        if Decimal(row["points"]) > Decimal(row["max"]):
            raise Wrong("form.too_large", max=row["max"])
        rows.append(row)
    if len({row["code"] for row in rows}) != len(rows):
        raise Wrong("form.unknown_indicator")
    if not rows:
        raise Wrong("conclusion.no_indicators")
    return rows


VOTES = ("for", "against", "abstained")


def _votes(_field: Field, value: Any, offered: Collection[str]) -> dict[str, str]:
    if not isinstance(value, dict) or set(map(str, value)) - set(offered):
        raise Wrong("form.unknown_indicator")
    votes = {str(key): str(vote) for key, vote in value.items() if not empty(vote)}
    if any(vote not in VOTES for vote in votes.values()):
        raise Wrong("form.not_a_choice")
    if set(votes) != set(offered):
        raise Wrong("vote.incomplete")
    return votes


def _corrections(_field: Field, value: Any, offered: Collection[str]) -> dict[str, dict[str, str]]:
    if not isinstance(value, dict) or set(map(str, value)) - set(offered):
        raise Wrong("form.unknown_indicator")
    corrected: dict[str, dict[str, str]] = {}
    for code, cells in value.items():
        if not isinstance(cells, dict) or set(cells) - {"value", "points"}:
            raise Wrong("form.unknown_field", field="corrections")
        if all(empty(cell) for cell in cells.values()):
            continue
        corrected[str(code)] = {
            key: decimal_text(cells.get(key, ""), low=None, high=None, scale=6)
            for key in ("value", "points")
        }
    return corrected


CHECKS: dict[str, Callable[[Field, Any, Collection[str]], Any]] = {
    "text": _text,
    "longtext": _text,
    "date": _date,
    "number": _number,
    "integer": _integer,
    "choice": _choice,
    "choices": _choices,
    "yes": _yes,
    "person": _offered_one("form.unknown_person"),
    "people": _offered_many("form.unknown_person"),
    "body": _offered_one("form.unknown_body"),
    "documents": _documents,
    "indicators": _indicators,
    "points": _offered_many("form.unknown_indicator"),
    "votes": _votes,
    "corrections": _corrections,
}
