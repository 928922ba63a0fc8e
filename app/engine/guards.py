"""What expressions compute with: guarded operators and the functions without side effects.

A guard refuses before anything large is made. None of them can reach an attribute, a module
or a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.engine.values import LARGEST, LONGEST_TEXT

LONGEST_LIST: Final = 10_000
MOST_DIGITS: Final = 12


class ExpressionError(Exception):
    """An expression that may not be compiled, or that failed; `code` is a word."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ExpressionError("type", f"a number is needed, not {type(value).__name__}")
    return value


def _bounded(value: Any) -> Any:
    if not -LARGEST <= value <= LARGEST:
        raise ExpressionError("too_large", "a number beyond 2^53 - 1")
    return value


def _add(a: Any, b: Any) -> Any:
    if isinstance(a, str) and isinstance(b, str):
        if len(a) + len(b) > LONGEST_TEXT:
            raise ExpressionError("too_large", "a text is too long")
        return a + b
    if isinstance(a, list) and isinstance(b, list):
        if len(a) + len(b) > LONGEST_LIST:
            raise ExpressionError("too_large", "a list is too long")
        return a + b
    return _bounded(_number(a) + _number(b))


def _sub(a: Any, b: Any) -> Any:
    return _bounded(_number(a) - _number(b))


def _mul(a: Any, b: Any) -> Any:
    return _bounded(_number(a) * _number(b))


def _div(a: Any, b: Any) -> Any:
    return _bounded(_number(a) / _number(b))


def _floor(a: Any, b: Any) -> Any:
    return _bounded(_number(a) // _number(b))


def _mod(a: Any, b: Any) -> Any:
    # Numbers only: `%` on a text would format, and formatting can fill the memory.
    return _bounded(_number(a) % _number(b))


def _get(holder: Any, key: Any) -> Any:
    if not isinstance(holder, dict | list | tuple | str):
        raise ExpressionError("type", f"{type(holder).__name__} has no parts")
    try:
        return holder[key]
    except (KeyError, IndexError):
        raise ExpressionError("missing_key", str(key)[:80]) from None


def _count(holder: Any, field: Any, value: Any) -> int:
    """Count the entries of an object or list whose `field` equals `value`."""
    if not isinstance(holder, dict | list):
        raise ExpressionError("type", "count() needs an object or a list")
    entries = holder.values() if isinstance(holder, dict) else holder
    found = 0
    for entry in entries:
        if not isinstance(entry, dict):
            raise ExpressionError("type", "count() needs entries that are objects")
        found += field in entry and entry[field] == value
    return found


def _len(value: Any) -> int:
    if not isinstance(value, dict | list | tuple | str):
        raise ExpressionError("type", f"{type(value).__name__} has no length")
    return len(value)


def _sum(values: Any) -> Any:
    if not isinstance(values, list | tuple):
        raise ExpressionError("type", "sum() needs a list")
    total: Any = 0
    for value in values:
        total = _bounded(total + _number(value))
    return total


def _extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    def extreme(*values: Any) -> Any:
        found = values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values
        if not found:
            raise ExpressionError("type", "min() and max() need something to choose from")
        return choose(found)

    return extreme


def _abs(value: Any) -> Any:
    return abs(_number(value))


def _round(value: Any, digits: Any = 0) -> Any:
    if type(digits) is not int or not 0 <= digits <= MOST_DIGITS:
        raise ExpressionError("type", f"round() takes 0 to {MOST_DIGITS} digits")
    return round(_number(value), digits) if digits else round(_number(value))


PURE: Final[Mapping[str, Callable[..., Any]]] = {
    "len": _len,
    "min": _extreme(min),
    "max": _extreme(max),
    "sum": _sum,
    "abs": _abs,
    "round": _round,
    "count": _count,
}

# In scope of every expression under names that no expression may spell.
GUARDS: Final[Mapping[str, Any]] = {
    "__builtins__": {},
    "_add": _add,
    "_sub": _sub,
    "_mul": _mul,
    "_div": _div,
    "_floor": _floor,
    "_mod": _mod,
    "_get": _get,
}
