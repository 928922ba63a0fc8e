"""Tasks, timers and waits against the trail that they were folded from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, Table, text
from sqlalchemy.orm import Session

from app.audit.events import Event, TaskClaimed, TaskReleased
from app.audit.log import append
from app.audit.projections import verify_projections
from app.models.cases import Task, Timer, Wait
from tests.audit.trial import ASEL, Folder, by_timer, completed, envelope, movement, open_folder

DUE = "2017-05-10T18:00:00.000000Z"
PLACE = {"element": "draft", "process": "objection"}
TASK = PLACE | {"role": "case_officer", "organisation": "mne", "assignee": None, "form": "draft"}


def task(key: str, due: str | None = None) -> dict[str, Any]:
    return TASK | {"key": key, "due": due}


def timer(key: str, due: str = DUE) -> dict[str, Any]:
    return PLACE | {"key": key, "due": due, "expression": "ends_at"}


def wait(key: str) -> dict[str, Any]:
    return PLACE | {"key": key, "message": "reply"}


def act(session: Session, event: Event, circumstances: Any, **effects: Any) -> None:
    """Write an act of the case."""
    folder = session.get_one(Folder, 1)
    append(
        session,
        event,
        circumstances,
        stream=folder.stream,
        rows=[folder],
        case_id=folder.id,
        movement=movement(folder.state, **effects) if effects else None,
    )
    session.flush()


COLUMNS = "id, case_id, key, element, process, opened_seq, state, closed_seq"
ROWS = {
    "task": (
        f"{COLUMNS}, role, organisation, assignee, form, due_at, claimed_by, completed_by",
        [
            "1, 1, 'a#1', 'draft', 'objection', 2, 'done', 5, 'case_officer', 'mne', NULL, "
            "'draft', '2017-05-10 18:00:00.000000', NULL, 'p-0001'",
            "2, 1, 'b#1', 'draft', 'objection', 2, 'gone', 7, 'case_officer', 'mne', NULL, "
            "'draft', NULL, NULL, NULL",
            "3, 1, 'a#1', 'draft', 'objection', 5, 'open', NULL, 'case_officer', 'mne', NULL, "
            "'draft', NULL, 'p-0001', NULL",
        ],
    ),
    "timer": (
        f"{COLUMNS}, expression, due_at",
        [
            "1, 1, 't#1', 'draft', 'objection', 2, 'gone', 5, 'ends_at', "
            "'2017-05-10 18:00:00.000000'",
            "2, 1, 't#1', 'draft', 'objection', 5, 'fired', 7, 'ends_at', "
            "'2017-05-11 18:00:00.000000'",
        ],
    ),
    "wait": (
        f"{COLUMNS}, message",
        ["1, 1, 'w#1', 'draft', 'objection', 2, 'waiting', NULL, 'reply'"],
    ),
}


def play_case(session: Session) -> None:
    """Seven events: what opens and closes, and what stands in the tables in the end."""
    open_folder(session, "A")
    session.flush()
    act(session, completed(), envelope(1), tasks_opened=[task("a#1", DUE), task("b#1")],
        timers_armed=[timer("t#1")], waits_armed=[wait("w#1")])  # fmt: skip
    act(session, TaskClaimed(key="a#1", element="draft"), envelope(2))
    act(session, TaskReleased(key="a#1", element="draft", person="p-0001"), envelope(3))
    act(session, completed(), envelope(4), tasks_closed=[{"key": "a#1", "how": "done"}],
        tasks_opened=[task("a#1")], timers_gone=[{"key": "t#1", "how": "gone"}],
        timers_armed=[timer("t#1", "2017-05-11T18:00:00Z")])  # fmt: skip
    act(session, TaskClaimed(key="a#1", element="draft"), envelope(5))
    act(session, completed(), by_timer(6), tasks_closed=[{"key": "b#1", "how": "gone"}],
        timers_gone=[{"key": "t#1", "how": "fired"}])  # fmt: skip
    for table, (columns, rows) in ROWS.items():
        for row in rows:
            session.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({row})"))


@pytest.fixture
def folded(trial: Engine) -> Iterator[Session]:
    """A session on a trail with a case whose projections are right."""
    copies = MetaData()
    with trial.begin() as connection:
        for model in (Task, Timer, Wait):
            table = model.__table__
            assert isinstance(table, Table)
            made = table.to_metadata(copies)
            # No case table here, and no columns that the trail knows nothing of.
            made.constraints = {c for c in made.constraints if not hasattr(c, "elements")}
            for name in ("opened_at", "paragraphs"):
                if name in made.c:
                    made.c[name].nullable = True
            made.create(connection)
    with Session(trial) as session:
        play_case(session)
        session.commit()
        yield session


def found(session: Session) -> list[str]:
    """The problems of the projections as sentences."""
    return [problem.problem for problem in verify_projections(session.connection())]


def test_tables_that_follow_from_the_trail(folded: Session) -> None:
    assert ASEL.person == "p-0001"
    assert found(folded) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE task SET role = 'head' WHERE id = 1", "task/1, a#1: role"),
        ("UPDATE task SET assignee = 'p-0009' WHERE id = 3", "task/3, a#1: assignee"),
        ("UPDATE task SET due_at = NULL WHERE id = 1", "task/1, a#1: due_at"),
        ("UPDATE task SET due_at = '2017-05-10 18:00:00.000001' WHERE id = 1", "due_at"),
        ("UPDATE task SET claimed_by = NULL WHERE id = 3", "task/3, a#1: claimed_by"),
        ("UPDATE task SET claimed_by = 'p-0009' WHERE id = 3", "task/3, a#1: claimed_by"),
        ("UPDATE task SET completed_by = 'p-0009' WHERE id = 1", "task/1, a#1: completed_by"),
        ("UPDATE task SET state = 'open' WHERE id = 2", "task/2, b#1: state"),
        ("UPDATE task SET closed_seq = 4 WHERE id = 2", "task/2, b#1: closed_seq"),
        ("UPDATE task SET opened_seq = 4 WHERE id = 3", "task a#1: it is not there (case/A #5)"),
        ("UPDATE task SET key = 'z#1' WHERE id = 3", "the event did not open it (case/A #5)"),
        ("DELETE FROM task WHERE id = 3", "task a#1: it is not there (case/A #5)"),
        ("UPDATE task SET case_id = 9 WHERE id = 3", "task/3 is of a case without events"),
        ("UPDATE timer SET state = 'waiting' WHERE id = 2", "timer/2, t#1: state"),
        ("UPDATE timer SET due_at = '2017-05-12 18:00:00.000000' WHERE id = 2", "due_at"),
        ("UPDATE timer SET expression = 'now' WHERE id = 2", "timer/2, t#1: expression"),
        ("DELETE FROM timer WHERE id = 1", "timer t#1: it is not there (case/A #2)"),
        ("UPDATE wait SET message = 'other' WHERE id = 1", "wait/1, w#1: message"),
        ("UPDATE wait SET state = 'met', closed_seq = 7 WHERE id = 1", "state, closed_seq"),
        ("DELETE FROM wait", "wait w#1: it is not there (case/A #2)"),
    ],
)
def test_a_table_that_does_not(folded: Session, change: str, words: str) -> None:
    folded.execute(text(change))
    assert words in "\n".join(found(folded))


@pytest.mark.parametrize(
    ("effects", "words"),
    [
        ({"tasks_closed": [{"key": "z#1", "how": "done"}]}, "z#1 is not open"),
        ({"tasks_closed": [{"key": "a#1", "how": "lost"}]}, "cannot end as lost"),
        ({"tasks_opened": [task("a#1")]}, "a#1 is open already"),
        ({"waits_gone": ["w#1"]}, "effects do not follow"),
    ],
)
def test_effects_that_do_not_follow(folded: Session, effects: dict[str, Any], words: str) -> None:
    act(folded, completed(), envelope(9), **effects)
    assert words in "\n".join(found(folded))
