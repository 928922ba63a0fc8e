"""Instants and decimal numbers as the text in which they travel."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal


def text(moment: datetime) -> str:
    """An instant as ISO 8601 in UTC with microseconds: `2017-04-28T05:00:00.000000Z`.

    Raises:
        ValueError: the instant has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def greater(left: str, right: str) -> bool:
    """Say whether the decimal number in `left` is greater than the one in `right`."""
    return Decimal(left) > Decimal(right)
