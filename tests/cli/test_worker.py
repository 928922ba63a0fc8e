"""Several processes on one PostgreSQL: servers, workers, and a database that goes away."""

from __future__ import annotations

import signal
import subprocess
import time

import psycopg
import pytest

from app.demo.accounts import PASSWORD
from tests.cli.console import Operator, eventually
from tests.cli.test_demo import events
from tests.cli.test_serve import VERIFY, set_clock

pytestmark = pytest.mark.postgres


def test_a_worker_waits_for_a_database_that_is_away(staged_server: Operator) -> None:
    before = len(events(staged_server, "timer.fired"))
    worker = staged_server.start("worker")
    assert worker.stderr is not None
    assert "runs the timers" in worker.stderr.readline()
    try:
        close_to_all(staged_server, True)
        time.sleep(2)
        assert worker.poll() is None
        close_to_all(staged_server, False)
        set_clock(staged_server, "2018-06-20T04:00:00+00:00")
        eventually("a timer", lambda: len(events(staged_server, "timer.fired")) > before)
    finally:
        worker.send_signal(signal.SIGTERM)
        _, err = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert "The timers wait for the database" in err
    assert "Traceback" not in err


def test_a_page_says_that_the_database_is_away(staged_server: Operator) -> None:
    with staged_server.serving() as server:
        assert server.sign_in("admin", PASSWORD)[0] in (302, 303)
        close_to_all(staged_server, True)
        status, page = server.get("/sign-in")
        assert status == 503
        assert "Дерекқорға қосылу мүмкін емес" in page
        assert "psycopg" not in page and "Traceback" not in page
        close_to_all(staged_server, False)
        assert server.sign_in("admin", PASSWORD)[0] in (302, 303)
        assert server.stop() < 15


def test_two_servers_set_one_database_up_together(newcomer: Operator) -> None:
    if newcomer.file.exists():
        return
    with newcomer.serving() as one, newcomer.serving("--workers", "1") as two:
        assert one.get("/sign-in")[0] == two.get("/sign-in")[0] == 200
    verified = newcomer.run(*VERIFY).json()
    assert (verified["ok"], verified["events"]) == (True, 7), verified


def in_order(operator: Operator) -> None:
    told = operator.run(*VERIFY).json()
    assert told["ok"], told


def stopped(worker: subprocess.Popen[str]) -> float:
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    _, err = worker.communicate(timeout=60)
    assert worker.returncode == 0, err
    assert "Traceback" not in err, err
    return time.monotonic() - began


def waiting(operator: Operator) -> int:
    return asked(operator, "SELECT count(*) FROM timer WHERE state = 'waiting'")


def close_to_all(operator: Operator, closed: bool) -> None:
    """Let the server accept nobody in this database, and end whoever is there; or undo it."""
    allowed = "false" if closed else "true"
    statement = f'ALTER DATABASE "{name(operator)}" ALLOW_CONNECTIONS {allowed}'
    asked(operator, statement, database="postgres")
    if closed:
        query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
        asked(operator, query, name(operator), database="postgres")


def name(operator: Operator) -> str:
    return operator.url.partition("@/")[2].partition("?")[0]


def asked(operator: Operator, query: str, *values: str, database: str | None = None) -> int:
    """The number that a statement answers; 0 where it answers nothing."""
    folder = operator.url.partition("?host=")[2]
    with psycopg.connect(
        user="bagalau", host=folder, dbname=database or name(operator), autocommit=True
    ) as connection:
        cursor = connection.execute(query.encode(), values or None)
        row = cursor.fetchone() if cursor.description else None
    return int(row[0]) if row else 0
