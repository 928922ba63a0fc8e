"""`bagalau bench year`, run as people run it, over the first weeks of a year."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-c", "from app.cli import main; main()", "bench", "year", "--json"]


def test_the_acts_of_a_year_are_measured_against_the_same_acts(tmp_path: Path) -> None:
    ended = subprocess.run(
        [*COMMAND, "--until", "opened"],
        env=os.environ | {"TMPDIR": str(tmp_path), "BAGALAU_DATA": str(tmp_path / "never")},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["human_tasks"] >= 15 and told["seconds"] > 0
    spent = told["completion_ms"]
    assert 0 < spent["p50"] <= spent["p95"]
    assert all(spent[part] > 0 for part in ("engine", "database", "trail"))
    assert told["commits_per_completion"] == 1
    assert 5 <= told["sql_per_completion"] <= 60
    assert told["ratio_to_floor"] > 1 and told["floor_ms"] > 0
    assert told["bytes_per_case"] > 0 and told["state_bytes_p95"] > 0
    assert list(tmp_path.iterdir()) == []
