"""Joining parallel branches: three ways, against the fork, without losing what one wrote.

The library lays one branch's data over the other's and trims lists; here each branch is
compared with what it started from, and two branches that changed the same value differently
are a conflict, never a silent loss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from app.engine.branches import Behind, latest
from app.engine.values import Json

_ABSENT: Any = object()


class Conflict(ValueError):
    """Two branches changed the same value; the message is its name."""


def same(a: Json, b: Json) -> bool:
    """Whether two values are the same in JSON: unlike Python, true is not 1."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def changes(
    base: Mapping[str, Json], data: Mapping[str, Json]
) -> tuple[dict[str, Json], list[str]]:
    """What `data` sets and what it drops, compared with `base`."""
    fresh = {k: v for k, v in data.items() if not same(base.get(k, _ABSENT), v)}
    return fresh, sorted(k for k in base if k not in data)


def merge(
    base: Mapping[str, Json],
    ours: Mapping[str, Json],
    theirs: Mapping[str, Json],
    path: str = "",
    settled: Mapping[str, Json] = MappingProxyType({}),
) -> dict[str, Json]:
    """Merge two descendants of `base`; objects are merged within, lists are not.

    `settled` gives the values that hold where both changed the same one, by its name.

    Raises:
        Conflict: both changed the same value, and differently, and it is not `settled`.
    """
    merged: dict[str, Json] = {}
    for key in [*ours, *(k for k in theirs if k not in ours)]:
        before, a, b = (side.get(key, _ABSENT) for side in (base, ours, theirs))
        if same(a, b) or same(before, b):
            chosen = a
        elif same(before, a):
            chosen = b
        elif key in settled:
            chosen = settled[key]
        elif isinstance(a, dict) and isinstance(b, dict):
            inner = before if isinstance(before, dict) else {}
            chosen = merge(inner, a, b, f"{path}{key}.")
        else:
            raise Conflict(f"{path}{key}")
        if chosen is not _ABSENT:
            merged[key] = chosen
    return merged


def join(
    tips: Sequence[Any], behind: Behind, settled: Mapping[str, Json] = MappingProxyType({})
) -> dict[str, Json]:
    """Merge the data of the tasks at which branches ended; the first is the one that goes on.

    Each further branch is compared with the last task that lies behind it and behind a branch
    already merged: that is where it forked off.

    Raises:
        Conflict: two branches changed the same value, and differently, and it is not `settled`.
    """
    data: dict[str, Json] = dict(tips[0].data)
    if len(tips) == 1:
        return data
    merged = behind.all(tips[0])
    for tip in tips[1:]:
        line = behind.all(tip)
        fork = latest(line & merged)
        base = fork.data if fork is not None else {}
        data = merge(base, data, tip.data, settled=settled)
        merged |= line
    return data
