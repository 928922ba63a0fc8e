"""The database: declarative base, types, session and the only commit in the code.

Two databases are served by the same code. On SQLite one process writes and an in-process
lock queues its writers (a deferred read-then-write fails at once in spite of
`busy_timeout`, so a writing transaction begins IMMEDIATE); on PostgreSQL rows are locked.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import DateTime, Engine, ForeignKey, MetaData, event
from sqlalchemy.engine import Connection, Dialect, RootTransaction
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from app import connections

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: stored in UTC, always read back with its zone; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into what the database stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the stored instant its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ActSession(FlaskSession):
    """A session that works on the connection which `transaction` or `reading` holds.

    It begins and ends nothing there by itself: to begin and to end a transaction of its own
    takes it longer than a statement does.
    """

    def get_bind(
        self,
        mapper: Any | None = None,
        clause: Any | None = None,
        bind: Engine | Connection | None = None,
        **kw: Any,
    ) -> Engine | Connection:
        """The held connection; where none is held, the engine."""
        held: Connection | None = self.info.get(_HELD)
        return held or super().get_bind(mapper, clause, bind, **kw)


WRITING = "bagalau_writing"
_HELD = "bagalau_held"

# The second argument types `db.Model`; tables derive from `Base` directly.
db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={
        "class_": ActSession,
        # What was read is dropped with its transaction; to mark each as stale takes time.
        "expire_on_commit": False,
        "join_transaction_mode": "rollback_only",
    },
)


def reference(target: str) -> ForeignKey:
    """A foreign key checked at commit: the rows of one act may be written in any order."""
    return ForeignKey(target, deferrable=True, initially="DEFERRED")


class Unsettled(Exception):
    """The connection broke while an act was committed: whether it was done is not known."""


OUTAGES = (OperationalError, PoolTimeout, Unsettled)
"""What is no fault of an act: the database is busy, full or away, and answers later."""
TURN_WITHIN = 10.0
"""Seconds to wait for one's turn to write on SQLite, while another program holds the file."""
_sqlite_writer = threading.Lock()


def is_sqlite(session: Session) -> bool:
    """Say whether `session` talks to SQLite."""
    return connection_of(session).dialect.name == "sqlite"


def connection_of(session: Session) -> Connection:
    """The connection of the transaction that `session` is in."""
    held: Connection | None = session.info.get(_HELD)
    return session.connection() if held is None else held


def _writes(connection: Connection | None) -> bool:
    return connection is not None and WRITING in connection.get_execution_options()


@contextmanager
def transaction() -> Iterator[Session]:
    """One act: everything in the block is committed together, or nothing is.

    The session begins anew, so nothing read before is trusted.

    Raises RuntimeError within another act: an act is one transaction. Raises whatever the
    block or the commit raises, after a rollback; Unsettled where the commit got no answer;
    TimeoutError (of SQLAlchemy) where no connection, or no turn to write, came free in time.
    """
    session = db.session()
    if _writes(session.info.get(_HELD)):
        raise RuntimeError("an act within an act")
    turn = _turn() if db.engine.dialect.name == "sqlite" else nullcontext()
    with (
        turn,
        db.engine.connect().execution_options(**{WRITING: True}) as connection,
        connection.begin() as act,
        _holding(session, connection),
    ):
        yield session
        session.flush()
        _commit(act)


@contextmanager
def _turn() -> Iterator[None]:
    if not _sqlite_writer.acquire(timeout=TURN_WITHIN):
        raise PoolTimeout(f"no turn to write within {TURN_WITHIN:.0f} seconds")
    try:
        yield
    finally:
        _sqlite_writer.release()


def _commit(act: RootTransaction) -> None:
    try:
        act.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unsettled(str(error.orig)) from error
        raise


@contextmanager
def reading() -> Iterator[Session]:
    """Read without writing; no lock is left behind, and nothing that was changed is flushed.

    On PostgreSQL each statement stands for itself, as it does in a transaction there too
    (READ COMMITTED): two round trips less. On SQLite all see the same moment. One within
    another, or within an act, is part of it and ends with it.
    """
    session = db.session()
    if _HELD in session.info:
        yield session
        return
    with db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            connection.execution_options(**_EACH_FOR_ITSELF)
        with _holding(session, connection), session.no_autoflush:
            yield session


@contextmanager
def _holding(session: Session, connection: Connection) -> Iterator[None]:
    """Let `session` work on `connection` alone; what it knows is dropped before and after."""
    before = session.info.get(_HELD)
    session.close()
    session.info[_HELD] = connection
    try:
        yield
    finally:
        session.close()
        del session.info[_HELD]
        if before is not None:
            session.info[_HELD] = before


_EACH_FOR_ITSELF: Mapping[str, Any] = {"isolation_level": "AUTOCOMMIT"}


def prepare_engine(engine: Engine) -> None:
    """Set up every connection of `engine`.

    On SQLite pragmas and transaction control; on PostgreSQL one whose server has gone is
    replaced when it is taken from the pool.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connected)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "connect", connections.connected)
        event.listen(engine, "checkin", connections.left)
        event.listen(engine, "checkout", connections.Taken(engine.dialect))


def _sqlite_connected(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own BEGIN is switched off: `_sqlite_begin` decides which one is sent.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "busy_timeout=10000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITING):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # Takes no lock yet and cannot fail: the way around everything is safe, and shorter.
        connection.connection.cursor().execute("BEGIN")
