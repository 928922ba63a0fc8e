"""Timers: what is due fires, each as an act of its own, earliest first, late never dropped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import Session

from app.audit import events
from app.db import reading, transaction
from app.domain.actors import SystemActor
from app.domain.refusals import Refusal
from app.engine import runner
from app.engine.errors import EngineError
from app.models.cases import Incident, Timer
from app.services import acts, held, incidents, messages, projections

SYSTEM = SystemActor("timer")


class _MessagesFirst(Exception):
    """A message lies there for the case: what was sent before goes before the timer."""


def run_due(*, now: datetime, case_id: int | None = None, limit: int = 500) -> int:
    """Fire what is due at `now`, of one case or of all; return how many fired.

    Claim and effect are one transaction, so any number of workers may do this at once. A
    timer whose act failed waits for its incident to be resolved.
    """
    if case_id is None and ((due := next_due()) is None or due > now):
        return 0
    fired = 0
    heard: set[int] = set()
    while fired < limit:
        at: tuple[int, str] | None = None
        try:
            with transaction() as session:
                found = held.next_due(session, now, case_id)
                if found is None:
                    return fired
                at = found.case.id, found.timer.key
                if found.mail and found.case.id not in heard:
                    raise _MessagesFirst
                more = _fire(session, found, now)
        except _MessagesFirst:
            assert at is not None
            messages.deliver_to(case_id=at[0], now=now)
            heard.add(at[0])
        except (EngineError, Refusal) as error:
            if at is None:
                raise
            of_case, act = at[0], f"timer {at[1]}"
            incidents.record(case_id=of_case, act=act, error=error, actor=SYSTEM, now=now)
        else:
            fired += 1
            heard.discard(at[0])
            if more:
                messages.deliver_from(case_id=at[0], now=now)
                # What the case has begun to wait for may lie there already.
                messages.deliver_to(case_id=at[0], now=now)
    return fired


def next_due() -> datetime | None:
    """When the next waiting timer is due, None when nothing waits."""
    with reading() as session:
        return session.scalar(
            select(Timer.due_at)
            # As text: with a parameter SQLite would not use the index of waiting timers.
            .where(Timer.state == literal_column("'waiting'"), ~_has_incident())
            .order_by(Timer.due_at, Timer.key, Timer.id)
            .limit(1)
        )


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


def _fire(session: Session, found: held.Due, now: datetime) -> bool:
    """Fire a timer that is held; True where messages may have become deliverable by it."""
    case, timer = found.case, found.timer
    repaired = held.repaired(session, case, f"timer {timer.key}", found.before)
    context = acts.context_for(session, case, actor=SYSTEM, now=now)
    step = acts.move(
        context,
        lambda legal, state, host: runner.fire(
            legal, state, timer.key, now=now, host=host, repair=repaired.repair
        ),
        events.TimerFired(
            key=timer.key,
            element=timer.element,
            process=timer.process,
            due=timer.due_at,
            repair=repaired.fact,
        ),
        before=found.before,
        cause=projections.Cause(timer=timer.key),
    )
    return bool(step.sent or step.waits or context.outbox)
