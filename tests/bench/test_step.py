"""`bagalau bench step`, run as people run it: what it prints, and what it leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.bench import steps
from tests.bench import commands

KEYS = {
    "database",
    "process",
    "clients",
    "cases_per_s",
    "completions_per_s",
    "p50_ms",
    "p95_ms",
    "cpu_ms_per_completion",
    "sql_per_completion",
    "commits_per_completion",
    "bytes_per_case",
    "bytes_with_events",
    "floor_ms",
    "ratio_to_floor",
}


@pytest.fixture(scope="module")
def ended(folder: Path) -> subprocess.CompletedProcess[str]:
    return commands.run(folder, "step", "--cases", "3")


@pytest.fixture(scope="module")
def told(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_it_tells_the_floor_and_a_run_for_each_database_and_number_of_clients(
    told: dict[str, Any], ended: subprocess.CompletedProcess[str]
) -> None:
    assert told.keys() == {"runs", "floor_ms", "ratio_to_floor"}
    assert told["floor_ms"] == told["runs"][0]["floor_ms"] > 0
    runs = told["runs"]
    assert all(run.keys() == KEYS for run in runs)
    measured = ["sqlite"] if "Left out" in ended.stderr else ["sqlite", "postgresql"]
    assert [(run["database"], run["process"], run["clients"]) for run in runs] == [
        (name, process, clients)
        for name in measured
        for process, numbers in steps.PLAN[name].items()
        for clients in numbers
    ]
    assert {run["clients"] for run in runs if run["database"] == "postgresql"} >= {0, 1, 2, 8}
    assert told["ratio_to_floor"] == runs[0]["ratio_to_floor"]


def test_the_figures_of_a_run_hang_together(told: dict[str, Any]) -> None:
    for run in told["runs"]:
        assert 0 < run["p50_ms"] <= run["p95_ms"]
        assert 0 < run["cases_per_s"] < run["completions_per_s"]
        assert run["cpu_ms_per_completion"] > 0
        ratio = run["cpu_ms_per_completion"] / run["floor_ms"]
        assert run["ratio_to_floor"] == pytest.approx(ratio, rel=0.02)
        # A state without forecasts and definitions; but for the case's number it is the same.
        same = [r["bytes_per_case"] for r in told["runs"] if r["process"] == run["process"]]
        assert 100 < run["bytes_per_case"] < 1000 and max(same) - min(same) < 16
        assert run["bytes_per_case"] < run["bytes_with_events"] < 6 * 1024


def test_an_act_is_one_commit_of_few_statements(told: dict[str, Any]) -> None:
    inside = [run for run in told["runs"] if run["clients"] == 0]
    assert inside and all(run["commits_per_completion"] == 1 for run in inside)
    assert all(4 <= run["sql_per_completion"] <= 12 for run in inside)
    over_http = [run for run in told["runs"] if run["clients"]]
    assert over_http and all(run["sql_per_completion"] is None for run in over_http)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_nothing_is_left_behind(
    told: dict[str, Any], ended: subprocess.CompletedProcess[str], folder: Path
) -> None:
    assert told["runs"] and "over HTTP" in ended.stderr
    assert list(folder.iterdir()) == []
    assert [path for path in Path("/proc").glob("[0-9]*") if _speaks_of(path, folder)] == []


def _speaks_of(process: Path, folder: Path) -> bool:
    """Whether a process was started with a path in `folder`: the servers of a run are."""
    try:
        started = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    except OSError:
        return False
    return os.fsencode(folder) in started
