"""The set-up: what counts as done, and how it ends when something is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from config import debian, install

ABSENT = debian.Part(("no-such-package",), lambda: False, "nothing is printed")
PRESENT = debian.Part(("some-package",), lambda: True, "something is off")


@pytest.fixture(autouse=True)
def stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep stamps out of the project's own `.venv`."""
    monkeypatch.setattr(install, "STAMPS", tmp_path / "stamps")


def test_a_step_is_done_until_what_it_depends_on_changes(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("flask==3.1\n")
    assert not install.done("lock", install.fingerprint(lock))
    install.stamp("lock", install.fingerprint(lock))
    assert install.done("lock", install.fingerprint(lock))
    lock.write_text("flask==3.2\n")
    assert not install.done("lock", install.fingerprint(lock))


def test_a_fingerprint_tells_two_files_apart(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("one")
    second.write_text("two")
    assert install.fingerprint(first, second) != install.fingerprint(second, first)
    assert install.fingerprint(first) != install.fingerprint(first, "")


def test_a_failed_step_stops_with_its_sentence() -> None:
    with pytest.raises(install.CannotInstall, match="It went wrong"):
        install.run([sys.executable, "-c", "raise SystemExit(3)"], "It went wrong.")


def test_a_missing_part_is_named_and_never_fatal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(debian, "may_install", lambda: None)
    monkeypatch.delenv("CI", raising=False)
    install.install_parts((ABSENT, PRESENT))
    told = capsys.readouterr().out
    assert "without no-such-package: nothing is printed" in told
    assert "some-package" not in told


def test_a_missing_part_is_fatal_in_continuous_integration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(debian, "may_install", lambda: None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(install.CannotInstall, match="no-such-package"):
        install.install_parts((ABSENT,))


def test_with_everything_there_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    install.install_parts((PRESENT,))
    assert capsys.readouterr().out == ""
