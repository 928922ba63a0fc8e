"""Executing every case of an installation again from its trail, timed."""

from __future__ import annotations

import time
from typing import Any

from app.services import installation
from app.services.replay import Replayed, replay


def timed() -> tuple[Replayed, float, float]:
    """Replay everything; what was found, the seconds it took, and its CPU seconds."""
    began, cpu = time.perf_counter(), time.process_time()
    found = replay()
    return found, time.perf_counter() - began, time.process_time() - cpu


def told(played: float, found: Replayed, seconds: float, cpu: float) -> dict[str, Any]:
    """The figures of `bagalau bench replay`; `played` are the seconds that playing took.

    `ratio_to_play` is the share of those that executing it again takes.
    """
    return {
        "cases": found.cases,
        "acts": found.acts,
        "events": installation.count_events(),
        "differences": len(found.differences),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "acts_per_s": round(found.acts / seconds, 1),
        "ms_per_act": round(seconds / max(found.acts, 1) * 1000, 2),
        "played_in": round(played, 1),
        "ratio_to_play": round(seconds / played, 3),
    }
