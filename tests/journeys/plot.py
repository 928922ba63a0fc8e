"""A whole installation for tests: the real application, registers, release 1 and accounts.

Made once for each kind of database and cloned for each test. A `Stage` plays the people of
`app.demo` through the services, at a clock that the test sets.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.db import db, reading
from app.demo import accounts, appeal, scene
from app.demo.player import EVIDENCE
from app.documents.store import BlobStore
from app.domain.actors import Actor
from app.models.cases import CaseFile, Task
from app.models.facts import Decision, ScheduleOrder
from app.models.trail import EventRow
from app.services import installation, tasks, verification
from app.services.clock import FixedClock
from config.settings import ROOT, Settings
from tests.conftest import KINDS, cloned
from tests.databases import Builder, Databases, build_template

START = appeal.at("2018-01-10T09:00")
SECOND = timedelta(seconds=1)
# Six votes of one member each are enough for any plot: for, against, or by indicator.
AKMOLA, AKTOBE, ATYRAU, PAVLODAR, KARAGANDA, MOA = appeal.APPEALS


def quiet(_line: str) -> None:
    """Tell nobody how the plot goes on."""


class Stage:
    """An installation in which a plot is played; `play.now` is its clock."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.store: BlobStore = app.extensions["bagalau"].store
        self.plot = appeal.Plot(self.store, quiet)
        self.play = self.plot.player

    def actor(self, login: str) -> Actor:
        return accounts.actor(login, self.play.now)

    def begin_year(self, year: int = appeal.YEAR) -> None:
        """Put the schedule of a reporting year in force, unless it is (¶ 8): today, by an order."""
        if self.all(ScheduleOrder, year=year):
            return
        play = self.play
        case = play.start(appeal.DRAFTER, "schedule", appeal.AUTHORITY, year=year)
        terms = {name: f"{year + 1}{day[4:]}" for name, day in appeal.TERMS.items()}
        play.do(appeal.DRAFTER, case, "draft", terms)
        order = {"order_number": f"{year}-к", "order_date": play.today()}
        play.do(appeal.SIGNATORY, case, "approve", {"decision": "approve", **order})

    def task(self, case: int, element: str, state: str = "open") -> int:
        """The newest task of an element of a case; -1 where there is none."""
        query = select(Task.id).where(
            Task.case_id == case, Task.element == element, Task.state == state
        )
        with reading() as session:
            return session.scalars(query.order_by(Task.id.desc()).limit(1)).one_or_none() or -1

    def tasks(self, case: int, state: str = "open") -> list[str]:
        query = select(Task.element).where(Task.case_id == case, Task.state == state)
        with reading() as session:
            return list(session.scalars(query.order_by(Task.id)))

    def complete(self, login: str, task: int, **answers: Any) -> tasks.Completed:
        return tasks.complete(
            task_id=task, actor=self.actor(login), answers=answers, now=self.play.now
        )

    def case(self, case: int) -> CaseFile:
        with reading() as session:
            found = session.get_one(CaseFile, case)
            session.expunge(found)
            return found

    def events(self, kind: str, case: int | None = None) -> list[dict[str, Any]]:
        """The bodies of the events of a kind, oldest first."""
        query = select(EventRow.body).where(EventRow.kind == kind).order_by(EventRow.id)
        if case is not None:
            query = query.where(EventRow.case_id == case)
        with reading() as session:
            return [json.loads(body) for body in session.scalars(query)]

    def refused(self) -> Mapping[str, Any]:
        """The facts of the newest refusal on the trail."""
        facts: Mapping[str, Any] = self.events("act.refused")[-1]["facts"]
        return facts

    def all(self, model: Any, **columns: Any) -> list[Any]:
        """Every row of a table with these values, by id."""
        key = model.__mapper__.primary_key
        with reading() as session:
            found = list(session.scalars(select(model).filter_by(**columns).order_by(*key)))
            session.expunge_all()
            return found

    def outcome(self, case: int) -> str:
        [decision] = self.all(Decision, case_id=case)
        return str(decision.outcome)

    def verified(self) -> None:
        """Expect the trail, the projections and every saved state in order, and a replay equal."""
        result = verification.verify_trail(store=self.store, full=True)
        assert result.ok, [problem.problem for problem in result.problems]


@contextmanager
def opened(url: str, data: Path) -> Iterator[Stage]:
    """The application on the database at `url`, in its context; its connections end with it."""
    app = create_app(Settings(data=data, database_url=url), FixedClock(START))
    app.extensions["bagalau"].store.put(io.BytesIO(EVIDENCE), len(EVIDENCE))
    with app.app_context():
        yield Stage(app)
        db.session.remove()
        db.engine.dispose()


def build_stage(url: str) -> None:
    """Make the database at `url` with registers, release 1 and the demonstration's people."""
    build_template(url)
    with tempfile.TemporaryDirectory() as data, opened(url, Path(data)):
        installation.set_up(diagrams=ROOT / "bpmn", name="tests", demo=True, now=START)
        accounts.create(now=START)
        scene.conclusions_only(START)


def build_received(url: str) -> None:
    """The same, and a conclusion on Akmola received on 26 March 2018 (case 2)."""
    build_stage(url)
    with tempfile.TemporaryDirectory() as data, opened(url, Path(data)) as stage:
        stage.plot.schedule()
        stage.play.pass_time(appeal.at("2018-03-20T10:00"))
        assert stage.plot.conclude("akmola") == CONCLUSION
        stage.play.pass_time(appeal.at("2018-03-26T09:30"))
        stage.plot.receive("akmola")


CONCLUSION = 2
RECEIVED_FROM = appeal.at("2018-03-28T12:00")


def staged(databases: Databases, kind: str, build: Builder, data: Path) -> Iterator[Stage]:
    for url in cloned(databases, kind, build):
        with opened(url, data) as stage:
            yield stage


@pytest.fixture(params=KINDS)
def stage(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Stage]:
    """An installation with its people on 10 January 2018, and no case yet."""
    yield from staged(databases, request.param, build_stage, tmp_path)


@pytest.fixture(params=KINDS)
def received(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[Stage]:
    """On 28 March 2018: the schedule in force, Akmola's conclusion received, to be objected to."""
    for stage in staged(databases, request.param, build_received, tmp_path):
        stage.plot.conclusions["akmola"] = CONCLUSION
        stage.play.pass_time(RECEIVED_FROM)
        yield stage


Play = Callable[[Stage], Any]
