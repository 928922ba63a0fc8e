"""The inbox: open tasks of a person, by due date, with working days left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor
from app.domain.calendar import due_day, local_day, working_days_left
from app.domain.refusals import NotFound
from app.models.cases import CaseFile, Task
from app.operations.registers import Registers
from app.services import inbox_query, people, releases, visibility
from app.services.inbox_query import MOST, Place, View, Wanted
from app.services.numbers import possible

Bucket = Literal["overdue", "today", "week", "later", "undated"]
PAGE = 50


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A task in the list; `days_left` are working days, negative when late."""

    task_id: int
    case_id: int
    number: str
    process: str
    element: str
    name: Mapping[str, str]
    paragraphs: tuple[str, ...]
    organisation: str | None
    evaluated_body: str | None
    year: int | None
    block: int | None
    due_at: datetime | None
    due: date | None
    days_left: int | None
    bucket: Bucket
    claimed_by: str | None
    claimed_name: Mapping[str, str] | None
    mine: bool
    personal: bool
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class InboxPage:
    """One page of the list; `after` continues it, None at the end.

    `counts` are by view, `inbox_query.MOST` for as many or more.
    """

    rows: tuple[InboxRow, ...]
    counts: Mapping[View, int]
    after: str | None
    bodies: tuple[str, ...]


def inbox(
    *,
    actor: Actor,
    now: datetime,
    view: View = "all",
    search: str = "",
    block: int | None = None,
    body: str | None = None,
    after: str | None = None,
) -> InboxPage:
    """List the open tasks that the actor may act on, soonest due first.

    `after` is the cursor of an earlier page; one that does not parse is ignored.
    """
    with reading() as session:
        wanted = Wanted(actor, visibility.barred_years(session, actor))
        counts = inbox_query.counts(session, wanted, now)
        about = inbox_query.bodies(session, wanted)
        if counts["all"] >= MOST:
            # Not every task was looked at.
            about |= {row.code for row in Registers(session).bodies.evaluated()}
        words = search.strip()
        rows = inbox_query.page(
            session,
            replace(wanted, block=block, body=body),
            view,
            now=now,
            after=_place(after),
            size=PAGE + 1,
            search=_matches(session, words, now) if words else None,
        )
        shown = rows[:PAGE]
        last = shown[-1].Task if len(rows) > PAGE else None
        more = cursor(last.due_at, last.id) if last is not None else None
        return InboxPage(
            rows=_rows(session, shown, actor, now),
            counts=counts,
            after=more,
            bodies=tuple(sorted(about)),
        )


Found = Row[Task, CaseFile]


def cursor(due: datetime | None, task_id: int) -> str:
    """The place after a task of the list: `after` of the page that follows it."""
    return f"{due.isoformat() if due else ''}~{task_id}"


def _place(after: str | None) -> Place | None:
    if not after or "~" not in after:
        return None
    due, _, number = after.rpartition("~")
    try:
        moment = datetime.fromisoformat(due) if due else None
        task_id = possible(int(number), "task.gone")
    except (ValueError, NotFound):
        return None
    return (moment, task_id) if moment is None or moment.tzinfo is not None else None


def _matches(session: Session, search: str, now: datetime) -> ColumnElement[bool]:
    """Tasks whose case number, body or name has the words; folded here, not by the database."""
    folded = search.casefold()
    bodies = [
        code
        for code, body in Registers(session).bodies.by_code.items()
        if any(folded in text.casefold() for text in (body.name_kk, body.name_ru, body.name_en))
    ]
    release = releases.in_force(session, local_day(now))
    elements = [
        and_(Task.process == process.id, Task.element == element.id)
        for process in release.processes.values()
        for element in process.elements.values()
        if element.form and any(folded in text.casefold() for text in element.name.values())
    ]
    paragraph = folded.removeprefix("¶").strip()
    return or_(
        Task.case_id.in_(
            select(CaseFile.id).where(CaseFile.number.contains(search.upper(), autoescape=True))
        ),
        Task.evaluated_body.in_(bodies),
        (" " + Task.paragraphs + " ").contains(f" {paragraph} ", autoescape=True),
        *elements,
    )


def _rows(
    session: Session, found: Sequence[Found], actor: Actor, now: datetime
) -> tuple[InboxRow, ...]:
    names = people.names(session, {row.Task.claimed_by for row in found} - {None})
    registers = Registers(session)
    return tuple(
        inbox_row(session, registers, row.Task, row.CaseFile, actor, now, names) for row in found
    )


def inbox_row(
    session: Session,
    registers: Registers,
    task: Task,
    case: CaseFile,
    actor: Actor,
    now: datetime,
    names: Mapping[str, Mapping[str, str]],
) -> InboxRow:
    """A task as the list shows it; `names` are those of the people who hold tasks."""
    release = releases.load(session, case.release)
    element = release.processes[task.process].elements[task.element]
    today = local_day(now)
    due = due_day(task.due_at) if task.due_at else None
    left = working_days_left(registers.calendar, today, due) if due else None
    return InboxRow(
        task_id=task.id,
        case_id=case.id,
        number=case.number,
        process=case.process,
        element=task.element,
        name=element.name,
        paragraphs=tuple(task.paragraphs.split()),
        organisation=task.organisation,
        evaluated_body=case.evaluated_body,
        year=case.year,
        block=case.block,
        due_at=task.due_at,
        due=due,
        days_left=left,
        bucket=_bucket(due, today),
        claimed_by=task.claimed_by,
        claimed_name=names.get(task.claimed_by or ""),
        mine=actor.person in (task.claimed_by, task.assignee),
        personal=task.assignee is not None,
        opened_at=task.opened_at,
    )


def _bucket(due: date | None, today: date) -> Bucket:
    if due is None:
        return "undated"
    if due < today:
        return "overdue"
    if due == today:
        return "today"
    return "week" if due < today + timedelta(days=7 - today.weekday()) else "later"
