"""SQL filters that mean the same as the predicates of `app/domain/permissions.py`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from app.domain.actors import Actor
from app.domain.permissions import BARRED_TO_PARTICIPANTS, GRANTED, Permission, allows
from app.models.cases import CaseFile, Party, Task


def in_lane(actor: Actor) -> ColumnElement[bool]:
    """Tasks that lie in the actor's lane, by name or by role and organisation."""
    held = [and_(Task.role == h.role, Task.organisation == h.organisation) for h in actor.holdings]
    return or_(
        Task.assignee == actor.person,
        and_(Task.assignee.is_(None), or_(*held) if held else false()),
    )


def free_of_conflict(actor: Actor, barred_years: frozenset[int]) -> ColumnElement[bool]:
    """Tasks in which the actor has no conflict of interest (¶ 9(2), 59).

    For a query that joins `CaseFile`; `barred_years` are the years in whose evaluation the
    actor took part.
    """
    own = sorted(actor.organisations)
    own_body = and_(
        CaseFile.evaluated_body.in_(own),
        Task.organisation.is_not(None),
        Task.organisation != CaseFile.evaluated_body,
    )
    took_part = and_(
        Task.role.in_(sorted(BARRED_TO_PARTICIPANTS)), CaseFile.year.in_(sorted(barred_years))
    )
    # NULL in either part means "no conflict": a case without an evaluated body or a year.
    return and_(_not(own_body), _not(took_part))


def _not(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(condition.is_(None), ~condition)


def can_see_task(actor: Actor, barred_years: frozenset[int]) -> ColumnElement[bool]:
    """Open tasks that are listed for the actor; for a query that joins `CaseFile`."""
    return and_(Task.state == "open", in_lane(actor), free_of_conflict(actor, barred_years))


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
