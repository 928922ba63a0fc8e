"""Every column of every table: one value changed past the guards, and the verifier finds it.

Tables and columns are those of the metadata, so a new one is tried without being named here;
a table in which the play leaves no row is given one.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Connection, Date, Integer, LargeBinary, Table, select, text
from sqlalchemy.orm import Session

from app.audit import log
from app.audit.events import InstallationCreated
from app.audit.protection import OWN
from app.db import Base, UtcDateTime, db, transaction
from app.demo import appeal
from app.models.people import Grant
from app.models.trail import Fact
from app.services import incidents, people, timers, verification
from tests.audit.attacker import intruder, tamper
from tests.audit.trial import by_timer
from tests.conftest import KINDS
from tests.databases import Databases
from tests.journeys.plot import AKMOLA, AKTOBE, PAVLODAR, Stage, build_stage, opened, staged
from tests.services import calendars, trial

TABLES = {
    "draft": "what somebody types is on the trail once it is handed in",
    "sign_in": "a session's secret and when it was used last; that it was opened and closed is "
    "on the trail",
    "sign_in_failure": "counts towards a throttle; what it leads to is on the trail",
}
"""Tables that the trail does not vouch for, and why."""

_ORDER = "the number that the database gave the row; nothing on the trail says it"
COLUMNS = {(table, "id"): _ORDER for table in ("task", "timer", "wait", "incident", "message")} | {
    ("event", "id"): "the order in which events of different streams came; the chains tell the "
    "order within a stream, and nothing yet the one across streams",
    ("opening", "id"): _ORDER,
}
"""Columns that nothing can tell, and why."""


def build_everything(url: str) -> None:
    """Make a database at `url` in which every table under the trail has a row."""
    build_stage(url)
    with tempfile.TemporaryDirectory() as data, opened(url, Path(data)) as stage:
        play(stage)
        with transaction() as session:
            fill(session)


def play(stage: Stage) -> None:
    """Appeals decided, under way and closed; roles ended; acts that failed."""
    plot, now = stage.plot, stage.play
    plot.schedule()
    appeal.deliver(plot)
    decided, undocumented = plot.object(AKMOLA), plot.object(PAVLODAR)
    plot.form_commission(decided)
    plot.vote(decided, AKMOLA)
    plot.decide(decided, AKMOLA)
    plot.close(undocumented)
    under_way = plot.object(AKTOBE)
    plot.form_commission(under_way)
    now.pass_time(appeal.at("2018-04-04T10:00"))
    plot.vote(under_way, AKTOBE, members=1)
    grant = stage.all(Grant, role="case_officer")[-1]
    people.end_role(grant=grant.id, ends_on=now.now.date(), actor=administrator(stage), now=now.now)
    with tempfile.TemporaryDirectory() as release:
        trial.adopt(stage, Path(release))
    for branch in (trial.LATE_CRASH, trial.CHILD):
        case = trial.begin(stage)
        stage.complete(trial.OFFICER, stage.task(case, "first"), number=branch, why="Себебі.")
    timers.run_due(now=now.now)
    incidents.resolve(incident_id=1, actor=administrator(stage), now=now.now)
    timers.run_due(now=now.now)
    # ¶ 60: the appeals end on 12 April.
    calendars.agreed(stage, calendars.day_of("2018-04-12"))
    stage.verified()


def administrator(stage: Stage) -> Any:
    return stage.actor("admin")


def fill(session: Session) -> None:
    """Give every table of facts that is empty a row, on a stream of its own."""
    for table in Base.metadata.sorted_tables:
        model = next(m.class_ for m in Base.registry.mappers if m.local_table is table)
        if not issubclass(model, Fact) or session.scalar(select(model.id).limit(1)):
            continue
        values = {
            column.key: some(session, column)
            for column in table.columns
            if column.key not in ("id", "stream", "seq")
        }
        told = InstallationCreated(name=table.name, origin="tests", demo=True)
        stream = f"filled/{table.name}"
        log.append(session, told, by_timer(0), stream=stream, rows=[model(**values)])
        session.flush()


def some(session: Session, column: Column[Any]) -> Any:
    """A value that a column takes."""
    for key in column.foreign_keys:
        return session.scalar(select(key.column).limit(1))
    if isinstance(column.type, UtcDateTime):
        return by_timer(0).at
    if isinstance(column.type, Date):
        return by_timer(0).at.date()
    kinds: list[tuple[type, Any]] = [(Boolean, True), (Integer, 1), (LargeBinary, b"some")]
    return next((value for kind, value in kinds if isinstance(column.type, kind)), "1")


@pytest.fixture(params=KINDS)
def everything(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[Stage]:
    """An installation in which everything has happened."""
    yield from staged(databases, request.param, build_everything, tmp_path)


@dataclass(frozen=True)
class Trial:
    """One value to be changed: where, what it is and what it becomes; `told` is how it is named."""

    table: str
    column: str
    row: int
    old: Any
    new: Any
    told: re.Pattern[str]

    def set(self, value: Any) -> Any:
        """A change of the value to this one."""

        def change(connection: Connection) -> None:
            where = "id = :id"
            if self.column == "id":
                where = f"id IN ({self.row}, {self.row + 1_000_000})"
            done = connection.execute(
                text(f'UPDATE "{self.table}" SET "{self.column}" = :value WHERE {where}'),
                {"value": value} | ({} if self.column == "id" else {"id": self.row}),
            )
            assert done.rowcount == 1, self

        return change

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column} of row {self.row}: {self.old!r} to {self.new!r}"


def trials(connection: Connection, table: Table) -> list[Trial]:
    """Every column's newest row with a value, and its newest one without."""
    found = []
    for column in table.columns:
        if (table.name, column.name) in COLUMNS:
            continue
        for there in ("IS NOT NULL", "IS NULL"):
            query = (
                f'SELECT * FROM "{table.name}" WHERE "{column.name}" {there} '
                "ORDER BY id DESC LIMIT 1"
            )
            row = connection.execute(text(query)).mappings().one_or_none()
            if row is not None:
                old = row[column.name]
                new = row["id"] + 1_000_000 if column.name == "id" else other(old, column)
                label = f"{row.get('stream')} #{row.get('seq')}"
                named = rf"\b{table.name}/{row['id']}\b|{re.escape(label)}: .*\b{table.name}/\d+\*"
                found.append(Trial(table.name, column.name, row["id"], old, new, re.compile(named)))
    return found


def other(value: Any, column: Column[Any]) -> Any:
    """The nearest value that is not the stored one, and that its column takes."""
    if isinstance(column.type, Boolean):
        return not value if isinstance(value, bool) else 1 - value
    if value is None:
        return missing(column)
    if isinstance(value, int):
        return value + 1
    if isinstance(value, bytes):
        return bytes([*value[:-1], value[-1] ^ 1])
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(column.type, UtcDateTime):
        return str(datetime.fromisoformat(value) + timedelta(microseconds=1)).ljust(26, "0")[:26]
    if isinstance(column.type, Date):
        return str(date.fromisoformat(value) + timedelta(days=1))
    if column.name == "outcome":  # of which the database knows two
        return {"done": "refused", "refused": "done"}.get(value, "x")
    return value[:-1] + ("x" if value[-1:] != "x" else "y")


def missing(column: Column[Any]) -> Any:
    if isinstance(column.type, UtcDateTime):
        return "2018-03-20 04:00:00.000001"
    if isinstance(column.type, Date):
        return "2018-03-20"
    return {Integer: 1, LargeBinary: b"x"}.get(type(column.type), "x")


def test_a_value_of_every_column_of_every_table(everything: Stage) -> None:
    url = everything.app.config["SQLALCHEMY_DATABASE_URI"]
    assert set(TABLES) <= set(Base.metadata.tables)
    tables = [t for t in Base.metadata.sorted_tables if t.name not in TABLES]
    with db.engine.connect() as connection:
        tried = {table.name: trials(connection, table) for table in tables}
    for table in tables:
        columns = {c.name for c in table.columns if (table.name, c.name) not in COLUMNS}
        assert {one.column for one in tried[table.name]} == columns, f"{table.name} has no row"
    db.session.remove()
    # A change of these makes much else look wrong: each is tried by itself.
    alone = [[one] for name in ("event", "opening") for one in tried.pop(name)]
    rounds = [[one for one in some if one is not None] for some in zip_longest(*tried.values())]
    unseen = [name for ones in [*rounds, *alone] for name in missed(everything, url, ones)]
    assert unseen == []
    everything.verified()


def missed(stage: Stage, url: str, ones: list[Trial]) -> list[str]:
    """Change these values, verify, and change them back; the changes that were not told."""
    tamper(url, *(one.set(one.new) for one in ones), metadata=OWN)
    problems = verification.verify_trail(store=stage.store).problems
    tamper(url, *(one.set(one.old) for one in ones), metadata=OWN)
    if len(ones) == 1:
        return [] if problems else [ones[0].name]
    told = "\n".join(f"{problem.event}: {problem.problem}" for problem in problems)
    return [one.name for one in ones if not one.told.search(told)]


def test_a_row_number_given_twice_is_no_way_around(everything: Stage) -> None:
    """SQLite lets a table be without keys of other tables: a row of nobody is found too."""
    url = everything.app.config["SQLALCHEMY_DATABASE_URI"]
    for table in ("task", "timer", "wait", "incident"):
        with intruder(url) as connection:
            connection.execute(text(f'UPDATE "{table}" SET case_id = 999 WHERE id = 1'))
        told = "\n".join(
            p.problem for p in verification.verify_trail(store=everything.store).problems
        )
        assert f"{table}/1 is of a case without events." in told
