"""Words of the pages on methodologies: fields, kinds of changes, places, kinds of bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from app.domain.methodology_difference import Said
from app.services.sentences import word
from app.web import words
from app.web.filters import name, number
from app.web.languages import language
from app.web.word_tables import N_

FIELDS: Mapping[str, str] = {
    "part": N_("Part"),
    "criterion": N_("Criterion"),
    "name": N_("Name"),
    "definition": N_("Definition"),
    "unit": N_("Unit"),
    "better": N_("Better"),
    "weight": N_("Weight, %"),
    "source": N_("Source"),
    "applies": N_("Applies to"),
    "variables": N_("Figures asked for"),
    "formula": N_("Formula"),
    "digits": N_("Digits after the point"),
    "mode": N_("Rounding"),
}
PLACES: Mapping[str, str] = {
    "rounding": N_("Rounding"),
    "block": N_("Block"),
    "part": N_("Part"),
    "criterion": N_("Criterion"),
    "indicator": N_("Indicator"),
}
KINDS: Mapping[str, str] = {
    "added": N_("added"),
    "removed": N_("removed"),
    "changed": N_("changed"),
}
KIND_LOOKS: Mapping[str, str] = {"added": "ok", "removed": "bad", "changed": "info"}
BETTER: Mapping[str, str] = {"higher": N_("higher is better"), "lower": N_("lower is better")}
MODES: Mapping[str, str] = {
    "half_up": N_("a half is rounded up"),
    "half_even": N_("a half is rounded to the even digit"),
    "down": N_("the rest is cut off"),
}
BODIES: Mapping[str, str] = {
    "central": N_("central state bodies"),
    "local": N_("local executive bodies"),
}


def _say(table: Mapping[str, str], code: str) -> str:
    message = table.get(code)
    return gettext(message) if message else code


def field(code: str) -> str:
    """The name of a field of a methodology."""
    return _say(FIELDS, code)


def place(code: str) -> str:
    """What a change is of."""
    return _say(PLACES, code)


def kind(code: str) -> str:
    """What became of it."""
    return _say(KINDS, code)


def look(code: str) -> str:
    """The look of a change's badge."""
    return KIND_LOOKS.get(code, "")


def better(code: str) -> str:
    """Which way an indicator is better."""
    return _say(BETTER, code)


def mode(code: str) -> str:
    """How points are rounded."""
    return _say(MODES, code)


def bodies(code: str) -> str:
    """A kind of bodies."""
    return _say(BODIES, code)


def part(code: str) -> str:
    """The name of a part of a block."""
    return word("part", code, language()) or code


def value(field_code: str, said: Said) -> str:
    """A value of a field as a reader reads it."""
    if not isinstance(said, str):
        return name(said)
    say: Mapping[str, Any] = {
        "weight": number,
        "better": better,
        "mode": mode,
        "source": words.source,
        "part": part,
    }
    return str(say[field_code](said)) if field_code in say else said
