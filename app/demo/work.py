"""The open work of a played year: what lies in whose queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.db import reading
from app.domain.calendar import local_day
from app.models.cases import CaseFile, Task


@dataclass(frozen=True, slots=True)
class Work:
    """An open task: its form, whose it is, what it is about, since when it lies there.

    `visit` counts the times that the case has come to this step; `part` is the code of the
    part where a part of a block is evaluated.
    """

    task: int
    case: int
    form: str
    key: str
    role: str
    organisation: str
    assignee: str | None
    claimed_by: str | None
    opened: date
    year: int | None
    block: int
    body: str

    @property
    def visit(self) -> int:
        """1 when the case comes here for the first time."""
        _, mark, number = self.key.rpartition("#")
        return int(number) if mark and number.isdecimal() else 1

    @property
    def part(self) -> str:
        """The code in the brackets of the key (`score_parts[goals]/score`), if there is one."""
        return self.key.partition("[")[2].partition("]")[0]


def open_work() -> list[Work]:
    """Everything that waits for somebody, in the order in which it came up."""
    query = (
        select(
            Task.id,
            Task.case_id,
            Task.form,
            Task.key,
            Task.role,
            Task.organisation,
            Task.assignee,
            Task.claimed_by,
            Task.opened_at,
            CaseFile.year,
            CaseFile.block,
            CaseFile.evaluated_body,
        )
        .join(CaseFile, CaseFile.id == Task.case_id)
        .where(Task.state == "open")
        .order_by(Task.case_id, Task.opened_seq, Task.key)
    )
    with reading() as session:
        return [
            Work(
                task=row.id,
                case=row.case_id,
                form=row.form,
                key=row.key,
                role=row.role,
                organisation=row.organisation or "",
                assignee=row.assignee,
                claimed_by=row.claimed_by,
                opened=local_day(row.opened_at),
                year=row.year,
                block=row.block or 0,
                body=row.evaluated_body or "",
            )
            for row in session.execute(query)
        ]
