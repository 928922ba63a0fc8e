"""Fills a benchmark's database with cases as if each had been started: whole chains, no acts.

One case is started by the service; the others are that case with another number, date and body
put into its saved state, its event and its rows, and everything hashed anew. So the trail of a
million cases verifies, and each of them goes on. Only for databases of benchmarks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import orjson
import zstandard
from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.orm import Session

from app.audit.canonical import canonical
from app.audit.log import leaf
from app.audit.rows import digest
from app.db import connection_of, is_sqlite, transaction
from app.domain import instants
from app.engine import codec
from app.engine.digest import text_of
from app.models.cases import CaseFile, Party, Task, Timer
from app.models.trail import EVENT

Progress = Callable[[int], None]
BATCH = 2_000
# Stand for a case's number and for that of its party until they are put in.
_CASE, _PARTY = 987_654_321, 876_543_210
_TABLES = tuple(cast(Table, model.__table__) for model in (CaseFile, Party, Task, Timer))
# What an act writes comes before its event, what is projected from it after it.
_ORDER = (*_TABLES[:2], EVENT, *_TABLES[2:])


@dataclass(frozen=True, slots=True)
class Made:
    """What differs from case to case: when its task and timer are due, and whom it is about."""

    due: datetime
    body: str


def load(case_id: int, count: int, made: Callable[[int], Made], progress: Progress) -> None:
    """Write `count` further cases like `case_id`, which was just started and has one event."""
    with transaction() as session:
        pattern = _Pattern(session, case_id)
        connection = connection_of(session)
        for first in range(0, count, BATCH):
            numbers = range(first, min(first + BATCH, count))
            _write(connection, [pattern.case(number, made(number)) for number in numbers])
            progress(numbers[-1] + 1)
        _go_on_numbering(session)
    with transaction() as session:
        # A running database sees by itself how its rows are spread.
        session.execute(text("ANALYZE"))


def _write(connection: Connection, cases: Sequence[Mapping[str, dict[str, Any]]]) -> None:
    for table in _ORDER:
        connection.execute(insert(table).inline(), [case[table.name] for case in cases])


def _go_on_numbering(session: Session) -> None:
    if is_sqlite(session):
        return
    for table in _ORDER:
        session.execute(
            text(f"SELECT setval('{table.name}_id_seq', (SELECT max(id) FROM {table.name}))")
        )


class _Pattern:
    """A started case, ready to be written again with other values."""

    def __init__(self, session: Session, case_id: int) -> None:
        case = session.get_one(CaseFile, case_id)
        assert case.version == 1, "the pattern has made no further step"
        [self._party] = session.scalars(select(Party).where(Party.case_id == case_id))
        self._rows = {
            table.name: dict(row)
            for table in _TABLES[2:]
            for row in session.execute(
                select(table).where(table.c.case_id == case_id)
            ).mappings()
        }  # fmt: skip
        self._event = dict(
            session.execute(select(EVENT).where(EVENT.c.stream == case.stream)).mappings().one()
        )
        self._base = {
            table.name: session.scalar(select(func.max(table.c.id))) or 0 for table in _ORDER
        }
        due = self._rows["task"]["due_at"]
        self._about = str(case.evaluated_body)
        self._short, self._long = _short(due), instants.text(due)
        content = _marked(codec.unpack(case.state), case_id)
        self._state = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        self._digested = text_of(case.release, content)
        self._case = {c.name: getattr(case, c.name) for c in _TABLES[0].c}
        self._body = self._marked_body(json.loads(self._event["body"]))
        self._squeeze = zstandard.ZstdCompressor(level=3)

    def _marked_body(self, body: dict[str, Any]) -> bytes:
        """The event with marks where a case differs from another."""
        facts = body["facts"]
        facts["number"] = f"bench-{_CASE}"
        facts["data"]["case"] = body["case_id"] = _CASE
        body |= {
            "stream": f"case/{_CASE}",
            "rows": {f"case_file/{_CASE}": "@case", f"party/{_PARTY}": "@party"},
            "state_digest": "@digest",
            "state_sha256": "@bytes",
        }
        return canonical(body)

    def case(self, number: int, made: Made) -> dict[str, dict[str, Any]]:
        """The rows of one more case, by table."""
        ids = {name: base + 1 + number for name, base in self._base.items()}
        case_id = ids["case_file"]
        put = self._putting(case_id, made)
        state = bytes([codec.VERSION]) + self._squeeze.compress(put(self._state))
        case = self._case | {
            "id": case_id,
            "stream": f"case/{case_id}",
            "number": f"bench-{case_id}",
            "evaluated_body": made.body,
            "state": state,
        }
        party = {
            "id": ids["party"],
            "case_id": case_id,
            "stream": case["stream"],
            "seq": 1,
            "organisation": self._party.organisation,
        }
        body = put(self._body)
        for mark, value in {
            b"%d" % _PARTY: b"%d" % ids["party"],
            b"@case": digest(CaseFile(**case)).encode(),
            b"@party": digest(Party(**party)).encode(),
            b"@digest": hashlib.sha256(put(self._digested)).hexdigest().encode(),
            b"@bytes": hashlib.sha256(state).hexdigest().encode(),
        }.items():
            body = body.replace(mark, value)
        same = {"case_id": case_id, "due_at": made.due}
        event = {"id": ids["event"], "stream": case["stream"], "case_id": case_id}
        return {
            "event": self._event | event | {"body": body, "hash": leaf(body)},
            "case_file": case,
            "party": party,
            "task": self._rows["task"] | same | {"id": ids["task"], "evaluated_body": made.body},
            "timer": self._rows["timer"] | same | {"id": ids["timer"]},
        }

    def _putting(self, case_id: int, made: Made) -> Callable[[bytes], bytes]:
        marks = [
            (b"%d" % _CASE, b"%d" % case_id),
            (f'"{self._about}"'.encode(), f'"{made.body}"'.encode()),
            (self._short.encode(), _short(made.due).encode()),
            (self._long.encode(), instants.text(made.due).encode()),
        ]

        def put(content: bytes) -> bytes:
            for mark, value in marks:
                content = content.replace(mark, value)
            return content

        return put


def _short(moment: datetime) -> str:
    """An instant as the engine keeps it in a state."""
    return moment.isoformat().replace("+00:00", "Z")


def _marked(content: Any, case_id: int) -> Any:
    """A saved state with a mark for the number of its case."""
    if isinstance(content, dict):
        return {
            key: _CASE if key == "case" and value == case_id else _marked(value, case_id)
            for key, value in content.items()
        }
    if isinstance(content, list):
        return [_marked(item, case_id) for item in content]
    return content


def spread(bodies: Sequence[str], first: datetime) -> Callable[[int], Made]:
    """Cases about each body in turn, due a minute after one another, as in a busy year."""

    def made(number: int) -> Made:
        return Made(first + timedelta(minutes=number), bodies[number % len(bodies)])

    return made
