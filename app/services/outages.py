"""When the database fails: what kind of failure it is, and what an act that is done does then."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.db import OUTAGES, Unsettled

__all__ = ["Unsettled", "kind", "left_to_the_ticker"]

Kind = Literal["busy", "full", "unavailable"]
# SQLSTATE (PostgreSQL, appendix A): serialisation failure, deadlock, lock not available,
# cancelled by a timeout; and the disk is full.
_BUSY = frozenset({"40001", "40P01", "55P03", "57014"})
_FULL = "53100"
_SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})

_log = logging.getLogger(__name__)


def kind(error: DBAPIError | PoolTimeout) -> Kind | None:
    """Whether the database is busy, full or away; None for a fault of the program."""
    if isinstance(error, PoolTimeout):
        return "busy"
    state = getattr(error.orig, "sqlstate", None)
    # The lower byte is the primary code (SQLite, "Result and Error Codes").
    code = (getattr(error.orig, "sqlite_errorcode", None) or 0) & 0xFF
    if state in _BUSY or code in _SQLITE_BUSY:
        return "busy"
    if state == _FULL or code == sqlite3.SQLITE_FULL:
        return "full"
    away = isinstance(error, OperationalError) or error.connection_invalidated
    return "unavailable" if away else None


@contextmanager
def left_to_the_ticker() -> Iterator[None]:
    """Leave the delivery of messages to the next tick where the database fails in the block.

    Whoever acted is told what is true: that the act is done.
    """
    try:
        yield
    except OUTAGES as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        _log.warning("Messages are left to the next tick: %s", reason)
