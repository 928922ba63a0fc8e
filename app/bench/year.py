"""A whole played year, measured act by act, against a floor of the very same acts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.bench.floor import shelf
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
    """A year that was played under a watch: its acts, and the seconds of all without the floor.

    `bytes_per_case` is the mean size of the saved states.
    """

    acts: Sequence[Act]
    seconds: float
    bytes_per_case: float


def watched(settings: Settings, play: Callable[[], None], *, listening: bool) -> Played:
    """Play under a watch, which listens to every statement or leaves them alone.

    The floor is the CPU time of loading the saved state, completing the task, saving it and
    one durable commit: of each act, right after it. Measured in a loop of its own it would be
    that of a processor that does nothing else, which no act has.
    """
    with closing(Floor(settings)) as floor:
        began = time.perf_counter()
        with Watch(db.engine, floor, listening=listening) as watch:
            play()
        seconds = time.perf_counter() - began - floor.seconds
    return Played(acts=watch.acts, seconds=seconds, bytes_per_case=_bytes_per_case())


class Floor:
    """Does acts once more at the floor; `seconds` is how long that has taken altogether."""

    def __init__(self, settings: Settings) -> None:
        """On a shelf beside the installation's database."""
        self.seconds = 0.0
        self._states = shelf(settings)
        self._states.fill([(0, b"")])

    def __call__(self, step: Done) -> float:
        """CPU seconds of a step at the floor."""
        began = time.perf_counter()
        self._states.taken(0)
        self._states.put(0, step.state)
        cpu = time.process_time()
        state = self._states.taken(0)
        made = runner.complete(
            step.release, state, step.key, step.answers, now=step.now, host=Recorded(step.calls)
        )
        self._states.put(0, made.state)
        spent = time.process_time() - cpu
        self.seconds += time.perf_counter() - began
        return spent

    def close(self) -> None:
        """Let go of the shelf."""
        self._states.close()


def told(played: Played, heard: Played) -> dict[str, Any]:
    """The figures of `bagalau bench year`, times in milliseconds.

    `played` is a year whose statements nobody listened to: its times are those of the
    product. `heard` is the same year once more, of which it was noted what it sent and where
    its time went. Times are means over all human acts, but p50 and p95; `ratio_to_floor` is
    the acts' CPU time over the floor's.
    """
    cpu_ms, floor_ms = _mean(played.acts, "cpu"), _mean(played.acts, "floor")
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
        "floor_ms": round(floor_ms, 3),
        "ratio_to_floor": round(cpu_ms / floor_ms, 2),
        "sql_per_completion": round(statistics.mean(act.statements for act in heard.acts), 1),
        "commits_per_completion": round(statistics.mean(act.commits for act in heard.acts), 2),
        "bytes_per_case": played.bytes_per_case,
        "state_bytes_p95": percentile([float(act.saved) for act in played.acts], 0.95),
    }


def _mean(acts: Sequence[Act], part: str) -> float:
    return float(statistics.mean(getattr(act, part) for act in acts)) * 1000


def _bytes_per_case() -> float:
    with reading() as session:
        found = session.scalar(select(func.avg(func.length(CaseFile.state))))
    return round(float(found or 0), 0)
