"""SQL filters that mean the same as the predicates of `app/domain/permissions.py`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    false,
    literal_column,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.permissions import BARRED_TO_PARTICIPANTS, GRANTED, Permission, allows
from app.models.cases import CaseFile, Party, Task
from app.operations.participation import participants

OPEN: ColumnElement[bool] = Task.state == literal_column("'open'")
"""As text, not as a parameter: only so the indexes of open tasks are used."""


def lanes(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The actor's lanes, no task in two of them: tasks by name, then by role and organisation.

    Each is a range of one index, so that a list can be read lane by lane.
    """
    held = dict.fromkeys((h.role, h.organisation) for h in actor.holdings)
    return (
        Task.assignee == actor.person,
        *(
            and_(Task.assignee.is_(None), Task.role == role, Task.organisation == organisation)
            for role, organisation in held
        ),
    )


def in_lane(actor: Actor) -> ColumnElement[bool]:
    """Tasks that lie in one of the actor's lanes."""
    return or_(*lanes(actor))


def free_of_conflict(actor: Actor, barred_years: frozenset[int]) -> ColumnElement[bool]:
    """Tasks in which the actor has no conflict of interest (¶ 9(2), 59).

    `barred_years` are the years in whose evaluation the actor took part.
    """
    own = sorted(actor.organisations)
    own_body = and_(
        Task.evaluated_body.in_(own),
        Task.organisation.is_not(None),
        Task.organisation != Task.evaluated_body,
    )
    took_part = and_(
        Task.role.in_(sorted(BARRED_TO_PARTICIPANTS)), Task.year.in_(sorted(barred_years))
    )
    # NULL in either part means "no conflict": a case without an evaluated body or a year.
    return and_(_not(own_body), _not(took_part))


def barred_years(session: Session, actor: Actor) -> frozenset[int]:
    """The years in whose evaluation the actor took part, of those that a listed task may ask for.

    Looking through all that somebody ever did is left to those who sit on a commission.
    """
    asked = session.scalars(_years_asked_for(actor)).all()
    return frozenset(y for y in asked if y and participants(session, y, (actor.person,)))


@lru_cache(maxsize=512)
def _years_asked_for(actor: Actor) -> Select[Any] | CompoundSelect[Any]:
    # Made once for each actor: making a statement takes longer than running it.
    barring = sorted(BARRED_TO_PARTICIPANTS)
    return union(
        *(
            select(Task.year).where(OPEN, lane, Task.role.in_(barring), Task.year.is_not(None))
            for lane in lanes(actor)
        )
    )


def _not(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(condition.is_(None), ~condition)


def can_see_task(actor: Actor, barred_years: frozenset[int]) -> ColumnElement[bool]:
    """Open tasks that are listed for the actor."""
    return and_(OPEN, in_lane(actor), free_of_conflict(actor, barred_years))


def can_see_case(actor: Actor) -> ColumnElement[bool]:
    """Cases that the actor may open: those of the actor's organisations, or every case."""
    if allows(actor, Permission.SEE_EVERY_CASE):
        return true()
    seeing = sorted(
        {
            h.organisation
            for h in actor.holdings
            if Permission.SEE_OWN_CASES in GRANTED.get(h.role, frozenset())
        }
    )
    if not seeing:
        return false()
    return (
        select(Party.id)
        .where(Party.case_id == CaseFile.id, Party.organisation.in_(seeing))
        .exists()
    )
