"""The catalogues are complete: every message of the pages in Kazakh and Russian, and no other."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from config.settings import ROOT

FOLDER = ROOT / "app" / "translations"
LANGUAGES = ("kk", "ru")
PLACE = re.compile(r"%\((\w+)\)s|%\((\w+)\)d|%%")
FORMS = {"kk": 2, "ru": 3}
# Letters that Kazakh has and Russian has not.
KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)


@cache
def extracted() -> frozenset[str]:
    """The messages of `app/web`, by their singular, as `pybabel extract` finds them."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
    found = extract_from_dir(ROOT / "app" / "web", methods, options, keywords)
    return frozenset(
        message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found
    )


@cache
def catalogue(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> dict[str, Message]:
    return {
        message.id[0] if isinstance(message.id, tuple) else message.id: message
        for message in catalogue(language)
        if message.id
    }


def texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,)


def test_there_is_something_to_translate() -> None:
    assert len(extracted()) > 400


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_in_the_catalogue_and_no_other(language: str) -> None:
    known = messages(language).keys()
    assert sorted(extracted() - known) == [], "not translated"
    assert sorted(known - extracted()) == [], "no page says it any more"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_or_fuzzy(language: str) -> None:
    bad = [
        name
        for name, message in messages(language).items()
        if message.fuzzy or not all(text.strip() for text in texts(message.string))
    ]
    assert bad == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_every_form(language: str) -> None:
    assert catalogue(language).num_plurals == FORMS[language]
    bad = [
        name
        for name, message in messages(language).items()
        if isinstance(message.id, tuple) and len(message.string) != FORMS[language]
    ]
    assert bad == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_have_the_same_names(language: str) -> None:
    bad = [
        name
        for name, message in messages(language).items()
        for text in texts(message.string)
        if sorted(PLACE.findall(text)) != sorted(PLACE.findall(name))
    ]
    assert bad == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogues_are_in_their_language(language: str) -> None:
    """Whole words of Latin letters mean that the English text was left."""
    bad = [
        name
        for name, message in messages(language).items()
        for text in texts(message.string)
        if re.search(r"[A-Za-z]{3,}", PLACE.sub("", text))
    ]
    assert bad == []


def test_russian_has_no_kazakh_letters() -> None:
    bad = [
        name
        for name, message in messages("ru").items()
        for text in texts(message.string)
        if KAZAKH.search(text)
    ]
    assert bad == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_is_kept_in_order(language: str) -> None:
    """Sorted and without the wrapping of one tool's version, so that changes read well."""
    path: Path = FOLDER / language / "LC_MESSAGES" / "messages.po"
    names = list(messages(language))
    assert names == sorted(names)
    assert "#, fuzzy" not in path.read_text(encoding="utf-8")
