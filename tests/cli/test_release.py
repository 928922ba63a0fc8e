"""`bagalau release adopt`: the next legal release from a folder, or one sentence why not."""

from __future__ import annotations

import shutil
from pathlib import Path

from config.settings import ROOT
from tests.cli.console import Operator


def operator(folder: Path) -> Operator:
    return Operator(folder, {"BAGALAU_DATA": str(folder)})


def test_a_changed_folder_becomes_the_next_release(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "bpmn", tmp_path / "changed")
    letter = tmp_path / "changed" / "schedule" / "letters" / "approved.html"
    letter.write_text(letter.read_text(encoding="utf-8") + "\n<!-- 2 -->\n", encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    adopt = ("release", "adopt", str(tmp_path / "changed"), "--effective-from", "2019-01-01")
    done = operator(data).run(*adopt)
    assert done.status == 0, done
    again = operator(data).run(*adopt)
    assert again.status == 0, again
    verified = operator(data).run("trail", "verify", "--json")
    assert verified.status == 0, verified


def test_a_folder_that_is_no_release_changes_nothing(tmp_path: Path) -> None:
    data, empty = tmp_path / "data", tmp_path / "empty"
    data.mkdir()
    empty.mkdir()
    done = operator(data).run("release", "adopt", str(empty), "--effective-from", "2019-01-01")
    assert done.status == 1
    assert "nothing was adopted" in done.err
    assert "Traceback" not in done.err
