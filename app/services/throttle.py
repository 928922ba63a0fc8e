"""Failed sign-ins, counted together per login within a window of time, and slowed down.

The window opens with the first failure and lasts `WINDOW`; after `LIMIT` failures nobody
can sign in with that login until it ends, the right password or not. The trail hears of
the 1st, 2nd, 4th, 8th … failure of a window, each time with the count so far, and of the
exact count when the person signs in or the window is over; so a flood of guesses cannot
flood the trail. Failures with logins that nobody has share one such count there.
"""

from __future__ import annotations

import hashlib
import math
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.audit import events, log
from app.audit.sealed import Sealed
from app.db import is_sqlite, reading, transaction
from app.domain.actors import SystemActor
from app.domain.refusals import Throttled
from app.models.people import Person, SignInFailure
from app.services.envelopes import envelope

WINDOW = timedelta(minutes=15)
LIMIT = 8
MAX_LOGIN = 200
KEEP = timedelta(days=1)
# Nobody's login is empty: the count of failures with logins that nobody has.
NOBODY = ""


def refuse(login: str, now: datetime) -> None:
    """Send away an attempt with a login that has failed too often; it is counted too.

    Raises:
        Throttled: `session.throttled`, with the minutes to wait.
    """
    with reading() as session:
        row = session.execute(
            select(SignInFailure.since, SignInFailure.count.label("failures")).where(
                SignInFailure.login_sha256 == _digest(login)
            )
        ).one_or_none()
        person = session.scalar(select(Person.code).where(Person.login == login))
    if row is None or row.failures < LIMIT or now - row.since >= WINDOW:
        return
    count(login, person, "session.throttled", now)
    left = row.since + WINDOW - now
    raise Throttled("session.throttled", minutes=max(1, math.ceil(left.total_seconds() / 60)))


def count(login: str, person: str | None, code: str, now: datetime) -> None:
    """Count a failure with `login`, which is that of `person` or nobody's; `code` says why."""
    with transaction() as session:
        told = _counted(session, login, person, now)
        if person is None:
            told = _counted(session, NOBODY, None, now)
        if _is_told(told.count):
            _tell(session, told, login, person, code, now)


def forget(session: Session, login: str, person: str, now: datetime) -> None:
    """The person has signed in: tell the count that is not told yet, and begin anew."""
    row = session.get(SignInFailure, _digest(login), with_for_update=True)
    if row is not None:
        _settle(session, row, login, person, now)
        session.delete(row)


def tidy(*, now: datetime) -> int:
    """Drop the counts of windows long over, telling what is not told; return how many.

    For the ticker.
    """
    with transaction() as session:
        rows = session.scalars(
            select(SignInFailure)
            .where(SignInFailure.since < now - KEEP)
            .with_for_update(skip_locked=True)
        ).all()
        known = {}
        if rows:
            people = session.execute(select(Person.login, Person.code))
            known = {_digest(person.login): person for person in people}
        for row in rows:
            person = known.get(row.login_sha256)
            if person is not None:
                _settle(session, row, person.login, person.code, now)
            session.delete(row)
        return len(rows)


def _counted(session: Session, login: str, person: str | None, now: datetime) -> SignInFailure:
    """The count of a login, held until the end of the transaction, one higher than it was."""
    key = _digest(login)
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    session.execute(
        insert(SignInFailure).values(login_sha256=key, since=now, count=0).on_conflict_do_nothing()
    )
    row = session.get_one(SignInFailure, key, with_for_update=True)
    if now - row.since >= WINDOW:
        if person is not None:
            _settle(session, row, login, person, now)
        row.since, row.count = now, 0
    row.count += 1
    return row


def _is_told(count: int) -> bool:
    return count & (count - 1) == 0


def _settle(session: Session, row: SignInFailure, login: str, person: str, now: datetime) -> None:
    if not _is_told(row.count):
        _tell(session, row, login, person, "session.wrong_password", now)


def _tell(
    session: Session,
    row: SignInFailure,
    login: str,
    person: str | None,
    code: str,
    now: datetime,
) -> None:
    log.append_unchained(
        session,
        events.SessionRefused(
            code=code,
            count=row.count,
            since=row.since,
            until=min(now, row.since + WINDOW),
            login=Sealed(login, person),
            person=person,
        ),
        envelope(now=now, actor=SystemActor("sign_in"), outcome="refused"),
        stream="sessions",
    )


def _digest(login: str) -> bytes:
    return hashlib.sha256(login.encode()).digest()
