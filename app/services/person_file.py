"""A person's row and stream: locked together, changed together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import events, log
from app.db import is_sqlite
from app.domain.actors import Actor, Holding, SystemActor
from app.domain.permissions import GRANTED, Permission, require
from app.domain.refusals import NotFound
from app.models.people import Person
from app.models.trail import Fact
from app.services.envelopes import envelope


def stream_of(code: str) -> str:
    """The stream of a person's events."""
    return f"person/{code}"


def lock(session: Session, code: str) -> Person:
    """Load a person and hold the row until the transaction ends.

    Raises:
        NotFound: `person.not_found`.
    """
    query = select(Person).where(Person.code == code)
    person = session.scalars(query if is_sqlite(session) else query.with_for_update()).one_or_none()
    if person is None:
        raise NotFound("person.not_found")
    return person


def write(session: Session, person: Person, fact: Fact) -> None:
    """Write a fact of the event that comes next on the person's stream; its id is then known."""
    fact.stream, fact.seq = person.stream, person.version + 1
    session.add(fact)
    session.flush()


def record(
    session: Session,
    person: Person,
    event: events.Event,
    *,
    actor: Actor | SystemActor,
    now: datetime,
    facts: Sequence[Fact] = (),
) -> None:
    """Write an event of the person's stream, then the row; commits nothing."""
    log.append(
        session,
        event,
        envelope(now=now, actor=actor, holding=managing(actor)),
        stream=stream_of(person.code),
        rows=[*facts, person],
    )
    session.flush()


def managing(actor: Actor | SystemActor) -> Holding | None:
    """The holding by which the actor manages people, if there is one."""
    holdings = actor.holdings if isinstance(actor, Actor) else ()
    return next(
        (h for h in holdings if Permission.MANAGE_PEOPLE in GRANTED.get(h.role, frozenset())), None
    )


def require_manager(actor: Actor | SystemActor) -> None:
    """Refuse a person who may not manage people; the system itself may.

    Raises:
        NotAllowed: `permission.denied`.
    """
    if isinstance(actor, Actor):
        require(actor, Permission.MANAGE_PEOPLE)


def require_self_or_manager(actor: Actor | SystemActor, code: str) -> None:
    """Refuse a person who is neither `code` nor may manage people.

    Raises:
        NotAllowed: `permission.denied`.
    """
    if not (isinstance(actor, Actor) and actor.person == code):
        require_manager(actor)
