"""An installation with registers, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.documents.store import BlobStore
from app.domain.actors import Actor
from tests.appcontext import add_person, build_installed, installed
from tests.conftest import KINDS, cloned
from tests.databases import Databases
from tests.journeys.plot import received as received
from tests.journeys.plot import stage as stage
from tests.services.evaluating import year as year
from tests.services.faulty import fault as fault


@pytest.fixture(params=KINDS)
def installation(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[Flask]:
    """An application in its context, with the registers of the repository and nobody yet."""
    for url in cloned(databases, request.param, build_installed):
        with installed(url, tmp_path) as app:
            yield app


@pytest.fixture
def store(installation: Flask) -> BlobStore:
    found: BlobStore = installation.extensions["bagalau"].store
    return found


@pytest.fixture
def asel(installation: Flask) -> Actor:
    """An officer of the authority, in whose lane the task lies."""
    return add_person("asel@economy.gov.kz", ("case_officer", "mne"))


@pytest.fixture
def daniyar(installation: Flask) -> Actor:
    """An officer of the evaluated body."""
    return add_person("daniyar@akmola.gov.kz", ("case_officer", "akmola"))


@pytest.fixture
def admin(installation: Flask) -> Actor:
    """Who manages people."""
    return add_person("admin", ("administrator", "mne"))
