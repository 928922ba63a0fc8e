"""The list of people with their roles, for those who manage them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.db import reading
from app.domain.actors import Actor
from app.domain.calendar import local_day
from app.models.people import Grant, GrantEnd, Person
from app.services import person_file


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A role of a person: `ends_on` is its last day, None while it has none."""

    id: int
    role: str
    organisation: str
    starts_on: date
    ends_on: date | None
    acting: bool
    in_force: bool


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in the list, names by language, with every role ever held, oldest first."""

    code: str
    login: str
    names: Mapping[str, str]
    language: str
    active: bool
    grants: tuple[GrantLine, ...]


def people_page(*, actor: Actor, now: datetime) -> tuple[PersonLine, ...]:
    """Everybody, by code, with their roles.

    Raises:
        NotAllowed: the actor may not manage people.
    """
    person_file.require_manager(actor)
    today = local_day(now)
    with reading() as session:
        grants: dict[str, list[GrantLine]] = {}
        for grant, end in session.execute(
            select(Grant, GrantEnd.ends_on)
            .outerjoin(GrantEnd, GrantEnd.grant_id == Grant.id)
            .order_by(Grant.id)
        ):
            grants.setdefault(grant.person, []).append(_grant_line(grant, end, today))
        return tuple(
            PersonLine(
                code=row.code,
                login=row.login,
                names={"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en},
                language=row.language,
                active=row.active,
                grants=tuple(grants.get(row.code, ())),
            )
            for row in session.scalars(select(Person).order_by(Person.id))
        )


def _grant_line(grant: Grant, end: date | None, today: date) -> GrantLine:
    last = end or grant.ends_on
    return GrantLine(
        id=grant.id,
        role=grant.role,
        organisation=grant.organisation,
        starts_on=grant.starts_on,
        ends_on=last,
        acting=grant.acting,
        in_force=grant.starts_on <= today and (last is None or last >= today),
    )
