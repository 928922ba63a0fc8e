"""An installation with registers, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.appcontext import build_installed, installed
from tests.conftest import KINDS, cloned
from tests.databases import Databases


@pytest.fixture(params=KINDS)
def installation(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[Flask]:
    """An application in its context, with the registers of the repository and nobody yet."""
    for url in cloned(databases, request.param, build_installed):
        with installed(url, tmp_path) as app:
            yield app
