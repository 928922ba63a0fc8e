"""Whoever changes what is stored, past the guards, is found by the verifier.

Single values of every column are tried in `tests/audit/test_every_column.py`.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.audit import guards, guards_postgresql, guards_sqlite
from app.db import Base, db
from app.demo.appeal import at
from app.services import verification
from tests.audit.attacker import intruder
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage


@pytest.fixture
def played(received: Stage) -> Stage:
    """An appeal half way: a vote is given, two are open, the window is closed."""
    case = received.plot.object(AKMOLA)
    received.plot.form_commission(case)
    received.plot.vote(case, AKMOLA, members=1)
    received.play.pass_time(at("2018-04-04T10:00"))
    received.verified()
    return received


def tampered(stage: Stage, *changes: tuple[str, dict[str, Any]]) -> verification.Verification:
    """What the verifier says after somebody with the database in their hands was there."""
    db.session.remove()
    with intruder(stage.app.config["SQLALCHEMY_DATABASE_URI"]) as connection:
        sqlite = connection.dialect.name == "sqlite"
        for statement in (guards_sqlite if sqlite else guards_postgresql).removal(connection):
            connection.exec_driver_sql(statement)
        for change, values in changes:
            assert connection.execute(text(change), values).rowcount == 1, change
        guards.install(connection)
    return verification.verify_trail(store=stage.store)


def test_a_bit_of_a_saved_state_is_found(played: Stage) -> None:
    state = played.case(CONCLUSION).state
    for place in (0, 1, len(state) // 2, len(state) - 1):
        changed = bytes(b ^ (i == place) for i, b in enumerate(state))
        result = tampered(
            played,
            ("UPDATE case_file SET state = :s WHERE id = :i", {"s": changed, "i": CONCLUSION}),
        )
        assert not result.ok
        assert any("Б1-2017-0002" in p.problem or "case_file" in p.problem for p in result.problems)
    back = {"s": state, "i": CONCLUSION}
    assert tampered(played, ("UPDATE case_file SET state = :s WHERE id = :i", back)).ok


def test_an_older_state_put_back_is_found(played: Stage) -> None:
    """A state that was right once is the wrong one now."""
    before = played.case(3).state
    task = played.play.find("mne.officer4", 3, "vote")
    played.complete("mne.officer4", task.task_id, votes={"1.1.1": "for"})
    result = tampered(played, ("UPDATE case_file SET state = :s WHERE id = 3", {"s": before}))
    assert not result.ok


@pytest.mark.parametrize("table", ["task", "timer", "wait"])
def test_a_row_of_a_projection_taken_away_or_added_is_found(played: Stage, table: str) -> None:
    made = Base.metadata.tables[table]
    names = ", ".join(f'"{c.name}"' for c in made.columns if c.name not in ("id", "key"))
    copy = (
        f'INSERT INTO "{table}" (id, "key", {names}) SELECT 9999, \'forged\', {names} '
        f'FROM "{table}" ORDER BY id DESC LIMIT 1'
    )
    assert not tampered(played, (copy, {})).ok
    assert tampered(played, (f'DELETE FROM "{table}" WHERE id = 9999', {})).ok
    last = f'DELETE FROM "{table}" WHERE id = (SELECT max(id) FROM "{table}")'
    assert not tampered(played, (last, {})).ok
