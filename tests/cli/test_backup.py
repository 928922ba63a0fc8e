"""`bagalau backup` and `bagalau restore`: an operator's way, by the commands of the manual."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.cli.console import Operator
from tests.cli.test_serve import VERIFY


def test_an_installation_comes_back_elsewhere(staged_file: Operator, tmp_path: Path) -> None:
    """On SQLite, beside the only writer; tests/services/test_backup.py has both databases."""
    folder = tmp_path / "backups" / "today"
    before = staged_file.run(*VERIFY).json()
    with staged_file.serving():
        made = staged_file.run("backup", str(folder))
    assert (made.status, made.json()["lost"]) == (0, []), made
    assert made.json()["events"] >= before["events"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in folder.iterdir() if p.is_file())
    assert not list(folder.rglob("cookies"))
    staged_file.run("backup", str(folder)).refused("something in it already")
    data = tmp_path / "elsewhere"
    there = staged_file.by(BAGALAU_DATA=str(data), BAGALAU_DATABASE_URL="")
    back = there.run("restore", str(folder))
    assert (back.status, back.json()["ok"]) == (0, True), back
    assert there.run(*VERIFY).json() == {**before, "events": made.json()["events"]}
    there.run("restore", str(folder)).refused("nothing is written over")


def test_without_an_installation_there_is_nothing_to_copy(
    operator: Operator, tmp_path: Path
) -> None:
    operator.run("backup", str(tmp_path / "b")).refused("There is no database")
    operator.run("restore", str(tmp_path)).refused("no whole backup", "manifest.json")
