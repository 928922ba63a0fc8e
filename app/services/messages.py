"""Messages between cases: delivered exactly once, each as an act of the receiver."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import literal_column, or_, select, true
from sqlalchemy.orm import Session

from app.audit import events
from app.db import connection_of, reading, transaction
from app.domain.actors import SystemActor
from app.domain.refusals import Refusal
from app.engine import runner
from app.engine.errors import EngineError
from app.models.cases import CaseFile, Incident, Message, Wait
from app.operations.schedule import CHANGED
from app.services import acts, beginnings, incident_rows, incidents, projections, redatings

SYSTEM = SystemActor("message")
# As text: with a parameter SQLite would not use the index of pending messages.
_PENDING = Message.state == literal_column("'pending'")


def deliver_from(*, case_id: int, now: datetime) -> int:
    """Deliver what a case has sent and what can be delivered; return how many were."""
    return _deliver(Message.from_case == case_id, now)


def deliver_to(*, case_id: int, now: datetime) -> int:
    """Deliver what waits for a case; return how many were."""
    return _deliver(Message.to_case == case_id, now)


def deliver_all(*, now: datetime) -> int:
    """Deliver whatever can be delivered (after a crash between two acts); return how many.

    The cases that a changed calendar concerns are re-dated first.
    """
    return redatings.deliver_all(now=now) + _deliver(true(), now)


def deliver(*, message_id: int, now: datetime) -> int:
    """Deliver one message if it can be, and what is sent by that; return how many were."""
    return _deliver(Message.id == message_id, now)


def _deliver(which: Any, now: datetime) -> int:
    delivered, tried = 0, set[int]()
    while True:
        message_id = _next(which, tried)
        if message_id is None:
            return delivered
        act = f"message {message_id}"
        try:
            reached = _deliver_one(message_id, now)
        except (EngineError, Refusal) as error:
            tried.add(message_id)
            incidents.record(
                case_id=_receiver(message_id), act=act, error=error, actor=SYSTEM, now=now
            )
            continue
        if reached is None:
            tried.add(message_id)
        else:
            delivered += 1
            # An act may have sent messages of its own.
            delivered += deliver_from(case_id=reached, now=now)


def _next(which: Any, tried: set[int]) -> int | None:
    """The oldest deliverable message: it starts a case, or its receiver waits or has ended.

    For a change of the schedule no case waits: every one takes it in.
    """
    waited = (
        select(Wait.id)
        .where(
            Wait.case_id == Message.to_case,
            Wait.message == Message.name,
            Wait.state == literal_column("'waiting'"),
        )
        .exists()
    )
    ended = (
        select(CaseFile.id)
        .where(CaseFile.id == Message.to_case, CaseFile.status == "ended")
        .exists()
    )
    failed = (
        select(Incident.id)
        .where(
            Incident.state == "open",
            Incident.act == "message " + Message.id.cast(Incident.act.type),
        )
        .exists()
    )
    query = (
        select(Message.id)
        .where(
            which,
            _PENDING,
            or_(Message.starts.is_not(None), Message.name == CHANGED, waited, ended),
            ~failed,
        )
        .order_by(Message.id)
        .limit(1)
    )
    if tried:
        query = query.where(Message.id.not_in(tried))
    with reading() as session:
        return session.scalar(query)


def _receiver(message_id: int) -> int:
    with reading() as session:
        message = session.get_one(Message, message_id)
        return message.to_case or message.from_case


def _deliver_one(message_id: int, now: datetime) -> int | None:
    """Deliver one message in one transaction; the case it moved, or None."""
    with transaction() as session:
        message = session.get(Message, message_id, with_for_update={"skip_locked": True})
        if message is None or message.state != "pending":
            return None
        payload: dict[str, Any] = json.loads(message.payload)
        repaired = incident_rows.ready(
            connection_of(session), message.to_case or message.from_case, f"message {message.id}"
        )
        if message.starts is not None:
            started = beginnings.begin(
                session,
                process=message.starts,
                data=payload,
                actor=SYSTEM,
                now=now,
                message=message,
                repaired=repaired,
            )
            _done(message, now, started.id)
            return started.id
        return _hand_over(session, message, payload, now, repaired)


def _hand_over(
    session: Session,
    message: Message,
    payload: dict[str, Any],
    now: datetime,
    repaired: incident_rows.Ready,
) -> int | None:
    """Give a message to the case it is for, if that waits for it; the case's id, or None."""
    case = acts.lock_case(session, message.to_case or 0)
    assert case is not None
    if case.status == "ended":
        _leave(session, case, message, payload, now)
        return None
    if message.name == CHANGED:
        _redate(session, case, message, payload, now)
        _done(message, now, case.id)
        return case.id
    key = waiting_for(session, message)
    if key is None:
        return None
    name = message.name
    acts.move(
        acts.context_for(session, case, actor=SYSTEM, now=now),
        lambda legal, state, host: runner.deliver(
            legal, state, name, payload, now=now, host=host, repair=repaired.repair
        ),
        events.MessageDelivered(
            message=name,
            payload=payload,
            from_case=message.from_case,
            from_seq=message.from_seq,
            repair=repaired.fact,
        ),
        cause=projections.Cause(wait=key),
    )
    _done(message, now, case.id)
    return case.id


def waiting_for(session: Session, message: Message) -> str | None:
    """The key of the place at which the receiver takes a message in; None where it waits not."""
    return session.scalar(
        select(Wait.key)
        .where(
            Wait.case_id == message.to_case, Wait.message == message.name, Wait.state == "waiting"
        )
        .order_by(Wait.key)
        .limit(1)
    )


def _leave(
    session: Session, case: CaseFile, message: Message, payload: dict[str, Any], now: datetime
) -> None:
    """Leave a message unclaimed: the case that it is for has ended."""
    message.state = "unclaimed"
    told = events.MessageUnclaimed(
        message=message.name,
        payload=payload,
        from_case=message.from_case,
        from_seq=message.from_seq,
    )
    acts.record(acts.context_for(session, case, actor=SYSTEM, now=now), told)


def _redate(
    session: Session, case: CaseFile, message: Message, payload: dict[str, Any], now: datetime
) -> None:
    """¶ 8: work the dates of a case out again by the order that changed its year's schedule."""
    acts.move(
        acts.context_for(session, case, actor=SYSTEM, now=now),
        lambda legal, state, host: runner.redate(
            legal, state, now=now, host=host, asking=frozenset({"schedule"})
        ),
        events.CaseRedated(
            message=message.name,
            from_case=message.from_case,
            from_seq=message.from_seq,
            order=payload["order"],
            order_number=payload["number"],
        ),
        paragraphs=("8",),
        cause=projections.Cause(dates=True),
    )


def _done(message: Message, now: datetime, case_id: int) -> None:
    message.state = "delivered"
    message.delivered_at = now
    message.delivered_to = case_id
