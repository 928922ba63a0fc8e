"""Values that a case may hold: JSON without fractions, bounded in size.

What enters a case passes through `normalise`, which copies it. From then on no value is ever
changed in place, so tasks may share values safely: a parallel branch or a finished task
cannot be altered through a shared object.

Fractions are text ("87.5"): RFC 8785 writes 1.0 as 1, so a float would not come back from
the trail as it went in. Integers keep to ±(2^53 - 1), the range of RFC 8785 and RFC 7493.
"""

from __future__ import annotations

from typing import Any, TypeAlias

# str | int | bool | None | list[Json] | dict[str, Json]; spelt out it would only cost casts.
Json: TypeAlias = Any

LARGEST = 2**53 - 1
# Levels of one value: nothing that walks values, in Python or in C, can run out of stack.
DEEPEST = 32
# Objects, lists and their entries in one value: a report of a body has some hundreds.
MOST_NODES = 20_000
# Characters of one text, and of all texts in one value, keys among them. Texts are shared in
# memory: without the second bound a list of one long text would be saved as gigabytes.
LONGEST_TEXT = 100_000
MOST_TEXT = 1_000_000


class NotAValue(ValueError):
    """Something that a case cannot hold."""


class _Budget:
    """Counts nodes and characters, so that one value cannot fill the memory."""

    __slots__ = ("left", "text")

    def __init__(self) -> None:
        self.left = MOST_NODES
        self.text = MOST_TEXT


def normalise(value: object) -> Json:
    """Copy `value` as JSON; tuples become lists.

    Raises:
        NotAValue: a fraction, a key that is no text, another type, or too large.
    """
    return _copy(value, _Budget(), DEEPEST)


def normalise_object(value: object) -> dict[str, Json]:
    """Copy a JSON object whose keys can be names in expressions.

    Raises:
        NotAValue: no object, or something in it that a case cannot hold.
    """
    if not isinstance(value, dict):
        raise NotAValue(f"an object is needed, not {type(value).__name__}")
    copied: dict[str, Json] = normalise(value)
    return copied


def _copy(value: object, budget: _Budget, depth: int) -> Json:
    if value is None or value is True or value is False:
        return value
    kind = type(value)
    if kind is str:
        return _text(value, budget)
    if kind is int:
        if not -LARGEST <= value <= LARGEST:  # type: ignore[operator]  # its type is int
            raise NotAValue("an integer beyond 2^53 - 1")
        return value
    budget.left -= 1
    if isinstance(value, dict | list | tuple):
        budget.left -= len(value)
    if budget.left < 0 or depth == 0:
        raise NotAValue("too large or too deep")
    if isinstance(value, dict):
        return {_key(key, budget): _copy(item, budget, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copy(item, budget, depth - 1) for item in value]
    if isinstance(value, str):  # an enumeration's member, say: only its text stays
        return _text(str(value), budget)
    raise NotAValue(f"{kind.__name__} is no JSON value here")


def _key(key: object, budget: _Budget) -> str:
    if type(key) is not str:
        raise NotAValue(f"a key is {type(key).__name__}, not text")
    return _text(key, budget)


def _text(value: object, budget: _Budget) -> str:
    text = str(value)
    budget.text -= len(text)
    if len(text) > LONGEST_TEXT or budget.text < 0:
        raise NotAValue("a text is too long")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotAValue("a text holds half a surrogate pair") from None
    return text
