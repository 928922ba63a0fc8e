"""Checking the rows under guard against what their events say of them."""

from __future__ import annotations

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
    null,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.engine import Connection

from app.audit.groups import Groups, named
from app.audit.protection import Metadata
from app.audit.recheck import PAGE, Broken, claims, parse, row_digest, sha256
from app.audit.report import Findings
from app.models.trail import EVENT, fact_tables, guarded_tables

Place = tuple[str, int | None]
"""A stream and a number on it."""


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
    """A row under guard, what its event claims, and the newest event of its stream.

    `claimed` is None where the event is missing, and what is wrong with it where it cannot
    be read; `newest` is asked for guarded rows only.
    """

    values: dict[str, Any]
    claimed: dict[str, str] | Broken | None
    newest: int | None


def check_claims(
    connection: Connection, metadata: Metadata, page: Sequence[Read], findings: Findings
) -> None:
    """Look for every row that these events name; what the rows hold is checked by table.

    Of rows that are named together the first one is looked for: whether all are there is
    seen when they are hashed.
    """
    tables = {t.name: t for t in (*fact_tables(metadata), *guarded_tables(metadata))}
    wanted: dict[str, list[tuple[int, Read]]] = defaultdict(list)
    for read in page:
        for row in claims(read.body):
            name = named(row)
            if name is None or name.table not in tables:
                findings.add(read.label, f"Event {read.label} names {row}: there is no such row.")
            else:
                wanted[name.table].append((name.first, read))
    for table, numbers in wanted.items():
        there = _numbers(connection, tables[table], [item for item, _ in numbers])
        for item, read in numbers:
            if not _is_of(there.get(item), read, tables[table].info["trail"]):
                findings.add(
                    read.label, f"Event {read.label} wrote {table}/{item}: it is not there."
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
        groups = Groups(table.name, findings)
        for label, stored in _read(connection, table, "seq", findings):
            try:
                _recorded(table, stored, label, groups)
            except Broken as broken:
                findings.add(label, f"{table.name}/{stored.values['id']} ({label}): {broken}.")
        groups.finish()


def check_guarded(connection: Connection, metadata: Metadata, findings: Findings) -> None:
    """Compare every guarded row with the newest event of its stream."""
    for table in guarded_tables(metadata):
        for label, stored in _read(connection, table, "version", findings):
            try:
                if stored.values["version"] != stored.newest:
                    raise Broken(f"the newest event of its stream is #{stored.newest}")
                _recorded(table, stored, label, None)
                if "state" in table.c:
                    _state(connection, stored)
            except Broken as broken:
                findings.add(label, f"{table.name}/{stored.values['id']} ({label}): {broken}.")


def _recorded(table: Table, stored: _Stored, label: str, groups: Groups | None) -> None:
    if stored.claimed is None:
        raise Broken("the event that it names is not there")
    if isinstance(stored.claimed, Broken):
        raise stored.claimed
    number = stored.values["id"]
    claimed = stored.claimed.get(f"{table.name}/{number}")
    if claimed is None and groups is not None and groups.has(stored.claimed):
        groups.add(label, stored.claimed, number, _digest(table, stored))
        return
    if claimed is None:
        raise Broken("its event knows nothing of it")
    if claimed != _digest(table, stored):
        raise Broken("it is not as its event recorded it")


def _digest(table: Table, stored: _Stored) -> str:
    for column in table.columns:
        _of_type(column.type, stored.values[column.name])
    return row_digest(table, stored.values)


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
    """Every row of a table by id, a page at a time, with what its event claims."""
    query = _query(table, connection.dialect.name)
    page = select(table.c.id).order_by(table.c.id).limit(PAGE)
    ids = connection.scalars(page).all()
    while ids:
        found = []
        for row_id, row in _rows(connection, query, table, ids):
            if row is None:
                findings.add(None, f"{table.name}/{row_id} cannot be read.")
                continue
            *values, newest = tuple[Any, ...](row)
            told = zip(table.columns, values, strict=True)
            found.append(({c.name: _truth(c.type, v) for c, v in told}, newest))
        claimed = _claimed(connection, {(v["stream"], v[number]) for v, _ in found})
        for of_row, newest in found:
            place = (of_row["stream"], of_row[number])
            yield f"{place[0]} #{place[1]}", _Stored(of_row, claimed.get(place), newest)
        ids = connection.scalars(page.where(table.c.id > ids[-1])).all()


def _claimed(connection: Connection, places: set[Place]) -> dict[Place, dict[str, str] | Broken]:
    """What the events at these places claim; each is read once, however many rows it wrote."""
    found: dict[Place, dict[str, str] | Broken] = {}
    wanted = tuple_(EVENT.c.stream, EVENT.c.seq).in_(list(places))
    for row in connection.execute(select(EVENT.c.stream, EVENT.c.seq, EVENT.c.body).where(wanted)):
        try:
            found[row.stream, row.seq] = claims(parse(row.body))
        except Broken as broken:
            found[row.stream, row.seq] = broken
    return found


def _truth(kind: Any, value: Any) -> Any:
    return bool(value) if isinstance(kind, Boolean) and value in (0, 1) else value


def _query(table: Table, dialect: str) -> Select[Any]:
    columns = [
        # SQLite has no truth values: 7 is as true as 1 and would hash alike.
        type_coerce(c, Integer).label(c.name)
        if isinstance(c.type, Boolean) and dialect == "sqlite"
        else c
        for c in table.columns
    ]
    if table.info["trail"] == "fact":
        return select(*columns, null())
    newest = select(func.max(EVENT.c.seq)).where(EVENT.c.stream == table.c.stream)
    return select(*columns, newest.scalar_subquery())


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
