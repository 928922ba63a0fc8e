"""The base of every event and the grammar of kinds.

A kind reads `noun.verb`: what it happened to, then what happened, in the past tense, lower
case, words joined by `_`. A kind once written stays for ever; a change of its facts is a
new kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from app.audit.sealed import Sealed

GRAMMAR = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")

Value = Any
"""JSON, an instant, a day, a decimal, or `Sealed`; lists and mappings of them."""

KINDS: dict[str, type[Event]] = {}
"""Every declared kind with its class."""


@dataclass(frozen=True)
class Event:
    """What happened: a frozen dataclass whose fields are exactly the facts of its kind.

    A subclass is declared with its kind: `class CaseStarted(Event, kind="case.started")`.
    `refused` marks a kind that records what was not done.
    """

    kind: ClassVar[str]
    refused: ClassVar[bool] = False

    def __init_subclass__(cls, *, kind: str, refused: bool = False, **kw: Any) -> None:
        """Declare a kind; raises ValueError for one that is ungrammatical or taken."""
        super().__init_subclass__(**kw)
        if not GRAMMAR.fullmatch(kind):
            raise ValueError(f"{kind!r} is not a kind: it reads noun.verb")
        if kind in KINDS:
            raise ValueError(f"{kind} is declared already")
        cls.kind, cls.refused = kind, refused
        KINDS[kind] = cls

    def facts(self) -> dict[str, Value]:
        """The facts by name; those that are None are left out."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _open(value) for name, value in found.items() if value is not None}


@dataclass(frozen=True)
class Change:
    """A value before and after; None where there was, or is, none."""

    old: Value
    new: Value


def _open(value: Value) -> Value:
    if isinstance(value, Change):
        return {"old": _open(value.old), "new": _open(value.new)}
    if isinstance(value, Sealed):
        return value
    if isinstance(value, Mapping):
        return {key: _open(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_open(item) for item in value]
    return value
