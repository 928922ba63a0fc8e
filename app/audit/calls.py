"""The calls of an act as its event tells them: what stands in its answers stands there once.

A table that somebody filled in is an answer, and the operation that keeps it is called with
it. A parameter that is as large as that, and the same as an answer to the last byte, is
written as `{"$answer": "<name of the answer>"}`. What somebody else might take for that, an
object with one key that begins with `$`, is written as `{"$value": <the object>}`.
`app.audit.recheck.calls` reads both back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.audit.canonical import canonical

ANSWER, VALUE = "$answer", "$value"
LARGE = 256
"""Bytes of canonical JSON from which on a reference is worth its while."""
_FEWEST = 4
# Of plain JSON; asking for a Mapping takes ten times as long.
_HOLDS = (list, dict)


def written(calls: Sequence[Any], answers: Mapping[str, Any]) -> list[Any]:
    """The calls ([name, parameters, result]) with references into `answers`, as plain JSON."""
    large = {name: value for name, value in answers.items() if _is_large(value)}
    return [
        [name, {key: _written(value, large) for key, value in parameters.items()}, result]
        for name, parameters, result in calls
    ]


def _written(value: Any, large: Mapping[str, Any]) -> Any:
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith("$"):
        return {VALUE: value}
    if not large or not _is_large(value):
        return value
    # Not `==`, for which 1 is true: what is replayed must be the very same.
    encoded = canonical(value)
    for name, answer in large.items():
        if len(answer) == len(value) and canonical(answer) == encoded:
            return {ANSWER: name} if len(encoded) >= LARGE else value
    return value


def _is_large(value: Any) -> bool:
    return isinstance(value, _HOLDS) and len(value) >= _FEWEST
