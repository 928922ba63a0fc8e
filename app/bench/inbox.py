"""The list of tasks among few and among very many: first page, filtered page, page at depth."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.bench import loading, step
from app.db import reading
from app.domain.actors import Actor
from app.models.cases import Task
from app.operations.registers import Registers
from app.services import inbox, registers

ABOUT = "akmola"
# Half of the tasks are late: the last of a million is due in not quite two years.
BEFORE = timedelta(days=365)
WARM, ROUNDS = 20, 200
DEEP = 0.9

Say = Callable[[str], None]


def measured(database: str, sizes: Sequence[int], say: Say) -> list[dict[str, Any]]:
    """Measure among as many tasks as each of `sizes` says, all of them in the reader's lane.

    In an installation made by `step.prepare`, in its app context; the tasks that are missing
    are loaded before each measurement.
    """
    now = registers.wall_time()
    person = step.actor(now)
    pattern = step.start_reminded(person, ABOUT)
    with reading() as session:
        bodies = [body.code for body in Registers(session).bodies.evaluated()]
    make = loading.spread(bodies, now - BEFORE)
    there, runs = 1, []
    for size in sizes:
        say(f"{database}: loading up to {size} tasks ...")
        loading.load(pattern, size - there, _from(make, there - 1), _silently)
        there = size
        runs.append({"database": database, "tasks": size, **_pages(person, now)})
    return runs


def ratios(runs: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """By database and page: the p95 of the largest list as a multiple of the smallest's."""
    found: dict[str, float] = {}
    for database in dict.fromkeys(run["database"] for run in runs):
        of_one = [run for run in runs if run["database"] == database]
        for page in ("first", "filtered", "deep"):
            small, large = (run[page]["p95_ms"] for run in (of_one[0], of_one[-1]))
            found[f"{database}_{page}"] = round(large / small, 2)
    return found


def _pages(person: Actor, now: datetime) -> dict[str, Any]:
    place = _deep()
    asked: dict[str, dict[str, Any]] = {
        "first": {},
        "filtered": {"body": ABOUT},
        "deep": {"after": place},
    }
    return {name: _timed(person, now, wanted) for name, wanted in asked.items()}


def _deep() -> str:
    """The cursor of the page after nine tenths of the list."""
    with reading() as session:
        count = session.scalar(select(func.count()).select_from(Task)) or 0
        last = session.scalar(select(func.max(Task.id))) or 0
        row = session.execute(
            select(Task.id, Task.due_at).where(Task.id == last - int(count * (1 - DEEP)))
        ).one()
    return inbox.cursor(row.due_at, row.id)


def _timed(person: Actor, now: datetime, wanted: Mapping[str, Any]) -> dict[str, float]:
    """Milliseconds of a page in the service."""
    times = []
    for number in range(WARM + ROUNDS):
        began = time.perf_counter()
        page = inbox.inbox(actor=person, now=now, **wanted)
        if number >= WARM:
            times.append((time.perf_counter() - began) * 1000)
    return {
        "rows": len(page.rows),
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(step.percentile(times, 0.95), 2),
    }


def _from(make: Callable[[int], loading.Made], first: int) -> Callable[[int], loading.Made]:
    return lambda number: make(first + number)


def _silently(_done: int) -> None:
    return None
