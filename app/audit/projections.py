"""Every projection, rebuilt from the trail column by column and compared.

`task`, `timer`, `wait`, `incident` and `message` change in place, so no digest on an event
can cover them. They are folded from the events anew, case by case, and every column but the
row's own number is compared; a column that no rule here knows is a problem by itself.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.engine import Connection

from app.audit.columns import wrong_columns
from app.audit.fold import Folded, Paragraphs
from app.audit.recheck import PAGE, Broken, is_opened_by, json_bytes, parse
from app.audit.report import Problem
from app.audit.verify_messages import Messages

_BY_CASE = ("task", "timer", "wait", "incident")
_SALT = text("SELECT salt FROM opening WHERE stream = :stream AND seq = :seq AND path = '/detail'")


@dataclass(frozen=True)
class _Case:
    """A case as it was folded, and the stream that its events lie on."""

    id: int
    stream: str
    folded: Folded


def verify_projections(connection: Connection, paragraphs: Paragraphs) -> Iterator[Problem]:
    """Yield what is wrong with the projections, case by case.

    `paragraphs` looks up in a release what an element rests on. To be read in one snapshot,
    or an act that commits meanwhile looks like a mistake. Bodies that cannot be read are
    left to `verify`.
    """
    cases = text(
        "SELECT DISTINCT case_id FROM event WHERE case_id > :after ORDER BY case_id LIMIT :page"
    )
    messages, after = Messages(connection), -(2**63)
    while ids := connection.scalars(cases, {"after": after, "page": PAGE}).all():
        for case_id in ids:
            folded = Folded(case_id, paragraphs)
            stream = yield from _fold(connection, folded)
            case = _Case(case_id, stream, folded)
            for table in _BY_CASE:
                yield from _compare(connection, table, case)
            yield from messages.of(folded, stream)
        after = ids[-1]
    yield from messages.rest()
    for table in _BY_CASE:
        strays = text(
            f'SELECT p.id FROM "{table}" p WHERE NOT EXISTS '
            "(SELECT 1 FROM event e WHERE e.case_id = p.case_id) LIMIT 10"
        )
        for [number] in connection.execute(strays):
            yield Problem(None, f"{table}/{number} is of a case without events.")


def _fold(connection: Connection, folded: Folded) -> Generator[Problem, None, str]:
    """Fold every event of a case; gives back its stream."""
    events = text(
        "SELECT id, stream, seq, body FROM event WHERE case_id = :case AND seq IS NOT NULL"
        " AND id > :after ORDER BY id LIMIT :page"
    )
    asked = {"case": folded.case_id, "after": -(2**63), "page": PAGE}
    stream = ""
    while rows := connection.execute(events, asked).all():
        for row in rows:
            try:
                folded.fold(parse(row.body))
            except (Broken, KeyError, TypeError, AttributeError, ValueError) as broken:
                label = f"{row.stream} #{row.seq}"
                yield Problem(label, f"Event {label}: its effects do not follow ({broken}).")
        asked["after"], stream = rows[-1].id, rows[-1].stream
    return stream


def _compare(connection: Connection, table: str, case: _Case) -> Iterator[Problem]:
    """What is wrong with a case's rows of one table."""
    expected = case.folded.tables[table].expected()
    stored = text(f'SELECT * FROM "{table}" WHERE case_id = :case ORDER BY id')
    for row in connection.execute(stored, {"case": case.id}):
        key = row.act if table == "incident" else row.key
        name, label = f"{table}/{row.id}, {key}", f"{case.stream} #{row.opened_seq}"
        right = expected.pop((key, row.opened_seq), None)
        if right is None:
            yield Problem(label, f"{name}: the event did not open it ({label}).")
            continue
        if table == "incident":
            right["detail"] = _detail(connection, row, case.stream, right["detail"])
        if wrong := wrong_columns(row._asdict(), right):
            yield Problem(label, f"{name}: {wrong} not as the events say ({label}).")
    for key, opened in expected:
        label = f"{case.stream} #{opened}"
        yield Problem(label, f"{table} {key}: it is not there ({label}).")


def _detail(connection: Connection, row: Row[Any], stream: str, digits: str) -> object:
    """The text of an incident if it is what was sealed on its event, otherwise nothing."""
    salt = connection.scalar(_SALT, {"stream": stream, "seq": row.opened_seq})
    value = row.detail
    return value if is_opened_by(digits, salt, json_bytes(value)) else None
