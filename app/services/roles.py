"""Roles of people in organisations, from a day to a day; both stay on the person's stream."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.audit import events
from app.audit.sealed import Sealed
from app.db import transaction
from app.domain.actors import Actor, SystemActor
from app.domain.calendar import local_day
from app.domain.permissions import GRANTED, Permission
from app.domain.refusals import Conflict, FieldError, Invalid, NotFound
from app.models.people import Grant, GrantEnd, Person
from app.operations.registers import Registers
from app.operations.staff import in_force
from app.services import acts, handover, person_file, releases

MAX_ID = 2**31 - 1
ONE_DAY = timedelta(days=1)
MANAGING = tuple(sorted(r for r, may in GRANTED.items() if Permission.MANAGE_PEOPLE in may))


def grant_role(
    *,
    person: str,
    role: str,
    organisation: str,
    starts_on: date,
    actor: Actor | SystemActor,
    now: datetime,
    ends_on: date | None = None,
    acting: bool = False,
    basis: str | None = None,
) -> int:
    """Give a person a role in an organisation from a day on; return the grant's id.

    `ends_on` is the last day where it is known, as for an acting head; `basis` the order
    behind it, which is sealed.

    Raises:
        NotAllowed: the actor may not manage people.
        NotFound: `person.not_found`.
        Invalid: `role.unknown`, `body.unknown`, `role.dates_bad`, `person.inactive`.
        Conflict: `role.held_already`, the person holds it on one of these days.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="role.grant", target=person),
        transaction() as session,
    ):
        person_file.require_manager(actor)
        _check(session, role, organisation, starts_on, ends_on, local_day(now))
        row = person_file.lock(session, person)
        if not row.active:
            raise Invalid("person.inactive")
        _not_held(session, person, role, organisation, starts_on, ends_on)
        grant = Grant(
            person=person,
            role=role,
            organisation=organisation,
            starts_on=starts_on,
            ends_on=ends_on,
            acting=acting,
        )
        person_file.write(session, row, grant)
        event = _granted(grant, basis)
        person_file.record(session, row, event, actor=actor, now=now, facts=[grant])
        return grant.id


def end_role(
    *,
    grant: int,
    ends_on: date,
    actor: Actor | SystemActor,
    now: datetime,
    basis: str | None = None,
) -> None:
    """End a role: `ends_on` is its last day, the day before its first for one given by mistake.

    Tasks that the person had claimed in that role go back to the queue once it is over.

    Raises:
        NotAllowed: the actor may not manage people.
        NotFound: `role.unknown`, there is no such grant.
        Invalid: `role.dates_bad`, the day is before the first or after the last day set.
        Conflict: `role.ended_already`; `person.last_administrator`.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="role.end", target=str(grant)),
        transaction() as session,
    ):
        person_file.require_manager(actor)
        given = session.get(Grant, grant) if grant <= MAX_ID else None
        if given is None:
            raise NotFound("role.unknown")
        row = person_file.lock(session, given.person)
        _check_end(session, given, ends_on)
        if given.role in MANAGING:
            after = max(local_day(now), ends_on + ONE_DAY)
            keep_a_manager(session, actor, after, without_grant=given.id)
        end = GrantEnd(grant_id=given.id, ends_on=ends_on)
        person_file.write(session, row, end)
        event = events.RoleEnded(
            grant=given.id,
            person=given.person,
            role=given.role,
            organisation=given.organisation,
            ends_on=ends_on,
            basis=_sealed(basis, given.person),
        )
        person_file.record(session, row, event, actor=actor, now=now, facts=[end])
        code = given.person
    handover.give_back(actor=actor, now=now, person=code)


def known_roles(session: Session, day: date) -> frozenset[str]:
    """The roles that can be given: those of the permissions and of the release in force."""
    try:
        of_release = releases.in_force(session, day).roles.keys()
    except NoResultFound:
        return frozenset(GRANTED)
    return frozenset(GRANTED) | frozenset(of_release)


def keep_a_manager(
    session: Session,
    actor: Actor | SystemActor,
    day: date,
    *,
    without_person: str | None = None,
    without_grant: int | None = None,
) -> None:
    """Refuse a person's act that would leave nobody to manage people on `day`.

    Raises:
        Conflict: `person.last_administrator`.
    """
    if isinstance(actor, SystemActor):
        return
    others = (
        select(Grant.id)
        .outerjoin(GrantEnd, GrantEnd.grant_id == Grant.id)
        .join(Person, Person.code == Grant.person)
        .where(Grant.role.in_(MANAGING), Person.active.is_(True), in_force(day))
    )
    if without_person is not None:
        others = others.where(Grant.person != without_person)
    if without_grant is not None:
        others = others.where(Grant.id != without_grant)
    if session.scalar(others.limit(1)) is None:
        raise Conflict("person.last_administrator")


def _check(
    session: Session,
    role: str,
    organisation: str,
    starts_on: date,
    ends_on: date | None,
    today: date,
) -> None:
    if role not in known_roles(session, today):
        raise Invalid("role.unknown", fields=(FieldError("role", "role.unknown"),))
    if organisation not in Registers(session).bodies.by_code:
        error = FieldError("organisation", "form.unknown_body")
        raise Invalid("body.unknown", fields=(error,), body=organisation)
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("role.dates_bad", fields=(FieldError("ends_on", "role.dates_bad"),))


def _granted(grant: Grant, basis: str | None) -> events.RoleGranted:
    return events.RoleGranted(
        grant=grant.id,
        person=grant.person,
        role=grant.role,
        organisation=grant.organisation,
        starts_on=grant.starts_on,
        ends_on=grant.ends_on,
        acting=grant.acting,
        basis=_sealed(basis, grant.person),
    )


def _not_held(
    session: Session,
    person: str,
    role: str,
    organisation: str,
    starts_on: date,
    ends_on: date | None,
) -> None:
    last = func.coalesce(GrantEnd.ends_on, Grant.ends_on)
    overlapping = (
        select(Grant.id)
        .outerjoin(GrantEnd, GrantEnd.grant_id == Grant.id)
        .where(
            Grant.person == person,
            Grant.role == role,
            Grant.organisation == organisation,
            last.is_(None) | (last >= starts_on),
        )
    )
    if ends_on is not None:
        overlapping = overlapping.where(Grant.starts_on <= ends_on)
    if session.scalar(overlapping.limit(1)) is not None:
        raise Conflict("role.held_already")


def _check_end(session: Session, given: Grant, ends_on: date) -> None:
    ended = select(GrantEnd.id).where(GrantEnd.grant_id == given.id)
    if session.scalar(ended) is not None:
        raise Conflict("role.ended_already")
    too_late = given.ends_on is not None and ends_on > given.ends_on
    if too_late or ends_on < given.starts_on - ONE_DAY:
        raise Invalid("role.dates_bad", fields=(FieldError("ends_on", "role.dates_bad"),))


def _sealed(basis: str | None, person: str) -> Sealed | None:
    return Sealed(basis, person) if basis else None
