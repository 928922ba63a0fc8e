"""Canonical JSON (RFC 8785): one value, one sequence of bytes.

JSON has fewer types than the facts of an act. What it lacks becomes text by one rule each:
an integer from 2^53 on and a decimal number their digits, an instant
`2017-04-28T05:00:00.000000Z`, a day `2017-04-28`, bytes hexadecimal digits. A binary
fraction (`float`) is refused: it has no one way to be written that people would expect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import cast

import orjson
import rfc8785

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]

SAFE = 2**53
"""Integers below it, and above its negative, are exact in every JSON reader."""


def instant(moment: datetime) -> str:
    """Write an instant in UTC with microseconds; raises ValueError if it has no zone."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def plain(value: object) -> Json:
    """Reduce `value` to JSON by the rules above.

    Raises TypeError for a float, a key that is not text or any other type, and ValueError
    for an instant without a zone or a decimal that is not a finite number.
    """
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return cast(Json, value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value) if -SAFE < value < SAFE else str(int(value))
    if isinstance(value, _OBJECT):
        return {_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, _ARRAY):
        return [plain(item) for item in value]
    return _text(value)


# Told apart here, for every value of every event: what is most common comes first.
_OBJECT, _ARRAY = (dict, Mapping), (list, tuple)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is not a number")
        return format(value, "f")
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"a {type(value).__name__} has no place on the trail")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key is text, not {type(key).__name__}")
    return str(key)


def canonical(value: object) -> bytes:
    """The canonical bytes of `value`, reduced by `plain` first.

    Raises what `plain` raises, and ValueError for text that is not Unicode (a lone
    surrogate).
    """
    reduced = plain(value)
    try:
        written = orjson.dumps(reduced, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise ValueError(str(error)) from None
    # RFC 8785 orders keys by UTF-16 units, orjson by code points: they differ only where a
    # character from U+E000 on is there, and then the slower, written-out way is taken.
    return rfc8785.dumps(reduced) if _HIGH.search(written) else written


_HIGH = re.compile(rb"[\xee-\xf4]")
"""First bytes in UTF-8 of the characters from U+E000 on."""
