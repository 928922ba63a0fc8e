"""Fixtures for every test: a database of its own, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from tests.databases import Builder, Databases, NoServer, build_template, open_engine
from tests.documents.storage import Storage
from tests.played import years

__all__ = ["years"]

# How long an example takes says something of the machine and nothing of the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The databases of this test process; a server is started only when one is needed."""
    made = Databases()
    yield made
    made.close()


@pytest.fixture(scope="session")
def storage() -> Iterator[Storage]:
    """A storage that speaks S3, of this test process; started only when one is needed."""
    made = Storage()
    yield made
    made.close()


def cloned(databases: Databases, kind: str, build: Builder = build_template) -> Iterator[str]:
    """Clone a database for one test and drop it afterwards; skip where there is no server."""
    try:
        url = databases.clone(kind, build)
    except NoServer as reason:
        # tests.plugin_skips makes this a failure with CI=true.
        pytest.skip(f"PostgreSQL: {reason}")
    yield url
    databases.drop(url)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """The URL of a database with all tables and guards; once for each kind of database."""
    yield from cloned(databases, request.param)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """An engine on `database`, set up as the application's are."""
    made = open_engine(database)
    yield made
    made.dispose()
