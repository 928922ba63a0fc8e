"""The database behind a command: made, migrated and seeded when it is not there yet."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

from app import Installation
from app.db import db
from app.domain.refusals import Conflict
from app.services import installation
from config.settings import ROOT, Settings

MIGRATIONS = ROOT / "migrations"
# A server that was killed lives on for a second in the child that listens.
PATIENCE = 4.0
# Another command is making the database: that takes some seconds, and then it is there.
SET_UP_WITHIN = 60.0


def current() -> Installation:
    """The installation of this process."""
    found: Installation = current_app.extensions["bagalau"]
    return found


def ready(*, demo: bool = False) -> None:
    """Create and migrate an absent database, and write the registers into an empty one.

    Any number of commands may do this at once: they take turns, and the first one does it.

    Raises:
        Conflict: `sqlite.second_writer`, when another one's turn does not end.
        ReleaseError: the diagrams do not compile.
    """
    settings = current().settings
    with _lock(settings, "setup", SET_UP_WITHIN), installation.turn():
        if settings.sqlite_file is not None and not settings.sqlite_file.exists():
            # It will hold names and password hashes.
            settings.sqlite_file.touch(mode=0o600)
        installation.migrate(MIGRATIONS)
        installation.set_up(
            diagrams=settings.diagrams,
            name="demonstration" if demo else "installation",
            demo=demo,
            now=current().clock.now(),
        )


def warning() -> str | None:
    """What to tell where the role we sign in with could switch the guards of the trail off."""
    if not installation.owns_tables():
        return None
    return (
        "The database's role owns the tables, so it could switch the guards of the trail off: "
        "`bagalau database grants` prints what another role needs."
    )


def absent() -> str | None:
    """Why a command that only reads finds no database here, in a sentence; None if it does."""
    file = current().settings.sqlite_file
    if file is not None and not file.exists():
        return f"There is no database {file}, so there is nothing to verify."
    return None


def outdated() -> str | None:
    """Why it cannot read the database that it finds, in a sentence; None if it can."""
    with db.engine.connect() as connection:
        if installation.outdated(connection, MIGRATIONS):
            return "The database is not of this version: see `bagalau migrate`."
    return None


@contextmanager
def sole_writer(settings: Settings) -> Iterator[None]:
    """Hold the file lock of a SQLite installation; on PostgreSQL there is nothing to hold.

    Raises:
        Conflict: `sqlite.second_writer`, when `serve` or another command holds it.
    """
    with _lock(settings, "writer", PATIENCE):
        yield


@contextmanager
def _lock(settings: Settings, purpose: str, patience: float) -> Iterator[None]:
    """Hold a lock beside the database file, whatever folder `BAGALAU_DATA` names."""
    if settings.sqlite_file is None:
        yield
        return
    path = settings.sqlite_file.with_name(f"{settings.sqlite_file.name}.{purpose}")
    with path.open("a") as file:
        _acquire(file.fileno(), time.monotonic() + patience)
        yield


def _acquire(descriptor: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Conflict("sqlite.second_writer") from None
            time.sleep(0.05)
        else:
            return
