"""`gunicorn wsgi:app`: pages on PostgreSQL, a sentence on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from app.bench.cluster import end_with_parent
from config.settings import ROOT
from tests.cli.console import HOST, free_port
from tests.conftest import cloned
from tests.databases import Databases
from tests.journeys.plot import build_stage

GUNICORN = Path(sys.executable).with_name("gunicorn")


def served(port: int, data: Path, url: str) -> subprocess.Popen[str]:
    settings = {"BAGALAU_DATA": str(data), "BAGALAU_DATABASE_URL": url}
    return subprocess.Popen(
        [GUNICORN, "wsgi:app", "--bind", f"{HOST}:{port}", "--workers", "2"],
        cwd=ROOT,
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=end_with_parent if sys.platform == "linux" else None,
    )


def test_on_sqlite_it_refuses_with_a_sentence_and_does_not_try_again(tmp_path: Path) -> None:
    process = served(free_port(), tmp_path, "")
    told, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "On SQLite `bagalau serve` serves the pages" in told and "Traceback" not in told
    assert not (tmp_path / "bagalau.db").exists()


@pytest.mark.postgres
def test_on_postgresql_it_serves(databases: Databases, tmp_path: Path) -> None:
    for url in cloned(databases, "postgresql", build_stage):
        port = free_port()
        process = served(port, tmp_path, url)
        try:
            assert answer(port) == 200
        finally:
            process.terminate()
            process.communicate(timeout=60)


def answer(port: int) -> int:
    """The status of the sign-in page, once anybody answers."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            connection = HTTPConnection(HOST, port, timeout=30)
            connection.request("GET", "/sign-in")
            return connection.getresponse().status
        except (OSError, HTTPException):
            time.sleep(0.1)
    raise AssertionError("nobody answers")
