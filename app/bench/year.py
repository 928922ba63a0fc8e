"""A whole played year, measured act by act, against a floor of the very same acts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.bench import floor
from app.bench.step import percentile
from app.bench.watch import Act, Done, Watch
from app.db import db, reading
from app.engine import runner
from app.engine.step import Call
from app.models.cases import CaseFile
from config.settings import Settings


class Recorded:
    """A host that gives the answers which an act got when it happened, in their order."""

    def __init__(self, calls: Sequence[Call]) -> None:
        """Answer as `calls` did."""
        self._answers: Iterator[Call] = iter(calls)
        self.functions: Mapping[str, Callable[..., Any]] = {
            name: self._function
            for name in ("working_days_after", "calendar_days_after", "schedule")
        }

    def operate(self, name: str, parameters: Mapping[str, Any]) -> Any:
        """The recorded answer of an operation."""
        return next(self._answers).result

    def _function(self, *_: Any) -> Any:
        return next(self._answers).result


@dataclass(frozen=True, slots=True)
class Played:
    """A year that was played under a watch: its acts, the seconds of all, and its floor.

    Milliseconds for the floor, bytes for the saved states.
    """

    acts: Sequence[Act]
    seconds: float
    floor_ms: float
    bytes_per_case: float
    state_bytes_p95: float


def watched(settings: Settings, play: Callable[[], None], *, listening: bool) -> Played:
    """Play under a watch, which listens to every statement or leaves them alone.

    The floor is the CPU time of loading the saved state, completing the task, saving it and
    one durable commit, of each of the same acts again.
    """
    began = time.perf_counter()
    with Watch(db.engine, listening=listening) as watch:
        play()
    return Played(
        acts=watch.acts,
        seconds=time.perf_counter() - began,
        floor_ms=floor_of(settings, watch.steps),
        bytes_per_case=_bytes_per_case(),
        state_bytes_p95=percentile([float(step.saved) for step in watch.steps], 0.95),
    )


def told(played: Played, heard: Played) -> dict[str, Any]:
    """The figures of `bagalau bench year`, times in milliseconds.

    `played` is a year whose statements nobody listened to: its times are those of the
    product. `heard` is the same year once more, of which it was noted what it sent and where
    its time went. Times are means over all human acts, but p50 and p95; `ratio_to_floor` is
    the acts' CPU time over the floor's.
    """
    cpu_ms = _mean(played.acts, "cpu")
    totals = [act.total * 1000 for act in played.acts]
    return {
        "human_tasks": len(played.acts),
        "seconds": round(played.seconds, 1),
        "completion_ms": {
            "p50": round(statistics.median(totals), 2),
            "p95": round(percentile(totals, 0.95), 2),
            "engine": round(_mean(heard.acts, "engine"), 2),
            "database": round(_mean(heard.acts, "database"), 2),
            "trail": round(_mean(heard.acts, "trail"), 2),
        },
        "cpu_ms_per_completion": round(cpu_ms, 2),
        "floor_ms": round(played.floor_ms, 3),
        "ratio_to_floor": round(cpu_ms / played.floor_ms, 2),
        "sql_per_completion": round(statistics.mean(act.statements for act in heard.acts), 1),
        "commits_per_completion": round(statistics.mean(act.commits for act in heard.acts), 2),
        "bytes_per_case": played.bytes_per_case,
        "state_bytes_p95": played.state_bytes_p95,
    }


def floor_of(settings: Settings, steps: Sequence[Done]) -> float:
    """CPU milliseconds of the mean step at the floor."""
    with closing(floor.shelf(settings)) as states:
        states.fill((number, step.state) for number, step in enumerate(steps))
        began = time.process_time()
        for number, step in enumerate(steps):
            state = states.taken(number)
            made = runner.complete(
                step.release, state, step.key, step.answers, now=step.now, host=Recorded(step.calls)
            )
            states.put(number, made.state)
        return (time.process_time() - began) / len(steps) * 1000


def _mean(acts: Sequence[Act], part: str) -> float:
    return float(statistics.mean(getattr(act, part) for act in acts)) * 1000


def _bytes_per_case() -> float:
    with reading() as session:
        found = session.scalar(select(func.avg(func.length(CaseFile.state))))
    return round(float(found or 0), 0)
