"""Two web servers and two workers on one PostgreSQL, under a role that owns nothing.

They are processes of the system, as on machines of their own: nothing but the database joins
them. One worker is killed in the middle of its work, everybody else goes on.
"""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.demo.accounts import PASSWORD
from tests.cli.console import Operator, eventually
from tests.cli.test_demo import events
from tests.cli.test_serve import set_clock
from tests.cli.test_worker import asked, in_order, stopped, waiting
from tests.services.roles import given

pytestmark = pytest.mark.postgres


@pytest.fixture
def unprivileged(staged_server: Operator) -> Operator:
    """The operator of a demonstration in mid-scene, with the application's own role."""
    return staged_server.by(BAGALAU_DATABASE_URL=given(staged_server.url, "bagalau_app"))


@contextmanager
def workers(operator: Operator, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Workers that have told that they run; none is left behind."""
    started = [operator.start("worker") for _ in range(count)]
    try:
        for worker in started:
            assert worker.stderr is not None
            assert "runs the timers" in worker.stderr.readline()
        yield started
    finally:
        for worker in started:
            if worker.poll() is None:
                worker.kill()
            worker.wait()


def test_a_killed_worker_costs_nothing_and_each_timer_fires_once(
    unprivileged: Operator, staged_server: Operator
) -> None:
    fired = len(events(unprivileged, "timer.fired"))
    due = waiting(staged_server)
    assert due > 3
    one_worker = ("--workers", "1")
    with (
        unprivileged.serving(*one_worker) as one,
        unprivileged.serving(*one_worker) as two,
        workers(unprivileged, 2) as (victim, survivor),
    ):
        # Signed in at one server, known at the other: the key and the sessions are shared.
        set_clock(staged_server, "2018-06-20T04:00:00+00:00")
        eventually("the first timer", lambda: waiting(staged_server) < due)
        victim.send_signal(signal.SIGKILL)
        assert victim.wait() == -signal.SIGKILL
        assert one.get("/health")[0] == two.get("/health")[0] == 200
        eventually("every timer", lambda: waiting(staged_server) == 0)
        assert one.sign_in("admin", PASSWORD)[0] in (302, 303)
        assert two.sign_in("auditor", PASSWORD)[0] in (302, 303)
        assert stopped(survivor) < 15
        assert one.stop() < 15 and two.stop() < 15
    of_timers = events(unprivileged, "timer.fired")[fired:]
    once = Counter((event["stream"], str(event["facts"])) for event in of_timers)
    assert set(once.values()) == {1}
    assert len(of_timers) >= due
    in_order(unprivileged)


def test_a_worker_that_is_stopped_ends_after_its_act(
    unprivileged: Operator, staged_server: Operator
) -> None:
    """Many timers are due: it leaves the rest to the next, and no act half done."""
    with workers(unprivileged, 1) as (first,):
        set_clock(staged_server, "2018-06-20T04:00:00+00:00")
        assert stopped(first) < 15
    assert asked(staged_server, "SELECT count(*) FROM incident") == 0
    with workers(unprivileged, 1):
        eventually("every timer", lambda: waiting(staged_server) == 0)
    in_order(unprivileged)


def test_a_server_under_the_owner_is_told_of_it(
    unprivileged: Operator, staged_server: Operator
) -> None:
    with staged_server.serving("--workers", "1") as server:
        assert "could switch the guards of the trail off" in server.told()
    with unprivileged.serving("--workers", "1") as server:
        assert "owns the tables" not in server.told()


def test_a_new_installation_is_migrated_by_the_owner_and_set_up_by_the_role(
    newcomer: Operator,
) -> None:
    """Nothing but the printed statements stands between the two, in the order of the manual."""
    if newcomer.file.exists():
        return
    asked(newcomer, "DROP ROLE IF EXISTS bagalau_new")
    asked(newcomer, "CREATE ROLE bagalau_new LOGIN")
    asked(newcomer, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    url = newcomer.url.replace("//bagalau@", "//bagalau_new@")
    role = newcomer.by(BAGALAU_DATABASE_URL=url)
    role.run("worker").refused("bagalau migrate", "owns the tables")
    # Two machines at once, as it happens.
    both = [newcomer.start("migrate") for _ in range(2)]
    told = sorted(process.communicate(timeout=120)[1].strip() for process in both)
    assert told == ["The database is up to date.", "The database was migrated."]
    printed = newcomer.run("database", "grants", "bagalau_new")
    assert printed.status == 0
    for statement in printed.out.splitlines():
        asked(newcomer, statement)
    names = ("--name-kk", "Ә", "--name-ru", "А", "--name-en", "A")
    made = role.run("init", "--login", "admin", *names, "--password", "twelve letters")
    assert made.status == 0, made
    with role.serving("--workers", "1") as server:
        assert server.sign_in("admin", "twelve letters")[0] in (302, 303)
        assert '"ok"' in server.get("/health")[1]
    in_order(role)
