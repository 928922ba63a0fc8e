"""Triggers by which the database itself keeps the trail.

* `event` and every `Fact` table: rows are added and stay as they are.
* `event`: numbers follow one another on a stream, and the recorded time never runs back.
* A fact is written before its event; afterwards the event is closed to further facts.
* Every `Guarded` table: an UPDATE raises `version` by exactly one, and only where the event
  of that number is there already; `id` and `stream` stay; nothing is deleted.
* `opening`: no UPDATE; a row may go (an erasure), which the verifier asks an account of.

They also hold where foreign keys are switched off, in a replication role, and against
`INSERT OR REPLACE`, whose deletions fire no trigger on SQLite. The price there: an UPSERT
on a guarded table is refused whatever it would have done. Whoever may change the schema
can remove the guards: then the fingerprint differs, and the verifier says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from app.audit import guards_postgresql, guards_sqlite
from app.audit.protection import OWN, Metadata, protected
from app.models.trail import fact_tables, guarded_tables


class Guards(Protocol):
    """What the module of each database gives."""

    def statements(self, metadata: Metadata) -> list[str]:
        """The statements that put up every guard."""

    def expected(self, metadata: Metadata) -> list[str]:
        """What `present` gives when every guard is in place."""

    def present(self, connection: Connection, tables: Sequence[str]) -> list[str]:
        """What guards `tables` now, a line each."""

    def removal(self, connection: Connection) -> list[str]:
        """The statements that take down every guard that is there."""


def install(connection: Connection, metadata: Metadata = OWN) -> None:
    """Put the guards up, replacing those that are there; all tables must exist.

    To be called after every migration: SQLite drops triggers without a word when a table
    is rebuilt. `metadata` holds the tables to guard beside `event` and `opening`. Commits
    nothing.
    """
    of_database = _guards(connection.dialect.name)
    for statement in of_database.removal(connection) + of_database.statements(metadata):
        connection.exec_driver_sql(statement)


def fingerprint(connection: Connection, metadata: Metadata = OWN) -> str:
    """SHA-256 (hex) of everything in the database that guards the trail.

    Covers every trigger on the guarded tables, what stands behind them and could go round
    them, the bonds of facts and guarded rows to their events, and the numbering of events.
    """
    tables = [table.name for table in protected(metadata)]
    found = _guards(connection.dialect.name).present(connection, tables)
    return _digest([*found, *_bonds(connection, metadata), *_numbering(connection)])


def expected_fingerprint(dialect: str, metadata: Metadata = OWN) -> str:
    """What `fingerprint` gives on a `dialect` (sqlite, postgresql) with every guard in place."""
    bonds = [_bond(t.name, ["stream", "seq"], "DEFERRED") for t in fact_tables(metadata)]
    bonds += [_bond(t.name, ["stream", "version"], "DEFERRED") for t in guarded_tables(metadata)]
    numbering = "unique event stream seq"
    return _digest([*_guards(dialect).expected(metadata), *bonds, numbering])


def _guards(dialect: str) -> Guards:
    return guards_sqlite if dialect == "sqlite" else guards_postgresql


def _bonds(connection: Connection, metadata: Metadata) -> Iterator[str]:
    inspector = inspect(connection)
    for table in (*fact_tables(metadata), *guarded_tables(metadata)):
        for key in inspector.get_foreign_keys(table.name):
            if key["referred_table"] == "event" and key["referred_columns"] == ["stream", "seq"]:
                initially = str(key.get("options", {}).get("initially"))
                yield _bond(table.name, key["constrained_columns"], initially)


def _bond(table: str, columns: Sequence[str], initially: str) -> str:
    return f"bond {table} {' '.join(columns)} {initially}"


def _numbering(connection: Connection) -> Iterator[str]:
    for unique in inspect(connection).get_unique_constraints("event"):
        yield f"unique event {' '.join(unique['column_names'])}"


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
