"""Checking that every sealed place of the trail is opened by what was sealed there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.engine import Connection

from app.audit.recheck import is_opened_by, sealed_places
from app.audit.report import Findings
from app.audit.verify_rows import Read
from app.models.trail import EVENT, OPENING


def check_openings(connection: Connection, page: Sequence[Read], findings: Findings) -> None:
    """Try the openings of these events on their commitments, in both directions.

    No event records an erasure yet, so an opening that is missing is a problem.
    """
    found: dict[int, dict[str, Row[Any]]] = defaultdict(dict)
    ids = [read.id for read in page]
    for row in connection.execute(select(OPENING).where(OPENING.c.event_id.in_(ids))):
        found[row.event_id][row.path] = row
    for read in page:
        places, openings = dict(sealed_places(read.body["facts"])), found[read.id]
        for path, digits in places.items():
            if path not in openings:
                problem = "is missing, and no event records that it was erased"
            elif not is_opened_by(digits, openings[path].salt, openings[path].value):
                problem = "is not what was sealed there"
            elif (openings[path].stream, openings[path].seq) != (read.stream, read.seq):
                problem = "stands under another event"
            elif openings[path].subject != _subject(read.body):
                problem = "is said to belong to somebody else"
            else:
                continue
            findings.add(read.label, f"Event {read.label}: the value at {path} {problem}.")
        for path in openings.keys() - places.keys():
            findings.add(read.label, f"Event {read.label}: nothing was sealed at {path}.")


def _subject(body: dict[str, Any]) -> object:
    """Whose the sealed values of an event are: the person it tells of, or whoever acted.

    The text of an error is nobody's.
    """
    if body["kind"] == "case.incident":
        return None
    return body["facts"].get("person") or body["actor"].get("person")


def stray_openings(connection: Connection, findings: Findings) -> None:
    """Look for openings of no event."""
    event = exists().where(EVENT.c.id == OPENING.c.event_id)
    for [number] in connection.execute(select(OPENING.c.id).where(~event).limit(10)):
        findings.add(None, f"opening/{number} opens no event.")
