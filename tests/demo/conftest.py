"""A played year for tests: once for each kind of database, stage by stage, then only read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from app import create_app
from app.db import db
from app.demo import accounts, progress, scene, year
from app.services import installation
from config.settings import ROOT, Settings
from tests.conftest import KINDS
from tests.databases import Databases, NoServer

# An event of a case as it has to come again: its kind, its stream, the digest of the state.
Step = tuple[str, str, str | None]
SEED = 1


def steps(url: str) -> list[Step]:
    """The events of all cases in the order of the trail."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT body FROM event ORDER BY id")).scalars().all()
    engine.dispose()
    bodies = [json.loads(bytes(body)) for body in rows]
    return [
        (body["kind"], body["stream"], body.get("state_digest"))
        for body in bodies
        if body.get("stream", "").startswith("case/")
    ]


@dataclass
class Played:
    """A year played to its publication, and what was counted at the end of each stage."""

    url: str
    data: Path
    told: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @contextmanager
    def opened(self) -> Iterator[Flask]:
        """The application on it."""
        app = create_app(Settings(data=self.data, database_url=self.url))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()

    def column(self, statement: str) -> list[Any]:
        """The first column of a query."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            found = list(connection.execute(text(statement)).scalars())
        engine.dispose()
        return found


def play(played: Played) -> dict[str, Mapping[str, Any]]:
    """Play stage by stage; the counts at the end of each."""
    told = {}
    with played.opened() as app:
        installation.migrate(ROOT / "migrations")
        there = app.extensions["bagalau"]
        now = there.clock.now()
        installation.set_up(diagrams=ROOT / "bpmn", name="tests", demo=True, now=now)
        accounts.create(now=scene.MADE)
        played_year = year.begin(store=there.store, say=lambda _line: None, seed=SEED)
        for stage in year.STAGES:
            played_year.play(stage)
            told[stage] = progress.counted(2017)
        scene.set_clock(played_year.driver.now)
    return told


@pytest.fixture(scope="session")
def years(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Played]]:
    """The year played on a kind of database, at the first call for it."""
    made: dict[str, Played] = {}

    def on(kind: str) -> Played:
        if kind not in made:
            try:
                url = databases.clone(kind)
            except NoServer as reason:
                pytest.skip(f"PostgreSQL: {reason}")
            found = Played(url, tmp_path_factory.mktemp(f"year-{kind}"))
            found.told = play(found)
            made[kind] = found
        return made[kind]

    yield on
    for played in made.values():
        databases.drop(played.url)


@pytest.fixture(params=KINDS)
def played(request: pytest.FixtureRequest, years: Callable[[str], Played]) -> Played:
    """The played year; once for each kind of database. It is only read."""
    return years(request.param)
