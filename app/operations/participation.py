"""Who took part in the evaluation of a year, computed from the trail (¶ 59).

Taking part means having acted for an authority: entered, scored, re-checked or signed, in
any evaluation case of that reporting year, or having attached a document to one for the
authority. That the bar is limited to one year's cycle is a reading of ¶ 59.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import InstrumentedAttribute as Attribute
from sqlalchemy.orm import Session

from app.db import connection_of
from app.models.cases import CaseFile, Task
from app.models.facts import Document
from app.models.trail import EventRow
from app.operations.versions import CONCLUDING

# Steps that are the evaluated body's own. A body that concludes on itself acts for the
# authority in all the others, and that is taking part too.
OF_THE_BODY = ("report", "certify", "receive", "object")


@dataclass(frozen=True, slots=True)
class Participation:
    """One act by which somebody took part: where and when the trail has it."""

    person: str
    case_id: int
    number: str
    element: str | None
    event_id: int


def taken_part(
    session: Session, year: int | None, people: Collection[str] | None = None
) -> tuple[Participation, ...]:
    """Every act by which one of `people` took part in the evaluation of `year`, oldest first.

    Without `people`, of everybody: that reads all acts of the year.
    """
    if year is None:
        return ()
    asked = {"year": year, "people": sorted(people or ())}
    query = _OF_ALL if people is None else _OF_PEOPLE
    rows = connection_of(session).execute(query, asked)
    return tuple(
        Participation(row.actor, row.case_id, row.number, row.element, row.id) for row in rows
    )


def _acts() -> Select[str | None, int | None, str, str, int]:
    return (
        select(
            EventRow.actor,
            EventRow.case_id,
            CaseFile.number,
            Task.element,
            EventRow.id,
        )
        # By the number of the case, which is a key: of the stream there is no index, and every
        # act would be compared with every case and document of the year.
        .join(
            CaseFile,
            (CaseFile.id == EventRow.case_id) & (CaseFile.stream == EventRow.stream),
        )
        .outerjoin(Task, (Task.case_id == EventRow.case_id) & (Task.closed_seq == EventRow.seq))
        .outerjoin(
            Document, (Document.case_id == EventRow.case_id) & (Document.seq == EventRow.seq)
        )
        .where(
            CaseFile.process.in_(CONCLUDING),
            EventRow.outcome == "done",
            EventRow.actor.is_not(None),
            or_(
                EventRow.kind == "case.started",
                (EventRow.kind == "task.completed")
                & (Task.completed_by == EventRow.actor)
                & _for_an_authority(Task.organisation, Task.element.in_(OF_THE_BODY)),
                (EventRow.kind == "document.attached")
                & _for_an_authority(Document.organisation, _is_of_the_body(Document.task_key)),
            ),
        )
    )


def _for_an_authority(
    organisation: Attribute[str] | Attribute[str | None], of_the_body: ColumnElement[bool]
) -> ColumnElement[bool]:
    """An act for another body than the evaluated one, or for one that concludes on itself."""
    itself = (CaseFile.authority == CaseFile.evaluated_body) & ~of_the_body
    return or_(organisation != CaseFile.evaluated_body, itself)


def _is_of_the_body(key: Attribute[str | None]) -> ColumnElement[bool]:
    """Say whether the key of a task is that of a step of the evaluated body's own."""
    steps = [
        or_(key == step, *map(key.like, (f"{step}#%", f"%/{step}", f"%/{step}#%")))
        for step in OF_THE_BODY
    ]
    # What belongs to no task is attached to a late objection.
    return or_(key.is_(None), key == "late_objection", *steps)


_OF_ALL = _acts().where(CaseFile.year == bindparam("year")).order_by(EventRow.id)
_OF_PEOPLE = _OF_ALL.where(EventRow.actor.in_(bindparam("people", expanding=True)))


def participants(
    session: Session, year: int | None, people: Collection[str] | None = None
) -> frozenset[str]:
    """Those of `people` (of everybody) who took part in the evaluation of `year`."""
    return frozenset(part.person for part in taken_part(session, year, people))
