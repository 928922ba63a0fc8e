"""The plugin that lets nothing be skipped in silence, tried on small files of tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPING = """
import pytest

def test_runs():
    assert True

def test_lacks_a_part():
    pytest.skip("no browser here")

@pytest.mark.xfail(reason="known")
def test_fails_as_expected():
    assert False
"""
WHOLE_FILE = """
import pytest
pytest.skip("no server here", allow_module_level=True)
"""


def run(tmp_path: Path, source: str, *, ci: bool) -> subprocess.CompletedProcess[str]:
    """Run pytest with only our plugin on a file with `source`."""
    (tmp_path / "test_it.py").write_text(source)
    environment = {**os.environ, "CI": "true" if ci else "", "PYTHONPATH": str(ROOT)}
    environment.pop("PYTEST_XDIST_WORKER", None)
    words = ["-p", "tests.plugin_skips", "-p", "no:cacheprovider", "-c", os.devnull, "test_it.py"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_person_is_told_what_was_skipped(tmp_path: Path) -> None:
    ended = run(tmp_path, SKIPPING, ci=False)
    assert ended.returncode == 0, ended.stdout
    assert "NOT TESTED HERE" in ended.stdout
    assert "1 skipped: no browser here" in ended.stdout


def test_a_skip_fails_in_continuous_integration(tmp_path: Path) -> None:
    ended = run(tmp_path, SKIPPING, ci=True)
    assert ended.returncode == 1
    assert "nothing may be: no browser here" in ended.stdout
    # What was expected to fail did run, and is no skip.
    assert "1 failed, 1 passed, 1 xfailed" in ended.stdout


@pytest.mark.parametrize(("ci", "code"), [(False, 5), (True, 2)])
def test_a_file_that_skips_itself(tmp_path: Path, ci: bool, code: int) -> None:
    ended = run(tmp_path, WHOLE_FILE, ci=ci)
    assert ended.returncode == code, ended.stdout
    assert "no server here" in ended.stdout
