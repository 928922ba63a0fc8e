"""`bagalau bench year` and `bench replay`, run as people run them, over a year's first weeks."""

from __future__ import annotations

from pathlib import Path

from tests.bench.commands import measured


def test_the_acts_of_a_year_are_measured_against_the_same_acts(tmp_path: Path) -> None:
    told = measured(tmp_path, "year", "--until", "opened")
    assert told["human_tasks"] >= 15 and told["seconds"] > 0
    spent = told["completion_ms"]
    assert 0 < spent["p50"] <= spent["p95"]
    assert all(spent[part] > 0 for part in ("engine", "database", "trail"))
    assert told["commits_per_completion"] == 1
    assert 5 <= told["sql_per_completion"] <= 60
    assert told["ratio_to_floor"] > 1 and told["floor_ms"] > 0
    assert told["bytes_per_case"] > 0 and told["state_bytes_p95"] > 0


def test_a_year_is_executed_again(tmp_path: Path) -> None:
    told = measured(tmp_path, "replay", "--until", "opened")
    # The methodologies, the schedule, the year, and an evaluation of each body by its blocks.
    assert told["cases"] > 94 and told["acts"] > told["cases"] and told["differences"] == 0
    assert told["cpu_seconds"] > 0 and 0 < told["seconds"] < told["played_in"]
    assert told["ratio_to_play"] < 1 and told["acts_per_s"] > 0
