"""A verification reads one moment, whatever is done beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from app.audit.verify import snapshot
from app.db import db
from app.demo.appeal import Appeal
from app.services import verification
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage
from tests.services.together import PATIENCE

WITHOUT = Appeal("akmola", "without_documents", ("1.1.2",), evidence=False)


def beside(stage: Stage, act: Callable[[], Any]) -> None:
    """Do something in a thread of its own, and wait for its end."""

    def run() -> None:
        with stage.app.app_context():
            act()
            db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive(), "somebody waits for ever"


@pytest.mark.parametrize(
    "place",
    ["FROM opening", "FROM conclusion", "FROM case_file", '"task"', '"incident"', "FROM document"],
)
def test_an_act_beside_a_verification_is_no_mistake(received: Stage, place: str) -> None:
    """Committed after some tables were read and before others."""
    received.plot.object(AKMOLA)
    verifier, done = threading.get_ident(), []

    def between(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.get_ident() != verifier or done or place not in statement:
            return
        done.append(statement)
        beside(received, lambda: received.plot.object(WITHOUT))

    before = len(received.events("task.completed"))
    event.listen(db.engine, "before_cursor_execute", between)
    try:
        found = verification.verify_trail(store=received.store)
    finally:
        event.remove(db.engine, "before_cursor_execute", between)
    assert done and len(received.events("task.completed")) == before + 1
    assert found.ok, [problem.problem for problem in found.problems]
    after = verification.verify_trail(store=received.store)
    assert after.ok and after.events > found.events


def test_the_moment_is_that_of_the_first_statement_and_nothing_is_written(
    received: Stage,
) -> None:
    count = text("SELECT count(*) FROM event")
    with snapshot(db.engine) as connection:
        seen = connection.scalar(count)
        beside(received, lambda: received.plot.object(AKMOLA))
        assert connection.scalar(count) == seen
        with pytest.raises(DBAPIError, match=r"read-?only"), connection.begin_nested():
            connection.execute(text("DELETE FROM draft"))
        assert connection.scalar(count) == seen
    # The connection that goes back to the pool may write again.
    received.plot.object(WITHOUT)
    with db.engine.connect() as connection:
        assert (connection.scalar(count) or 0) > (seen or 0)
    assert received.case(CONCLUSION).status == "running"
    received.verified()
