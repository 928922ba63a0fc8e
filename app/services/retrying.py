"""An act that failed is tried again at once, where it is not for a person to do it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from app.db import reading
from app.domain.actors import Actor
from app.models.cases import Incident, Message, Timer
from app.services import incidents, messages, redatings, repairs, timers


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt: done, failed again with incident `incident`, or waiting.

    `waiting` is what a person has to do again, and what nobody waits for now.
    """

    case_id: int
    what: Literal["done", "failed", "waiting"]
    incident: int | None = None


def retry(*, incident_id: int, actor: Actor, now: datetime) -> Outcome:
    """Let a failed act be tried again as it is, and try it.

    Raises:
        NotAllowed, NotFound, Conflict: as for `incidents.resolve`.
    """
    incidents.resolve(incident_id=incident_id, actor=actor, now=now)
    return attempt(incident_id=incident_id, now=now)


def approve(*, incident_id: int, proposed_seq: int, actor: Actor, now: datetime) -> Outcome:
    """Agree with a proposed repair, and try the act with it.

    Raises:
        NotAllowed, NotFound, Conflict: as for `repairs.approve`.
    """
    repairs.approve(incident_id=incident_id, proposed_seq=proposed_seq, actor=actor, now=now)
    return attempt(incident_id=incident_id, now=now)


def attempt(*, incident_id: int, now: datetime) -> Outcome:
    """Try the act of an incident that was resolved."""
    with reading() as session:
        incident = session.get_one(Incident, incident_id)
        case_id, act = incident.case_id, incident.act
    kind, _, key = act.partition(" ")
    if kind == "timer":
        # The timers of the case go in their order, this one among them.
        timers.run_due(now=now, case_id=case_id)
    elif kind == "message":
        messages.deliver(message_id=int(key), now=now)
    elif kind == "calendar":
        redatings.deliver(concern_id=int(key), now=now)
    return _outcome(incident_id, case_id, act)


def _outcome(incident_id: int, case_id: int, act: str) -> Outcome:
    kind, _, key = act.partition(" ")
    newer = select(Incident.id).where(
        Incident.case_id == case_id,
        Incident.act == act,
        Incident.id > incident_id,
        Incident.state == "open",
    )
    timer = select(Timer.id).where(
        Timer.case_id == case_id, Timer.key == key, Timer.state == "waiting"
    )
    with reading() as session:
        failed = session.scalar(newer)
        if failed is not None:
            return Outcome(case_id, "failed", failed)
        if kind == "timer":
            done = session.scalar(timer) is None
        elif kind == "message":
            done = session.get_one(Message, int(key)).state != "pending"
        elif kind == "calendar":
            done = redatings.is_done(int(key))
        else:
            done = False
    return Outcome(case_id, "done" if done else "waiting")
