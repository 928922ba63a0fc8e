"""The floor: what one completion costs at the least, on this machine, in this run.

Load the saved state, complete the task, save it by our codec, one durable commit: no rows,
no event, no permission, no page.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.engine import runner
from app.engine.release import Release

NOW = datetime(2018, 3, 26, 4, 0, tzinfo=UTC)


class NoHost:
    """A host for a process that calls nothing."""

    functions: Mapping[str, Callable[..., Any]] = {}

    def operate(self, name: str, parameters: Mapping[str, Any]) -> Any:
        """Refuse: the benchmark's process calls no operation."""
        raise LookupError(name)


def measure(release: Release, folder: Path, rounds: int) -> float:
    """CPU milliseconds of one completion at the floor, over `rounds` of them."""
    host = NoHost()
    begun = runner.start(release, "two_tasks", {"authority": "mne"}, now=NOW, host=host)
    database = sqlite3.connect(folder / "floor.db", isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE floor (id INTEGER PRIMARY KEY, state BLOB)")
        database.executemany(
            "INSERT INTO floor (id, state) VALUES (?, ?)",
            [(number, begun.state) for number in range(rounds)],
        )
        started = time.process_time()
        for number in range(rounds):
            _one(release, database, number, host)
        return (time.process_time() - started) / rounds * 1000
    finally:
        database.close()


def _one(release: Release, database: sqlite3.Connection, number: int, host: NoHost) -> None:
    database.execute("BEGIN IMMEDIATE")
    [state] = database.execute("SELECT state FROM floor WHERE id = ?", (number,)).fetchone()
    step = runner.complete(
        release, state, "prepare", {"points": 7, "urgent": False}, now=NOW, host=host
    )
    database.execute("UPDATE floor SET state = ? WHERE id = ?", (step.state, number))
    database.execute("COMMIT")
