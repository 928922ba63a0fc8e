"""A database that goes away while people act: one clear answer, and all goes on by itself."""

from __future__ import annotations

import resource
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from app.bench.served import _children
from app.models.facts import Objection
from tests.cli.conftest import cloned_operator
from tests.cli.console import PATIENCE, Operator, Server, eventually
from tests.cli.objecting import build_objecting, form, looking, settled
from tests.cli.test_worker import asked, name
from tests.cli.visitors import Answer, Visitor, at_once
from tests.databases import Databases
from tests.journeys.plot import CONCLUSION
from tests.services.failing import stopped

AWAY = {
    "kk": "Дерекқорға қосылу мүмкін емес, әрекетіңіз сақталмады.",
    "ru": "База данных недоступна, Ваше действие не сохранено.",
    "en": "The database cannot be reached and your action was not saved.",
}
BUSY = "Дерекқор бос емес, әрекетіңіз сақталмады."
TYPED = "Негіздеме: есептеу қате."


@pytest.fixture
def on_server(databases: Databases, tmp_path: Path) -> Iterator[Operator]:
    yield from cloned_operator(databases, "postgresql", build_objecting, tmp_path)


@pytest.fixture
def on_file(databases: Databases, tmp_path: Path) -> Iterator[Operator]:
    yield from cloned_operator(databases, "sqlite", build_objecting, tmp_path)


def task_of(operator: Operator) -> int:
    with looking(operator) as stage:
        return stage.task(CONCLUSION, "object")


def told(answer: Answer, sentence: str) -> None:
    """It is an answer that says what happened and has all that was typed; no bare error."""
    assert answer.status == 503, answer
    assert sentence in answer.page and TYPED in answer.page, answer.page
    assert answer.headers["Retry-After"] == "5"
    assert "Traceback" not in answer.page and "psycopg" not in answer.page


def goes_on(operator: Operator, server: Server, visitor: Visitor, task: int) -> None:
    """Nothing was half done, and the same process does it now."""
    assert visitor.post(f"/tasks/{task}/complete", form(TYPED)).status == 302
    server.stop()
    assert "Traceback" not in server.told(), server.told()
    with looking(operator) as stage:
        assert len(stage.all(Objection)) == 1
        settled(stage)


class Posting(threading.Thread):
    """An objection that is being sent; `answer` is there when it has ended."""

    def __init__(self, visitor: Visitor, task: int) -> None:
        super().__init__()
        self._visitor, self._task = visitor, task

    def run(self) -> None:
        self.answer = self._visitor.ask("POST", f"/tasks/{self._task}/complete", form(TYPED))


@contextmanager
def in_the_middle(operator: Operator, visitor: Visitor, task: int) -> Iterator[Posting]:
    """An act that has begun and waits for its case, which somebody holds."""
    folder = operator.url.partition("?host=")[2]
    # Closed without an end of its transaction: its server may be gone by then.
    with closing(psycopg.connect(user="bagalau", host=folder, dbname=name(operator))) as holder:
        holder.execute("SELECT 1 FROM case_file FOR UPDATE")
        posting = Posting(visitor, task)
        posting.start()
        eventually("the act waits", lambda: asked(operator, f"SELECT count(*) {WAITING}") == 1)
        yield posting
        posting.join(PATIENCE)


WAITING = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'"


@pytest.mark.postgres
def test_a_connection_that_is_lost_in_an_act(on_server: Operator) -> None:
    task = task_of(on_server)
    with on_server.serving("--workers", "1") as server:
        for language in AWAY:
            visitor = Visitor(server.port, "akmola.officer1", language)
            with in_the_middle(on_server, visitor, task) as posting:
                assert asked(on_server, f"SELECT count(pg_terminate_backend(pid)) {WAITING}") == 1
            told(posting.answer, AWAY[language])
        goes_on(on_server, server, visitor, task)


@pytest.mark.postgres
def test_a_server_that_is_stopped_in_an_act_and_started_again(
    on_server: Operator, databases: Databases
) -> None:
    task = task_of(on_server)
    with on_server.serving("--workers", "2") as server:
        Visitor(server.port, "akmola.officer2", "ru")
        # At another browser: the language is the person's own.
        visitors = [Visitor(server.port, f"akmola.officer{n}") for n in (1, 2)]
        processes = _children(server.process.pid)
        with in_the_middle(on_server, visitors[0], task) as posting, stopped(databases.server):
            posting.join(PATIENCE)
            # Whatever one tries meanwhile is told the same, by each process.
            meanwhile = at_once([(v, f"/tasks/{task}/complete", form(TYPED)) for v in visitors * 4])
            page = visitors[0].get(f"/tasks/{task}")
            health = visitors[0].get("/health")
        told(posting.answer, AWAY["kk"])
        for n, answer in enumerate(meanwhile):
            told(answer, AWAY["ru" if n % 2 else "kk"])
        assert page.status == 503 and AWAY["kk"] in page.page
        assert health.status == 503
        assert _children(server.process.pid) == processes
        # Every connection of the pools is replaced: no second request fails either.
        for visitor in visitors * 4:
            assert visitor.get("/inbox").status == 200
        goes_on(on_server, server, visitors[0], task)


def test_a_file_that_another_program_holds(on_file: Operator) -> None:
    """Beyond the time that SQLite waits; who comes after does not wait for the sum of all."""
    task = task_of(on_file)
    with on_file.serving() as server:
        visitor = Visitor(server.port, "akmola.officer1")
        with closing(sqlite3.connect(on_file.file, isolation_level=None)) as greedy:
            greedy.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            answers = at_once([(visitor, f"/tasks/{task}/complete", form(TYPED))] * 6)
            greedy.execute("ROLLBACK")
        # Ten seconds for one's turn and ten for the file, however many wait.
        assert time.monotonic() - began < 45
        for answer in answers:
            told(answer, BUSY)
        goes_on(on_file, server, visitor, task)


def test_a_file_that_may_not_grow(on_file: Operator) -> None:
    """The system lets no file grow any more, as on a disk with a quota that is used up."""
    task = task_of(on_file)
    with on_file.serving() as server:
        visitor = Visitor(server.port, "akmola.officer1")
        with no_file_grows(server, 4096):
            answer = visitor.post(f"/tasks/{task}/complete", form(TYPED))
        told(answer, AWAY["kk"])
        goes_on(on_file, server, visitor, task)


@contextmanager
def no_file_grows(server: Server, beyond: int) -> Iterator[None]:
    """The processes of a server may write no file beyond so many bytes (getrlimit(2))."""
    processes = _children(server.process.pid)
    before = [resource.prlimit(one, resource.RLIMIT_FSIZE) for one in processes]
    for one, (_, most) in zip(processes, before, strict=True):
        resource.prlimit(one, resource.RLIMIT_FSIZE, (beyond, most))
    try:
        yield
    finally:
        for one, limits in zip(processes, before, strict=True):
            resource.prlimit(one, resource.RLIMIT_FSIZE, limits)
