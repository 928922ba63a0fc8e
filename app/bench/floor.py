"""The floor: what one completion costs at the least, on this machine, in this run.

Load the saved state, complete the task, save it by our codec, one durable commit: no rows,
no event, no permission, no page. Each database has its own, since neither commits for the
price of the other; the driver is used as it is, without a layer over it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import make_url

from app.engine import runner
from app.engine.release import Release
from config.settings import Settings

NOW = datetime(2018, 3, 26, 4, 0, tzinfo=UTC)


class NoHost:
    """A host for a process that calls nothing."""

    functions: Mapping[str, Callable[..., Any]] = {}

    def operate(self, name: str, parameters: Mapping[str, Any]) -> Any:
        """Refuse: the benchmark's process calls no operation."""
        raise LookupError(name)


class Shelf(Protocol):
    """Saved states by number, in one table of one database."""

    def fill(self, states: Iterable[tuple[int, bytes]]) -> None:
        """Put the states there, replacing all that was there before."""

    def taken(self, number: int) -> bytes:
        """Begin, and read a state."""

    def put(self, number: int, state: bytes) -> None:
        """Write the state and commit durably."""

    def close(self) -> None:
        """Let go of the database."""


class SqliteShelf:
    """States in a file of their own, written as durably as the product does."""

    def __init__(self, file: Path) -> None:
        """Make the file."""
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")

    def fill(self, states: Iterable[tuple[int, bytes]]) -> None:
        """Put the states there."""
        self._database.execute("DROP TABLE IF EXISTS floor")
        self._database.execute("CREATE TABLE floor (id INTEGER PRIMARY KEY, state BLOB)")
        self._database.executemany("INSERT INTO floor (id, state) VALUES (?, ?)", states)

    def taken(self, number: int) -> bytes:
        """Begin, and read a state."""
        self._database.execute("BEGIN IMMEDIATE")
        [state] = self._database.execute(
            "SELECT state FROM floor WHERE id = ?", (number,)
        ).fetchone()
        return bytes(state)

    def put(self, number: int, state: bytes) -> None:
        """Write and commit."""
        self._database.execute("UPDATE floor SET state = ? WHERE id = ?", (state, number))
        self._database.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._database.close()


class PostgresqlShelf:
    """States in a table beside the product's, over the driver alone."""

    def __init__(self, url: str) -> None:
        """Connect to the database of an SQLAlchemy URL."""
        plain = make_url(url).set(drivername="postgresql")
        # Not the driver's own transactions: every statement of the floor stands here.
        self._database = psycopg.connect(
            plain.render_as_string(hide_password=False), autocommit=True
        )

    def fill(self, states: Iterable[tuple[int, bytes]]) -> None:
        """Put the states there."""
        self._database.execute("DROP TABLE IF EXISTS floor")
        self._database.execute("CREATE TABLE floor (id INTEGER PRIMARY KEY, state BYTEA)")
        with self._database.cursor() as cursor:
            cursor.executemany("INSERT INTO floor (id, state) VALUES (%s, %s)", states)

    def taken(self, number: int) -> bytes:
        """Begin, and read a state."""
        self._database.execute("BEGIN")
        row = self._database.execute(
            "SELECT state FROM floor WHERE id = %s FOR UPDATE", (number,)
        ).fetchone()
        assert row is not None
        return bytes(row[0])

    def put(self, number: int, state: bytes) -> None:
        """Write and commit."""
        self._database.execute("UPDATE floor SET state = %s WHERE id = %s", (state, number))
        self._database.execute("COMMIT")

    def close(self) -> None:
        """Remove the table and disconnect."""
        self._database.execute("DROP TABLE floor")
        self._database.close()


def shelf(settings: Settings) -> Shelf:
    """Where the floor of an installation's database is measured, beside its own tables."""
    if settings.sqlite_file is not None:
        return SqliteShelf(settings.sqlite_file.with_name("floor.db"))
    return PostgresqlShelf(settings.database_url)


def measure(release: Release, process: str, settings: Settings, rounds: int) -> float:
    """CPU milliseconds of one completion at the floor, over `rounds` of them.

    Of the first task of `process`, whose form is that of every process of the benchmark.

    The database server's own CPU is not in it, as it is not in that of a run.
    """
    host = NoHost()
    begun = runner.start(release, process, {"authority": "mne"}, now=NOW, host=host)
    with closing(shelf(settings)) as states:
        states.fill((number, begun.state) for number in range(rounds))
        started = time.process_time()
        for number in range(rounds):
            _one(release, states, number, host)
        return (time.process_time() - started) / rounds * 1000


def _one(release: Release, states: Shelf, number: int, host: NoHost) -> None:
    state = states.taken(number)
    step = runner.complete(
        release, state, "prepare", {"points": 7, "urgent": False}, now=NOW, host=host
    )
    states.put(number, step.state)
