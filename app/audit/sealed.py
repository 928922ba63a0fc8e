"""Sealed values: the trail carries a commitment, the value lies elsewhere and can go.

A commitment is HMAC-SHA-256 over the value's canonical JSON under a salt of its own of 32
random bytes. Whoever has salt and value can show that they are what was recorded; nobody
can guess a short value from the commitment alone; and when both are erased the event still
verifies, since only the commitment was ever part of it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.audit.canonical import Json, canonical, plain

KEY = "sealed"
_COMMITMENT = re.compile(r"[0-9a-f]{64}")
_Wrap = Callable[["Sealed", str], Json]


@dataclass(frozen=True)
class Sealed:
    """A value to be sealed (JSON), and the code of the person or body it belongs to."""

    value: Any
    subject: str | None = None


@dataclass(frozen=True)
class Opening:
    """What opens one commitment: `path` (JSON pointer into the facts), salt, value bytes."""

    path: str
    subject: str | None
    salt: bytes
    value: bytes


def commitment(salt: bytes, value: bytes) -> str:
    """The commitment to the canonical bytes `value` under `salt`: 64 hexadecimal digits."""
    return hmac.new(salt, value, hashlib.sha256).hexdigest()


def opens(committed: str, salt: bytes, value: bytes) -> bool:
    """Say whether `salt` and `value` are what `committed` was made of."""
    return hmac.compare_digest(commitment(salt, value).encode(), committed.encode())


def seal(facts: Mapping[str, Any]) -> tuple[dict[str, Json], list[Opening]]:
    """Replace every `Sealed` in `facts`, however deep, by its commitment.

    Returns the facts as plain JSON and the openings, in the order of the facts. Raises
    ValueError if a plain value has the shape of a commitment, so that none is mistaken
    for one later.
    """
    openings: list[Opening] = []

    def wrap(sealed: Sealed, path: str) -> Json:
        salt, value = secrets.token_bytes(32), canonical(sealed.value)
        openings.append(Opening(path, sealed.subject, salt, value))
        return {KEY: commitment(salt, value)}

    return {key: _walk(item, f"/{_escape(key)}", wrap) for key, item in facts.items()}, openings


def _walk(value: Any, path: str, wrap: _Wrap) -> Json:
    if isinstance(value, Sealed):
        return wrap(value, path)
    if isinstance(value, Mapping):
        if _is_commitment(value):
            raise ValueError(f"{path} looks like a commitment")
        return {key: _walk(item, f"{path}/{_escape(key)}", wrap) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(item, f"{path}/{i}", wrap) for i, item in enumerate(value)]
    return plain(value)


def _is_commitment(value: Mapping[str, Any]) -> bool:
    return (
        len(value) == 1
        and isinstance(value.get(KEY), str)
        and _COMMITMENT.fullmatch(value[KEY]) is not None
    )


def _escape(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key is text, not {type(key).__name__}")
    return key.replace("~", "~0").replace("/", "~1")


def commitments(facts: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Every sealed place of an event's facts as (path, commitment)."""
    if isinstance(facts, dict):
        if _is_commitment(facts):
            yield path, str(facts[KEY])
            return
        for key, item in facts.items():
            yield from commitments(item, f"{path}/{_escape(key)}")
    elif isinstance(facts, list):
        for i, item in enumerate(facts):
            yield from commitments(item, f"{path}/{i}")
