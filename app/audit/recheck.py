"""The verifier's own reading of bodies, values and rows.

Nothing here comes from the modules that write the trail: a mistake that writer and checker
share would be found by neither.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import Numeric, Table

EXACT = 9_007_199_254_740_992
PAGE = 200
"""Rows read at a time; a body has at most 64 KiB."""


class Broken(Exception):
    """What was read is not what the trail holds; the message is a part of a sentence."""


def sha256(content: bytes) -> str:
    """SHA-256 as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def parse(body: object) -> dict[str, Any]:
    """Read the body of an event; raises Broken unless it is one JSON object by RFC 8785.

    The keys must stand in the order of their UTF-16 code units and no key twice; then a
    body is canonical exactly if writing it again without any freedom gives the same bytes.
    """
    value = parse_value(body)
    if not isinstance(value, dict):
        raise Broken("its body is not a JSON object")
    return value


def claims(body: dict[str, Any]) -> dict[str, str]:
    """The digests of the rows of an event's act, by name; raises Broken for another form."""
    rows = body.get("rows", {})
    if not isinstance(rows, dict) or not all(isinstance(digest, str) for digest in rows.values()):
        raise Broken("it does not say what rows it wrote")
    return rows


def calls(body: dict[str, Any]) -> list[tuple[str, dict[str, Any], Any]]:
    """The calls of an event's act in their order: name, parameters by name, result.

    A parameter `{"$answer": name}` is the answer of that name, on the same event; in
    `{"$value": value}` stands a value that could be mistaken for that. Raises Broken for
    calls of another form, and for an answer that is not there.
    """
    answers = body["facts"].get("answers")
    found = []
    for call in body.get("calls", ()):
        if not isinstance(call, list) or len(call) != 3 or not isinstance(call[1], dict):
            raise Broken("its calls are not of the form of calls")
        name, parameters, result = call
        given = {key: _parameter(value, answers) for key, value in parameters.items()}
        found.append((name, given, result))
    return found


def _parameter(value: Any, answers: object) -> Any:
    if not isinstance(value, dict) or len(value) != 1:
        return value
    [(key, inner)] = value.items()
    if key == "$value":
        return inner
    if key != "$answer":
        return value
    if not isinstance(answers, dict) or not isinstance(inner, str) or inner not in answers:
        raise Broken("a call refers to an answer that is not there")
    return answers[inner]


def parse_value(content: object) -> Any:
    """Read canonical JSON of any type; raises Broken where it is not canonical."""
    if not isinstance(content, bytes):
        raise Broken("its content is not bytes")
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_ordered,
            parse_int=_exact,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
        again = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Broken("its content is not canonical JSON") from error
    if again != content:
        raise Broken("its content is not canonical JSON")
    return value


def _ordered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    units = [key.encode("utf-16-be") for key, _ in pairs]
    if any(first >= second for first, second in pairwise(units)):
        raise ValueError("keys out of order, or one twice")
    return dict(pairs)


def _exact(digits: str) -> int:
    number = int(digits)
    if abs(number) >= EXACT:
        raise ValueError("a number that not every reader reads exactly")
    return number


def _no_fraction(_text: str) -> Any:
    raise ValueError("a number that is not an integer")


def moment(stored: object) -> str:
    """An instant as a database gives it (text on SQLite), in the form of a body."""
    if isinstance(stored, datetime):
        stored = stored.astimezone(UTC) if stored.tzinfo else stored
        return f"{stored.replace(tzinfo=None).isoformat('T', 'microseconds')}Z"
    text = str(stored).replace(" ", "T")
    return f"{text}Z" if "." in text else f"{text}.000000Z"


def row_digest(table: Table, row: Mapping[str, Any]) -> str:
    """The digest of a row (values by column name): the rule that the writer documents."""
    kept = {}
    private = {column.name for column in table.columns if column.info.get("private")}
    for column in table.columns:
        if column.name == "state" and table.info.get("trail") == "guarded":
            continue
        if column.name == "salt" and private:
            continue
        value = row[column.name]
        if isinstance(value, Decimal) and isinstance(column.type, Numeric):
            value = f"{value:.{column.type.scale}f}" if column.type.scale is not None else value
        if column.name in private:
            value = hmac.new(bytes(row["salt"]), json_bytes(value), hashlib.sha256).hexdigest()
        kept[column.name] = value
    return sha256(json_bytes(kept))


def json_bytes(value: object) -> bytes:
    """Write canonical JSON (RFC 8785) of a row's values."""
    return json.dumps(_sorted(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        in_order = sorted(value, key=lambda key: str(key).encode("utf-16-be"))
        return {key: _sorted(value[key]) for key in in_order}
    if isinstance(value, list | tuple):
        return [_sorted(item) for item in value]
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= EXACT:
        return str(value)
    if isinstance(value, float):
        raise Broken("a binary fraction")
    return value


def sealed_places(facts: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every place of an event's facts with a commitment: JSON pointer and commitment."""
    if isinstance(facts, dict):
        digits = facts.get("sealed")
        if list(facts) == ["sealed"] and isinstance(digits, str) and _is_hash(digits):
            yield path, digits
        else:
            for key, item in facts.items():
                yield from sealed_places(
                    item, path + "/" + key.replace("~", "~0").replace("/", "~1")
                )
    if isinstance(facts, list):
        for position, item in enumerate(facts):
            yield from sealed_places(item, f"{path}/{position}")


def _is_hash(text: str) -> bool:
    return len(text) == 64 and not text.strip("0123456789abcdef")


def is_opened_by(digits: str, salt: object, value: object) -> bool:
    """Say whether a commitment was made of this salt and this canonical value."""
    if not isinstance(salt, bytes) or not isinstance(value, bytes):
        return False
    try:
        parse_value(value)
    except Broken:
        return False
    return hmac.digest(salt, value, "sha256").hex() == digits
