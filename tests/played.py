"""A played year for tests: once for each kind of database, stage by stage, then only read.

On SQLite it is kept as it was on some days too, so that pages can be looked at in the middle of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
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
from tests.databases import Databases, NoServer

# An event of a case as it has to come again: its kind, its stream, the digest of the state.
Step = tuple[str, str, str | None]
Years = Callable[[str], "Played"]
SEED = 1
KEPT = {
    "2018-02-20": "reports",
    "2018-03-06": "scores",
    "2018-04-23": "draft",
    "2018-05-18": "secrecy",
    "2018-05-22": "consent",
}
"""The evenings on which the year is kept as it is then, each by what waits to be done."""


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
    """A year played to its publication, and what was counted at the end of each stage.

    `kept` are databases of the year as it was on the days of `KEPT` and in the middle of the
    objections, by name, with their moments; they share the evidence and the keys.
    """

    url: str
    data: Path
    told: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kept: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    @contextmanager
    def opened(self, name: str = "published") -> Iterator[Flask]:
        """The application on it, or on what was kept of it."""
        url, _moment = self.kept.get(name, (self.url, None))
        app = create_app(Settings(data=self.data, database_url=url))
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

    def keep(self, name: str, moment: datetime) -> None:
        """Keep the database as it is now; on SQLite alone, where that is a copy of a file."""
        if not self.url.startswith("sqlite"):
            return
        file = self.url.removeprefix("sqlite:///")
        with (
            closing(sqlite3.connect(file)) as now,
            closing(sqlite3.connect(f"{file}.{name}")) as to,
        ):
            now.backup(to)
        self.kept[name] = f"{self.url}.{name}", moment


def play(played: Played) -> dict[str, Mapping[str, Any]]:
    """Play stage by stage; the counts at the end of each."""
    told = {}
    with played.opened() as app:
        installation.migrate(ROOT / "migrations")
        there = app.extensions["bagalau"]
        now = there.clock.now()
        installation.set_up(diagrams=ROOT / "bpmn", name="tests", demo=True, now=now)
        accounts.create(now=scene.MADE)

        def say(line: str) -> None:
            name = KEPT.get(line[:10])
            if name:
                played.keep(name, played_year.driver.now)

        played_year = year.begin(store=there.store, say=say, seed=SEED)
        for stage in year.STAGES:
            played_year.play(stage)
            told[stage] = progress.counted(2017)
            if stage == "objections":
                played.keep(stage, played_year.driver.now)
        scene.set_clock(played_year.driver.now)
    for name, (_url, moment) in played.kept.items():
        with played.opened(name):
            scene.set_clock(moment)
    return told


@pytest.fixture(scope="session")
def years(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Years]:
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
