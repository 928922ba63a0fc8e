"""Locks, timeouts, a commit without an answer, a server that stops: what each comes to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from app.db import Unsettled, db, transaction
from app.demo import appeal
from app.domain.refusals import Conflict
from app.models.cases import Incident, Timer
from app.models.facts import Commission, Objection
from app.services import messages, outages, tasks, timers
from tests.databases import Databases
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage
from tests.services.failing import (
    Blow,
    anew,
    at_commit,
    before_event,
    content,
    cut,
    halt,
    resume,
    struck,
)
from tests.services.together import PATIENCE, together
from tests.web.browser import Browser, words

OBJECTION = {"points": ["1.1.1"], "grounds": "Статистика.", "proceed_without": True}
ON_SERVER = pytest.mark.parametrize("received", ["postgresql"], indirect=True)


def objecting(stage: Stage) -> Callable[[], tasks.Completed]:
    """An objection to be sent, by whoever calls it."""
    actor, task = stage.actor("akmola.officer1"), stage.task(CONCLUSION, "object")
    now = stage.play.now
    return lambda: tasks.complete(task_id=task, actor=actor, answers=OBJECTION, now=now)


def set_for_all(stage: Stage, setting: str) -> None:
    """Set something for every connection of this database from now on."""
    with transaction() as session:
        name = session.scalar(text("SELECT current_database()"))
        session.execute(text(f'ALTER DATABASE "{name}" SET {setting}'))
    anew(stage)


@contextmanager
def while_held(stage: Stage) -> Iterator[None]:
    """Somebody holds the case of the conclusion for a second."""
    held = threading.Event()

    def hold() -> None:
        with stage.app.app_context(), db.engine.connect() as connection, connection.begin():
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            row = f"SELECT 1 FROM case_file WHERE id = {CONCLUSION} FOR UPDATE"
            connection.execute(text(row))
            held.set()
            connection.execute(text("SELECT pg_sleep(1)"))

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(PATIENCE)
    yield
    holder.join()


def refused_as(kind: str, act: Callable[[], Any]) -> str:
    """The SQLSTATE with which the database refuses; it is of this kind."""
    with pytest.raises(DBAPIError) as raised:
        act()
    assert outages.kind(raised.value) == kind
    return str(getattr(raised.value.orig, "sqlstate", ""))


@ON_SERVER
@pytest.mark.parametrize(
    ("setting", "state"), [("lock_timeout = 100", "55P03"), ("statement_timeout = 100", "57014")]
)
def test_a_lock_that_is_not_given_in_time(received: Stage, setting: str, state: str) -> None:
    before, act = content(), objecting(received)
    set_for_all(received, setting)
    with while_held(received):
        assert refused_as("busy", act) == state
    assert content() == before
    assert act().case_id == CONCLUSION
    received.verified()


@ON_SERVER
def test_a_case_that_changed_under_a_stricter_isolation(received: Stage) -> None:
    """An operator who sets REPEATABLE READ for the database gets 40001, and nothing half done."""
    set_for_all(received, "default_transaction_isolation = 'repeatable read'")
    act, claim = objecting(received), claiming(received)
    begun, blows = threading.Event(), dict[int, Blow]()

    def pause(connection: Connection) -> None:
        begun.set()
        connection.exec_driver_sql("SELECT pg_sleep(1)")

    def slow_claim() -> None:
        blows[threading.get_ident()] = pause
        claim()

    def object_meanwhile() -> str:
        assert begun.wait(PATIENCE)
        return refused_as("busy", act)

    with before_event(blows):
        assert together(received, [slow_claim, object_meanwhile]) == [None, "40001"]
    assert received.all(Objection) == []
    assert act().case_id == CONCLUSION
    received.verified()


def claiming(stage: Stage) -> Callable[[], None]:
    actor, task = stage.actor("akmola.officer1"), stage.task(CONCLUSION, "object")
    now = stage.play.now
    return lambda: tasks.claim(task_id=task, actor=actor, now=now)


@ON_SERVER
def test_of_two_acts_that_lock_each_others_case_one_is_done(received: Stage) -> None:
    case = received.plot.object(AKMOLA)
    form = received.task(case, "form")
    members = [received.play.code(login) for login in appeal.MEMBERS]
    order = {"order_number": "1-к", "order_date": received.play.today()}
    head, now = received.actor("mne.head"), received.play.now

    def form_commission() -> tasks.Completed:
        answers = {**order, "members": members, "chair": members[0]}
        return tasks.complete(task_id=form, actor=head, answers=answers, now=now)

    acts, gate = [objecting(received), form_commission], threading.Barrier(2)
    blows: dict[int, Blow] = {}

    def wanting(other: int, act: Callable[[], Any]) -> Any:
        """Act, which holds the act's own case, and before its end want the rival's."""

        def want(connection: Connection) -> None:
            gate.wait(PATIENCE)
            connection.exec_driver_sql(f"SELECT 1 FROM case_file WHERE id = {other} FOR UPDATE")

        blows[threading.get_ident()] = want
        return act()

    with before_event(blows):
        both = [partial(wanting, case, acts[0]), partial(wanting, CONCLUSION, acts[1])]
        outcomes = together(received, both)
    [lost] = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, DBAPIError)]
    assert outcomes[lost].orig.sqlstate == "40P01" and outages.kind(outcomes[lost]) == "busy"
    assert isinstance(outcomes[1 - lost], tasks.Completed)
    there = len(received.all(Objection)) - 1, len(received.all(Commission))
    assert there == ((0, 1) if lost == 0 else (1, 0))
    assert isinstance(acts[lost](), tasks.Completed)
    received.verified()


@ON_SERVER
def test_who_completes_a_task_that_is_just_being_closed_is_not_in_a_deadlock(
    received: Stage,
) -> None:
    """Every act holds its case first and tasks of it afterwards."""
    act, closes = objecting(received), appeal.at("2018-04-03T00:00")
    closing, blows = threading.Event(), dict[int, Blow]()

    def pause(connection: Connection) -> None:
        closing.set()
        connection.exec_driver_sql("SELECT pg_sleep(0.5)")

    def fire() -> int:
        blows[threading.get_ident()] = pause
        return timers.run_due(now=closes)

    def object_meanwhile() -> Any:
        assert closing.wait(PATIENCE)
        return act()

    with before_event(blows, "UPDATE task"):
        fired, late = together(received, [fire, object_meanwhile])
    assert fired == 1
    assert isinstance(late, Conflict), late
    received.verified()


@ON_SERVER
@pytest.mark.parametrize("done", [False, True])
def test_a_commit_without_an_answer_is_not_called_unsaved(received: Stage, done: bool) -> None:
    """The server may have done it or not; nobody is told what is perhaps not true."""

    def lost(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        if done:
            driver.commit()
            # Nobody hears of it any more.
            driver.close()
        else:
            cut(connection)

    task = received.task(CONCLUSION, "object")
    browser = Browser(received.app, "akmola.officer1")
    browser.get(f"/tasks/{task}")
    fields = {"points": "1.1.1", "grounds": "Статистика.", "proceed_without": "1"}
    with at_commit(lost):
        answer = browser.post(f"/tasks/{task}/complete", **fields)
    assert answer.status_code == 503, words(answer)
    assert "сақталғаны-сақталмағаны белгісіз" in words(answer)
    assert "Статистика." in answer.get_data(as_text=True)
    assert len(received.all(Objection)) == int(done)
    again = browser.post(f"/tasks/{task}/complete", **fields)
    assert again.status_code == (409 if done else 302)
    messages.deliver_all(now=received.play.now)
    received.verified()


@ON_SERVER
def test_who_calls_the_service_is_told_that_too(received: Stage) -> None:
    with at_commit(cut), pytest.raises(Unsettled):
        objecting(received)()
    assert received.all(Objection) == []


@ON_SERVER
@pytest.mark.parametrize("place", [1, 8, 16])
def test_a_server_that_stops_in_the_middle_and_comes_back(
    received: Stage, databases: Databases, place: int
) -> None:
    before, act, server = content(), objecting(received), databases.server
    try:
        with struck(place, lambda _connection: halt(server)) as strike:
            with pytest.raises(OperationalError) as raised:
                act()
            assert strike.hit and outages.kind(raised.value) == "unavailable"
            with pytest.raises(OperationalError):
                act()
    finally:
        resume(server)
    # The same process, with the same pool.
    assert content() == before
    assert act().case_id == CONCLUSION
    received.verified()


def test_a_timer_whose_act_the_database_fails_in_waits_for_nobody(received: Stage) -> None:
    """A failure of the database is no incident: nobody has to resolve it, the next tick goes on."""
    received.plot.object(AKMOLA)
    later, failed, place = appeal.at("2018-04-20T10:00"), 0, 0
    while True:
        place += 1
        try:
            with struck(place, cut) as strike:
                timers.run_due(now=later)
        except OperationalError:
            failed += 1
        if not strike.hit:
            break
    assert failed > 3
    assert received.all(Incident) == []
    fired = received.all(Timer, state="fired")
    assert received.all(Timer, state="waiting") == []
    assert len(fired) == len(received.events("timer.fired")) == 1 + 3
    received.verified()
