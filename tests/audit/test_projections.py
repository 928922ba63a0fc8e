"""Projections against the trail that they were folded from.

long: one folded case, and each rule beside the one that it differs from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, Table, text
from sqlalchemy.orm import Session

from app.audit.columns import UNKNOWN
from app.audit.events import (
    CaseIncident,
    CaseIncidentResolved,
    CaseRedated,
    CaseStarted,
    Event,
    MessageDelivered,
    MessageUnclaimed,
    TaskClaimed,
    TaskReleased,
)
from app.audit.fold import Folded
from app.audit.log import append
from app.audit.projections import verify_projections
from app.audit.recheck import Broken
from app.audit.sealed import Sealed
from app.models.cases import Incident, Message, Task, Timer, Wait
from tests.audit.trial import (
    NOON,
    Folder,
    by_timer,
    completed,
    envelope,
    movement,
    open_folder,
)

DUE = "2017-05-10T18:00:00.000000Z"
PLACE = {"element": "draft", "process": "objection"}
TASK = PLACE | {"role": "case_officer", "organisation": "mne", "assignee": None, "form": "draft"}
SENT = [
    {"message": "born", "payload": {"n": 0}, "to": None, "starts": "child"},
    {"message": "note", "payload": {"n": 1}, "to": "2", "starts": None},
    {"message": "note", "payload": {"n": 2}, "to": "2", "starts": None},
    {"message": "late", "payload": {"n": 3}, "to": "2", "starts": None},
    {"message": "note", "payload": {"n": 4}, "to": "2", "starts": None},
    # The same to several cases stands once.
    {"message": "many", "payload": {"n": 5}, "to": ["2", "3"], "starts": None},
]


def task(key: str, due: str | None = None) -> dict[str, Any]:
    return TASK | {"key": key, "due": due}


def timer(key: str, due: str = DUE) -> dict[str, Any]:
    return PLACE | {"key": key, "due": due, "expression": "ends_at"}


def wait(key: str) -> dict[str, Any]:
    return PLACE | {"key": key, "message": "reply"}


def act(session: Session, event: Event, circumstances: Any, **moved: Any) -> None:
    """Write an act of the first case."""
    folder = session.get_one(Folder, 1)
    append(
        session,
        event,
        circumstances,
        stream=folder.stream,
        rows=[folder],
        case_id=folder.id,
        movement=movement(folder.state, **moved) if moved else None,
    )
    session.flush()


def of_second(session: Session, event: Event, minutes: int) -> None:
    """Write an act of the second case, of what the first one has sent."""
    append(session, event, by_timer(minutes), stream="case/B", case_id=2)


COLUMNS = "id, case_id, key, element, process, opened_seq, state, closed_seq"
TASKS = (
    "role, organisation, assignee, form, paragraphs, due_at, opened_at, claimed_by, "
    "completed_by, closed_at"
)
MESSAGES = (
    "id, from_case, from_seq, name, payload, to_case, starts, sent_at, state, delivered_at, "
    "delivered_to"
)


def at(minutes: int) -> str:
    return f"'2017-04-28 07:{minutes:02}:00.000000'"


ROWS = {
    "task": (
        f"{COLUMNS}, {TASKS}",
        [
            "1, 1, 'a#1', 'draft', 'objection', 2, 'done', 5, 'case_officer', 'mne', NULL, "
            f"'draft', '58 59', '2017-05-10 18:00:00.000000', {at(1)}, NULL, 'p-0001', {at(4)}",
            "2, 1, 'b#1', 'draft', 'objection', 2, 'gone', 7, 'case_officer', 'mne', NULL, "
            f"'draft', '58 59', NULL, {at(1)}, 'p-0001', NULL, {at(6)}",
            "3, 1, 'a#1', 'draft', 'objection', 5, 'open', NULL, 'case_officer', 'mne', NULL, "
            f"'draft', '58 59', NULL, {at(4)}, NULL, NULL, NULL",
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
    "message": (
        MESSAGES,
        [
            f"1, 1, 2, 'born', :born, NULL, 'child', {at(1)}, 'delivered', {at(10)}, 2",
            f"2, 1, 2, 'note', :one, 2, NULL, {at(1)}, 'delivered', {at(12)}, 2",
            f"3, 1, 2, 'note', :two, 2, NULL, {at(1)}, 'delivered', {at(11)}, 2",
            f"4, 1, 2, 'late', :three, 2, NULL, {at(1)}, 'unclaimed', NULL, NULL",
            f"5, 1, 2, 'note', :four, 2, NULL, {at(1)}, 'pending', NULL, NULL",
            f"6, 1, 2, 'many', :five, 2, NULL, {at(1)}, 'pending', NULL, NULL",
            f"7, 1, 2, 'many', :five, 3, NULL, {at(1)}, 'pending', NULL, NULL",
        ],
    ),
    "incident": (
        "id, case_id, act, process, element, line, code, detail, since, state, opened_seq, "
        "closed_seq, attempt, how",
        [
            "1, 1, 'timer t#1', 'objection', 'draft', 7, 'failed', 'Қате', "
            f"{at(7)}, 'resolved', 8, 9, 1, 'retry'",
            "2, 1, 'timer t#1', 'objection', NULL, NULL, 'failed', 'Қате 2', "
            f"{at(9)}, 'open', 10, NULL, 2, NULL",
        ],
    ),
}
PAYLOADS = {
    name: b'{"n":%d}' % n for n, name in enumerate(("born", "one", "two", "three", "four", "five"))
}


def failed(detail: str, **place: Any) -> CaseIncident:
    return CaseIncident("timer t#1", "objection", "failed", detail=Sealed(detail), **place)


def play_case(session: Session) -> None:
    """Ten events of one case, four of another, and what stands in the tables in the end."""
    open_folder(session, "A")
    session.flush()
    act(session, completed(), envelope(1), tasks_opened=[task("a#1", DUE), task("b#1")],
        timers_armed=[timer("t#1")], waits_armed=[wait("w#1")], sent=SENT)  # fmt: skip
    act(session, TaskClaimed(key="a#1", element="draft"), envelope(2))
    act(session, TaskReleased(key="a#1", element="draft", person="p-0001"), envelope(3))
    act(session, completed(), envelope(4), tasks_closed=[{"key": "a#1", "how": "done"}],
        tasks_opened=[task("a#1")], timers_gone=[{"key": "t#1", "how": "gone"}],
        timers_armed=[timer("t#1", "2017-05-11T18:00:00Z")])  # fmt: skip
    act(session, TaskClaimed(key="b#1", element="draft"), envelope(5))
    act(session, completed(), by_timer(6), tasks_closed=[{"key": "b#1", "how": "gone"}],
        timers_gone=[{"key": "t#1", "how": "fired"}])  # fmt: skip
    act(session, failed("Қате", element="draft", line=7), by_timer(7))
    act(session, CaseIncidentResolved("timer t#1", 8, "retry"), envelope(8))
    act(session, failed("Қате 2"), by_timer(9))
    started = CaseStarted("child", "B", {}, message="born", from_case=1, from_seq=2)
    of_second(session, started, 10)
    of_second(session, MessageDelivered("note", {"n": 2}, 1, 2), 11)
    of_second(session, MessageDelivered("note", {"n": 1}, 1, 2), 12)
    of_second(session, MessageUnclaimed("late", {"n": 3}, 1, 2), 13)
    for table, (columns, rows) in ROWS.items():
        for row in rows:
            given = {name: value for name, value in PAYLOADS.items() if f":{name}" in row}
            session.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({row})"), given)


@pytest.fixture
def folded(trial: Engine) -> Iterator[Session]:
    """A session on a trail with two cases whose projections are right."""
    copies = MetaData()
    with trial.begin() as connection:
        for model in (Task, Timer, Wait, Message, Incident):
            table = model.__table__
            assert isinstance(table, Table)
            made = table.to_metadata(copies)
            # No case table here.
            made.constraints = {c for c in made.constraints if not hasattr(c, "elements")}
            made.create(connection)
    with Session(trial) as session:
        play_case(session)
        session.commit()
        yield session


def found(session: Session) -> list[str]:
    """The problems of the projections as sentences."""
    problems = verify_projections(session.connection(), lambda *_: "58 59")
    return [problem.problem for problem in problems]


def test_tables_that_follow_from_the_trail(folded: Session) -> None:
    assert NOON.hour == 7
    assert found(folded) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE task SET role = 'head' WHERE id = 1", "task/1, a#1: role"),
        ("UPDATE task SET assignee = 'p-0009' WHERE id = 3", "task/3, a#1: assignee"),
        ("UPDATE task SET due_at = NULL WHERE id = 1", "task/1, a#1: due_at"),
        ("UPDATE task SET due_at = '2017-05-10 18:00:00.000001' WHERE id = 1", "due_at"),
        ("UPDATE task SET claimed_by = NULL WHERE id = 2", "task/2, b#1: claimed_by"),
        ("UPDATE task SET claimed_by = 'p-0009' WHERE id = 3", "task/3, a#1: claimed_by"),
        ("UPDATE task SET paragraphs = '58' WHERE id = 3", "task/3, a#1: paragraphs"),
        (f"UPDATE task SET opened_at = {at(5)} WHERE id = 3", "task/3, a#1: opened_at"),
        (f"UPDATE task SET closed_at = {at(4)} WHERE id = 3", "task/3, a#1: closed_at"),
        ("UPDATE task SET closed_at = NULL WHERE id = 1", "task/1, a#1: closed_at"),
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
        ("UPDATE message SET name = 'other' WHERE id = 1", "message/1: name"),
        ("UPDATE message SET payload = X'7b7d' WHERE id = 5", "message/5: payload"),
        ("UPDATE message SET to_case = 3 WHERE id = 5", "message/5: to_case"),
        ("UPDATE message SET starts = NULL WHERE id = 1", "message/1: starts"),
        (f"UPDATE message SET sent_at = {at(2)} WHERE id = 5", "message/5: sent_at"),
        ("UPDATE message SET from_seq = 3 WHERE id = 5", "message/5: no event sent it"),
        ("UPDATE message SET from_case = 2 WHERE id = 5", "message/5: no event sent it"),
        ("UPDATE message SET from_case = 9 WHERE id = 5", "message/5: no event sent it"),
        ("DELETE FROM message WHERE id >= 5", "message note: it is not there (case/A #2)"),
        ("UPDATE message SET state = 'unclaimed' WHERE id = 5", "message/5: no event tells"),
        ("UPDATE message SET state = 'pending' WHERE id = 4", "message/4 was unclaimed"),
        ("UPDATE message SET state = 'pending' WHERE id = 1", "message/1: no event tells"),
        (
            "UPDATE message SET state = 'pending', delivered_at = NULL, delivered_to = NULL "
            "WHERE id = 3",
            "message/2 or message/3 or message/5 was delivered",
        ),
        ("UPDATE message SET state = 'delivered', delivered_to = 2 WHERE id = 5", "message/5: no"),
        ("UPDATE message SET delivered_to = 1 WHERE id = 1", "message/1: no event tells"),
        ("UPDATE message SET delivered_to = NULL WHERE id = 1", "message/1: no event tells"),
        (f"UPDATE message SET delivered_at = {at(13)} WHERE id = 2", "message/2: no event tells"),
        ("UPDATE message SET delivered_at = NULL WHERE id = 1", "message/1: no event tells"),
        ("UPDATE incident SET process = 'x' WHERE id = 1", "incident/1, timer t#1: process"),
        ("UPDATE incident SET detail = 'x' WHERE id = 2", "incident/2, timer t#1: detail"),
        ("UPDATE incident SET line = 8 WHERE id = 1", "incident/1, timer t#1: line"),
        (f"UPDATE incident SET since = {at(8)} WHERE id = 2", "incident/2, timer t#1: since"),
        ("UPDATE incident SET state = 'resolved' WHERE id = 2", "incident/2, timer t#1: state"),
        ("UPDATE incident SET act = 'x' WHERE id = 2", "incident/2, x: the event did not open it"),
        ("UPDATE incident SET case_id = 2 WHERE id = 2", "incident timer t#1: it is not there"),
        ("DELETE FROM incident WHERE id = 1", "incident timer t#1: it is not there (case/A #8)"),
    ],
)
def test_a_table_that_does_not(folded: Session, change: str, words: str) -> None:
    if folded.get_bind().dialect.name == "postgresql":
        change = change.replace("X'7b7d'", "'\\x7b7d'::bytea")
    folded.execute(text(change))
    assert words in "\n".join(found(folded))


@pytest.mark.parametrize(
    ("effects", "words"),
    [
        ({"tasks_closed": [{"key": "z#1", "how": "done"}]}, "z#1 is not open"),
        ({"tasks_closed": [{"key": "a#1", "how": "lost"}]}, "cannot end as lost"),
        ({"tasks_opened": [task("a#1")]}, "a#1 is open already"),
        ({"waits_gone": ["w#1"]}, "effects do not follow"),
        ({"tasks_moved": [{"key": "z#1", "was": DUE, "due": DUE}]}, "z#1 is not open"),
        ({"tasks_moved": [{"key": "a#1", "was": DUE, "due": DUE}]}, f"a#1 was not due at {DUE}"),
    ],
)
def test_effects_that_do_not_follow(folded: Session, effects: dict[str, Any], words: str) -> None:
    act(folded, completed(), envelope(9), **effects)
    assert words in "\n".join(found(folded))


def test_a_date_that_was_moved(folded: Session) -> None:
    """A later order gives an open task another day; the row has it, and no other."""
    act(folded, completed(), envelope(9), tasks_opened=[task("c#1", DUE)])
    columns = ROWS["task"][0]
    new = "4, 1, 'c#1', 'draft', 'objection', 11, 'open', NULL, 'case_officer', 'mne', NULL, "
    new += f"'draft', '58 59', '2017-05-10 18:00:00.000000', {at(9)}, NULL, NULL, NULL"
    folded.execute(text(f"INSERT INTO task ({columns}) VALUES ({new})"))
    assert found(folded) == []
    later = "2017-05-20T18:00:00.000000Z"
    act(folded, CaseRedated("schedule.changed", 9, 4, 2, "18-01-9"), by_timer(10),
        tasks_moved=[{"key": "c#1", "was": DUE, "due": later}])  # fmt: skip
    assert "task/4, c#1: due_at not as the events say (case/A #11)." in found(folded)
    folded.execute(text("UPDATE task SET due_at = '2017-05-20 18:00:00.000000' WHERE id = 4"))
    assert not [told for told in found(folded) if told.startswith("task/")]


def test_events_that_do_not_follow(folded: Session) -> None:
    act(folded, CaseIncidentResolved("timer t#1", 8, "retry"), envelope(14))
    act(folded, CaseIncidentResolved("timer t#1", 10, "magic"), envelope(15))
    of_second(folded, MessageDelivered("never", {}, 1, 2), 16)
    told = "\n".join(found(folded))
    assert "was not opened by event #8" in told and "cannot end by magic" in told
    assert "message never was delivered: its row says otherwise (case/B #5)." in told


def test_a_column_that_nobody_made_a_rule_for(folded: Session) -> None:
    folded.execute(text("ALTER TABLE wait ADD COLUMN more INTEGER"))
    assert "wait/1, w#1: more not as the events say (case/A #2)." in found(folded)


def test_a_release_that_cannot_tell(folded: Session) -> None:
    """What is wrong with a release is told once, and not with every task."""
    assert list(verify_projections(folded.connection(), lambda *_: UNKNOWN)) == []

    def none(*_: str) -> str:
        raise Broken("the release has no element draft of objection")

    told = [problem.problem for problem in verify_projections(folded.connection(), none)]
    assert "Event case/A #2: its effects do not follow (the release has no element draft" in told[0]


def test_what_a_repaired_start_is_about_is_what_two_people_agreed_on() -> None:
    opened = dict.fromkeys(("role", "organisation", "assignee", "form", "due"))
    opened |= {"key": "a", "element": "a", "process": "p"}
    body: dict[str, Any] = {
        "kind": "case.started",
        "seq": 1,
        "at": "2018-01-10T04:00:00.000000Z",
        "release": "r",
        "actor": {"system": "message"},
        "facts": {
            "process": "p",
            "data": {"year": 2016, "block": 1},
            "repair": {"skip": {}, "data": {"year": 2017}, "incident_seq": 4},
        },
        "effects": {"tasks_opened": [opened]},
    }
    folded = Folded(1, lambda *_: "57")
    folded.fold(body)
    [task] = folded.tables["task"].expected().values()
    assert (task["year"], task["block"], task["evaluated_body"]) == (2017, 1, None)
