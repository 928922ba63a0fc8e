"""Everything a case's page shows, and the list of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.db import reading
from app.domain.actors import Actor
from app.domain.permissions import Permission, allows
from app.domain.refusals import NotFound
from app.engine.release import Release
from app.models import cases as tables
from app.models.cases import CaseFile, Incident, Task
from app.operations.registers import Registers
from app.operations.versions import CONCLUDING
from app.services import (
    about,
    deadlines,
    documents,
    drafts,
    incident_views,
    kept_messages,
    letters,
    people,
    releases,
    views,
    visibility,
)
from app.services import story as story_of
from app.services.inbox import InboxRow, inbox_row
from app.services.numbers import MAX_ID, possible


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case in a list, or at the head of a page; `process_name` by language."""

    id: int
    number: str
    process: str
    process_name: Mapping[str, str]
    status: str
    year: int | None
    block: int | None
    evaluated_body: str | None
    authority: str | None
    started_at: datetime
    ended_at: datetime | None
    release: str
    release_number: int
    incident: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case as one reader may see it."""

    case: CaseSummary
    about: views.About
    story: tuple[story_of.Chapter, ...]
    marks: story_of.Marks
    stops: Mapping[str, tuple[story_of.Stop, ...]]
    diagrams: tuple[str, ...]
    deadlines: tuple[deadlines.Deadline, ...]
    tasks: tuple[InboxRow, ...]
    mine: tuple[int, ...]
    documents: tuple[documents.DocumentView, ...]
    letters: tuple[letters.LetterRow, ...]
    incidents: tuple[incident_views.IncidentView, ...]
    left_over: tuple[drafts.LeftOver, ...]
    waiting_messages: int
    messages: tuple[kept_messages.KeptMessage, ...]
    names: Mapping[str, Mapping[str, str]]
    may_object_late: bool
    inside: bool
    sees_incidents: bool


def case_page(*, case_id: int, actor: Actor, now: datetime) -> CasePage:
    """What `actor` may see of a case.

    Raises:
        NotFound: no such case, or not for this reader (the answer is the same).
    """
    with reading() as session:
        case = visible_case(session, case_id, actor)
        release = releases.load(session, case.release)
        marked = story_of.marks(session, case)
        shown = _diagrams(case, release, marked)
        chapters = story_of.story(session, case, release, actor)
        tasks, mine = open_tasks(session, case, actor, now)
        facts = about.about(session, case, actor, now)
        listed = documents.documents_of(session, case.id, actor)
        watches = allows(actor, Permission.SEE_INCIDENTS) or about.is_inside(case, actor)
        return CasePage(
            case=summary(session, case, release),
            about=facts,
            story=chapters,
            marks=marked,
            stops={process: story_of.stops(release, process, marked) for process in shown},
            diagrams=shown,
            deadlines=deadlines.deadlines(session, case, release, now),
            tasks=tasks,
            mine=mine,
            documents=listed,
            letters=letters.letters_of(session, case, actor),
            incidents=incident_views.open_of(session, case, actor, now) if watches else (),
            left_over=drafts.left_over(session, case, release, actor),
            waiting_messages=kept_messages.count(session, case),
            messages=kept_messages.kept(session, case) if watches else (),
            names=people.names(session, _people(chapters, facts, tasks)),
            may_object_late=_may_object_late(case, facts, actor, now),
            inside=about.is_inside(case, actor),
            sees_incidents=allows(actor, Permission.SEE_INCIDENTS),
        )


def visible_case(session: Session, case_id: int, actor: Actor) -> CaseFile:
    """A case that the actor may open, without its saved state.

    Raises:
        NotFound: no such case, or not for this reader.
    """
    case = session.scalars(
        select(CaseFile)
        .options(defer(CaseFile.state))
        .where(CaseFile.id == possible(case_id, "case.not_found"), visibility.can_see_case(actor))
    ).one_or_none()
    if case is None:
        raise NotFound("case.not_found")
    return case


def list_cases(
    *,
    actor: Actor,
    process: str | None = None,
    year: int | None = None,
    body: str | None = None,
    status: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[CaseSummary, ...]:
    """The cases the actor may open, newest first; `before` continues after an id."""
    if year is not None and not 0 < year <= MAX_ID:
        return ()
    wanted = [visibility.can_see_case(actor)]
    for column, value in (
        (CaseFile.process, process),
        (CaseFile.year, year),
        (CaseFile.evaluated_body, body),
        (CaseFile.status, status),
    ):
        if value is not None:
            wanted.append(column == value)
    if before is not None:
        wanted.append(CaseFile.id < max(0, min(before, MAX_ID)))
    with reading() as session:
        rows = session.scalars(
            select(CaseFile)
            .options(defer(CaseFile.state))
            .where(*wanted)
            .order_by(CaseFile.id.desc())
            .limit(limit)
        ).all()
        return tuple(summary(session, row, releases.load(session, row.release)) for row in rows)


def diagram(*, case_id: int, process: str, actor: Actor, language: str) -> bytes:
    """The diagram of one of the case's processes, its names in `language`.

    Raises:
        NotFound: no such case or process, or not for this reader.
    """
    with reading() as session:
        case = visible_case(session, case_id, actor)
        release = releases.load(session, case.release)
        if process not in release.processes:
            raise NotFound("case.not_found")
        return release.processes[process].diagram(language)


def summary(session: Session, case: CaseFile, release: Release) -> CaseSummary:
    """A case in short."""
    number = session.scalar(
        select(tables.Release.number).where(tables.Release.hash == case.release)
    )
    incident = session.scalar(
        select(Incident.id).where(Incident.case_id == case.id, Incident.state == "open").limit(1)
    )
    return CaseSummary(
        id=case.id,
        number=case.number,
        process=case.process,
        process_name=release.processes[case.process].name,
        status=case.status,
        year=case.year,
        block=case.block,
        evaluated_body=case.evaluated_body,
        authority=case.authority,
        started_at=case.started_at,
        ended_at=case.ended_at,
        release=case.release,
        release_number=number or 0,
        incident=incident is not None,
    )


def _diagrams(case: CaseFile, release: Release, marked: story_of.Marks) -> tuple[str, ...]:
    called = [
        element.called
        for element in release.processes[case.process].elements.values()
        if element.called
    ]
    return (case.process, *dict.fromkeys(called))


def open_tasks(
    session: Session, case: CaseFile, actor: Actor, now: datetime
) -> tuple[tuple[InboxRow, ...], tuple[int, ...]]:
    """The open tasks of a case, and the ids of those that the actor may act on."""
    rows = session.scalars(
        select(Task)
        .where(Task.case_id == case.id, Task.state == "open")
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
    ).all()
    registers = Registers(session)
    known = about.known_bodies(case, actor)
    names = people.names(
        session, {row.claimed_by for row in rows if row.organisation in known} - {None}
    )
    allowed = session.scalars(
        select(Task.id).where(
            Task.case_id == case.id,
            visibility.can_see_task(actor, visibility.barred_years(session, actor)),
        )
    ).all()
    return (
        tuple(inbox_row(session, registers, row, case, actor, now, names) for row in rows),
        tuple(allowed),
    )


def _people(
    chapters: tuple[story_of.Chapter, ...], facts: views.About, tasks: tuple[InboxRow, ...]
) -> set[str]:
    codes = {chapter.person for chapter in chapters if chapter.person}
    codes |= {task.claimed_by for task in tasks if task.claimed_by}
    codes |= {view.author for view in facts.schedules}
    if facts.conclusion is not None:
        codes |= facts.conclusion.people
    for objection in facts.objections:
        codes.add(objection.filed_by)
        if objection.commission is not None:
            codes |= objection.commission.people
    return codes


def _may_object_late(case: CaseFile, facts: views.About, actor: Actor, now: datetime) -> bool:
    """Say whether to offer a late objection.

    The window is over, it is the reader's body, and nothing was objected yet: whoever objected
    is led to the objection; what is sent all the same is registered (¶ 57).
    """
    conclusion = facts.conclusion
    return (
        case.process in CONCLUDING
        and conclusion is not None
        and conclusion.window_ends_at is not None
        and conclusion.window_ends_at <= now
        and not facts.objections
        and actor.holds("case_officer", case.evaluated_body or "")
    )
