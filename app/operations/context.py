"""What an operation is given: the act it is part of.

An operation writes facts and returns JSON, which is recorded with the act; it never commits,
never reads a clock and never touches the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.domain.actors import Actor, SystemActor
from app.engine.step import Sent
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
    answers: Mapping[str, Any] = field(default_factory=dict)
    rows: list[Fact] = field(default_factory=list)
    outbox: list[Sent] = field(default_factory=list)

    @property
    def person(self) -> str:
        """The code of the person who acts, or the name of the system's part."""
        return self.actor.person if isinstance(self.actor, Actor) else self.actor.name

    def write(self, row: Row) -> Row:
        """Add a fact to the act; its id is known afterwards."""
        row.stream = self.case.stream
        row.seq = self.seq
        self.session.add(row)
        self.session.flush()
        self.rows.append(row)
        return row

    def write_all(self, rows: Iterable[Row]) -> None:
        """Add many facts to the act in one go."""
        added = list(rows)
        for row in added:
            row.stream = self.case.stream
            row.seq = self.seq
        self.session.add_all(added)
        self.session.flush()
        self.rows.extend(added)

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


# The signature of every operation: the act, then by name the parameters that the diagram
# passes; it writes facts and returns JSON to be recorded with the act.
Operation = Callable[..., Any]
