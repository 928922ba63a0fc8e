"""Who holds roles where on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, Date, bindparam, func, select
from sqlalchemy.orm import Session

from app.db import connection_of
from app.domain.actors import Holding
from app.models.people import Grant, GrantEnd, Person


def in_force(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Grants that hold on `day`, for a query that outer-joins `GrantEnd`."""
    last = func.coalesce(GrantEnd.ends_on, Grant.ends_on)
    return (Grant.starts_on <= day) & ((last.is_(None)) | (last >= day))


def holdings(session: Session, person: str, day: date) -> tuple[Holding, ...]:
    """The roles a person holds on `day`, oldest grant first."""
    rows = session.execute(
        select(Grant.role, Grant.organisation, Grant.acting)
        .outerjoin(GrantEnd, GrantEnd.grant_id == Grant.id)
        .where(Grant.person == person, in_force(day))
        .order_by(Grant.id)
    )
    return tuple(Holding(row.role, row.organisation, row.acting) for row in rows)


def staff_of(session: Session, organisation: str, day: date) -> Mapping[str, frozenset[str]]:
    """People with a role in `organisation` on `day`: code → every organisation they serve."""
    asked = {"organisation": organisation, "day": day}
    rows = connection_of(session).execute(_STAFF, asked)
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.person, set()).add(row.organisation)
    return {person: frozenset(codes) for person, codes in found.items()}


_DAY: BindParameter[date] = bindparam("day", type_=Date())
_HERE = (
    select(Grant.person)
    .outerjoin(GrantEnd, GrantEnd.grant_id == Grant.id)
    .join(Person, Person.code == Grant.person)
    .where(Grant.organisation == bindparam("organisation"), in_force(_DAY), Person.active.is_(True))
)
_STAFF = (
    select(Grant.person, Grant.organisation)
    .outerjoin(GrantEnd, GrantEnd.grant_id == Grant.id)
    .where(Grant.person.in_(_HERE), in_force(_DAY))
    .order_by(Grant.person)
)
