"""Whoever changes what is stored, past the guards, is found by the verifier."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

import pytest
from sqlalchemy import Table, text
from sqlalchemy.types import Boolean, Date, DateTime, Integer, LargeBinary

from app.audit import guards, guards_postgresql, guards_sqlite
from app.db import Base, db
from app.demo.appeal import at
from app.models.trail import fact_tables
from app.services import verification
from tests.audit.attacker import intruder
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage

PROJECTIONS = {
    "task": (
        "key", "element", "process", "role", "organisation", "assignee", "form", "due_at",
        "claimed_by", "state", "opened_seq",
    ),
    "timer": ("key", "element", "process", "due_at", "expression", "state", "opened_seq"),
    "wait": ("key", "element", "process", "message", "state", "opened_seq"),
}  # fmt: skip


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


def other(value: Any, kind: Any) -> Any:
    """A value that is not the stored one, and that its column takes."""
    if isinstance(kind, Boolean):
        return not value
    if isinstance(kind, Integer):
        return (value or 0) + 1
    if isinstance(kind, LargeBinary):
        return bytes([*value[:-1], value[-1] ^ 1])
    if isinstance(kind, Date):
        return datetime(2031, 1, 2, tzinfo=UTC).date().isoformat()
    if isinstance(kind, DateTime) or "date" in type(kind).__name__.lower():
        return "2031-01-02 03:04:05.000000"
    return f"{value or ''}x"[-40:]


Change = tuple[str, dict[str, Any]]


def changes_of(table: Table, names: tuple[str, ...]) -> list[tuple[str, Change, Change]]:
    """For each column of a table's newest row: the row's name, a change, and the way back."""
    with db.engine.connect() as connection:
        newest = connection.execute(text(f'SELECT max(id) FROM "{table.name}"')).scalar()
        if newest is None:
            return []
        found = []
        for name in names:
            # As the database has it: put back, it must be the very same.
            old = connection.execute(
                text(f'SELECT "{name}" FROM "{table.name}" WHERE id = {newest}')
            ).scalar()
            change = f'UPDATE "{table.name}" SET "{name}" = :new WHERE id = {newest}'
            new = other(old, table.c[name].type)
            found.append((f"{table.name}/{newest}", (change, {"new": new}), (change, {"new": old})))
        return found


def missed(stage: Stage, columns: list[list[tuple[str, Change, Change]]]) -> list[str]:
    """Change a column of every table at a time; the changes that the verifier did not see."""
    unseen, back = [], []
    for round_ in zip_longest(*columns):
        changes = [change for change in round_ if change is not None]
        result = tampered(stage, *back, *[new for _, new, _ in changes])
        told = [problem.problem for problem in result.problems]
        unseen += [new[0] for row, new, _ in changes if not any(f"{row}" in t for t in told)]
        back = [old for _, _, old in changes]
    assert tampered(stage, *back).ok
    return unseen


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


def test_a_cell_of_a_projection_is_found(played: Stage) -> None:
    tables = Base.metadata.tables
    columns = [changes_of(tables[name], names) for name, names in PROJECTIONS.items()]
    assert all(columns) and missed(played, columns) == []


def test_a_cell_of_every_fact_is_found(played: Stage) -> None:
    """Every table of facts that the plot has filled, and every one of its columns."""
    columns = [
        changes_of(table, tuple(c.name for c in table.columns if c.name != "id"))
        for table in fact_tables()
    ]
    assert sum(map(len, columns)) > 60 and missed(played, columns) == []


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
