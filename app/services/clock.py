"""Business time: the wall clock, or a demonstration's own clock that stands until it is moved."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import select

from app.db import connection_of, reading
from app.models.people import Person
from app.operations.registers import Registers


class Clock(Protocol):
    """Tells the business time; handed in everywhere."""

    def now(self) -> datetime:
        """The business time, UTC."""


class FixedClock:
    """A clock that stands where it was put; for tests and played demonstrations."""

    def __init__(self, at: datetime) -> None:
        """Stand at `at`."""
        self.at = at

    def now(self) -> datetime:
        """Where the clock stands."""
        return self.at


class InstallationClock:
    """The clock of an installation: the wall time, unless it is a demonstration.

    A demonstration's clock is the setting `demo.clock`, an instant at which it stands until
    `demo advance` moves it. Anywhere else there is no such setting, and none can come: an
    installation that has people of its own never becomes a demonstration.
    """

    def __init__(self) -> None:
        """Know nothing of the installation yet."""
        self._real = False

    def now(self) -> datetime:
        """The business time, UTC."""
        if self._real:
            return datetime.now(UTC)
        with reading() as session:
            registers = Registers(session)
            standing = registers.setting("demo.clock", None)
            if standing is None and not registers.setting("demonstration", False):
                self._real = connection_of(session).execute(_ANYBODY).first() is not None
        return datetime.now(UTC) if standing is None else datetime.fromisoformat(standing)


_ANYBODY = select(Person.code).limit(1)


def stored(moment: datetime) -> str:
    """A clock's instant as the JSON text of a setting."""
    return json.dumps(moment.astimezone(UTC).isoformat())
