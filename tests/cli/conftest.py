"""Installations for the command line: an empty one, a played one, and one in mid-scene."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app import create_app
from app.db import db
from app.demo import accounts, appeal, scene
from app.demo.player import EVIDENCE
from app.documents.store import FolderStore
from app.services import installation
from config.settings import ROOT, Settings
from tests.cli.console import Operator
from tests.conftest import KINDS, cloned
from tests.databases import Builder, Databases
from tests.journeys.plot import AKMOLA, AKTOBE, ATYRAU, MOA, PAVLODAR, START, quiet


def build_nothing(url: str) -> None:
    """A database without a table."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).touch()


def build_played(url: str) -> None:
    """What `bagalau demo appeal` leaves behind."""
    with tempfile.TemporaryDirectory() as data:
        operator = Operator(Path(data), {"BAGALAU_DATA": data, "BAGALAU_DATABASE_URL": url})
        done = operator.run("demo", "appeal", "--json")
        assert done.status == 0, done
    settle(url)


def build_scene(url: str) -> None:
    """A demonstration on 4 April 2018 in the middle of its appeals, and timers waiting.

    Six conclusions instead of the whole year of `bagalau serve --demo`, and one document.
    """
    with tempfile.TemporaryDirectory() as data:
        app = create_app(Settings(data=Path(data), database_url=url))
        with app.app_context():
            installation.migrate(ROOT / "migrations")
            now = app.extensions["bagalau"].clock.now()
            installation.set_up(diagrams=ROOT / "bpmn", name="tests", demo=True, now=now)
            accounts.create(now=START)
            scene.conclusions_only(START)
            play_to_the_votes(appeal.Plot(app.extensions["bagalau"].store, quiet))
            db.session.remove()
            db.engine.dispose()
    settle(url)


def play_to_the_votes(plot: appeal.Plot) -> None:
    """Two appeals decided, one vote under way, one commission to be formed, one to be closed."""
    plot.schedule()
    appeal.deliver(plot)
    for decided in (ATYRAU, MOA):
        case = plot.object(decided)
        plot.form_commission(case)
        plot.vote(case, decided)
        plot.decide(case, decided)
    voting = plot.object(AKMOLA)
    plot.form_commission(voting)
    plot.vote(voting, AKMOLA, members=1)
    plot.object(AKTOBE)
    plot.object(PAVLODAR)
    plot.player.pass_time(appeal.at("2018-04-04T10:42"))
    scene.set_clock(plot.player.now)


def settle(url: str) -> None:
    """Bring everything into the one file that is copied, and leave no connection."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()


def cloned_operator(
    databases: Databases, kind: str, build: Builder, folder: Path
) -> Iterator[Operator]:
    """An operator of a clone of what `build` makes, with its own evidence."""
    for url in cloned(databases, kind, build):
        store = FolderStore(folder / "evidence")
        store.put(io.BytesIO(EVIDENCE), len(EVIDENCE))
        yield Operator(folder, {"BAGALAU_DATA": str(folder), "BAGALAU_DATABASE_URL": url})


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator with an empty folder for the data, and no database yet."""
    return Operator(tmp_path, {"BAGALAU_DATA": str(tmp_path / "data")})


@pytest.fixture(params=KINDS)
def newcomer(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[Operator]:
    """An operator with a database that has no table; once for each kind of database."""
    yield from cloned_operator(databases, request.param, build_nothing, tmp_path)


@pytest.fixture(params=KINDS)
def played(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[Operator]:
    """An operator of a demonstration played to its end; once for each kind of database."""
    yield from cloned_operator(databases, request.param, build_played, tmp_path)


@pytest.fixture
def played_file(databases: Databases, tmp_path: Path) -> Iterator[Operator]:
    """The same, on SQLite alone."""
    yield from cloned_operator(databases, "sqlite", build_played, tmp_path)


@pytest.fixture(params=KINDS)
def staged(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[Operator]:
    """An operator of a demonstration in the middle of its year, with timers waiting."""
    yield from cloned_operator(databases, request.param, build_scene, tmp_path)


@pytest.fixture
def staged_file(databases: Databases, tmp_path: Path) -> Iterator[Operator]:
    """The same, on SQLite alone."""
    yield from cloned_operator(databases, "sqlite", build_scene, tmp_path)


@pytest.fixture
def staged_server(databases: Databases, tmp_path: Path) -> Iterator[Operator]:
    """The same, on PostgreSQL alone."""
    yield from cloned_operator(databases, "postgresql", build_scene, tmp_path)
