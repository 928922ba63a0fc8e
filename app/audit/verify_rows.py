"""Checking the rows under guard against what their events say of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import (
    Boolean,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    func,
    select,
    type_coerce,
)
from sqlalchemy.engine import Connection

from app.audit.protection import Metadata
from app.audit.recheck import PAGE, Broken, claims, parse, row_digest, sha256
from app.audit.report import Findings
from app.models.trail import EVENT, fact_tables, guarded_tables

_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


@dataclass(frozen=True)
class Read:
    """An event whose bytes, columns and chain are right."""

    id: int
    label: str
    stream: str
    seq: int | None
    body: dict[str, Any]


@dataclass(frozen=True)
class _Stored:
    """A row under guard, the body of its event (None if missing), and its stream's head."""

    values: dict[str, Any]
    body: bytes | None
    newest: int | None


def check_claims(
    connection: Connection, metadata: Metadata, page: Sequence[Read], findings: Findings
) -> None:
    """Look for every row that these events name; what the rows hold is checked by table."""
    tables = {t.name: t for t in (*fact_tables(metadata), *guarded_tables(metadata))}
    wanted: dict[str, list[tuple[int, Read]]] = defaultdict(list)
    for read in page:
        for row in claims(read.body):
            table, _, number = row.partition("/")
            if table in tables and _NUMBER.fullmatch(number):
                wanted[table].append((int(number), read))
            else:
                findings.add(read.label, f"Event {read.label} names {row}: there is no such row.")
    for name, named in wanted.items():
        there = _numbers(connection, tables[name], [item for item, _ in named])
        for item, read in named:
            if not _is_of(there.get(item), read, tables[name].info["trail"]):
                findings.add(
                    read.label, f"Event {read.label} wrote {name}/{item}: it is not there."
                )


def _numbers(connection: Connection, table: Table, ids: list[int]) -> dict[int, tuple[str, int]]:
    number = table.c.seq if table.info["trail"] == "fact" else table.c.version
    found, rest = {}, iter(ids)
    while some := list(islice(rest, 500)):
        query = select(table.c.id, table.c.stream, number).where(table.c.id.in_(some))
        found.update({row[0]: (row[1], row[2]) for row in connection.execute(query)})
    return found


def _is_of(place: tuple[str, int] | None, read: Read, sort: str) -> bool:
    """A fact is of its event alone; a guarded row is of every event up to its version."""
    if place is None or place[0] != read.stream or read.seq is None:
        return False
    return place[1] == read.seq if sort == "fact" else place[1] >= read.seq


def check_facts(connection: Connection, metadata: Metadata, findings: Findings) -> None:
    """Hash every fact again and compare it with what its event says of it."""
    for table in fact_tables(metadata):
        for label, stored in _read(connection, table, "seq", findings):
            try:
                _recorded(table, stored)
            except Broken as broken:
                findings.add(label, f"{table.name}/{stored.values['id']} ({label}): {broken}.")


def check_guarded(connection: Connection, metadata: Metadata, findings: Findings) -> None:
    """Compare every guarded row with the newest event of its stream."""
    for table in guarded_tables(metadata):
        for label, stored in _read(connection, table, "version", findings):
            try:
                if stored.values["version"] != stored.newest:
                    raise Broken(f"the newest event of its stream is #{stored.newest}")
                _recorded(table, stored)
                if "state" in table.c:
                    _state(connection, stored)
            except Broken as broken:
                findings.add(label, f"{table.name}/{stored.values['id']} ({label}): {broken}.")


def _recorded(table: Table, stored: _Stored) -> None:
    if stored.body is None:
        raise Broken("the event that it names is not there")
    name = f"{table.name}/{stored.values['id']}"
    claimed = claims(parse(stored.body)).get(name)
    if claimed is None:
        raise Broken("its event knows nothing of it")
    for column in table.columns:
        _of_type(column.type, stored.values[column.name])
    if claimed != row_digest(table, stored.values):
        raise Broken("it is not as its event recorded it")


def _of_type(kind: Any, value: Any) -> None:
    """SQLite keeps any type in any column; text and the same bytes would have one digest."""
    wanted: dict[type, Any] = {String: str, LargeBinary: (bytes, memoryview), Boolean: bool}
    for type_, python in wanted.items():
        if isinstance(kind, type_) and value is not None and not isinstance(value, python):
            raise Broken("a value in it is not of its column's type")


def _state(connection: Connection, stored: _Stored) -> None:
    """Compare a saved state with the newest event that moved it."""
    state, version = stored.values["state"], stored.values["version"]
    bodies = (
        select(EVENT.c.body)
        .where(EVENT.c.stream == stored.values["stream"], EVENT.c.seq <= version)
        .order_by(EVENT.c.seq.desc())
    )
    with connection.execute(bodies) as result:
        recorded = (parse(body).get("state_sha256") for [body] in result)
        moved_to = next((digits for digits in recorded if digits is not None), None)
    if moved_to is None or not isinstance(state, bytes) or sha256(state) != moved_to:
        raise Broken("its saved state is not the one that its events led to")


def _read(
    connection: Connection, table: Table, number: str, findings: Findings
) -> Iterator[tuple[str, _Stored]]:
    """Every row of a table by id, a page at a time, with its event's body."""
    query = _query(table, number, connection.dialect.name)
    page = select(table.c.id).order_by(table.c.id).limit(PAGE)
    ids = connection.scalars(page).all()
    while ids:
        for row_id, row in _rows(connection, query, table, ids):
            if row is None:
                findings.add(None, f"{table.name}/{row_id} cannot be read.")
                continue
            *values, body, newest = tuple[Any, ...](row)
            named = zip(table.columns, values, strict=True)
            stored = _Stored({c.name: _truth(c.type, v) for c, v in named}, body, newest)
            yield f"{stored.values['stream']} #{stored.values[number]}", stored
        ids = connection.scalars(page.where(table.c.id > ids[-1])).all()


def _truth(kind: Any, value: Any) -> Any:
    return bool(value) if isinstance(kind, Boolean) and value in (0, 1) else value


def _query(table: Table, number: str, dialect: str) -> Select[Any]:
    head = EVENT.alias()
    newest = select(func.max(head.c.seq)).where(head.c.stream == table.c.stream).scalar_subquery()
    columns = [
        # SQLite has no truth values: 7 is as true as 1 and would hash alike.
        type_coerce(c, Integer).label(c.name)
        if isinstance(c.type, Boolean) and dialect == "sqlite"
        else c
        for c in table.columns
    ]
    named = (EVENT.c.stream == table.c.stream) & (EVENT.c.seq == table.c[number])
    return select(*columns, EVENT.c.body, newest).select_from(table.outerjoin(EVENT, named))


def _rows(
    connection: Connection, query: Select[Any], table: Table, ids: Sequence[int]
) -> list[tuple[int, Row[Any] | None]]:
    """The rows of these ids; None for one with a value that its type cannot hold."""
    position = list(table.c).index(table.c.id)
    try:
        rows = connection.execute(query.where(table.c.id.in_(ids)).order_by(table.c.id)).all()
        return [(row[position], row) for row in rows]
    except (ValueError, TypeError):
        if len(ids) == 1:
            return [(ids[0], None)]
        return [found for one in ids for found in _rows(connection, query, table, [one])]
