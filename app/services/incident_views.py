"""What people are shown of incidents: the list, one of them with its history, a case's own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor
from app.domain.permissions import Permission, allows, require
from app.engine.elements import Element
from app.engine.forms import LANGUAGES, Names
from app.models.cases import CaseFile, Incident, Message, Task, Timer
from app.services import incidents, visibility
from app.services.numbers import MAX_ID

State = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Failed:
    """The act that failed: `kind` is timer, message, task or start (of a case by a message).

    `name` is what the diagram calls the timer or the task; `other` the case that sent the
    message, by id and number.
    """

    kind: str
    name: Names | None
    other: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An act that failed: what, where on the diagram, since when, how many times tried.

    `element` is the name of the failing element by language, None where it was at none;
    `process` and `process_name` the process it is drawn in, `line` its line there. `how` tells how
    a closed one ended, `proposed_by` who has proposed a repair that waits for somebody else.
    """

    id: int
    case_id: int
    number: str
    act: Failed
    process: str
    process_name: Names
    element: Names | None
    element_id: str | None
    paragraphs: tuple[str, ...]
    line: int | None
    code: str
    detail: str
    since: datetime
    attempt: int
    state: str
    how: str | None
    proposed_by: str | None
    may_open: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list; `next` continues it after an id, None at its end."""

    rows: tuple[IncidentView, ...]
    open: int
    closed: int
    next: int | None


def listed(
    *, actor: Actor, state: State, now: datetime, after: int | None = None, limit: int = 50
) -> Listed:
    """Incidents, open ones oldest first, closed ones newest first.

    Raises:
        NotAllowed: the actor may not see incidents.
    """
    require(actor, Permission.SEE_INCIDENTS)
    is_open = Incident.state == "open"
    query = select(Incident).where(is_open if state == "open" else ~is_open)
    start = None if after is None else max(0, min(after, MAX_ID))
    if state == "open":
        query = query.order_by(Incident.id)
        query = query if start is None else query.where(Incident.id > start)
    else:
        query = query.order_by(Incident.id.desc())
        query = query if start is None else query.where(Incident.id < start)
    with reading() as session:
        found = session.scalars(query.limit(limit + 1)).all()
        count = select(func.count().filter(is_open), func.count().filter(~is_open)).select_from(
            Incident
        )
        opened, closed = session.execute(count).one()
        return Listed(
            rows=views(session, found[:limit], actor, now),
            open=opened,
            closed=closed,
            next=found[limit - 1].id if len(found) > limit else None,
        )


def count_open(session: Session, actor: Actor) -> int:
    """How many incidents are open, 0 for whoever may not see them."""
    if not allows(actor, Permission.SEE_INCIDENTS):
        return 0
    query = select(func.count()).select_from(Incident).where(Incident.state == "open")
    return session.scalar(query) or 0


def open_of(
    session: Session, case: CaseFile, actor: Actor, now: datetime
) -> tuple[IncidentView, ...]:
    """The open incidents of a case, oldest first; who may see them is asked by the caller."""
    rows = session.scalars(
        select(Incident)
        .where(Incident.case_id == case.id, Incident.state == "open")
        .order_by(Incident.id)
    )
    return views(session, rows.all(), actor, now)


def views(
    session: Session, rows: Iterable[Incident], actor: Actor, now: datetime
) -> tuple[IncidentView, ...]:
    """Incidents as they are shown."""
    found = list(rows)
    if not found:
        return ()
    ids = {row.case_id for row in found}
    cases = {row.id: row for row in _cases(session, CaseFile.id.in_(ids))}
    visible = set(
        session.scalars(
            select(CaseFile.id).where(CaseFile.id.in_(ids), visibility.can_see_case(actor))
        )
    )
    return tuple(
        _view(session, row, cases[row.case_id], now, row.case_id in visible) for row in found
    )


def _cases(session: Session, which: ColumnElement[bool]) -> list[CaseFile]:
    return list(session.scalars(select(CaseFile).where(which)))


def _view(
    session: Session, row: Incident, case: CaseFile, now: datetime, may_open: bool
) -> IncidentView:
    releases = incidents.releases_of(session, case, now)
    element = incidents.element_of(releases, row)
    return IncidentView(
        id=row.id,
        case_id=case.id,
        number=case.number,
        act=_act(session, row, case, now),
        process=row.process,
        process_name=next(
            (r.processes[row.process].name for r in releases if row.process in r.processes),
            dict.fromkeys(LANGUAGES, row.process),
        ),
        element=element.name if element is not None and any(element.name.values()) else None,
        element_id=row.element,
        paragraphs=element.paragraphs if element is not None else (),
        line=row.line,
        code=row.code,
        detail=row.detail,
        since=row.since,
        attempt=row.attempt,
        state=row.state,
        how=row.how,
        proposed_by=row.proposed_by,
        may_open=may_open,
    )


def _act(session: Session, row: Incident, case: CaseFile, now: datetime) -> Failed:
    kind, _, key = row.act.partition(" ")
    if kind == "message":
        message = session.get(Message, int(key))
        if message is None:
            return Failed(kind, None)
        sender = session.get_one(CaseFile, message.from_case)
        return Failed("start" if message.starts else kind, None, (sender.id, sender.number))
    table = Timer if kind == "timer" else Task
    at = session.execute(
        select(table.process, table.element)
        .where(table.case_id == case.id, table.key == key)
        .order_by(table.id.desc())
        .limit(1)
    ).first()
    element = _element(session, case, now, at.process, at.element) if at else None
    return Failed(kind, element.name if element else None)


def _element(
    session: Session, case: CaseFile, now: datetime, process: str, element: str
) -> Element | None:
    for release in incidents.releases_of(session, case, now):
        if process in release.processes:
            return release.processes[process].elements.get(element)
    return None


def content(row: Incident) -> Mapping[str, Any]:
    """What a proposal says: `skip` and `data`; both empty where there is none."""
    found: Mapping[str, Any] = json.loads(row.repair) if row.repair else {"skip": {}, "data": {}}
    return found
