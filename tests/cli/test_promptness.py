"""On an idle system a timer fires when its time has come: the ticker looks every half second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from typing import Any

from sqlalchemy import func, select

from app.db import reading
from app.demo import scene
from app.models.cases import Timer
from app.models.trail import EventRow
from app.services import timers
from tests.cli.console import Operator, eventually
from tests.cli.objecting import count, looking, settled
from tests.cli.test_at_once import objecting
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage

__all__ = ["objecting"]
# One second on a machine with nothing else to do; a test may not fail for its neighbours.
PROMPT = 3.0


@contextmanager
def running(operator: Operator) -> Iterator[None]:
    """Whatever runs the timers of an installation: the worker, or on SQLite the server."""
    if operator.url.startswith("sqlite"):
        with operator.serving():
            yield
        return
    worker = operator.start("worker")
    try:
        assert worker.stderr is not None
        assert "runs the timers" in worker.stderr.readline()
        yield
    finally:
        worker.terminate()
        worker.wait()


def test_a_timer_fires_within_a_second_of_its_time(
    objecting: Operator, record_property: Any
) -> None:
    with looking(objecting) as stage:
        stage.plot.conclusions["akmola"] = CONCLUSION
        stage.plot.object(AKMOLA)
        due = stage.all(Timer, state="waiting")
    assert len(due) == 4
    delays = []
    with running(objecting), looking(objecting) as stage:
        for timer in sorted(due, key=lambda row: row.due_at):
            delays.append(delay(timer))
        settled_at(stage, max(row.due_at for row in due))
    record_property("seconds", [round(one, 2) for one in delays])
    # The first act of a process that has just begun compiles the diagrams.
    assert median(delays) < PROMPT, delays


def delay(timer: Timer) -> float:
    """Let a timer's time come; the seconds until its event was recorded."""
    fired = count("timer.fired")
    began = datetime.now(UTC)
    scene.set_clock(timer.due_at)
    eventually("the timer", lambda: count("timer.fired") > fired)
    with reading() as session:
        newest = select(func.max(EventRow.recorded_at)).where(EventRow.kind == "timer.fired")
        recorded = session.scalar(newest)
    assert recorded is not None
    return (recorded - began).total_seconds()


def settled_at(stage: Stage, now: datetime) -> None:
    stage.play.now = now
    assert timers.next_due() is None
    settled(stage)
