"""The application under a role that owns nothing: everything works, and no guard can be undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from app.audit import grants
from app.db import Base
from app.demo import appeal
from app.domain.refusals import Conflict, Refusal
from app.jobs import ticker
from app.services import installation, sessions, throttle
from config.settings import ROOT
from tests.conftest import cloned
from tests.databases import Databases
from tests.journeys.plot import build_received, build_stage, opened, quiet
from tests.services.roles import connected, given, owner

pytestmark = pytest.mark.postgres
APP, READER = 'an app\'s "role"', "reader"
DENIED = psycopg.errors.InsufficientPrivilege


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    yield from cloned(databases, "postgresql", build_stage)


def test_a_whole_demonstration_of_appeals_is_played_under_it(url: str, tmp_path: Path) -> None:
    with opened(given(url, APP), tmp_path) as stage:
        assert not installation.owns_tables()
        told = appeal.play(store=stage.store, say=quiet)
        assert told["objections"]["total"] == 6
        # What is forgotten is forgotten: failures to sign in, and drafts after their time.
        with pytest.raises(Refusal):
            sessions.sign_in(login="auditor", password="wrong", now=stage.play.now, hours=1)
        ticker.tidy(stage.app)
        throttle.tidy(now=datetime(2100, 1, 1, tzinfo=UTC))
        stage.verified()
    with opened(url, tmp_path):
        assert installation.owns_tables()


TAMPERING = {
    "switch a guard off": 'ALTER TABLE event DISABLE TRIGGER "guard_event_stays"',
    "switch all guards off": "ALTER TABLE event DISABLE TRIGGER ALL",
    "switch them off for a session": "SET session_replication_role = replica",
    "drop a guard": 'DROP TRIGGER "guard_event_stays" ON event',
    "put another function behind it": "CREATE OR REPLACE FUNCTION guard_stays() RETURNS trigger"
    " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "add a trigger": "CREATE TRIGGER own BEFORE INSERT ON event FOR EACH ROW"
    " EXECUTE FUNCTION guard_stays()",
    "drop the table": "DROP TABLE event CASCADE",
    "empty the table": "TRUNCATE event CASCADE",
    "empty a fact table": "TRUNCATE ballot CASCADE",
    "delete events": "DELETE FROM event",
    "change an event": "UPDATE event SET actor = 'p-0001'",
    "delete facts": "DELETE FROM schedule_order",
    "change facts": "UPDATE schedule_order SET number = number + 1",
    "delete a case": "DELETE FROM case_file",
    "delete a sealed value": "DELETE FROM opening",
    "alter a table": "ALTER TABLE event DROP CONSTRAINT uq_event_stream_seq",
    "make it one's own": "ALTER TABLE event OWNER TO CURRENT_USER",
    "add a table": "CREATE TABLE own (id int)",
    "set the numbers back": "SELECT setval('event_id_seq', 1)",
    "claim another schema": "UPDATE alembic_version SET version_num = '0001'",
    "give rights on": "GRANT DELETE ON event TO PUBLIC",
}


@pytest.fixture(scope="module")
def played(databases: Databases) -> Iterator[str]:
    for url in cloned(databases, "postgresql", build_received):
        yield given(url, APP)


@pytest.mark.parametrize("what", TAMPERING, ids=lambda what: what.replace(" ", "_"))
def test_it_can_undo_nothing(played: str, what: str) -> None:
    with connected(played) as connection:
        before = _events(connection)
        if what == "give rights on":
            # PostgreSQL warns that nothing was granted, and nothing was.
            connection.execute(TAMPERING[what].encode())
            query = "SELECT has_table_privilege('public', 'event', 'DELETE')"
            assert connection.execute(query).fetchone() == (False,)
            return
        with pytest.raises(DENIED):
            connection.execute(TAMPERING[what].encode())
        assert _events(connection) == before > 0


def _events(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    row = connection.execute("SELECT count(*) FROM event").fetchone()
    assert row is not None
    return int(str(row[0]))


def test_whoever_only_reads_writes_nothing(url: str, tmp_path: Path) -> None:
    reader = given(url, READER, reading=True)
    with opened(reader, tmp_path) as stage:
        stage.verified()
    with connected(reader) as connection:
        for table in Base.metadata.tables:
            with pytest.raises(DENIED):
                connection.execute(f'INSERT INTO "{table}" DEFAULT VALUES'.encode())
            with pytest.raises(DENIED):
                connection.execute(f'DELETE FROM "{table}"'.encode())


def test_rights_given_by_hand_are_taken_away(url: str) -> None:
    role = given(url, APP)
    with owner(url) as connection:
        name = grants.quoted(APP)
        connection.execute(f"GRANT ALL ON event, ballot TO {name}".encode())
        connection.execute("GRANT DELETE ON event TO PUBLIC")
    given(url, APP)
    with connected(role) as connection, pytest.raises(DENIED):
        connection.execute("DELETE FROM event")


def test_every_table_of_the_database_is_covered(url: str) -> None:
    """What a migration adds without a model would be out of reach, and is told here."""
    with connected(given(url, APP)) as connection:
        rows = connection.execute(
            "SELECT relname, has_table_privilege(oid, 'SELECT') FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        ).fetchall()
        sequences = connection.execute(
            "SELECT relname, has_sequence_privilege(oid, 'USAGE') FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
        ).fetchall()
    assert len(rows) == len(Base.metadata.tables) + 1
    assert [name for name, there in [*rows, *sequences] if not there] == []


def test_what_the_code_deletes_is_what_the_role_may_delete() -> None:
    """A deletion somewhere else would fail under the role only, so it is told here."""
    found = {
        (path.relative_to(ROOT).as_posix(), what)
        for path in (ROOT / "app").rglob("*.py")
        for what in re.findall(r"(?<!\w)(session\.delete|delete)\((\w+)\)", path.read_text("utf-8"))
    }
    assert found == {
        ("app/services/throttle.py", ("session.delete", "row")),
        ("app/services/drafts.py", ("delete", "Draft")),
        ("app/services/tasks.py", ("delete", "_DRAFT")),
    }
    assert {"draft", "sign_in_failure"} == grants.FORGOTTEN


def test_a_database_that_it_may_not_migrate_is_told(databases: Databases, tmp_path: Path) -> None:
    for empty in cloned(databases, "postgresql", build_empty):
        with owner(empty) as connection:
            connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
            connection.execute("DROP ROLE IF EXISTS stranger")
            connection.execute("CREATE ROLE stranger LOGIN")
        stranger = make_url(empty).set(username="stranger").render_as_string()
        with opened(stranger, tmp_path), pytest.raises(Conflict, match="schema.denied"):
            installation.migrate(ROOT / "migrations")


def build_empty(url: str) -> None:
    """A database without a table."""
