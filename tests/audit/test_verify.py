"""What the verifier finds in events that somebody changed behind the guards."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from app.audit.canonical import canonical
from app.audit.events import DocumentViewed
from app.audit.log import append_unchained, leaf
from app.audit.report import Problem
from app.audit.verify import Report, snapshot, verify
from tests.audit.attacker import body_of, check, only, rewrite, said, tamper
from tests.audit.trial import (
    NOON,
    TRIAL,
    envelope,
)


def edited(url: str, stream: str, seq: int, /, **keys: Any) -> dict[str, Any]:
    """The body of an event with other values; None takes a key away."""
    body: dict[str, Any] = json.loads(body_of(url, stream, seq))
    return {key: value for key, value in (body | keys).items() if value is not None}


def test_a_sound_trail_has_no_problems(played: str) -> None:
    report = check(played)
    assert (report.ok, report.events, report.streams, report.problems) == (True, 6, 3, ())


def test_an_empty_trail_has_no_problems(trail: str) -> None:
    assert check(trail) == Report(True, 0, 0, ())


def test_an_edited_body(played: str) -> None:
    body = edited(played, "case/A", 2, request="r-9")
    tamper(played, rewrite("case/A", 2, body, rehash=False))
    only(check(played), "case/A #2", "hash")


def test_an_edited_body_with_its_hash_breaks_the_chain(played: str) -> None:
    tamper(played, rewrite("case/A", 2, edited(played, "case/A", 2, request="r-9")))
    only(check(played), "case/A #3", "does not follow")


def test_a_chain_recomputed_but_for_a_row(played: str) -> None:
    second = edited(played, "case/A", 2, rows=None)
    third = edited(played, "case/A", 3, prev=leaf(canonical(second)).hex())
    tamper(played, rewrite("case/A", 2, second), rewrite("case/A", 3, third))
    only(check(played), "case/A #2", "its event knows nothing of it")


@pytest.mark.parametrize(
    "column",
    [
        "kind = 'task.claimed'",
        "case_id = 77",
        "case_id = NULL",
        "actor = 'p-0009'",
        "actor = NULL",
        "outcome = 'refused'",
        "at = '2017-04-28 07:01:00.000001'",
        "recorded_at = '2017-04-28 07:01:00.000001'",
    ],
)
def test_a_column_that_does_not_agree_with_its_body(played: str, column: str) -> None:
    tamper(played, f"UPDATE event SET {column} WHERE stream = 'case/A' AND seq = 2")
    only(check(played), "case/A #2", f"column {column.split()[0]} does not agree")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"v": 2}, "form of an event"),
        ({"more": 1}, "form of an event"),
        ({"facts": None}, "form of an event"),
        ({"at": None}, "column at"),
        ({"rows": [1]}, "what rows it wrote"),
        ({"rows": {"sheet/3": 1}}, "what rows it wrote"),
        ({"actor": {"name": "x"}}, "who acted"),
        ({"actor": {"person": "p-0001", "system": "timer"}}, "who acted"),
        ({"kind": "task.claimed"}, "column kind"),
        ({"seq": 9}, "column seq"),
        ({"seq": True}, "column seq"),
        ({"stream": "case/A"}, "column stream"),
        ({"at": "2017-04-28T07:01:00Z"}, "column at"),
        ({"prev": None}, "does not follow"),
        ({"prev": "0" * 64}, "does not follow"),
        ({"rows": {"nothing/1": "0" * 64}}, "no such row"),
        ({"rows": {"event/1": "0" * 64}}, "no such row"),
        ({"rows": {"sheet/0": "0" * 64}}, "no such row"),
        ({"rows": {"sheet/99": "0" * 64}}, "not there"),
        ({"rows": {"sheet/2": "0" * 64}}, "not there"),
    ],
)
def test_a_body_of_another_form(played: str, keys: dict[str, Any], words: str) -> None:
    tamper(played, rewrite("case/B", 2, edited(played, "case/B", 2, **keys)))
    report = check(played)
    assert words in said(report) and report.problems[0].event == "case/B #2"


@pytest.mark.parametrize(
    ("keys", "words"),
    [({"prev": "0" * 64}, "where there is none"), ({"seq": True}, "column seq")],
)
def test_a_first_event_of_another_form(played: str, keys: dict[str, Any], words: str) -> None:
    tamper(played, rewrite("case/B", 1, edited(played, "case/B", 1, **keys)))
    assert words in said(check(played))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"actor"', b'{ "actor"'),
        (b'"acting":false', b'"acting":false,"acting":false'),
        (b'"calendar":3', b'"calendar":3.0'),
        (b'"calendar":3', b'"calendar":NaN'),
        (b'"calendar":3', b'"calendar":9007199254740992'),
        (b'"case_officer"', b'"case\\u005fofficer"'),
        (b'"visits":["draft"]}', b'"visits":["draft"]}\n'),
        (b'"seq":2,"state_digest"', b'"state_digest"'),
    ],
)
def test_a_body_that_is_not_canonical(played: str, old: bytes, new: bytes) -> None:
    body = body_of(played, "case/B", 2)
    assert old in body
    tamper(played, rewrite("case/B", 2, body.replace(old, new, 1)))
    report = check(played)
    assert report.problems[0].event == "case/B #2"


def test_a_gap(played: str) -> None:
    tamper(played, "DELETE FROM event WHERE stream = 'case/A' AND seq = 2")
    report = check(played)
    assert "Event case/A #3: the event before it is missing." in said(report)
    assert "event that it names is not there" in said(report)


def test_a_tail_that_was_deleted(played: str) -> None:
    tamper(played, "DELETE FROM event WHERE stream = 'case/A' AND seq = 3")
    report = check(played)
    assert "folder/1 (case/A #3): the newest event of its stream is #2." in said(report)


def swap(connection: Connection, columns: str) -> None:
    """Exchange columns of events 2 and 3 of case/A."""
    for name in columns.split():
        connection.execute(
            text(
                f"UPDATE event SET {name} = (SELECT o.{name} FROM event o WHERE o.stream = "
                f"'case/A' AND o.seq = 5 - event.seq) WHERE stream = 'case/A' AND seq IN (2, 3)"
            )
        )


def test_events_that_changed_places(played: str) -> None:
    tamper(played, lambda c: swap(c, "body hash at recorded_at"))
    assert {"case/A #2", "case/A #3"} <= {problem.event for problem in check(played).problems}


def test_events_written_in_another_order(played: str) -> None:
    tamper(played, "UPDATE event SET id = 90 WHERE stream = 'case/A' AND seq = 2",
           "UPDATE opening SET event_id = 90 WHERE stream = 'case/A' AND seq = 2")  # fmt: skip
    only(check(played), "case/A #3", "written before")


def copy(stream: str, seq: str, **columns: str) -> str:
    """An INSERT of a copy of event 2 of case/A under another place."""
    names = ["kind", "case_id", "actor", "outcome", "at", "recorded_at", "hash", "body"]
    values = ", ".join(columns.get(name, name) for name in names)
    return (
        f"INSERT INTO event (id, stream, seq, {', '.join(names)}) SELECT 90, '{stream}', {seq}, "
        f"{values} FROM event WHERE stream = 'case/A' AND seq = 2"
    )


@pytest.mark.parametrize(("stream", "seq"), [("case/A", "4"), ("case/B", "3"), ("case/Z", "1")])
def test_an_event_written_again_elsewhere(played: str, stream: str, seq: str) -> None:
    tamper(played, copy(stream, seq))
    assert f"{stream} #{seq}" in {problem.event for problem in check(played).problems}


def test_an_event_beside_the_chain(played: str) -> None:
    body = edited(played, "case/A", 2, seq=None, prev=None, rows=None)
    body["facts"]["answers"].pop("reason")

    def insert(connection: Connection) -> None:
        connection.execute(text(copy("case/A", "NULL")))
        connection.execute(
            text("UPDATE event SET body = :body, hash = :hash WHERE id = 90"),
            {"body": canonical(body), "hash": leaf(canonical(body))},
        )

    tamper(played, insert)
    only(check(played), "case/A (row 90)", "outside the chain")


def test_an_event_moved_to_another_stream(played: str) -> None:
    tamper(
        played, "UPDATE event SET stream = 'case/C', seq = 1 WHERE stream = 'case/B' AND seq = 1"
    )
    assert "Event case/C #1: its column stream does not agree with its body." in said(check(played))


def test_time_that_runs_back(played: str) -> None:
    back = (NOON - timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    body = edited(played, "case/B", 2, recorded_at=back.replace(" ", "T") + "Z")
    tamper(
        played,
        rewrite("case/B", 2, body),
        f"UPDATE event SET recorded_at = '{back}' WHERE stream = 'case/B' AND seq = 2",
    )
    only(check(played), "case/B #2", "runs back")


def test_an_unchained_event_that_was_edited(trial: Engine, trail: str) -> None:
    with Session(trial) as session:
        viewed = DocumentViewed(document=1, sha256="0" * 64)
        append_unchained(session, viewed, envelope(), stream="access/2017")
        session.commit()
    assert check(trail).ok
    tamper(trail, lambda c: c.execute(text("UPDATE event SET body = :b"), {"b": b"{}"}))
    only(check(trail), "access/2017 (row 1)", "hash")


def test_problems_of_projections_are_part_of_the_report(trial: Engine) -> None:
    with snapshot(trial) as connection:
        report = verify(
            connection, metadata=TRIAL, checks=[lambda _: [Problem("case/A #1", "wrong")]]
        )
    only(report, "case/A #1", "wrong")
