"""The database behind a command: made, migrated and seeded when it is not there yet."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from flask import current_app

from app import Installation
from app.domain.refusals import Conflict
from app.services import installation
from config.settings import ROOT, Settings


def current() -> Installation:
    """The installation of this process."""
    found: Installation = current_app.extensions["bagalau"]
    return found


def ready(*, demo: bool = False) -> None:
    """Create and migrate an absent database, and write the registers into an empty one."""
    settings = current().settings
    installation.migrate(ROOT / "migrations")
    installation.set_up(
        diagrams=settings.diagrams,
        name="demonstration" if demo else "installation",
        demo=demo,
        now=current().clock.now(),
    )


@contextmanager
def sole_writer(settings: Settings) -> Iterator[None]:
    """Hold the file lock of a SQLite installation; on PostgreSQL there is nothing to hold.

    Raises:
        Conflict: `sqlite.second_writer`, when `serve` or another command holds it.
    """
    if settings.sqlite_file is None:
        yield
        return
    settings.data.mkdir(parents=True, exist_ok=True)
    with (settings.data / "writer.lock").open("w") as file:
        _lock(file)
        yield


def _lock(file: IO[str]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict("sqlite.second_writer") from None
