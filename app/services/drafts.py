"""What people have typed and not handed in: theirs alone, kept for a while, then forgotten.

A draft belongs to a task and a person and is not on the trail. Whoever hands the task in takes
their own along. Where a timer, another path or a colleague was first, it stays for its author,
who finds it on the case's page, until it is of no use any more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.db import connection_of, reading, transaction
from app.domain.actors import Actor
from app.engine.release import Release
from app.models.cases import CaseFile, Draft, Task
from app.services.numbers import possible

KEPT = timedelta(days=30)
"""How long a draft outlives its task."""


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A draft whose task is closed to its author; `name` is the step's, by language."""

    task_id: int
    name: Mapping[str, str]
    saved_at: datetime
    closed_at: datetime | None
    forgotten_at: datetime | None


def draft_of(session: Session, task: Task, actor: Actor) -> Draft | None:
    """What the actor has typed into the task, or into an earlier visit that went away undone.

    A further order begins the sitting of a commission again (¶ 59): whoever was voting finds
    the task again, and what was typed.
    """
    found = session.get(Draft, (task.id, actor.person))
    if found is not None or "#" not in task.key:
        return found
    earlier = session.execute(
        select(Draft, Task.key)
        .join(Task, Task.id == Draft.task_id)
        .where(
            Task.case_id == task.case_id,
            Task.form == task.form,
            Task.state == "gone",
            Draft.person == actor.person,
        )
        .order_by(Task.id.desc())
    )
    return next((row.Draft for row in earlier if place(row.key) == place(task.key)), None)


def place(key: str) -> str:
    """A task's key without the numbers of visits."""
    return re.sub(r"#\d+", "", key)


def left_over(
    session: Session, case: CaseFile, release: Release, actor: Actor
) -> tuple[LeftOver, ...]:
    """What the actor typed into tasks of a case that are closed, oldest first.

    Without what a later visit of the same step has taken over (`draft_of`).
    """
    rows = session.execute(
        select(Draft, Task)
        .join(Task, Task.id == Draft.task_id)
        .where(Task.case_id == case.id, Task.state != "open", Draft.person == actor.person)
        .order_by(Task.id)
    ).all()
    if not rows:
        return ()
    later = session.execute(
        select(Task.id, Task.key).where(
            Task.case_id == case.id,
            or_(Task.state == "open", Task.completed_by == actor.person),
        )
    ).all()

    def taken_over(task: Task) -> bool:
        again = (row.id for row in later if place(row.key) == place(task.key))
        return task.state == "gone" and any(number > task.id for number in again)

    return tuple(
        LeftOver(
            task_id=row.Task.id,
            name=release.processes[row.Task.process].elements[row.Task.element].name,
            saved_at=row.Draft.saved_at,
            closed_at=row.Task.closed_at,
            forgotten_at=row.Task.closed_at + KEPT if row.Task.closed_at else None,
        )
        for row in rows
        if not taken_over(row.Task)
    )


def typed(*, case_id: int, form: str, actor: Actor) -> dict[str, Any]:
    """The answers of the actor's newest draft for a form whose task has closed; {} without one.

    The documents stay with their task.
    """
    with reading() as session:
        found = session.scalars(
            select(Draft.answers)
            .join(Task, Task.id == Draft.task_id)
            .where(*_of_closed(possible(case_id, "case.not_found"), form, actor.person))
            .order_by(Task.id.desc())
            .limit(1)
        ).one_or_none()
    answers: dict[str, Any] = json.loads(found) if found is not None else {}
    return {name: value for name, value in answers.items() if name != "documents"}


def forget(session: Session, case_id: int, form: str, person: str) -> None:
    """Forget a person's drafts for a form whose tasks have closed: they were handed in after all.

    In the caller's transaction.
    """
    closed = select(Task.id).join(Draft).where(*_of_closed(case_id, form, person)).scalar_subquery()
    session.execute(delete(Draft).where(Draft.task_id.in_(closed), Draft.person == person))


def _of_closed(case_id: int, form: str, person: str) -> tuple[Any, ...]:
    return (
        Task.case_id == case_id,
        Task.form == form,
        Task.state != "open",
        Draft.person == person,
    )


def tidy(*, now: datetime) -> int:
    """Forget the drafts whose task closed long ago; return how many there were."""
    with transaction() as session:
        old = select(Task.id).where(Task.state != "open", Task.closed_at < now - KEPT)
        gone = connection_of(session).execute(delete(Draft).where(Draft.task_id.in_(old)))
        return gone.rowcount
