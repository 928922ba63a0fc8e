"""People: who they are, how they sign in, which roles they hold."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit import events
from app.audit.sealed import Sealed
from app.db import is_sqlite, reading, transaction
from app.domain.actors import Actor, SystemActor
from app.domain.calendar import local_day
from app.domain.refusals import Conflict, FieldError, Invalid, NotAllowed, NotFound
from app.models.people import Person
from app.operations.staff import holdings
from app.services import acts, handover, passwords, person_file, roles, sessions, throttle
from app.services.people_page import GrantLine, PeoplePage, PersonLine, people_page, person_line
from app.services.roles import end_role, grant_role

__all__ = [
    "GrantLine",
    "PeoplePage",
    "PersonLine",
    "actor_of",
    "change_password",
    "create_person",
    "deactivate",
    "end_role",
    "grant_role",
    "names",
    "people_page",
    "person_line",
    "set_language",
]

LANGUAGES = ("kk", "ru", "en")
MAX_NAME = 200
MAX_LOGIN = 80


def create_person(
    *,
    login: str,
    names: Mapping[str, str],
    actor: Actor | SystemActor,
    now: datetime,
    language: str = "kk",
    password: str | None = None,
    password_hash: str | None = None,
    minimum: int = passwords.MINIMUM,
) -> str:
    """Make a person known and return the code; `names` in kk, ru and en.

    The password has at least `minimum` characters. A demonstration hands in one ready
    `password_hash` for all its people instead, since each hash takes its time.

    Raises:
        NotAllowed: the actor may not manage people.
        Invalid: login, names, language or password will not do.
        Conflict: `person.login_taken`.
    """
    login = sessions.normal_login(login)
    with acts.refusals_recorded(actor=actor, now=now, attempted="person.create"):
        person_file.require_manager(actor)
        _check_person(login, names, language)
        if password_hash is None:
            passwords.check_password(password or "", minimum)
            password_hash = passwords.hash_password(password or "")
        try:
            return _create(login, names, language, password_hash, actor, now)
        except IntegrityError as error:
            # Two administrators at once.
            if "login" in str(error.orig):
                raise _taken() from None
            raise


def change_password(
    *,
    person: str,
    new: str,
    actor: Actor | SystemActor,
    now: datetime,
    old: str | None = None,
    session_id: int | None = None,
    minimum: int = passwords.MINIMUM,
) -> None:
    """Give a person a new password; all sessions of the person end, but for `session_id`.

    Who changes their own password tells the old one, and is slowed down like a sign-in where
    that is wrong; who manages people need not tell it.

    Raises:
        NotAllowed: it is another person's, and the actor may not manage people.
        Invalid: `password.wrong`, the old one is not right; or the new one will not do.
        NotFound: `person.not_found`.
        Throttled: `session.throttled`, the old one was wrong too often.
    """
    with acts.refusals_recorded(actor=actor, now=now, attempted="person.password", target=person):
        person_file.require_self_or_manager(actor, person)
        passwords.check_password(new, minimum, field="new")
        with reading() as session:
            before = session.scalar(select(Person.password_hash).where(Person.code == person))
        if isinstance(actor, Actor) and actor.person == person:
            _check_old(person, before, old or "")
        hashed = passwords.hash_password(new)
        with transaction() as session:
            row = person_file.lock(session, person)
            if row.password_hash != before:
                raise Conflict("page.stale")
            row.password_hash = hashed
            _changed(session, row, {"password": events.Change(None, None)}, actor, now)
            # Sessions go by wall time.
            sessions.end_all(
                session, person=person, actor=actor, now=datetime.now(UTC), keep=session_id
            )


def _check_old(person: str, hashed: str | None, old: str) -> None:
    """Refuse a wrong old password: a session left open is no place to guess it.

    Raises:
        Invalid: `password.wrong`.
        Throttled: `session.throttled`.
    """
    wall = datetime.now(UTC)
    with reading() as session:
        login = session.scalar(select(Person.login).where(Person.code == person)) or ""
    throttle.refuse(login, wall)
    if not passwords.verify(hashed, old):
        throttle.count(login, person, "password.wrong", wall)
        raise Invalid("password.wrong", fields=(FieldError("old", "password.wrong"),))


def set_language(*, person: str, language: str, actor: Actor | SystemActor, now: datetime) -> None:
    """Set the language in which a person reads; the same again changes nothing.

    Raises:
        NotAllowed: it is another person's, and the actor may not manage people.
        Invalid: `form.not_a_choice`, the language is not kk, ru or en.
        NotFound: `person.not_found`.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="person.language", target=person),
        transaction() as session,
    ):
        person_file.require_self_or_manager(actor, person)
        _check_language(language)
        row = person_file.lock(session, person)
        if row.language != language:
            change = events.Change(row.language, language)
            row.language = language
            _changed(session, row, {"language": change}, actor, now)


def deactivate(*, person: str, actor: Actor | SystemActor, now: datetime) -> int:
    """End a person's access: sessions end, claimed tasks go back; return how many tasks.

    What the person did stays theirs. Once more does what a first time left undone.

    Raises:
        NotAllowed: the actor may not manage people.
        NotFound: `person.not_found`.
        Conflict: `person.last_administrator`, nobody would be left to manage people.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="person.deactivate", target=person),
        transaction() as session,
    ):
        person_file.require_manager(actor)
        row = person_file.lock(session, person)
        roles.keep_a_manager(session, actor, local_day(now), without_person=person)
        if row.active:
            row.active = False
            _changed(session, row, {"active": events.Change(True, False)}, actor, now)
        sessions.end_all(session, person=person, actor=actor, now=datetime.now(UTC))
    return handover.give_back(actor=actor, now=now, person=person)


def actor_of(session: Session, person_code: str, now: datetime) -> Actor:
    """A person as one who acts, with the roles in force on the day of `now` in Astana.

    Raises:
        NotFound: `person.not_found`.
        NotAllowed: `person.inactive`.
    """
    row = session.execute(
        select(
            Person.name_kk, Person.name_ru, Person.name_en, Person.language, Person.active
        ).where(Person.code == person_code)
    ).one_or_none()
    if row is None:
        raise NotFound("person.not_found")
    if not row.active:
        raise NotAllowed("person.inactive")
    name = {"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en}[row.language]
    held = holdings(session, person_code, local_day(now))
    return Actor(person_code, name, row.language, held)


def names(session: Session, codes: Iterable[str | None]) -> dict[str, dict[str, str]]:
    """The names by language of many people in one query; unknown codes are left out."""
    wanted = sorted({code for code in codes if code})
    if not wanted:
        return {}
    rows = session.execute(
        select(Person.code, Person.name_kk, Person.name_ru, Person.name_en).where(
            Person.code.in_(wanted)
        )
    )
    return {row.code: {"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en} for row in rows}


def _create(
    login: str,
    names: Mapping[str, str],
    language: str,
    password_hash: str,
    actor: Actor | SystemActor,
    now: datetime,
) -> str:
    with transaction() as session:
        if session.scalar(select(Person.id).where(Person.login == login)) is not None:
            raise _taken()
        number = _next_number(session)
        code = f"p-{number:04d}"
        row = Person(
            id=number,
            stream=person_file.stream_of(code),
            code=code,
            login=login,
            name_kk=names["kk"].strip(),
            name_ru=names["ru"].strip(),
            name_en=names["en"].strip(),
            language=language,
            password_hash=password_hash,
            active=True,
            salt=secrets.token_bytes(32),
        )
        event = events.PersonCreated(
            person=code,
            language=language,
            names=Sealed({"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en}, code),
            login=Sealed(login, code),
        )
        person_file.record(session, row, event, actor=actor, now=now)
        return code


def _next_number(session: Session) -> int:
    if is_sqlite(session):
        # Safe: a writing transaction on SQLite has no rival.
        return 1 + (session.scalar(select(func.max(Person.id))) or 0)
    return session.scalar(sql("SELECT nextval('person_id_seq')")) or 0


def _changed(
    session: Session,
    row: Person,
    changes: Mapping[str, events.Change],
    actor: Actor | SystemActor,
    now: datetime,
) -> None:
    event = events.PersonChanged(person=row.code, changes=changes)
    person_file.record(session, row, event, actor=actor, now=now)


def _check_person(login: str, names: Mapping[str, str], language: str) -> None:
    wrong = []
    if not 3 <= len(login) <= MAX_LOGIN or any(c.isspace() for c in login):
        wrong.append(FieldError("login", "person.login_bad"))
    for key in LANGUAGES:
        name = names.get(key, "").strip()
        if not name or not name.isprintable():
            wrong.append(FieldError(f"name_{key}", "form.required"))
        elif len(name) > MAX_NAME:
            wrong.append(FieldError(f"name_{key}", "form.too_long", (("max", MAX_NAME),)))
    if wrong:
        raise Invalid("form.invalid", fields=tuple(wrong))
    _check_language(language)


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise Invalid("form.not_a_choice", fields=(FieldError("language", "form.not_a_choice"),))


def _taken() -> Conflict:
    return Conflict("person.login_taken", fields=(FieldError("login", "person.login_taken"),))
