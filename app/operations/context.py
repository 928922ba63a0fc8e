"""What an operation is given: the act it is part of.

An operation writes facts and returns JSON, which is recorded with the act; it never commits,
never reads a clock and never touches the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import Insert, Table, func, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict
from sqlalchemy.sql.dml import ReturningInsert

from app.db import connection_of, is_sqlite
from app.domain.actors import Actor, SystemActor
from app.domain.refusals import Conflict
from app.domain.registers import Decide
from app.domain.registers import Registers as Evaluators
from app.engine.release import Release
from app.engine.step import Sent
from app.engine.tables import look_up
from app.models.cases import CaseFile, Party
from app.models.facts import Letter
from app.models.trail import Fact
from app.operations.registers import Registers

Row = TypeVar("Row", bound=Fact)


@dataclass
class Context:
    """One act: its case, who acts, when, the answers given, and the rows it writes.

    `seq` is the number that the act's event will have on the case's stream; `answers` are
    the validated answers of the form, free text included.
    """

    session: Session
    case: CaseFile
    actor: Actor | SystemActor
    now: datetime
    seq: int
    registers: Registers
    # The legal release that the case is pinned to, asked for by the few acts that need it.
    release: Callable[[], Release]
    answers: Mapping[str, Any] = field(default_factory=dict)
    rows: list[Fact] = field(default_factory=list)
    outbox: list[Sent] = field(default_factory=list)

    @property
    def person(self) -> str:
        """The code of the person who acts, or the name of the system's part."""
        return self.actor.person if isinstance(self.actor, Actor) else self.actor.name

    @property
    def evaluators(self) -> Evaluators:
        """What the rules on who evaluates whom read: registers, and the table of the release."""
        return self.registers.evaluators(decided_by(self.release))

    def write(self, row: Row) -> Row:
        """Add a fact to the act; its id is known afterwards."""
        return self.write_all((row,))[0]

    def write_all(self, rows: Iterable[Row]) -> list[Row]:
        """Add many facts to the act, by one statement for each table; their ids are known then."""
        added = list(rows)
        by_table: dict[type[Fact], list[Fact]] = {}
        for row in added:
            row.stream, row.seq = self.case.stream, self.seq
            by_table.setdefault(type(row), []).append(row)
        for kind, of_kind in by_table.items():
            self._insert(kind, of_kind)
        self.rows.extend(added)
        return added

    def _insert(self, kind: type[Fact], rows: Sequence[Fact]) -> None:
        # Past the object layer: its unit of work takes longer to find out what is new than the
        # database takes to write it. Nor does the session learn of the rows.
        inserting = _inserting(cast(Table, kind.__table__))
        written = [instance_dict(row) for row in rows]
        values = [{name: row.get(name) for name in inserting.names} for row in written]
        for row, number in zip(written, self._inserted(inserting, values), strict=True):
            row["id"] = number

    def _inserted(
        self, inserting: _Inserting, values: Sequence[Mapping[str, Any]]
    ) -> Sequence[int]:
        connection = connection_of(self.session)
        if len(values) == 1:
            key = connection.execute(inserting.one, values[0]).inserted_primary_key
            assert key is not None
            return [key[0]]
        if not is_sqlite(self.session):
            return connection.scalars(inserting.numbered, values).all()
        # SQLite has one writer, and numbers the rows one after another as they come.
        connection.execute(inserting.many, values)
        last: int = connection.execute(_LAST).scalar_one()
        return range(last - len(values) + 1, last + 1)

    def show_to(self, organisation: str) -> None:
        """Let an organisation see the case from this act on."""
        self.write(Party(case_id=self.case.id, organisation=organisation))

    def start_case(self, process: str, message: str, payload: Mapping[str, Any]) -> None:
        """Let a case of `process` be started by a message, as an act of its own after this one."""
        self.outbox.append(Sent(message, dict(payload), None, process, ""))

    def send(self, message: str, payload: Mapping[str, Any], *, to: int) -> None:
        """Send a message to a case; it is delivered after this act, when the case waits for it."""
        self.outbox.append(Sent(message, dict(payload), str(to), None, ""))

    def send_letter(self, kind: str, recipient: str, subject: int | None = None) -> Letter:
        """Send a letter of the release to an organisation."""
        return self.write(
            Letter(
                case_id=self.case.id,
                kind=kind,
                recipient=recipient,
                subject=subject,
                sent_at=self.now,
            )
        )


def decided_by(release: Callable[[], Release]) -> Decide:
    """The decision function of a release's table of who evaluates whom (¶ 23–38).

    The release is asked for when the table is. The function raises Conflict,
    `release.no_table`, for a release of before there was such a table.
    """

    def decide(values: Mapping[str, Any]) -> Mapping[str, Any]:
        table = release().tables.get("evaluators")
        if table is None:
            raise Conflict("release.no_table")
        return look_up(table, values)

    return decide


# The signature of every operation: the act, then by name the parameters that the diagram
# passes; it writes facts and returns JSON to be recorded with the act.
Operation = Callable[..., Any]


class _Inserting(NamedTuple):
    """The statements that write facts of a kind and give their ids, and the columns they ask."""

    one: Insert
    many: Insert
    numbered: ReturningInsert[Any]
    names: tuple[str, ...]


_LAST = select(func.last_insert_rowid())


@cache
def _inserting(table: Table) -> _Inserting:
    numbered = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    names = tuple(column.name for column in table.c if column.name != "id")
    return _Inserting(insert(table), insert(table).inline(), numbered, names)
