"""What the verifier finds when somebody got past the guards and put them up again."""

from __future__ import annotations

import json
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.audit.canonical import canonical
from app.audit.events import DocumentViewed
from app.audit.log import append, append_unchained, leaf
from app.audit.recheck import PAGE
from app.audit.report import CAP, Problem
from app.audit.verify import Report, verify
from tests.audit.attacker import body_of, check, intruder, rewrite, said, tamper
from tests.audit.trial import (
    NOON,
    TRIAL,
    build_trial,
    completed,
    envelope,
    known,
    open_folder,
    play,
    write_sheet,
)
from tests.databases import Databases, open_engine

LATER = "recorded_at = '2017-04-28 08:00:00.000000'"
ONLY_SQLITE = pytest.mark.parametrize("trail", ["sqlite"], indirect=True)


@pytest.fixture
def played(trial: Engine, trail: str) -> str:
    """The URL of a trail of six events: case/A 1–3, case/B 1–2, person/p-0002 1."""
    play(trial)
    trial.dispose()
    return trail


def edited(url: str, stream: str, seq: int, /, **keys: Any) -> dict[str, Any]:
    """The body of an event with other values; None takes a key away."""
    body: dict[str, Any] = json.loads(body_of(url, stream, seq))
    return {key: value for key, value in (body | keys).items() if value is not None}


def only(report: Report, event: str | None, words: str) -> None:
    """Expect exactly one problem, with this event and these words."""
    assert [problem.event for problem in report.problems] == [event], said(report)
    assert words in said(report)


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


def test_a_tail_deleted_and_the_state_put_back_leaves_its_facts(played: str) -> None:
    tamper(
        played,
        "DELETE FROM event WHERE stream = 'case/A' AND seq = 3",
        lambda c: c.execute(
            text("UPDATE folder SET version = 2, state = :state WHERE id = 1"), {"state": b"A 2"}
        ),
    )
    assert "sheet/2 (case/A #3): the event that it names is not there." in said(check(played))


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


def file_of(url: str) -> Path:
    """The file of a database of SQLite."""
    database = make_url(url).database
    assert database is not None
    return Path(database)


@ONLY_SQLITE
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"request":"r-1"', b'"request":"r-7"'),
        (b"task.completed", b"task.completes"),
        ("Қ".encode(), "Ғ".encode()),
        (b"A 3", b"A 4"),
        ("Ерлан".encode(), "Ерман".encode()),
    ],
)
def test_a_byte_changed_in_the_file(played: str, old: bytes, new: bytes) -> None:
    path = file_of(played)
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    assert not check(played).ok


@ONLY_SQLITE
def test_a_file_that_was_damaged_is_a_problem_and_no_exception(played: str) -> None:
    path = file_of(played)
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * 8192 + content[12288:])
    assert not check(played).ok


def test_a_table_that_is_gone_is_a_problem_and_no_exception(played: str) -> None:
    with intruder(played) as connection:
        connection.exec_driver_sql("DROP TABLE sheet")
    report = check(played)
    assert not report.ok and "cannot be read" in said(report)


def many(url: str, events: int) -> None:
    """Write as many further events on one stream."""
    engine = open_engine(url)
    with Session(engine) as session:
        for _ in range(events):
            append(session, known(), envelope(), stream="person/p-0002")
        session.commit()
    engine.dispose()


def test_a_report_names_a_hundred_problems_and_counts_the_rest(trail: str) -> None:
    events = PAGE + 50
    many(trail, events)
    assert check(trail).events == events
    tamper(trail, "UPDATE event SET kind = 'person.changed'")
    report = check(trail)
    assert (len(report.problems), report.unnamed) == (CAP, events - CAP)


@ONLY_SQLITE
def test_memory_does_not_grow_with_the_trail(trail: str) -> None:
    peaks = []
    for _ in range(2):
        many(trail, 4 * PAGE)
        tracemalloc.start()
        assert check(trail).ok
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


ACTS = st.lists(st.tuples(st.sampled_from("ABC"), st.booleans()), min_size=1, max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=ACTS, chance=st.data())
def test_any_trail_verifies_and_no_changed_byte_goes_unseen(
    databases: Databases, acts: list[tuple[str, bool]], chance: st.DataObject
) -> None:
    url = databases.clone("sqlite", build_trial)
    engine = open_engine(url)
    with Session(engine) as session:
        folders: dict[str, Any] = {}
        for minute, (title, with_person) in enumerate(acts):
            if title in folders:
                write_sheet(session, folders[title], minute, minute, text=title)
            else:
                folders[title], _ = open_folder(session, title, minute)
            if with_person:
                append(session, known(), envelope(minute), stream=f"person/{title}")
            session.commit()
    engine.dispose()
    assert check(url).ok

    table, column = chance.draw(
        st.sampled_from(
            [("event", "body"), ("event", "hash"), ("folder", "state"), ("opening", "value"),
             ("opening", "salt")]
        )
    )  # fmt: skip
    with intruder(url) as connection:
        rows = connection.execute(text(f"SELECT id, {column} FROM {table}")).all()
    if rows:
        number, content = chance.draw(st.sampled_from(rows))
        place = chance.draw(st.integers(0, len(content) - 1))
        flipped = content[place] ^ (1 << chance.draw(st.integers(0, 7)))
        changed = content[:place] + bytes([flipped]) + content[place + 1 :]
        statement = text(f"UPDATE {table} SET {column} = :content WHERE id = :id")
        tamper(url, lambda c: c.execute(statement, {"content": changed, "id": number}))
        assert not check(url).ok
    databases.drop(url)


def test_problems_of_projections_are_part_of_the_report(trial: Engine) -> None:
    with trial.connect() as connection:
        report = verify(
            connection, metadata=TRIAL, projections=lambda _: [Problem("case/A #1", "wrong")]
        )
    only(report, "case/A #1", "wrong")
