"""Sessions: signing in and out. A session is a row; ended there, its cookie is worth nothing.

Everything here goes by wall time, in a demonstration too. The cookie holds a random token,
the row its SHA-256, so a copy of the database opens no session.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Date, bindparam, select, update
from sqlalchemy.orm import Session

from app.audit import events, log
from app.audit.sealed import Sealed
from app.db import connection_of, reading, transaction
from app.domain.actors import Actor, Holding, SystemActor
from app.domain.refusals import NotAllowed
from app.models.people import Grant, GrantEnd, Person, SignIn
from app.operations.registers import Registers
from app.operations.staff import in_force
from app.services import acts, passwords, person_file, throttle
from app.services.envelopes import envelope

STREAM = "sessions"
SEEN_EVERY = timedelta(minutes=1)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Found:
    """The person behind a token: `session` is the number of the session, names by language.

    `holdings` are the roles held on the day that was asked for, oldest grant first.
    """

    session: int
    person: str
    names: Mapping[str, str]
    language: str
    holdings: tuple[Holding, ...] = ()

    def actor(self, holdings: tuple[Holding, ...]) -> Actor:
        """The person as one who acts, with these roles."""
        return Actor(self.person, self.names[self.language], self.language, holdings)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that counts: its number, when it was opened and when last used."""

    id: int
    opened_at: datetime
    seen_at: datetime


def sign_in(
    *, login: str, password: str, now: datetime, hours: int, address: str | None = None
) -> str:
    """Open a session of `hours` and return its token.

    Whether the login is unknown or the password wrong is not told, and takes the same time.

    Raises:
        NotAllowed: `session.wrong_password`; `person.inactive` where the password is right.
        Throttled: `session.throttled`, too many failures with this login.
    """
    known = normal_login(login)
    throttle.refuse(known, now)
    with reading() as session:
        row = session.execute(
            select(Person.code, Person.password_hash, Person.active).where(Person.login == known)
        ).one_or_none()
    right = passwords.verify(row.password_hash if row else None, password)
    if row is None or not right or not row.active:
        code = "person.inactive" if row and right else "session.wrong_password"
        throttle.count(known, row.code if row else None, code, now)
        raise NotAllowed(code)
    fresh = None
    if passwords.outdated(row.password_hash):
        fresh = passwords.hash_password(password)
    with transaction() as session:
        person = person_file.lock(session, row.code)
        if person.password_hash != row.password_hash or not person.active:
            # Changed while the password was being checked.
            raise NotAllowed("session.wrong_password")
        if fresh is not None:
            _rehash(session, person, fresh, now)
        throttle.forget(session, known, person.code, now)
        return _open(session, person.code, "password", now, hours, address)


def enter_demonstration(*, person: str, now: datetime, hours: int) -> str:
    """Open a session without a password, in a demonstration; return its token.

    Raises:
        NotAllowed: `demo.only`, or `person.inactive`.
        NotFound: `person.not_found`.
    """
    with transaction() as session:
        if not Registers(session).setting("demonstration", False):
            raise NotAllowed("demo.only")
        if not person_file.lock(session, person).active:
            raise NotAllowed("person.inactive")
        return _open(session, person, "demonstration", now, hours, None)


_FIND = (
    select(
        SignIn.id,
        SignIn.seen_at,
        SignIn.expires_at,
        Person.code,
        Person.name_kk,
        Person.name_ru,
        Person.name_en,
        Person.language,
        Grant.role,
        Grant.organisation,
        Grant.acting,
        in_force(bindparam("today", type_=Date)).label("held"),
    )
    .join(Person, Person.code == SignIn.person)
    .outerjoin(Grant, Grant.person == Person.code)
    .outerjoin(GrantEnd, GrantEnd.grant_id == Grant.id)
    .where(
        SignIn.token_sha256 == bindparam("token"),
        SignIn.ended_at.is_(None),
        Person.active.is_(True),
    )
    .order_by(Grant.id)
)


def find(token: str, now: datetime, today: date | None = None) -> Found | None:
    """The person whose open session the token is of; None if there is none (any more).

    With the roles of `today`, the business day, where it is given. Called at each request:
    one query, and at most once a minute one update that notes when the session was last
    used. The first use after its end closes the session.
    """
    with reading() as session:
        asked = {"token": _digest(token), "today": today}
        rows = connection_of(session).execute(_FIND, asked).all()
    if not rows:
        return None
    row = rows[0]
    if row.expires_at <= now:
        close_expired(now=now)
        return None
    if now - row.seen_at >= SEEN_EVERY:
        with transaction() as session:
            session.execute(update(SignIn).where(SignIn.id == row.id).values(seen_at=now))
    names = {"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en}
    held = tuple(Holding(r.role, r.organisation, r.acting) for r in rows if r.held)
    return Found(row.id, row.code, names, row.language, held)


def sign_out(*, token: str, now: datetime) -> None:
    """End the session of a token; nothing happens if it has ended already."""
    with transaction() as session:
        row = session.scalars(
            select(SignIn)
            .where(SignIn.token_sha256 == _digest(token), SignIn.ended_at.is_(None))
            .with_for_update()
        ).one_or_none()
        if row is not None:
            _end(session, row, "signed_out", _somebody(row.person), now)


def open_sessions(*, person: str, now: datetime) -> tuple[OpenSession, ...]:
    """The sessions of a person that count at `now`, the one used last first."""
    with reading() as session:
        rows = session.execute(
            select(SignIn.id, SignIn.opened_at, SignIn.seen_at)
            .where(SignIn.person == person, SignIn.ended_at.is_(None), SignIn.expires_at > now)
            .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
        )
        return tuple(OpenSession(row.id, row.opened_at, row.seen_at) for row in rows)


def revoke_all(
    *, person: str, actor: Actor | SystemActor, now: datetime, keep: int | None = None
) -> int:
    """End every session of a person but `keep`, as the person may ask; return how many.

    Raises:
        NotAllowed: `permission.denied`, the actor is somebody else and manages no people.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="session.revoke", target=person),
        transaction() as session,
    ):
        person_file.require_self_or_manager(actor, person)
        return end_all(session, person=person, actor=actor, now=now, keep=keep)


def end_all(
    session: Session,
    *,
    person: str,
    actor: Actor | SystemActor,
    now: datetime,
    keep: int | None = None,
) -> int:
    """End every session of a person but `keep`, in the caller's transaction; return how many."""
    rows = session.scalars(
        select(SignIn)
        .where(SignIn.person == person, SignIn.ended_at.is_(None))
        .order_by(SignIn.id)
        .with_for_update()
    ).all()
    ended = [row for row in rows if row.id != keep]
    for row in ended:
        _end(session, row, "revoked", actor, now)
    return len(ended)


def close_expired(*, now: datetime) -> int:
    """End the sessions whose time is over, at most 500; return how many. For the ticker."""
    with transaction() as session:
        rows = session.scalars(
            select(SignIn)
            .where(SignIn.ended_at.is_(None), SignIn.expires_at <= now)
            .order_by(SignIn.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            _end(session, row, "expired", SystemActor("timer"), now)
        return len(rows)


def normal_login(login: str) -> str:
    """A login as it is compared: small letters, no characters that cannot be seen."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", login) if c.isprintable())
    return seen.strip().casefold()[: throttle.MAX_LOGIN]


def _open(
    session: Session, person: str, method: str, now: datetime, hours: int, address: str | None
) -> str:
    token = secrets.token_urlsafe(32)
    row = SignIn(
        token_sha256=_digest(token),
        person=person,
        opened_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    session.add(row)
    session.flush()
    sealed = None if address is None else Sealed(address, person)
    log.append_unchained(
        session,
        events.SessionOpened(session=row.id, person=person, method=method, address=sealed),
        envelope(now=now, actor=_somebody(person)),
        stream=STREAM,
    )
    return token


def _end(
    session: Session, row: SignIn, how: str, actor: Actor | SystemActor, now: datetime
) -> None:
    row.ended_at = now
    log.append_unchained(
        session,
        events.SessionClosed(session=row.id, person=row.person, how=how),
        envelope(now=now, actor=actor),
        stream=STREAM,
    )


def _rehash(session: Session, person: Person, fresh: str, now: datetime) -> None:
    """Keep the same password under the parameters of today."""
    person.password_hash = fresh
    event = events.PersonChanged(
        person=person.code, changes={"password_hash": events.Change(None, None)}
    )
    person_file.record(session, person, event, actor=SystemActor("sign_in"), now=now)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _somebody(person: str) -> Actor:
    """A person on the trail, where roles do not matter."""
    return Actor(person, "", "kk", ())
