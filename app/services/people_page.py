"""People with their roles, page by page, for those who manage them; one person for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor
from app.domain.calendar import local_day
from app.domain.refusals import NotFound
from app.models.people import Grant, GrantEnd, Person
from app.operations.registers import Registers
from app.operations.staff import in_force
from app.services import person_file

PAGE = 50
"""People on one page."""
MAX_ID = 2**31 - 1


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


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of people by code; `total` counts everybody there is.

    `before` and `after` lead to the pages beside this one, None where there is none.
    """

    people: tuple[PersonLine, ...]
    total: int
    before: int | None
    after: int | None


def people_page(
    *,
    actor: Actor,
    now: datetime,
    sought: str = "",
    after: int | None = None,
    before: int | None = None,
) -> PeoplePage:
    """At most `PAGE` people, the first of them or those after or before a person's id.

    `sought` are words that are all to be found in login, code, names or the names of the
    bodies in which a role is held today.

    Raises:
        NotAllowed: the actor may not manage people.
    """
    person_file.require_manager(actor)
    today = local_day(now)
    back = after is None and before is not None
    with reading() as session:
        ids = _ids(session, sought, after, before, today)
        more = len(ids) > PAGE
        shown = sorted(ids[:PAGE])
        return PeoplePage(
            people=_lines(session, shown, today),
            total=session.scalar(select(func.count()).select_from(Person)) or 0,
            before=shown[0] if shown and (more if back else after is not None) else None,
            after=shown[-1] if shown and (more or back) else None,
        )


def person_line(*, actor: Actor, now: datetime, code: str) -> PersonLine:
    """One person, for who manages people and for the person.

    Raises:
        NotAllowed: it is another person, and the actor may not manage people.
        NotFound: `person.not_found`.
    """
    person_file.require_self_or_manager(actor, code)
    with reading() as session:
        number = session.scalar(select(Person.id).where(Person.code == code))
        if number is None:
            raise NotFound("person.not_found")
        [line] = _lines(session, [number], local_day(now))
        return line


def _ids(
    session: Session, sought: str, after: int | None, before: int | None, today: date
) -> list[int]:
    """The people who are meant, one more than a page has; backwards before `before`.

    What is sought is compared here and not in SQL: SQLite knows small letters of Latin only,
    PostgreSQL those of its locale.
    """
    if not sought.split():
        return list(session.scalars(_beyond(select(Person.id), after, before).limit(PAGE + 1)))
    asked = _asked(session, sought, today)
    columns = (Person.login, Person.name_kk, Person.name_ru, Person.name_en)
    rows = session.execute(_beyond(select(Person.id, Person.code, *columns), after, before))
    return list(islice((row.id for row in rows if asked(row)), PAGE + 1))


def _beyond(query: Any, after: int | None, before: int | None) -> Any:
    """A query of people, in order: those after or, backwards, those before an id."""
    if after is not None:
        return query.where(Person.id > min(after, MAX_ID)).order_by(Person.id)
    if before is not None:
        return query.where(Person.id < min(before, MAX_ID)).order_by(Person.id.desc())
    return query.order_by(Person.id)


def _asked(session: Session, sought: str, today: date) -> Callable[[Any], bool]:
    """What tells whether a row of code, login and names is that of somebody who is meant."""
    wanted = sought.casefold().split()
    bodies = {
        code: f"{code} {b.name_kk} {b.name_ru} {b.name_en} {b.short_kk} {b.short_ru} {b.short_en}"
        for code, b in Registers(session).bodies.by_code.items()
    }
    places: dict[str, str] = {}
    for person, place in session.execute(
        select(Grant.person, Grant.organisation)
        .outerjoin(GrantEnd, GrantEnd.grant_id == Grant.id)
        .where(in_force(today))
    ):
        places[person] = f"{places.get(person, '')} {bodies.get(place, place)}"

    def asked(row: Any) -> bool:
        own = f"{row.code} {row.login} {row.name_kk} {row.name_ru} {row.name_en}"
        text = f"{own} {places.get(row.code, '')}".casefold()
        return all(word in text for word in wanted)

    return asked


def _lines(session: Session, ids: Sequence[int], today: date) -> tuple[PersonLine, ...]:
    """People by id, with every role they ever held."""
    people = session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id)).all()
    grants: dict[str, list[GrantLine]] = {}
    for grant, end in session.execute(
        select(Grant, GrantEnd.ends_on)
        .outerjoin(GrantEnd, GrantEnd.grant_id == Grant.id)
        .where(Grant.person.in_([row.code for row in people]))
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
        for row in people
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
