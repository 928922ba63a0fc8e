"""Business time: the wall clock, or a demonstration's own clock that stands until it is moved."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Protocol

from app.db import reading
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
    `demo advance` moves it. Anywhere else there is no such setting.
    """

    def now(self) -> datetime:
        """The business time, UTC."""
        with reading() as session:
            standing = Registers(session).setting("demo.clock", None)
        return datetime.now(UTC) if standing is None else datetime.fromisoformat(standing)


def stored(moment: datetime) -> str:
    """A clock's instant as the JSON text of a setting."""
    return json.dumps(moment.astimezone(UTC).isoformat())
