"""Reading lane by lane, page by page and to a bound gives what reading everything would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.orm import Session

from app.db import Base
from app.domain.actors import Actor, Holding
from app.models.cases import CaseFile, Task
from app.services import inbox_query, visibility
from app.services.inbox_query import VIEWS, View, Wanted
from tests.services.test_visibility import BODIES, NOW, actors, maybe, some, tasks

SIZE = 3
YEAR = 2017
dues = maybe | st.integers(-2, 2).map(lambda days: NOW + timedelta(days=days))
worlds = st.lists(
    st.tuples(tasks, dues, maybe | some(BODIES), some((1, 2))), min_size=1, max_size=25
)


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """The tables without their guards: what stands in them here is no act."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with engine.connect() as made:
        yield made


def fill(session: Session, world: list[Any]) -> None:
    keys = count(1)
    session.add(
        CaseFile(
            id=1, stream="case/1", version=1, process="p", release="r", number="n",
            status="running", started_at=NOW, state=b"",
        )
    )  # fmt: skip
    session.add_all(
        Task(
            case_id=1, key=f"k{next(keys)}", element="e", process="p", form="f", opened_at=NOW,
            opened_seq=1, year=YEAR, block=block, evaluated_body=body, due_at=due, **task,
        )
        for task, due, body, block in world
    )  # fmt: skip
    session.flush()


def listed(session: Session, wanted: Wanted, view: View) -> list[int]:
    """Every task of a view, page by page."""
    found: list[int] = []
    after: inbox_query.Place | None = None
    while rows := inbox_query.page(session, wanted, view, now=NOW, after=after, size=SIZE):
        found += [row.Task.id for row in rows]
        after = rows[-1].Task.due_at, rows[-1].Task.id
    return found


def shown(task: Task, actor: Actor, view: View) -> bool:
    """Whether a task, which the actor may see, stands in a view."""
    if view == "mine":
        return actor.person in (task.claimed_by, task.assignee)
    if view == "queue":
        return task.claimed_by is None and task.assignee is None
    return view == "all" or (task.due_at is not None and task.due_at <= NOW)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(actor=actors, world=worlds, barred=st.booleans(), body=maybe | some(BODIES))
def test_pages_and_counts_are_those_of_the_whole(
    connection: Connection, actor: Actor, world: list[Any], barred: bool, body: str | None
) -> None:
    wanted = Wanted(actor, frozenset({YEAR} if barred else ()), body=body)
    with Session(connection) as session:
        fill(session, world)
        whole = session.scalars(
            select(Task)
            .where(*_allowed(wanted))
            .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
        ).all()
        expected = {view: [t.id for t in whole if shown(t, actor, view)] for view in VIEWS}
        assert {view: listed(session, wanted, view) for view in VIEWS} == expected
        counts = {view: len(found) for view, found in expected.items()}
        assert inbox_query.counts(session, wanted, NOW) == counts
        assert inbox_query.count(session, wanted) == counts["all"]
        assert inbox_query.bodies(session, wanted) == {
            task.evaluated_body for task in whole if task.evaluated_body
        }
        session.rollback()


def _allowed(wanted: Wanted) -> list[Any]:
    about = [] if wanted.body is None else [Task.evaluated_body == wanted.body]
    return [visibility.can_see_task(wanted.actor, wanted.barred_years), *about]


def test_a_count_goes_no_further_than_its_bound(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_query, "MOST", 5)
    monkeypatch.setattr(inbox_query, "_counts", inbox_query._counts.__wrapped__)
    task = {"role": "case_officer", "organisation": "mne", "assignee": None, "state": "open"}
    actor = Actor("p-0001", "…", "kk", (Holding("case_officer", "mne"),))
    with Session(connection) as session:
        fill(session, [(task, NOW, "akmola", 1)] * 9)
        counts = inbox_query.counts(session, Wanted(actor, frozenset()), NOW)
        assert counts == {"all": 5, "mine": 0, "queue": 5, "overdue": 5}
        session.rollback()
