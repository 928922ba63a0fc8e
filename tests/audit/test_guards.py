"""What the database refuses, to the application and to somebody who comes from the side."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit import guards
from app.audit.protection import protected
from app.models.trail import fact_tables, guarded_tables
from tests.audit.attacker import check, intruder, said
from tests.audit.trial import NOON, TRIAL, Folder, Sheet, play

LATE, EARLY = "2017-05-01 00:00:00.000000", "2017-04-01 00:00:00.000000"


def forged(number: int, stream: str, seq: str, recorded_at: str = LATE) -> str:
    """What an INSERT into `event` needs for an event of the attacker's own making."""
    return (
        "event (id, stream, seq, kind, outcome, at, recorded_at, hash, body) "
        f"SELECT {number}, '{stream}', {seq}, 'forged.kind', 'done', '{LATE}', '{recorded_at}', "
        "hash, body FROM event WHERE id = 1"
    )


SHEET = "(id, stream, seq, number, late) VALUES"
FOLDER = "(id, stream, version, title, status, opened_at, state) VALUES"
ROW = "'open', '2017-04-28 07:00:00.000000', 'x'"

BOTH = {
    "body of an event": "UPDATE event SET kind = 'case.ended' WHERE id = 2",
    "number of an event": "UPDATE event SET seq = 9 WHERE id = 4",
    "id of an event": "UPDATE event SET id = 99 WHERE id = 4",
    "delete an event": "DELETE FROM event WHERE id = 5",
    "delete all events": "DELETE FROM event",
    "a gap": f"INSERT INTO {forged(90, 'case/A', '5')}",
    "back in time": f"INSERT INTO {forged(90, 'case/A', '4', EARLY)}",
    "beside a chain": f"INSERT INTO {forged(90, 'case/A', 'NULL')}",
    "upsert an event": f"INSERT INTO {forged(1, 'case/Z', '1')} "
    "ON CONFLICT (id) DO UPDATE SET kind = 'forged.kind'",
    "an opening": "UPDATE opening SET value = 'x'",
    "transplant an opening": "UPDATE opening SET event_id = 2 WHERE id = 3",
    "upsert an opening": "INSERT INTO opening (id, event_id, stream, path, salt, value) "
    "SELECT id, event_id, stream, path, salt, value FROM opening WHERE id = 1 "
    "ON CONFLICT (id) DO UPDATE SET path = '/x'",
    "a fact": "UPDATE sheet SET text = 'other' WHERE id = 1",
    "delete a fact": "DELETE FROM sheet WHERE id = 1",
    "a fact for an old event": f"INSERT INTO sheet {SHEET} (90, 'case/A', 1, 90, {{false}})",
    "upsert a fact": f"INSERT INTO sheet {SHEET} (1, 'case/A', 9, 1, {{false}}) "
    "ON CONFLICT (id) DO UPDATE SET text = 'other'",
    "state without event": "UPDATE folder SET status = 'closed' WHERE id = 1",
    "version without event": "UPDATE folder SET status = 'closed', version = version + 1",
    "two versions at once": "UPDATE folder SET version = version + 2 WHERE id = 1",
    "an old version": "UPDATE folder SET version = version - 1 WHERE id = 1",
    "another stream": "UPDATE folder SET stream = 'case/A', version = 3 WHERE id = 2",
    "another id with its next event": f"INSERT INTO {forged(90, 'case/A', '4')}; "
    "UPDATE folder SET id = 99, version = 4 WHERE id = 1",
    "another id": "UPDATE folder SET id = 99 WHERE id = 1",
    "delete state": "DELETE FROM folder WHERE id = 1",
    "upsert state": f"INSERT INTO folder {FOLDER} (1, 'case/A', 3, 'A', {ROW}) "
    "ON CONFLICT (id) DO UPDATE SET status = 'closed'",
}
SQLITE = {
    "replace an event": f"REPLACE INTO {forged(1, 'case/Z', '1')}",
    "replace by number": f"INSERT OR REPLACE INTO {forged(90, 'case/A', '2')}",
    "ignore": "UPDATE OR IGNORE event SET kind = 'forged.kind'",
    "rowid of an event": "UPDATE event SET rowid = 99 WHERE id = 4",
    "replace an opening": "REPLACE INTO opening (id, event_id, stream, path, salt, value) "
    "SELECT 90, event_id, stream, path, salt, value FROM opening WHERE id = 1",
    "replace a fact": f"REPLACE INTO sheet {SHEET} (1, 'case/A', 9, 90, 0)",
    "replace a fact by its number": f"REPLACE INTO sheet {SHEET} (90, 'case/A', 9, 1, 0)",
    "replace state": f"REPLACE INTO folder {FOLDER} (1, 'case/A', 3, 'A', {ROW})",
    "replace state by its title": f"REPLACE INTO folder {FOLDER} (90, 'case/Z', 1, 'A', {ROW})",
    "a negative id": f"INSERT INTO sheet {SHEET} (-1, 'case/A', 9, 90, 0)",
    "an event of its own": "CREATE TEMP TABLE event (stream, seq); "
    "INSERT INTO temp.event VALUES ('case/A', 4); "
    "UPDATE main.folder SET version = 4 WHERE id = 1",
}
POSTGRESQL = {
    "truncate events": "TRUNCATE event CASCADE",
    "truncate facts": "TRUNCATE sheet",
    "truncate state": "TRUNCATE folder",
    "truncate openings": "TRUNCATE opening",
    "merge": "MERGE INTO sheet s USING (SELECT 1 AS id) x ON s.id = x.id "
    "WHEN MATCHED THEN UPDATE SET text = 'other'",
    "merge away": "MERGE INTO folder f USING (SELECT 1 AS id) x ON f.id = x.id "
    "WHEN MATCHED THEN DELETE",
    "an event of its own": "CREATE TEMP TABLE event (stream text, seq integer); "
    "INSERT INTO pg_temp.event VALUES ('case/A', 4); "
    "UPDATE public.folder SET version = 4 WHERE id = 1",
    "an operator of its own": "CREATE SCHEMA evil; "
    "CREATE FUNCTION evil.yes(integer, integer) RETURNS boolean LANGUAGE sql AS 'SELECT true'; "
    "CREATE OPERATOR evil.= (leftarg = integer, rightarg = integer, function = evil.yes); "
    "SET search_path = evil, pg_catalog, public; "
    "UPDATE public.folder SET version = 4 WHERE id OPERATOR(pg_catalog.=) 1",
}


def attack(url: str, statements: str) -> None:
    """Run the statements of an attack; the last one must be refused, and by a guard."""
    *before, last = statements.split("; ")
    with pytest.raises(IntegrityError) as refused, intruder(url) as connection:
        false = "0" if connection.dialect.name == "sqlite" else "false"
        for statement in before:
            connection.execute(text(statement))
        connection.execute(text(last.replace("{false}", false)))
    told = str(refused.value.orig)
    assert any(f"{name}: " in told for name in ("event", "opening", "sheet", "folder")) or (
        "CHECK constraint" in told
    )


@pytest.mark.parametrize("name", BOTH)
def test_an_intruder_is_refused(trial: Engine, trail: str, name: str) -> None:
    play(trial)
    attack(trail, BOTH[name])
    assert check(trail).ok


@pytest.mark.parametrize("trail", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", SQLITE)
def test_an_intruder_is_refused_on_sqlite(trial: Engine, trail: str, name: str) -> None:
    play(trial)
    attack(trail, SQLITE[name])
    assert check(trail).ok


@pytest.mark.postgres
@pytest.mark.parametrize("trail", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", POSTGRESQL)
def test_an_intruder_is_refused_on_postgresql(trial: Engine, trail: str, name: str) -> None:
    play(trial)
    attack(trail, POSTGRESQL[name])
    assert check(trail).ok


@pytest.mark.parametrize("trail", ["sqlite"], indirect=True)
def test_an_update_cannot_push_another_row_out(trial: Engine, trail: str) -> None:
    play(trial)
    with intruder(trail) as connection:
        # The event is there, so that only the other row stands in the way.
        connection.execute(text(f"INSERT INTO {forged(90, 'case/A', '4')}"))
    attack(trail, "UPDATE OR REPLACE folder SET version = 4, title = 'B' WHERE id = 1")


def test_the_application_cannot_change_state_without_an_event(trial: Engine) -> None:
    play(trial)
    with Session(trial) as session:
        session.get_one(Folder, 1).status = "closed"
        with pytest.raises(IntegrityError, match="next event"):
            session.commit()
    with Session(trial) as session, pytest.raises(IntegrityError, match="next event"):
        session.execute(update(Folder).values(status="closed", version=Folder.version + 1))
    with Session(trial) as session:
        session.get_one(Sheet, 1).text = "other"
        with pytest.raises(IntegrityError, match="sheet: "):
            session.commit()
    with Session(trial) as session:
        session.delete(session.get_one(Folder, 1))
        with pytest.raises(IntegrityError, match="folder: "):
            session.commit()


@pytest.mark.parametrize("row", ["fact", "guarded"])
def test_a_row_without_its_event_is_not_committed(trial: Engine, row: str) -> None:
    play(trial)
    with Session(trial) as session:
        if row == "fact":
            session.add(Sheet(number=90, stream="case/A", seq=4))
        else:
            session.add(Folder(title="Z", stream="case/Z", version=1, opened_at=NOON, state=b""))
        session.flush()
        with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
            session.commit()


def test_guards_are_put_up_twice_without_harm(trial: Engine) -> None:
    expected = guards.expected_fingerprint(trial.dialect.name, TRIAL)
    with trial.begin() as connection:
        assert guards.fingerprint(connection, TRIAL) == expected
        guards.install(connection, TRIAL)
        assert guards.fingerprint(connection, TRIAL) == expected


ON_SQLITE = {
    "dropped": ["DROP TRIGGER guard_event_update"],
    "replaced": [
        "DROP TRIGGER guard_event_update",
        "CREATE TRIGGER guard_event_update BEFORE UPDATE ON event WHEN 0 BEGIN SELECT 1; END",
    ],
    "one more": ["CREATE TRIGGER helpful AFTER INSERT ON sheet BEGIN SELECT 1; END"],
    "table rebuilt": [
        "CREATE TABLE new AS SELECT * FROM sheet",
        "DROP TABLE sheet",
        "ALTER TABLE new RENAME TO sheet",
    ],
}
ON_POSTGRESQL = {
    "dropped": ["DROP TRIGGER guard_event_stays ON event"],
    "disabled": ["ALTER TABLE event DISABLE TRIGGER guard_event_stays"],
    "not always": ["ALTER TABLE event ENABLE TRIGGER guard_event_stays"],
    "all disabled": ["ALTER TABLE folder DISABLE TRIGGER ALL"],
    "hollow function": [
        "CREATE OR REPLACE FUNCTION guard_stays() RETURNS trigger LANGUAGE plpgsql "
        "SET search_path TO pg_catalog, public, pg_temp AS 'BEGIN RETURN NEW; END'"
    ],
    "other search path": ["ALTER FUNCTION guard_step() SET search_path TO public"],
    "condition": [
        "DROP TRIGGER guard_sheet_stays ON sheet",
        "CREATE TRIGGER guard_sheet_stays BEFORE UPDATE OR DELETE ON sheet FOR EACH ROW "
        "WHEN (false) EXECUTE FUNCTION guard_stays()",
        "ALTER TABLE sheet ENABLE ALWAYS TRIGGER guard_sheet_stays",
    ],
    "rule": ["CREATE RULE nothing AS ON INSERT TO event DO INSTEAD NOTHING"],
    "row security": ["ALTER TABLE event ENABLE ROW LEVEL SECURITY"],
    "child": ["CREATE TABLE more () INHERITS (event)"],
    "bond": ["ALTER TABLE sheet DROP CONSTRAINT fk_sheet_event"],
    "immediate bond": ["ALTER TABLE sheet ALTER CONSTRAINT fk_sheet_event NOT DEFERRABLE"],
    "numbering": ["ALTER TABLE event DROP CONSTRAINT uq_event_stream_seq CASCADE"],
    "view": [
        "ALTER TABLE sheet RENAME TO hidden",
        "CREATE VIEW sheet AS SELECT * FROM hidden",
    ],
}
DRIFT = [("sqlite", name) for name in ON_SQLITE]
DRIFT_PG = [pytest.param("postgresql", name, marks=pytest.mark.postgres) for name in ON_POSTGRESQL]


@pytest.mark.parametrize(("trail", "name"), [*DRIFT, *DRIFT_PG], indirect=["trail"])
def test_a_guard_that_is_not_as_it_was_is_noticed(trail: str, name: str) -> None:
    assert check(trail).ok
    with intruder(trail) as connection:
        for statement in (ON_SQLITE if trail.startswith("sqlite") else ON_POSTGRESQL)[name]:
            connection.exec_driver_sql(statement)
    assert "guards of the database" in said(check(trail))


def test_every_table_on_the_trail_is_guarded(engine: Engine) -> None:
    names = {table.name for table in protected()}
    assert {"event", "opening", "case_file", "objection"} <= names
    assert names == {"event", "opening"} | {t.name for t in fact_tables() + guarded_tables()}
    with engine.connect() as connection:
        expected = guards.expected_fingerprint(connection.dialect.name)
        assert guards.fingerprint(connection) == expected
        assert names <= set(inspect(connection).get_table_names())
