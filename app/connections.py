"""Connections to PostgreSQL: read the short way, and replaced where their server has gone."""

from __future__ import annotations

import select
import time
from typing import Any

import psycopg
from psycopg.pq import ExecStatus
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection


class LeanCursor(psycopg.Cursor[Any]):
    """A cursor that tells of a result's columns only what is asked here: name and type.

    The driver makes an object of every column of every result; over the columns of a task and
    its case that takes as long as running the statement.
    """

    __slots__ = ()

    @property
    def description(self) -> Any:
        """Name and type (OID) of each column; None where no rows are returned."""
        result = self.pgresult
        if result is None or result.status != ExecStatus.TUPLES_OK:
            return None
        nothing = (None,) * 5
        return [
            ((result.fname(n) or b"").decode(), result.ftype(n), *nothing)
            for n in range(result.nfields)
        ]


def connected(connection: psycopg.Connection[Any], _record: Any) -> None:
    """Let a new connection read results the short way."""
    connection.cursor_factory = LeanCursor


RESTED = 60.0
"""Seconds after which a connection is tried before it is used: a firewall may have dropped it."""
_LEFT = "bagalau_left"


def left(_connection: Any, record: ConnectionPoolEntry) -> None:
    """Note when a connection was given back to the pool."""
    record.info[_LEFT] = time.monotonic()


class Taken:
    """Looks whether a connection taken from the pool still has its server.

    To ask the server each time costs as much as a statement. But a server says nothing
    unasked, so where there is something to read it has ended the connection.
    """

    def __init__(self, dialect: Dialect) -> None:
        """Look at connections of this dialect."""
        self._dialect = dialect

    def __call__(
        self, connection: Any, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
    ) -> None:
        """Let the pool replace a dead connection; raises DisconnectionError for that."""
        if connection.closed or self._spoke(connection) or not self._answers(connection, record):
            raise DisconnectionError("the server has ended the connection")

    def _spoke(self, connection: Any) -> bool:
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))

    def _answers(self, connection: Any, record: ConnectionPoolEntry) -> bool:
        if time.monotonic() - record.info.get(_LEFT, time.monotonic()) < RESTED:
            return True
        try:
            return self._dialect.do_ping(connection)
        except self._dialect.loaded_dbapi.Error:
            return False
