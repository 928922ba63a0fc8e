"""What is due fires by itself, earliest first, late but never dropped, and before anybody's act."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.db import db
from app.demo import appeal
from app.domain.refusals import Conflict
from app.jobs import ticker
from app.models.cases import Timer
from app.models.facts import Letter
from app.services import messages, tasks, timers
from tests.journeys.plot import AKMOLA, CONCLUSION, SECOND, Stage

# An objection of 28 March 2018: day 15 is Thursday, 12 April.
REMINDED = [appeal.at(f"2018-04-{day}T00:00") for day in ("10", "12", "13")]


@pytest.fixture
def objected(received: Stage) -> tuple[Stage, int]:
    return received, received.plot.object(AKMOLA)


def test_nothing_fires_before_its_moment(objected: tuple[Stage, int]) -> None:
    assert objected and timers.next_due() == appeal.at("2018-04-03T00:00")
    assert timers.run_due(now=appeal.at("2018-04-03T00:00") - SECOND) == 0
    assert timers.run_due(now=appeal.at("2018-04-03T00:00")) == 1
    assert timers.run_due(now=appeal.at("2018-04-03T00:00")) == 0


def test_the_authority_is_reminded_and_silence_accepts_nothing(objected: tuple[Stage, int]) -> None:
    stage, case = objected
    assert [t.due_at for t in sorted(stage.all(Timer, case_id=case), key=lambda t: t.due_at)] == (
        REMINDED
    )
    stage.play.pass_time(REMINDED[2])
    letters = stage.all(Letter, case_id=case)
    assert [(row.recipient, row.sent_at) for row in letters] == [
        ("mne", REMINDED[0]), ("mne", REMINDED[1]), ("mne", REMINDED[2]), ("ap", REMINDED[2]),
    ]  # fmt: skip
    # ¶ 60 gives no outcome to silence: the commission is still to be formed.
    assert stage.tasks(case) == ["form"]
    stage.verified()


def test_late_timers_fire_in_the_order_of_their_moments(objected: tuple[Stage, int]) -> None:
    stage, _ = objected
    stage.play.now = appeal.at("2018-06-01T09:00")
    assert timers.run_due(now=stage.play.now) == 4
    fired = stage.events("timer.fired")
    assert [body["facts"]["due"] for body in fired] == sorted(b["facts"]["due"] for b in fired)
    assert {body["at"] for body in fired} == {"2018-06-01T03:00:00.000000Z"}
    stage.verified()


def test_a_limit_leaves_the_rest_for_the_next_time(objected: tuple[Stage, int]) -> None:
    later = appeal.at("2018-06-01T09:00")
    assert timers.run_due(now=later, limit=2) == 2
    assert timers.run_due(now=later) == 2


def test_a_reminder_due_goes_before_a_persons_act(objected: tuple[Stage, int]) -> None:
    stage, case = objected
    stage.play.now = REMINDED[0] + timedelta(hours=9)
    stage.plot.form_commission(case)
    # The window of the conclusion is another case's: it is not this act's to fire.
    kinds = [(b["kind"], b["case_id"]) for b in stage.events("timer.fired")]
    assert kinds == [("timer.fired", case)]
    [fired], done = stage.events("timer.fired", case), stage.events("task.completed", case)[-1]
    assert fired["seq"] < done["seq"] and fired["actor"] == {"system": "timer"}
    stage.verified()


def test_a_claim_does_not_save_a_task_from_its_end(received: Stage) -> None:
    task = received.task(CONCLUSION, "object")
    person = received.actor("akmola.officer1")
    tasks.claim(task_id=task, actor=person, now=received.play.now)
    received.play.now = appeal.at("2018-04-03T00:00")
    with pytest.raises(Conflict):
        received.complete("akmola.officer1", task, points=["1.1.1"], grounds="…")
    with pytest.raises(Conflict):
        tasks.release(task_id=task, actor=person, now=received.play.now)
    received.verified()


def test_the_ticker_fires_what_is_due_by_the_clock_of_the_installation(
    objected: tuple[Stage, int],
) -> None:
    stage, _ = objected
    assert ticker.tick(stage.app) == 0
    stage.app.extensions["bagalau"].clock.at = REMINDED[0]
    assert ticker.tick(stage.app) == 2
    assert ticker.tick(stage.app) == 0


def test_looking_for_work_reads_no_table_through(objected: tuple[Stage, int]) -> None:
    """However many timers wait and however many messages there were: an index tells of none."""
    stage, _ = objected
    sent: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        sent.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        now = stage.play.now
        assert messages.deliver_all(now=now) + timers.run_due(now=now) == 0
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
    assert len(sent) >= 3
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            for statement, values in sent:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                steps = [row[3] for row in plan]
                read = [s for s in steps if re.match(r"SCAN (timer|message|case_file)$", s)]
                assert not read, (statement, steps)
