"""A small trail for tests of the trail: `event`, `opening` and two tables of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.audit.trial import build_trial
from tests.conftest import KINDS, cloned
from tests.databases import Databases, open_engine


@pytest.fixture(params=KINDS)
def trail(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """The URL of a database with the trial tables under guard."""
    yield from cloned(databases, request.param, build_trial)


@pytest.fixture
def trial(trail: str) -> Iterator[Engine]:
    """An engine on `trail`."""
    made = open_engine(trail)
    yield made
    made.dispose()
