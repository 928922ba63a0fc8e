"""Timers: very many of them due at once, fired by one worker and by several; and an idle one."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.bench import loading, step
from app.bench.cluster import end_with_parent
from app.bench.served import START_WITHIN, STOP_WITHIN, ServerFailed, environment
from app.db import reading
from app.models.cases import Timer
from app.services import messages, registers, timers
from config.settings import ROOT, Settings

ABOUT = "akmola"
IDLE_TICKS = 40
AT_ONCE = 25
WORKER = (sys.executable, "-c", "from app.cli import main; main()", "worker")
Say = Callable[[str], None]


def measured(
    settings: Settings,
    database: str,
    count: int,
    seconds: float,
    workers: tuple[int, ...],
    say: Say,
) -> dict[str, Any]:
    """Fire some of `count` timers due at once, for so many seconds by each number of workers.

    In an installation made by `step.prepare`, in its app context. On PostgreSQL the workers are
    processes, on SQLite this one is the only writer. `idle_ms_per_tick` is the CPU time of
    looking for work while as many timers wait and none is due.
    """
    due = registers.wall_time() - timedelta(minutes=1)
    pattern = step.start_reminded(step.actor(due), ABOUT)
    say(f"{database}: loading {count} timers ...")
    loading.load(pattern, count, lambda _: loading.Made(due, ABOUT), lambda _: None)
    say(f"{database}: idle ...")
    told: dict[str, Any] = {
        "database": database,
        "due": count,
        # A day earlier none of them is due; that of the pattern was years ago.
        "idle_ms_per_tick": _idle(due - timedelta(days=1)),
        "runs": [],
    }
    for number in workers:
        say(f"{database}: {number} worker(s) for {seconds:g} s ...")
        alone = settings.sqlite_file is not None
        fired, took = _alone(seconds) if alone else _together(settings, number, seconds)
        told["runs"].append({
            "workers": number,
            "fired": fired,
            "seconds": round(took, 1),
            "per_s": round(fired / took, 1),
        })  # fmt: skip
    return told


def _tick(now: datetime) -> int:
    """What a worker does over and over."""
    return messages.deliver_all(now=now) + timers.run_due(now=now, limit=AT_ONCE)


def _idle(now: datetime) -> float:
    while _tick(now):
        pass
    began = time.process_time()
    for _ in range(IDLE_TICKS):
        _tick(now)
    return round((time.process_time() - began) * 1000 / IDLE_TICKS, 2)


def _alone(seconds: float) -> tuple[int, float]:
    now = registers.wall_time()
    fired, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds and (done := _tick(now)):
        fired += done
    return fired, time.perf_counter() - began


def _together(settings: Settings, number: int, seconds: float) -> tuple[int, float]:
    """Fire by real workers: how many, and in how many seconds, once all of them are at it."""
    before = _fired()
    with _working(settings, number):
        until = time.monotonic() + START_WITHIN
        while _fired() == before:
            if time.monotonic() > until:
                raise ServerFailed("no worker fired a timer")
            time.sleep(0.05)
        time.sleep(min(2.0, seconds / 4))
        first, began = _fired(), time.perf_counter()
        while time.perf_counter() - began < seconds and _waiting():
            time.sleep(0.1)
        return _fired() - first, time.perf_counter() - began


@contextmanager
def _working(settings: Settings, number: int) -> Iterator[None]:
    log = settings.data / "workers.log"
    with log.open("wb") as told:
        workers = [
            subprocess.Popen(
                WORKER,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                cwd=ROOT,
                env=environment(settings),
                preexec_fn=end_with_parent if sys.platform == "linux" else None,
            )
            for _ in range(number)
        ]
        try:
            yield
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait(timeout=STOP_WITHIN)


def _fired() -> int:
    return _count("fired")


def _waiting() -> bool:
    return _count("waiting") > 0


def _count(state: str) -> int:
    with reading() as session:
        query = select(func.count()).select_from(Timer).where(Timer.state == state)
        return session.scalar(query) or 0
