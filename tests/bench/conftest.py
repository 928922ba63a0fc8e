"""What the tests of benchmarks share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bench.cluster import scratch
from tests.databases import parent


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where temporary files go: open to the user that PostgreSQL runs as."""
    made = scratch("bench", parent())
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)
