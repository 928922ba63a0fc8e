"""`bagalau trail verify`, against whoever has the files or the database in their hands."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from tests.cli.console import Operator

# By whatever way a row is reached: the statements are refused by the database itself.
EVERYWHERE = [
    "UPDATE event SET body = body WHERE id = 5",
    "UPDATE event SET at = recorded_at WHERE id = 5",
    "DELETE FROM event WHERE id = (SELECT max(id) FROM event)",
    "UPDATE decision SET outcome = 'accepted'",
    "DELETE FROM decision",
    "UPDATE case_file SET status = 'running' WHERE status = 'ended'",
    "UPDATE case_file SET version = version + 1",
    "DELETE FROM case_file WHERE id = 1",
    "UPDATE person SET login = 'another' WHERE id = 1",
    "DELETE FROM person WHERE id = 1",
    "UPDATE calendar_day SET kind = 'working_day'",
    "UPDATE setting SET value = 'false'",
    "UPDATE opening SET value = salt",
]
SQLITE = [
    "INSERT OR REPLACE INTO event SELECT * FROM event WHERE id = 5",
    "INSERT OR REPLACE INTO decision SELECT * FROM decision WHERE id = 1",
    "INSERT OR REPLACE INTO case_file SELECT * FROM case_file WHERE id = 1",
    "INSERT OR REPLACE INTO person SELECT * FROM person WHERE id = 1",
    "UPDATE OR REPLACE event SET seq = seq + 1",
]
POSTGRESQL = [
    "INSERT INTO event SELECT * FROM event WHERE id = 5 ON CONFLICT (id) DO UPDATE SET kind = ''",
    "INSERT INTO person SELECT * FROM person WHERE id = 1"
    " ON CONFLICT (id) DO UPDATE SET login = 'another'",
    "TRUNCATE event CASCADE",
    "TRUNCATE decision",
]


def test_a_played_demonstration_is_in_order(played: Operator) -> None:
    done = played.run("trail", "verify", "--json")
    assert (done.status, done.err) == (0, "")
    told = done.json()
    assert set(told) == {"ok", "events", "streams", "problems"}
    assert (told["ok"], told["problems"]) == (True, [])
    assert told["events"] == count(played, "SELECT count(*) FROM event") > 300
    assert told["streams"] == count(played, "SELECT count(DISTINCT stream) FROM event")
    assert played.on_terminal("trail", "verify") == (
        f"{told['events']} events in {told['streams']} streams: everything holds.\n"
    )
    # Looking leaves no trace: not even an event that somebody looked.
    assert count(played, "SELECT count(*) FROM event") == told["events"]


def test_verifying_changes_no_byte(played_file: Operator) -> None:
    before = digest(played_file.file)
    assert played_file.run("trail", "verify").status == 0
    assert digest(played_file.file) == before


def test_raw_statements_are_refused(played: Operator) -> None:
    engine = create_engine(played.url)
    sqlite = engine.dialect.name == "sqlite"
    for statement in EVERYWHERE + (SQLITE if sqlite else POSTGRESQL):
        with engine.connect() as connection:
            if sqlite:
                connection.execute(text("PRAGMA foreign_keys=OFF"))
                connection.execute(text("PRAGMA recursive_triggers=OFF"))
            try:
                connection.execute(text(statement))
                connection.commit()
            except DBAPIError:
                continue
            raise AssertionError(f"not refused: {statement}")
    engine.dispose()
    assert played.run("trail", "verify", "--json").json()["ok"]


def test_one_byte_of_an_event(played_file: Operator) -> None:
    with closing(sqlite3.connect(played_file.file)) as connection:
        query = "SELECT stream, seq, body FROM event WHERE kind = 'task.completed' LIMIT 1"
        stream, seq, body = connection.execute(query).fetchone()
    content = bytearray(played_file.file.read_bytes())
    offset = content.find(body[:200])
    assert offset > 0
    content[offset + 150] ^= 1
    played_file.file.write_bytes(content)
    told = verified(played_file)
    assert told["events"] > 300
    assert {"event": f"{stream} #{seq}"}.items() <= told["problems"][0].items()
    assert "hash" in told["problems"][0]["problem"]


def test_bytes_anywhere_stop_nobody(played_file: Operator) -> None:
    """Whatever a flipped bit does to the file, the answer is an answer."""
    whole = played_file.file.read_bytes()
    # The head of the file, the schema's first page, and places all over.
    for offset in (18, 100, 2000, 4090, *range(5000, len(whole), len(whole) // 4)):
        content = bytearray(whole)
        content[offset] ^= 0x80
        for leftover in played_file.file.parent.glob(f"{played_file.file.name}-*"):
            leftover.unlink()
        played_file.file.write_bytes(content)
        done = played_file.run("trail", "verify", "--json")
        assert done.status in (0, 1), done
        assert done.json()["ok"] is (done.status == 0), f"byte {offset}"
        assert "Traceback" not in done.err


@pytest.fixture
def drop_guards(played: Operator) -> Iterator[None]:
    """Take all triggers down, as whoever owns the database can."""
    engine = create_engine(played.url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'"))
            for name in names.scalars().all():
                connection.execute(text(f'DROP TRIGGER "{name}"'))
        else:
            query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            for table in connection.execute(text(query)).scalars().all():
                connection.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL'))
    engine.dispose()
    yield


@pytest.mark.usefixtures("drop_guards")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision SET outcome = 'accepted' WHERE outcome = 'rejected'",
        "UPDATE case_file SET number = 'another' WHERE id = 2",
        "DELETE FROM event WHERE kind = 'task.completed' AND stream = 'case/1' AND seq = 3",
        "UPDATE person SET login = 'another' WHERE id = 3",
        "UPDATE task SET assignee = 'p-0001' WHERE id = 2",
    ],
)
def test_a_row_changed_without_guards(played: Operator, statement: str) -> None:
    engine = create_engine(played.url)
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1
    engine.dispose()
    problems = verified(played)["problems"]
    # The missing guards are one; the changed row is told as well.
    assert "guards" in problems[0]["problem"]
    assert len(problems) > 1, problems


def test_evidence_that_is_gone_or_changed(played_file: Operator) -> None:
    [file] = [path for path in (played_file.data / "evidence").rglob("*") if path.is_file()]
    original = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(original.replace(b"invented", b"original"))
    changed = verified(played_file)["problems"]
    documents = count(played_file, "SELECT count(*) FROM document")
    assert len(changed) == documents
    file.unlink()
    missing = verified(played_file)["problems"]
    assert len(missing) == documents
    assert "Evidence of document" in missing[0]["problem"] != changed[0]["problem"]
    file.write_bytes(original)
    assert played_file.run("trail", "verify").status == 0


def test_where_there_is_nothing_nothing_is_made(operator: Operator) -> None:
    assert "There is no database" in lost(operator)
    assert not operator.file.exists()
    operator.file.touch()
    assert "not of this version" in verified(operator)["problems"][0]["problem"]
    operator.file.write_bytes(b"This was never a database." * 100)
    assert "not a database" in verified(operator)["problems"][0]["problem"]


def test_a_database_that_cannot_be_reached_is_told_in_a_sentence(operator: Operator) -> None:
    away = operator.by(BAGALAU_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    assert lost(away).startswith("The database cannot be used: ")


def lost(operator: Operator) -> str:
    """The sentence for a database that is not there: on standard error, and in the JSON."""
    done = operator.run("trail", "verify", "--json")
    [sentence] = done.err.splitlines()
    assert done.status == 1 and done.json() == {
        "ok": False, "events": 0, "streams": 0, "problems": [{"event": None, "problem": sentence}]
    }, done  # fmt: skip
    return sentence


def verified(operator: Operator) -> dict[str, Any]:
    """What the verifier tells of what is not in order."""
    done = operator.run("trail", "verify", "--json")
    assert (done.status, done.err) == (1, ""), done
    told: dict[str, Any] = done.json()
    assert told["ok"] is False
    assert all(set(problem) == {"event", "problem"} for problem in told["problems"])
    return told


def count(operator: Operator, query: str) -> int:
    engine = create_engine(operator.url)
    with engine.connect() as connection:
        found: int = connection.execute(text(query)).scalar_one()
    engine.dispose()
    return found


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_every_case_is_executed_again(played: Operator) -> None:
    done = played.run("replay", "--json")
    assert (done.status, done.err) == (0, "")
    told = done.json()
    assert set(told) == {"cases", "acts", "compared", "differences"}
    assert told["cases"] == count(played, "SELECT count(*) FROM case_file") > 10
    assert told["acts"] == told["compared"] > 50 and told["differences"] == []
    one = played.run("replay", "--case", "2", "--json").json()
    assert one["cases"] == 1 and 0 < one["acts"] < told["acts"]
    assert played.on_terminal("replay").splitlines()[-1] == (
        f"{told['acts']} acts of {told['cases']} cases executed again: "
        "everything came about as it is recorded."
    )
    assert played.run("trail", "verify", "--full", "--json").json()["ok"]


def test_what_cannot_be_executed_again_is_refused_in_a_sentence(played: Operator) -> None:
    unknown = played.run("replay", "--case", "999")
    assert (unknown.status, unknown.out) == (1, "")
    assert "Traceback" not in unknown.err and unknown.err.strip()
    assert played.run("replay", "--case", "1", "--all").status == 2
