"""Somebody with direct access to the database: no foreign keys, and guards if they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, text

from app.audit import guards, guards_postgresql, guards_sqlite
from app.audit.canonical import canonical
from app.audit.log import leaf
from app.audit.protection import Metadata
from app.audit.report import Report
from app.audit.verify import snapshot, verify
from tests.audit.trial import TRIAL
from tests.databases import open_engine

Change = Callable[[Connection], Any]


@contextmanager
def intruder(url: str) -> Iterator[Connection]:
    """A connection of no program of ours; what it did is committed at the end."""
    with create_engine(url, poolclass=NullPool).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
            assert connection.exec_driver_sql("PRAGMA recursive_triggers").scalar() == 0
        yield connection


def tamper(url: str, *changes: Change | str, metadata: Metadata = TRIAL) -> None:
    """Take the guards down, change something, and put them up again as if nothing happened."""
    with intruder(url) as connection:
        sqlite = connection.dialect.name == "sqlite"
        for statement in (guards_sqlite if sqlite else guards_postgresql).removal(connection):
            connection.exec_driver_sql(statement)
        for change in changes:
            if isinstance(change, str):
                assert connection.execute(text(change)).rowcount != 0, change
            else:
                change(connection)
        guards.install(connection, metadata)


def check(url: str) -> Report:
    """Verify the trail at `url` over a connection of its own."""
    engine = open_engine(url)
    try:
        with snapshot(engine) as connection:
            return verify(connection, metadata=TRIAL)
    finally:
        engine.dispose()


def said(report: Report) -> str:
    """Everything that a report says, a line for each problem."""
    return "\n".join(problem.problem for problem in report.problems)


def rewrite(stream: str, seq: int, body: bytes | dict[str, Any], rehash: bool = True) -> Change:
    """A change: give an event another body, with the hash that belongs to it."""
    content = body if isinstance(body, bytes) else canonical(body)

    def change(connection: Connection) -> None:
        connection.execute(
            text("UPDATE event SET body = :body WHERE stream = :stream AND seq = :seq"),
            {"body": content, "stream": stream, "seq": seq},
        )
        if rehash:
            connection.execute(
                text("UPDATE event SET hash = :hash WHERE stream = :stream AND seq = :seq"),
                {"hash": leaf(content), "stream": stream, "seq": seq},
            )

    return change


def body_of(url: str, stream: str, seq: int) -> bytes:
    """The body of an event as it is stored."""
    with intruder(url) as connection:
        found = connection.execute(
            text("SELECT body FROM event WHERE stream = :stream AND seq = :seq"),
            {"stream": stream, "seq": seq},
        ).scalar_one()
    return bytes(found)


def only(report: Report, event: str | None, words: str) -> None:
    """Expect exactly one problem, with this event and these words."""
    assert [problem.event for problem in report.problems] == [event], said(report)
    assert words in said(report)
