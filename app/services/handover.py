"""Tasks whose holder is gone: given back to the queue, each as an act of its case."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from app.audit import events
from app.db import reading, transaction
from app.domain.actors import Actor, SystemActor
from app.domain.calendar import local_day
from app.models.cases import Task
from app.models.people import Grant, GrantEnd, Person
from app.operations.staff import in_force
from app.services import acts, person_file


def give_back(*, actor: Actor | SystemActor, now: datetime, person: str | None = None) -> int:
    """Release the open tasks that were claimed by people who may not do them any more.

    That is by somebody without access, or who no longer holds the task's role in its
    organisation; by `person` only, or by anybody (for the ticker: a role ends by its date).
    Returns how many. Called by who may manage people, or by the system.
    """
    today = local_day(now)
    with reading() as session:
        query = select(Task.id).where(_stranded(today)).order_by(Task.id)
        if person is not None:
            query = query.where(Task.claimed_by == person)
        found = session.scalars(query).all()
    return sum(_release(task_id, today, actor, now) for task_id in found)


def _stranded(today: date) -> ColumnElement[bool]:
    gone = (
        select(Person.id).where(Person.code == Task.claimed_by, Person.active.is_(False)).exists()
    )
    holds = (
        select(Grant.id)
        .outerjoin(GrantEnd, GrantEnd.grant_id == Grant.id)
        .where(
            Grant.person == Task.claimed_by,
            Grant.role == Task.role,
            Grant.organisation == Task.organisation,
            in_force(today),
        )
        .exists()
    )
    return and_(
        Task.state == "open",
        Task.claimed_by.is_not(None),
        or_(gone, and_(Task.assignee.is_(None), ~holds)),
    )


def _release(task_id: int, today: date, actor: Actor | SystemActor, now: datetime) -> bool:
    with transaction() as session:
        case_id = session.scalar(select(Task.case_id).where(Task.id == task_id))
        case = acts.lock_case(session, case_id or 0)
        task = session.scalars(
            select(Task).where(Task.id == task_id, _stranded(today))
        ).one_or_none()
        if case is None or task is None or task.claimed_by is None:
            # Done, or given back, a moment ago.
            return False
        event = events.TaskReleased(key=task.key, element=task.element, person=task.claimed_by)
        task.claimed_by = None
        acts.record(
            acts.context_for(session, case, actor=actor, now=now),
            event,
            holding=person_file.managing(actor),
            paragraphs=tuple(task.paragraphs.split()),
        )
        return True
