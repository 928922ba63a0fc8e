"""A row as a database gives it, compared with what the trail says of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.audit.recheck import moment

UNKNOWN = object()
"""Stands for the value of a column that cannot be told, since what tells it is damaged."""

INSTANTS = frozenset({"due_at", "opened_at", "closed_at", "since", "sent_at", "delivered_at"})


def wrong_columns(row: Mapping[str, Any], right: Mapping[str, Any]) -> str:
    """The columns of a row that are not as they must be, by name; empty where all are.

    A column of which `right` says nothing is wrong too: somebody forgot its rule. The row's
    own number is left out: nothing on the trail says it.
    """
    stands = {name: value for name, value in row.items() if name != "id"}
    wrong = [n for n, value in stands.items() if n not in right or _other(n, value, right[n])]
    return ", ".join(wrong + [name for name in right if name not in stands])


def _other(name: str, value: Any, right: Any) -> bool:
    if right is UNKNOWN:
        return False
    if isinstance(value, datetime):
        value = moment(value)
    elif name in INSTANTS and isinstance(right, str):
        # As SQLite keeps them, to the letter: nothing else can be read back.
        right = right.removesuffix("Z").replace("T", " ")
    elif isinstance(value, memoryview):
        value = bytes(value)
    return type(value) is not type(right) or bool(value != right)
