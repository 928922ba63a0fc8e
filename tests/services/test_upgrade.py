"""A migration beside running cases: by two at once, under acts, and what older versions say."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from app.db import db, transaction
from app.domain.refusals import Conflict
from app.models.cases import CaseFile, Release
from app.services import health, installation, tasks
from config.settings import ROOT
from tests.journeys.plot import CONCLUSION, Stage
from tests.services.together import together

NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "tomorrow", "{head}"
branch_labels = depends_on = None


def upgrade():
    op.create_table("of_tomorrow", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("case_file") as table:
        table.add_column(sa.Column("of_tomorrow", sa.Integer(), nullable=True))
"""


@pytest.fixture
def tomorrow(tmp_path: Path) -> Path:
    """The migrations of a later version: ours, and one that rebuilds a guarded table."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = installation.known(ROOT / "migrations")[0]
    (folder / "versions" / "tomorrow.py").write_text(NEXT.format(head=head))
    return folder


@pytest.mark.postgres
def test_of_two_who_migrate_at_once_one_does_it_and_cases_go_on(
    received: Stage, tomorrow: Path
) -> None:
    """On SQLite the file lock of the commands holds everybody else off."""
    if db.engine.dialect.name != "postgresql":
        return
    pinned = received.case(CONCLUSION).release
    objection = {"points": ["1.1.1"], "grounds": "Статистика.", "proceed_without": True}

    def act(_number: int) -> Any:
        # Whoever meets the migration waits for it, or is told that the database is busy.
        return tasks.complete(
            task_id=received.task(CONCLUSION, "object"),
            actor=received.actor("akmola.officer1"),
            answers=objection,
            now=received.play.now,
        )

    acts = [lambda number=number: act(number) for number in range(3)]
    outcomes = together(received, [lambda: installation.migrate(tomorrow)] * 2 + acts)
    assert sorted(map(str, outcomes[:2])) == ["False", "True"], outcomes
    # The guards are up again, and the case is the one it was, under the release it began with.
    case = received.case(CONCLUSION)
    assert case.release == pinned == received.all(Release)[0].hash
    done = act(0)
    assert done
    received.verified()


def test_an_older_version_serves_on_and_does_not_begin_anew(
    received: Stage, tomorrow: Path
) -> None:
    """While one process after the other is replaced, those of before go on."""
    assert health.health() == health.Health(True, None, "current", True)
    installation.migrate(tomorrow)
    assert health.health() == health.Health(True, None, "newer", True)
    with pytest.raises(Conflict, match="schema.newer"):
        installation.migrate(ROOT / "migrations")
    assert "of_tomorrow" in inspect(db.engine).get_table_names()
    assert received.case(CONCLUSION).status == "running"


def test_a_version_ahead_of_its_database_is_not_ready(received: Stage) -> None:
    before = installation.known(ROOT / "migrations")[1]
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :one"), {"one": before})
    assert health.health() == health.Health(False, "schema.older", "older", True)


@pytest.mark.postgres
def test_a_migration_does_not_stand_in_everybodys_way(
    received: Stage, tomorrow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup holds the tables for long: the migration gives up, and nothing has changed."""
    if db.engine.dialect.name != "postgresql":
        return
    monkeypatch.setattr(installation, "HELD_UP_SECONDS", 1)
    holding, done = threading.Event(), threading.Event()

    def backup() -> None:
        with received.app.app_context(), db.engine.begin() as connection:
            connection.execute(text("LOCK TABLE case_file IN ACCESS SHARE MODE"))
            holding.set()
            done.wait(30)

    thread = threading.Thread(target=backup)
    thread.start()
    try:
        assert holding.wait(30)
        with pytest.raises(Conflict, match="schema.busy"):
            installation.migrate(tomorrow)
        assert received.all(CaseFile)
    finally:
        done.set()
        thread.join()
    assert "of_tomorrow" not in inspect(db.engine).get_table_names()
    assert installation.migrate(tomorrow)
    received.verified()
