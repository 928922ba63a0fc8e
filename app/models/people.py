"""People, the roles they hold for dated periods, and their sessions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime, reference
from app.models.trail import PRIVATE, Fact, Guarded


class Person(Guarded, Base):
    """A person who signs in; `code` stands for the person everywhere on the trail.

    Names, login and password are private: under `salt` in the row's digest.
    """

    __tablename__ = "person"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    login: Mapped[str] = mapped_column(String(80), unique=True, info={PRIVATE: True})
    name_kk: Mapped[str] = mapped_column(String(200), info={PRIVATE: True})
    name_ru: Mapped[str] = mapped_column(String(200), info={PRIVATE: True})
    name_en: Mapped[str] = mapped_column(String(200), info={PRIVATE: True})
    language: Mapped[str] = mapped_column(String(2))
    password_hash: Mapped[str] = mapped_column(String(200), info={PRIVATE: True})
    active: Mapped[bool]
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))


class Grant(Fact, Base):
    """A role given to a person in an organisation, with its first day and its act.

    `ends_on` is the last day when it is known at the start (an acting head); an end that is
    decided later is a `GrantEnd`. Both stay for ever: what somebody did stays theirs.
    """

    __tablename__ = "role_grant"

    person: Mapped[str] = mapped_column(String(40), reference("person.code"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    organisation: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    acting: Mapped[bool]


class GrantEnd(Fact, Base):
    """The end of a granted role: its last day."""

    __tablename__ = "role_grant_end"

    grant_id: Mapped[int] = mapped_column(reference("role_grant.id"), unique=True)
    ends_on: Mapped[date] = mapped_column(Date)


class SignIn(Base):
    """A session as a row: ended here, the cookie is worth nothing any more."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    person: Mapped[str] = mapped_column(String(40), reference("person.code"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInFailure(Base):
    """Failed sign-ins of one login within one window of time, counted together."""

    __tablename__ = "sign_in_failure"

    login_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int]
