"""Tasks: claim, release, save what is typed, complete."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.orm import Session

from app.audit import events
from app.audit.sealed import Sealed
from app.db import connection_of, is_sqlite, reading, transaction
from app.domain.actors import Actor
from app.domain.permissions import BARRED_TO_PARTICIPANTS, TaskFacts, refuse_act
from app.domain.refusals import Conflict, NotFound
from app.engine.errors import EngineError, TaskGone
from app.engine.forms import Form
from app.models.cases import CaseFile, Draft, Task
from app.operations.participation import participants
from app.services import (
    acts,
    held,
    incident_rows,
    incidents,
    messages,
    outages,
    projections,
    sources,
    timers,
)
from app.services.answers import Answers, validate
from app.services.numbers import possible

Given = Mapping[str, Any] | Callable[[Form], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Completed:
    """A completed task: its case, and whether the case has ended by it."""

    case_id: int
    number: str
    ended: bool
    seq: int


def facts_of(session: Session, case: CaseFile, task: Task, actor: Actor) -> TaskFacts:
    """What the permission rules need to know of a task, of whoever would act on it."""
    barred = task.role in BARRED_TO_PARTICIPANTS
    acted = participants(session, case.year, (actor.person,)) if barred else frozenset()
    return TaskFacts(
        role=task.role,
        organisation=task.organisation,
        assignee=task.assignee,
        claimed_by=task.claimed_by,
        state=task.state,
        evaluated_body=case.evaluated_body,
        participants=acted,
    )


def claim(*, task_id: int, actor: Actor, now: datetime) -> None:
    """Take a task: nobody else may complete it until it is released.

    Raises:
        NotFound, NotAllowed, Conflict: no such task, not the actor's, or taken already.
    """
    _hold(task_id, actor, now, claimed_by=actor.person)


def release(*, task_id: int, actor: Actor, now: datetime) -> None:
    """Give a claimed task back to the queue.

    Raises:
        NotFound, NotAllowed, Conflict: as for `claim`; or the actor has not claimed it.
    """
    _hold(task_id, actor, now, claimed_by=None)


def _hold(task_id: int, actor: Actor, now: datetime, *, claimed_by: str | None) -> None:
    attempted = "task.claim" if claimed_by else "task.release"
    with (
        acts.refusals_recorded(
            actor=actor, now=now, attempted=attempted, case_of=lambda: case_of(task_id)
        ),
        transaction() as session,
    ):
        case, task = _locked(session, task_id)
        refuse_act(actor, facts_of(session, case, task, actor))
        if claimed_by is None and task.claimed_by is None:
            raise Conflict("task.not_claimed")
        if claimed_by is not None and task.claimed_by == claimed_by:
            return
        task.claimed_by = claimed_by
        context = acts.context_for(session, case, actor=actor, now=now)
        event = (
            events.TaskClaimed(key=task.key, element=task.element)
            if claimed_by
            else events.TaskReleased(key=task.key, element=task.element, person=actor.person)
        )
        acts.record(
            context,
            event,
            holding=actor.holding_for(task.role, task.organisation or ""),
            paragraphs=tuple(task.paragraphs.split()),
        )


def save_draft(*, task_id: int, actor: Actor, answers: Mapping[str, Any], now: datetime) -> None:
    """Keep what the actor has typed so far; nobody else sees it and it is not on the trail.

    Raises:
        NotFound, NotAllowed, Conflict: as for `claim`.
    """
    with transaction() as session:
        # Held: a draft is not saved twice at once, nor left behind by who hands in meanwhile.
        task = session.get(Task, possible(task_id, "task.gone"), with_for_update=True)
        if task is None:
            raise NotFound("task.gone")
        case = session.get_one(CaseFile, task.case_id)
        refuse_act(actor, facts_of(session, case, task, actor))
        _keep_draft(session, task_id, actor.person, answers, now)


def keep_refused(*, task_id: int, actor: Actor, answers: Mapping[str, Any], now: datetime) -> None:
    """Keep what somebody typed into a form that was refused, whatever the reason was."""
    with transaction() as session:
        if session.get(Task, task_id, with_for_update=True) is not None:
            _keep_draft(session, task_id, actor.person, answers, now)


def _keep_draft(
    session: Session, task_id: int, person: str, answers: Mapping[str, Any], now: datetime
) -> None:
    session.merge(Draft(task_id=task_id, person=person, answers=_as_typed(answers), saved_at=now))


def _as_typed(answers: Mapping[str, Any]) -> bytes:
    """Answers as JSON, however wrong they are; what UTF-8 cannot hold becomes `?`."""
    return json.dumps(dict(answers), ensure_ascii=False).encode("utf-8", "replace")


def complete(*, task_id: int, actor: Actor, answers: Given, now: datetime) -> Completed:
    """Complete a task with the answers to its form; due timers of the case go first.

    Who has to know the form to read the answers hands in a function of it.

    Raises:
        Invalid: wrong answers, or a rule of the decree refused them.
        NotFound, NotAllowed: no such task, not the actor's, or a conflict of interest.
        Conflict: somebody was first.
    """
    try:
        with acts.refusals_recorded(
            actor=actor, now=now, attempted="task.complete", case_of=lambda: case_of(task_id)
        ):
            try:
                done, more = _complete(task_id, actor, answers, now)
            except _TimersFirst:
                timers.run_due(now=now, case_id=case_of(task_id))
                done, more = _complete(task_id, actor, answers, now, after_timers=True)
    except EngineError as error:
        of_case, key = _place_of(task_id)
        incidents.record(case_id=of_case, act=f"task {key}", error=error, actor=actor, now=now)
        raise incidents.refusal() from error
    if more:
        with outages.left_to_the_ticker():
            messages.deliver_from(case_id=done.case_id, now=now)
            messages.deliver_to(case_id=done.case_id, now=now)
    return done


class _TimersFirst(Exception):
    """A timer of the case is due; it goes before the act, as an act of its own."""


def _complete(
    task_id: int,
    actor: Actor,
    answers: Given,
    now: datetime,
    *,
    after_timers: bool = False,
) -> tuple[Completed, bool]:
    """Complete in one transaction; True where messages may have become deliverable by it."""
    with transaction() as session:
        case, task, before = held.take(session, task_id)
        # A timer whose act fails waits for its incident; it holds nobody up for ever.
        if before.next_due is not None and before.next_due <= now and not after_timers:
            raise _TimersFirst
        refuse_act(actor, facts_of(session, case, task, actor))
        form = sources.release_of(session, case).forms[task.form]
        checked = validate(
            form,
            answers(form) if callable(answers) else answers,
            sources.offered(session, case, form, task_key=task.key, actor=actor, now=now),
        )
        context = acts.context_for(session, case, actor=actor, now=now, answers=checked.all)
        if task_id in before.drafts:
            _forget_draft(session, task_id, actor.person)
        repaired = held.repaired(session, case, f"task {task.key}", before)
        try:
            step = acts.move(
                context,
                held.completing(task, checked.decisive, now, repaired.repair),
                _told(task, checked, actor, repaired),
                holding=actor.holding_for(task.role, task.organisation or ""),
                paragraphs=tuple(task.paragraphs.split()),
                before=before,
                cause=projections.Cause(task=(task.key, actor.person)),
            )
        except TaskGone:
            raise Conflict("task.gone") from None
        done = Completed(case.id, case.number, step.ended, context.seq)
        return done, bool(step.sent or step.waits or context.outbox)


def _forget_draft(session: Session, task_id: int, person: str) -> None:
    """Their own: what a colleague typed is not lost by it (`services/drafts.py`)."""
    connection_of(session).execute(_FORGET_DRAFT, {"task": task_id, "by": person})


_DRAFT = cast(Table, Draft.__table__)
_FORGET_DRAFT = delete(_DRAFT).where(
    _DRAFT.c.task_id == bindparam("task"), _DRAFT.c.person == bindparam("by")
)
_BOTH = (
    select(CaseFile, Task)
    .join(Task, Task.case_id == CaseFile.id)
    .where(Task.id == bindparam("task"))
)
_BOTH_LOCKED = _BOTH.with_for_update()


def _told(
    task: Task, checked: Answers, actor: Actor, repaired: incident_rows.Ready
) -> events.TaskCompleted:
    return events.TaskCompleted(
        key=task.key,
        element=task.element,
        process=task.process,
        form=task.form,
        answers={
            **checked.clear,
            **{name: Sealed(text, subject=actor.person) for name, text in checked.sealed.items()},
        },
        repair=repaired.fact,
    )


def case_of(task_id: int) -> int:
    """The case a task belongs to.

    Raises:
        NotFound: there is no such task.
    """
    return _place_of(task_id)[0]


def _place_of(task_id: int) -> tuple[int, str]:
    """The case of a task and its key there; raises NotFound."""
    possible(task_id, "task.gone")
    with reading() as session:
        row = session.execute(select(Task.case_id, Task.key).where(Task.id == task_id)).first()
    if row is None:
        raise NotFound("task.gone")
    return row.case_id, row.key


def _locked(session: Session, task_id: int) -> tuple[CaseFile, Task]:
    """A task with its case, both as they are now and held until the transaction ends.

    Raises:
        NotFound: there is no such task.
    """
    query = _BOTH if is_sqlite(session) else _BOTH_LOCKED
    row = session.execute(query, {"task": possible(task_id, "task.gone")}).one_or_none()
    if row is None:
        raise NotFound("task.gone")
    return row.CaseFile, row.Task
