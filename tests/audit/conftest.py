"""A small trail for tests of the trail: `event`, `opening` and two tables of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.audit.trial import build_trial, play
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


@pytest.fixture
def played(trial: Engine, trail: str) -> str:
    """The URL of a trail of six events: case/A 1–3, case/B 1–2, person/p-0002 1."""
    play(trial)
    trial.dispose()
    return trail
