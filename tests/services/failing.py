"""Databases that fail in the middle of an act: at a statement of one's choice, in a real way."""

from __future__ import annotations

import itertools
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, event, select

from app.bench.cluster import PostgreSQL
from app.db import Base, db, reading
from tests.journeys.plot import Stage

Blow = Callable[[Connection], None]
PATIENCE = 60.0


class Crash(BaseException):
    """The process is ended in the middle of an act, as a server that stops may do."""


class Strike:
    """Counts the statements of what is done meanwhile; `hit` says whether the blow has come."""

    def __init__(self) -> None:
        self.seen, self.hit = 0, False


@contextmanager
def struck(place: int, blow: Blow) -> Iterator[Strike]:
    """Let the database fail at the statement of this number, counted from 1, and not again."""
    strike = Strike()

    def before(connection: Connection, *_more: Any) -> None:
        strike.seen += 1
        if strike.seen == place and not strike.hit:
            strike.hit = True
            blow(connection)

    event.listen(db.engine, "before_cursor_execute", before)
    try:
        yield strike
    finally:
        event.remove(db.engine, "before_cursor_execute", before)


@contextmanager
def at_commit(blow: Blow) -> Iterator[Strike]:
    """Let the database fail when the first act is to be committed."""
    strike = Strike()

    def before(connection: Connection) -> None:
        if not strike.hit:
            strike.hit = True
            blow(connection)

    event.listen(db.engine, "commit", before)
    try:
        yield strike
    finally:
        event.remove(db.engine, "commit", before)


@contextmanager
def before_event(
    blows: dict[int, Blow], statement_begins: str = "INSERT INTO event"
) -> Iterator[None]:
    """Do something once before a thread (by its ident) writes its event, in its transaction."""

    def before(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith(statement_begins):
            blow = blows.pop(threading.get_ident(), None)
            if blow is not None:
                blow(connection)

    event.listen(db.engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", before)


def crash(_connection: Connection) -> None:
    """The process ends here."""
    raise Crash


def cut(connection: Connection) -> None:
    """The connection ends: on PostgreSQL by its server, on SQLite the statement is broken off."""
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        # Once: what follows the statement (ROLLBACK) is not broken off.
        once = itertools.chain([1], itertools.repeat(0))
        driver.set_progress_handler(lambda: next(once), 1)
        return
    with psycopg.connect(driver.info.dsn, autocommit=True) as other:
        mine = [driver.info.backend_pid]
        other.execute("SELECT pg_terminate_backend(%s)", mine)
        until = time.monotonic() + PATIENCE
        alive = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
        while other.execute(alive, mine).fetchone() != (0,):
            assert time.monotonic() < until, "the backend does not end"
            time.sleep(0.01)


def full(connection: Connection) -> None:
    """No room is left: SQLite may not take another page, PostgreSQL says so by its SQLSTATE."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA max_page_count = 1")
        return
    connection.exec_driver_sql(
        "DO $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' "
        "USING ERRCODE = 'disk_full'; END $$"
    )


@contextmanager
def stopped(server: PostgreSQL) -> Iterator[None]:
    """A server that is stopped, as for maintenance, and runs again afterwards."""
    halt(server)
    try:
        yield
    finally:
        resume(server)


def resume(server: PostgreSQL) -> None:
    """Start a server that was stopped, on the folder that it had."""
    server._process = server._start()


def halt(server: PostgreSQL) -> None:
    """Stop a server; whoever is connected is disconnected ("fast")."""
    server._process.send_signal(signal.SIGINT)
    server._process.wait(PATIENCE)


def content() -> dict[str, list[Any]]:
    """Everything in the database: the rows of each table by their keys."""
    with reading() as session:
        return {
            table.name: list(session.execute(select(*table.c).order_by(*table.primary_key)))
            for table in Base.metadata.sorted_tables
        }


def anew(stage: Stage) -> None:
    """Forget every connection, as a process that begins."""
    with stage.app.app_context():
        db.session.remove()
        db.engine.dispose()
