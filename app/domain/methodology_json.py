"""Strict reading of the JSON of a methodology: each check names what is wrong, and where.

`where` is a place such as `criteria[1.1].weight`; every refusal is `methodology.<…>`, ¶ 17.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NoReturn

from app.domain.methodology_values import LANGUAGES, Words
from app.domain.refusals import Invalid, Param

LONGEST: Final = 1_000_000
"""Bytes of a methodology; three hundred indicators in three languages take half of it."""


def wrong(kind: str, where: str, /, **params: Param) -> NoReturn:
    """Refuse the document: `methodology.<kind>`, at `where`; ¶ 17."""
    raise Invalid(f"methodology.{kind}", paragraph="17", fields=(), where=where or "/", **params)


class _Doubled(Exception):
    """A key that stands twice in one object."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Doubled(key)
        found[key] = value
    return found


def _fraction(text: str) -> NoReturn:
    raise Invalid("methodology.not_text", paragraph="17", where="/", value=text[:40])


def load(content: bytes) -> Any:
    """Read JSON: UTF-8, no key twice, no number with a fraction.

    Raises:
        Invalid: `methodology.too_long`, `.doubled_key`, `.not_json`, `.not_text`.
    """
    if len(content) > LONGEST:
        raise Invalid("methodology.too_long", paragraph="17", max=LONGEST)
    try:
        return json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_pairs,
            parse_float=_fraction,
            parse_constant=_fraction,
        )
    except _Doubled as error:
        wrong("doubled_key", "", key=str(error)[:80])
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise Invalid("methodology.not_json", paragraph="17", line=line) from None


def an_object(
    value: Any, where: str, needed: Sequence[str], optional: Sequence[str] = ()
) -> Mapping[str, Any]:
    """An object with every needed key and no other; without `needed`, any object."""
    if not isinstance(value, dict):
        wrong("not_an_object", where)
    if needed:
        for key in value:
            if key not in needed and key not in optional:
                wrong("unknown_key", where, key=str(key)[:80])
        for key in needed:
            if key not in value:
                wrong("missing_key", where, key=key)
    return value


def a_list(value: Any, where: str, most: int) -> list[Any]:
    """A list of one to `most` entries."""
    if not isinstance(value, list) or not value:
        wrong("not_a_list", where)
    if len(value) > most:
        wrong("too_many", where, max=most)
    return value


def an_integer(value: Any, where: str, *, low: int, high: int) -> int:
    """A whole number from `low` to `high`."""
    if type(value) is not int or not low <= value <= high:
        wrong("not_an_integer", where, min=low, max=high)
    return value


def yes_or_no(value: Any, where: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        wrong("not_yes_or_no", where)
    return value


def a_line(value: Any, where: str, longest: int) -> str:
    """A text of one line that is not empty, without blanks around it."""
    if not isinstance(value, str) or not value.strip():
        wrong("empty", where)
    if len(value) > longest:
        wrong("text_too_long", where, max=longest)
    if any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in value):
        wrong("bad_characters", where)
    return value.strip()


def words(value: Any, where: str, longest: int = 500) -> Words:
    """A text in each of the three languages, and in no other."""
    texts = an_object(value, where, LANGUAGES)
    return MappingProxyType(
        {
            language: a_line(texts[language], f"{where}.{language}", longest)
            for language in LANGUAGES
        }
    )


def one_of(value: Any, where: str, allowed: Iterable[str]) -> str:
    """One of a few words."""
    allowed = tuple(allowed)
    if not isinstance(value, str) or value not in allowed:
        wrong("not_one_of", where, allowed=", ".join(allowed))
    return value
