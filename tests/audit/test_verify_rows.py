"""What the verifier finds in rows and openings that somebody changed behind the guards."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from app.audit.log import append
from tests.audit.attacker import check, intruder, only, said, tamper
from tests.audit.trial import (
    completed,
    envelope,
    open_folder,
    write_sheet,
)
from tests.databases import open_engine

ONLY_SQLITE = pytest.mark.parametrize("trail", ["sqlite"], indirect=True)


def test_a_tail_deleted_and_the_state_put_back_leaves_its_facts(played: str) -> None:
    tamper(
        played,
        "DELETE FROM event WHERE stream = 'case/A' AND seq = 3",
        lambda c: c.execute(
            text("UPDATE folder SET version = 2, state = :state WHERE id = 1"), {"state": b"A 2"}
        ),
    )
    assert "sheet/2 (case/A #3): the event that it names is not there." in said(check(played))


@pytest.mark.parametrize(
    "change",
    [
        "text = 'other'",
        "text = NULL",
        "number = 77",
        "score = 1.51",
        "late = NOT late",
        "day = '2017-04-29'",
        "at = '2017-04-28 07:00:00.000001'",
        "data = '{\"б\": [1, 2]}'",
    ],
)
def test_a_fact_that_was_changed(played: str, change: str) -> None:
    tamper(played, f"UPDATE sheet SET {change} WHERE id = 1")
    only(check(played), "case/A #2", "sheet/1 (case/A #2): it is not as its event recorded it")


def test_a_fact_that_was_deleted(played: str) -> None:
    tamper(played, "DELETE FROM sheet WHERE id = 1")
    only(check(played), "case/A #2", "wrote sheet/1: it is not there")


def test_a_fact_that_was_added(played: str) -> None:
    false = "0" if played.startswith("sqlite") else "false"
    tamper(
        played,
        f"INSERT INTO sheet (id, stream, seq, number, late) VALUES (90, 'case/A', 2, 90, {false})",
    )
    only(check(played), "case/A #2", "its event knows nothing of it")


def test_a_fact_slipped_in_before_its_event_is_not_recognised(played: str) -> None:
    false = "0" if played.startswith("sqlite") else "false"
    with intruder(played) as connection:
        # No guard stands in the way: facts come before their event.
        connection.execute(
            text(
                "INSERT INTO sheet (id, stream, seq, number, late) "
                f"VALUES (90, 'case/B', 3, 90, {false})"
            )
        )
    engine = open_engine(played)
    with Session(engine) as session:
        append(session, completed(), envelope(9), stream="person/p-0002")
        session.commit()
    engine.dispose()
    assert "sheet/90 (case/B #3): the event that it names is not there." in said(check(played))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("status = 'closed'", "not as its event recorded it"),
        ("title = 'Z'", "not as its event recorded it"),
        ("version = 2", "newest event of its stream is #3"),
        ("version = 4", "newest event of its stream is #3"),
        ("stream = 'case/Z'", "newest event of its stream is #None"),
    ],
)
def test_a_guarded_row_that_was_changed(played: str, change: str, words: str) -> None:
    tamper(played, f"UPDATE folder SET {change} WHERE id = 1")
    assert words in said(check(played))


def test_an_old_saved_state_put_back(played: str) -> None:
    tamper(played, lambda c: c.execute(text("UPDATE folder SET state = :s"), {"s": b"A 2"}))
    assert "folder/1 (case/A #3): its saved state" in said(check(played))


def test_a_guarded_row_that_was_deleted(played: str) -> None:
    tamper(played, "DELETE FROM folder WHERE id = 2")
    assert "Event case/B #1 wrote folder/2: it is not there." in said(check(played))


def test_state_may_rest_on_an_older_event_than_the_row(trial: Engine, trail: str) -> None:
    with Session(trial) as session:
        folder, _ = open_folder(session, "A")
        session.commit()
        session.refresh(folder)
        folder.status = "held"
        append(session, completed(), envelope(1), stream="case/A", rows=[folder])
        session.commit()
    assert check(trail).ok


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE opening SET value = 'x' WHERE id = 1", "is not what was sealed"),
        ("DELETE FROM opening WHERE id = 1", "is missing"),
        ("UPDATE opening SET path = '/answers/decision' WHERE id = 1", "nothing was sealed at"),
        ("UPDATE opening SET event_id = 6 WHERE id = 1", "nothing was sealed at"),
        ("UPDATE opening SET seq = 3 WHERE id = 1", "stands under another event"),
        ("UPDATE opening SET event_id = 99 WHERE id = 1", "opening/1 opens no event"),
    ],
)
def test_an_opening_that_was_changed(played: str, change: str, words: str) -> None:
    tamper(played, change)
    assert words in said(check(played))


def test_an_opening_may_be_deleted_and_is_then_missed(played: str) -> None:
    with intruder(played) as connection:
        connection.execute(text("DELETE FROM opening WHERE id = 1"))
    only(check(played), "case/A #2", "no event records that it was erased")


def test_openings_that_were_transplanted(played: str) -> None:
    def exchange(connection: Connection) -> None:
        found = connection.execute(
            text("SELECT id, salt, value FROM opening WHERE id IN (1, 2) ORDER BY id")
        ).all()
        for (number, *_), (_, salt, value) in zip(found, reversed(found), strict=True):
            connection.execute(
                text("UPDATE opening SET salt = :salt, value = :value WHERE id = :id"),
                {"id": number, "salt": salt, "value": value},
            )

    tamper(played, exchange)
    report = check(played)
    assert [problem.event for problem in report.problems] == ["case/A #2", "case/A #3"]


@ONLY_SQLITE
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE sheet SET text = CAST('AB' AS BLOB) WHERE id = 1", "column's type"),
        ("UPDATE sheet SET late = 7 WHERE id = 3", "column's type"),
        ("UPDATE sheet SET at = 'never' WHERE id = 2", "sheet/2 cannot be read"),
        ("UPDATE sheet SET number = 'one' WHERE id = 1", "not as its event recorded it"),
        ("UPDATE event SET body = 'text' WHERE id = 1", "not bytes"),
        ("UPDATE event SET at = 'never' WHERE id = 1", "column at"),
        ("UPDATE event SET hash = 'text' WHERE id = 1", "not bytes"),
    ],
)
def test_a_value_of_another_type(played: str, change: str, words: str) -> None:
    tamper(played, lambda c: c.exec_driver_sql("PRAGMA ignore_check_constraints = ON"), change)
    assert words in said(check(played))


@ONLY_SQLITE
def test_text_and_the_same_bytes_are_told_apart(trial: Engine, trail: str) -> None:
    with Session(trial) as session:
        folder, _ = open_folder(session, "A")
        write_sheet(session, folder, 1, text="ab")
        session.commit()
    trial.dispose()
    tamper(trail, "UPDATE sheet SET text = X'AB' WHERE id = 1")
    only(check(trail), "case/A #2", "column's type")
