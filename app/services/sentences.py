"""The sentences of refusals and warnings in kk, ru and en, from `app/translations/`.

`refusals.toml` has a table for every code; `words.toml` has the words for values that are
codes, such as the steps of ¶ 7. Values that only the database knows the name of (a body, a
person) are given by whoever calls: `say(refusal, "kk", person="…")`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from app.domain.calendar import DEFAULT
from app.domain.refusals import Param, Refusal

LANGUAGES = ("kk", "ru", "en")
FOLDER = Path(__file__).parents[1] / "translations"
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in three languages and the paragraph it rests on, if it rests on one."""

    kk: str
    ru: str
    en: str
    paragraph: str | None = None

    def text(self, language: str) -> str:
        """The sentence in `language` (kk, ru, en); Kazakh for any other."""
        return {"ru": self.ru, "en": self.en}.get(language, self.kk)


def say(what: Refusal | str, language: str, **params: Param) -> str:
    """The sentence of a refusal or a code in `language`, with its values filled in.

    `params` go before the refusal's own. ISO dates are written as people write them, codes
    that `words.toml` knows as words; a value that is missing shows as `…`, for a refusal
    must always be shown.

    Raises:
        KeyError: no such code.
    """
    code = what.code if isinstance(what, Refusal) else what
    sentence = _sentences()[code]
    own: dict[str, Param] = dict(what.params) if isinstance(what, Refusal) else {}
    norm = paragraph(what)
    given = ({"paragraph": norm} if norm else {}) | own | params
    values = _Values({name: _shown(name, value, language) for name, value in given.items()})
    return sentence.text(language).format_map(values)


def paragraph(what: Refusal | str) -> str | None:
    """The paragraph of a refusal, its own before that of its code.

    Raises:
        KeyError: no such code.
    """
    if isinstance(what, Refusal) and what.paragraph is not None:
        return what.paragraph
    return _sentences()[what.code if isinstance(what, Refusal) else what].paragraph


def codes() -> frozenset[str]:
    """Every code that has a sentence."""
    return frozenset(_sentences())


def word(kind: str, code: str, language: str) -> str | None:
    """The words for a code of a kind (term, role, block, part, section), if there are any."""
    found = _words().get(f"{kind}/{code}")
    return found.text(language) if found else None


class _Values(dict[str, str]):
    """Values for a sentence; a missing one shows as `…`."""

    def __missing__(self, key: str) -> str:
        return "…"


def _shown(name: str, value: Param, language: str) -> str:
    """A value as people read it."""
    text = str(value)
    found = word(name, text, language)
    if found is not None:
        return found
    several = [word(name, item, language) for item in text.split()]
    if len(several) > 1 and all(several):
        return ", ".join(item for item in several if item)
    return _day(text, language) if ISO_DAY.match(text) else text


def _day(text: str, language: str) -> str:
    """An ISO date or instant as day and, for an instant, the hour in the capital."""
    try:
        if ISO_DAY.fullmatch(text):
            return _date(date.fromisoformat(text), language)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return text
    local = moment.astimezone(DEFAULT.tz)
    return f"{_date(local.date(), language)}, {local:%H:%M}"


def _date(day: date, language: str) -> str:
    """A date as it is written in `language`."""
    if language == "en":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day:%d.%m.%Y}"


@cache
def _sentences() -> Mapping[str, Sentence]:
    """Every sentence by its code: a table with a `kk` is one, its path is the code."""
    return MappingProxyType(dict(_leaves(_load("refusals.toml"), ".")))


@cache
def _words() -> Mapping[str, Sentence]:
    """Every word by kind and code."""
    return MappingProxyType(dict(_leaves(_load("words.toml"), "/")))


def _load(name: str) -> dict[str, object]:
    """One file of translations."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _leaves(table: dict[str, object], joint: str, path: str = "") -> list[tuple[str, Sentence]]:
    """The tables that hold a sentence, with their paths joined by `joint`."""
    found: list[tuple[str, Sentence]] = []
    for name, value in table.items():
        if not isinstance(value, dict):
            raise ValueError(f"{path}: {name} stands outside a sentence")
        here = f"{path}{joint}{name}" if path else name
        found.extend([(here, Sentence(**value))] if "kk" in value else _leaves(value, joint, here))
    return found
