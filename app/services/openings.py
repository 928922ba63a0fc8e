"""Reading events back: what they say, and the sealed text as long as it has not been erased."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.models.trail import EventRow, OpeningRow

Place = tuple[str, int]


def bodies(session: Session, places: Iterable[Place]) -> dict[Place, dict[str, Any]]:
    """The bodies of many events (stream, seq) in one query."""
    rows = session.execute(
        select(EventRow.stream, EventRow.seq, EventRow.body).where(
            tuple_(EventRow.stream, EventRow.seq).in_(sorted(set(places)))
        )
    )
    return {(row.stream, row.seq or 0): json.loads(row.body) for row in rows}


def many(session: Session, places: Iterable[Place]) -> dict[Place, dict[str, Any]]:
    """The sealed values of many events (stream, seq) in one query, by the last name of the path.

    `/answers/grounds` is told as `grounds`; an erased value is absent.
    """
    wanted = sorted(set(places))
    found: dict[Place, dict[str, Any]] = {place: {} for place in wanted}
    if not wanted:
        return found
    rows = session.execute(
        select(OpeningRow.stream, OpeningRow.seq, OpeningRow.path, OpeningRow.value).where(
            tuple_(OpeningRow.stream, OpeningRow.seq).in_(wanted)
        )
    )
    for row in rows:
        name = row.path.rpartition("/")[2]
        found[row.stream, row.seq or 0][name] = json.loads(row.value)
    return found


def texts(session: Session, stream: str, seq: int) -> Mapping[str, Any]:
    """The sealed values of one event, by the last name of their path."""
    return many(session, [(stream, seq)])[stream, seq]
