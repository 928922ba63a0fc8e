"""Verifying any trail, a long one, and a file that somebody changed."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.audit.log import append
from app.audit.recheck import PAGE
from app.audit.report import CAP
from tests.audit.attacker import check, intruder, said, tamper
from tests.audit.trial import (
    build_trial,
    envelope,
    known,
    open_folder,
    write_sheet,
)
from tests.databases import Databases, open_engine

ONLY_SQLITE = pytest.mark.parametrize("trail", ["sqlite"], indirect=True)
ACTS = st.lists(st.tuples(st.sampled_from("ABC"), st.booleans()), min_size=1, max_size=8)


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
