"""Checking the whole trail, from the bytes up; shares no code with what writes it.

Every event is hashed again and its chain walked; every row under guard is hashed again and
compared with what its event says of it; every opening is tried on its commitment; and the
database's own guards are compared with those that ought to be there. Reads in pages, in
the order of ids, so that memory does not grow with the trail.

What cannot be seen from inside the database alone: an unchained event that was deleted,
and the newest events of a stream deleted together with everything that names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from app.audit.guards import expected_fingerprint, fingerprint
from app.audit.protection import OWN, Metadata
from app.audit.recheck import PAGE, Broken, calls, claims, moment, parse, sha256
from app.audit.report import Findings, Problem, Report
from app.audit.verify_openings import check_openings, stray_openings
from app.audit.verify_rows import Read, check_claims, check_facts, check_guarded

__all__ = ["Check", "Problem", "Report", "snapshot", "verify"]

Check = Callable[[Connection], Iterable[Problem]]
"""A further check of what `connection` reads; yields what is wrong."""

BODY = {
    "v", "kind", "stream", "seq", "prev", "case_id", "at", "recorded_at", "actor", "request",
    "outcome", "application", "release", "registers", "paragraphs", "facts", "calls", "sent",
    "visits", "effects", "rows", "state_digest", "state_sha256",
}  # fmt: skip

_EVENTS = text(
    "SELECT e.id, e.stream, e.seq, e.kind, e.case_id, e.actor, e.outcome, e.at,"
    " e.recorded_at, e.hash, e.body,"
    " p.id AS p_id, p.hash AS p_hash, p.recorded_at AS p_recorded_at,"
    " (e.seq IS NULL AND EXISTS (SELECT 1 FROM event c WHERE c.stream = e.stream"
    " AND c.seq = 1)) AS mixed"
    " FROM event e LEFT JOIN event p ON p.stream = e.stream AND p.seq = e.seq - 1"
    " WHERE e.id > :after ORDER BY e.id LIMIT :page"
)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection whose every statement sees one moment, whatever is committed meanwhile.

    On SQLite one transaction in WAL mode does; on PostgreSQL it takes REPEATABLE READ
    (https://www.postgresql.org/docs/current/transaction-iso.html), whose snapshot always
    holds whole transactions. An act beside the check would otherwise look like a mistake:
    its event not yet there, its rows already. Nothing can be written.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        elif connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA query_only = ON")
        try:
            yield connection
        finally:
            connection.rollback()
            if connection.dialect.name == "sqlite":
                # It goes back to the pool, where somebody may write with it.
                connection.exec_driver_sql("PRAGMA query_only = OFF")


def verify(
    connection: Connection, *, metadata: Metadata = OWN, checks: Sequence[Check] = ()
) -> Report:
    """Check the trail that `connection` reads, and say what is wrong with it.

    `connection` is one of `snapshot`. `metadata` holds the tables that ought to be under
    guard. `checks` are called with the connection for further problems, such as those of
    what is folded from the trail (`app.audit.projections.verify_projections`). Writes
    nothing.

    Never raises for what it finds: a database that cannot be read is a problem too.
    """
    findings, read = Findings(), 0

    def walk() -> None:
        nonlocal read
        read = _walk(connection, metadata, findings)

    def ask(check: Check) -> None:
        for problem in check(connection):
            findings.add(problem.event, problem.problem)

    parts: list[Callable[[], None]] = [
        lambda: _guards(connection, metadata, findings),
        lambda: _own_checks(connection, findings),
        walk,
        lambda: stray_openings(connection, findings),
        lambda: check_facts(connection, metadata, findings),
        lambda: check_guarded(connection, metadata, findings),
        *(partial(ask, check) for check in checks),
    ]
    for part in parts:
        _guarded_from_errors(connection, part, findings)
    streams = _count_streams(connection)
    return Report(not findings.problems, read, streams, tuple(findings.problems), findings.unnamed)


def _guarded_from_errors(
    connection: Connection, part: Callable[[], None], findings: Findings
) -> None:
    try:
        # After an error PostgreSQL goes on only from a savepoint, with the same snapshot.
        with connection.begin_nested():
            part()
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        findings.add(None, f"The database cannot be read: {str(reason).splitlines()[0]}.")


def _count_streams(connection: Connection) -> int:
    try:
        return int(
            connection.execute(text("SELECT count(DISTINCT stream) FROM event")).scalar_one()
        )
    except SQLAlchemyError:
        return 0


def _guards(connection: Connection, metadata: Metadata, findings: Findings) -> None:
    there = fingerprint(connection, metadata)
    if there != expected_fingerprint(connection.dialect.name, metadata):
        findings.add(
            None,
            "The guards of the database are not those of this version: one is missing, "
            f"switched off or changed (fingerprint {there}).",
        )


def _own_checks(connection: Connection, findings: Findings) -> None:
    """Let SQLite look at its own pages and keys; PostgreSQL has no such command."""
    if connection.dialect.name != "sqlite":
        return
    for [line] in connection.exec_driver_sql("PRAGMA integrity_check(10)"):
        if line != "ok":
            findings.add(None, f"SQLite finds its file damaged: {line}.")
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        findings.add(None, f"{table}/{row} refers to a row of {parent} that is not there.")


def _walk(connection: Connection, metadata: Metadata, findings: Findings) -> int:
    """Check every event in the order of ids; gives how many there are."""
    after, count = -(2**63), 0
    while rows := connection.execute(_EVENTS, {"after": after, "page": PAGE}).all():
        page = []
        for row in rows:
            label = _label(row)
            try:
                page.append(Read(row.id, label, row.stream, row.seq, _checked(row)))
            except (Broken, RecursionError) as broken:
                findings.add(label, f"Event {label}: {broken}.")
        check_claims(connection, metadata, page, findings)
        check_openings(connection, page, findings)
        after, count = rows[-1].id, count + len(rows)
    return count


def _label(row: Row[Any]) -> str:
    return f"{row.stream} #{row.seq}" if row.seq is not None else f"{row.stream} (row {row.id})"


def _checked(row: Row[Any]) -> dict[str, Any]:
    """The body of an event; raises Broken with the first thing that is wrong with it."""
    if not isinstance(row.body, bytes) or not isinstance(row.hash, bytes):
        raise Broken("its content is not bytes")
    if sha256(b"\x00" + row.body) != row.hash.hex():
        raise Broken("its body does not have the hash that was recorded")
    body = parse(row.body)
    _agrees(row, body)
    _follows(row, body)
    return body


def _agrees(row: Row[Any], body: dict[str, Any]) -> None:
    """Compare the columns, by which events are found, with the body that was hashed."""
    if body.get("v") != 1 or not body.keys() <= BODY or not isinstance(body.get("facts"), dict):
        raise Broken("its body is not of the form of an event")
    claims(body)
    calls(body)
    actor = body.get("actor")
    if not isinstance(actor, dict) or ("person" in actor) == ("system" in actor):
        raise Broken("its body does not say who acted")
    said = {name: body.get(name) for name in ("kind", "stream", "seq", "case_id", "outcome")}
    stands = {name: getattr(row, name) for name in said}
    said |= {"actor": actor.get("person"), "at": body.get("at")}
    said |= {"recorded_at": body.get("recorded_at")}
    stands |= {"actor": row.actor, "at": moment(row.at), "recorded_at": moment(row.recorded_at)}
    for name, value in said.items():
        if type(value) is not type(stands[name]) or value != stands[name]:
            raise Broken(f"its column {name} does not agree with its body")


def _follows(row: Row[Any], body: dict[str, Any]) -> None:
    """Compare an event with the one before it on its stream."""
    if row.id < 1:
        raise Broken("its row has a number that is never given")
    if row.mixed:
        raise Broken("it stands outside the chain of its stream")
    if row.seq is None or row.seq == 1:
        if "prev" in body:
            raise Broken("it names an event before it where there is none")
        return
    if row.p_id is None:
        raise Broken("the event before it is missing")
    if not isinstance(row.p_hash, bytes) or body.get("prev") != row.p_hash.hex():
        raise Broken("it does not follow from the event before it")
    if row.p_id > row.id:
        raise Broken("it was written before the event before it")
    if moment(row.p_recorded_at) > moment(row.recorded_at):
        raise Broken("the time recorded runs back")
