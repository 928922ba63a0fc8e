"""Timers: what is due fires, each as an act of its own, earliest first, late never dropped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select

from app.audit import events
from app.db import reading, transaction
from app.domain.actors import SystemActor
from app.domain.refusals import Refusal
from app.engine import runner
from app.engine.errors import EngineError
from app.models.cases import Incident, Timer
from app.services import acts, incidents, messages, projections

SYSTEM = SystemActor("timer")


def run_due(*, now: datetime, case_id: int | None = None, limit: int = 500) -> int:
    """Fire what is due at `now`, of one case or of all; return how many fired.

    Claim and effect are one transaction, so any number of workers may do this at once. A
    timer whose act failed waits for its incident to be resolved.
    """
    fired = 0
    failed: set[int] = set()
    while fired < limit:
        found = _next(now, case_id, failed)
        if found is None:
            return fired
        timer_id, of_case, key = found
        # What was sent before this timer's time is delivered before it fires.
        messages.deliver_to(case_id=of_case, now=now)
        try:
            # Before a person's act its case is waited for: the timer goes first.
            done = _fire(timer_id, of_case, now, skip_locked=case_id is None)
            if done is None:
                failed.add(timer_id)
            elif done:
                fired += 1
                messages.deliver_from(case_id=of_case, now=now)
                # What the case has begun to wait for may lie there already.
                messages.deliver_to(case_id=of_case, now=now)
        except (EngineError, Refusal) as error:
            incidents.record(
                case_id=of_case, act=f"timer {key}", error=error, actor=SYSTEM, now=now
            )
    return fired


def next_due() -> datetime | None:
    """When the next waiting timer is due, None when nothing waits."""
    with reading() as session:
        return session.scalar(
            select(Timer.due_at)
            .where(Timer.state == "waiting", ~_has_incident())
            .order_by(Timer.due_at)
            .limit(1)
        )


def _next(now: datetime, case_id: int | None, failed: set[int]) -> tuple[int, int, str] | None:
    query = (
        select(Timer.id, Timer.case_id, Timer.key)
        .where(Timer.state == "waiting", Timer.due_at <= now, ~_has_incident())
        .order_by(Timer.due_at, Timer.key, Timer.id)
        .limit(1)
    )
    if case_id is not None:
        query = query.where(Timer.case_id == case_id)
    if failed:
        query = query.where(Timer.id.not_in(failed))
    with reading() as session:
        row = session.execute(query).one_or_none()
    return None if row is None else (row.id, row.case_id, row.key)


def _has_incident() -> ColumnElement[bool]:
    return (
        select(Incident.id)
        .where(
            Incident.case_id == Timer.case_id,
            Incident.act == "timer " + Timer.key,
            Incident.state == "open",
        )
        .exists()
    )


def _fire(timer_id: int, case_id: int, now: datetime, *, skip_locked: bool) -> bool | None:
    """Fire one timer; False where another worker was first, None where one holds the case."""
    with transaction() as session:
        case = acts.lock_case(session, case_id, skip_locked=skip_locked)
        if case is None:
            return None
        timer = session.get(Timer, timer_id, populate_existing=True)
        if timer is None or timer.state != "waiting" or timer.due_at > now:
            return False
        context = acts.context_for(session, case, actor=SYSTEM, now=now)
        key = timer.key
        event = events.TimerFired(
            key=key, element=timer.element, process=timer.process, due=timer.due_at
        )
        acts.move(
            context,
            lambda legal, state, host: runner.fire(legal, state, key, now=now, host=host),
            event,
            cause=projections.Cause(timer=key),
        )
        return True
