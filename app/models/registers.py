"""Registers: versioned data that the acts read, such as calendar, bodies and mandates.

A register's rows are append-only: the row with the highest `seq` under a key is in force.
`Register.version` is the head of the register's stream; every act notes the versions it read.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime, reference
from app.models.trail import Fact, Guarded


class Register(Guarded, Base):
    """One register and its version: calendar, bodies, mandates, parts, settings."""

    __tablename__ = "register"

    name: Mapped[str] = mapped_column(String(40), unique=True)


class CalendarDay(Fact, Base):
    """A day that is not what its weekday says, with the act it rests on.

    `kind`: holiday, day_off, working_day, or `ordinary` for an entry taken back.
    """

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, index=True)
    kind: Mapped[str] = mapped_column(String(12))
    name_kk: Mapped[str] = mapped_column(String(200))
    name_ru: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(Text)


class CalendarProposal(Fact, Base):
    """A change of a day that would move terms of open cases, as somebody proposed it.

    It waits until there is a `CalendarDecision`; day, kind, names and source as in
    `CalendarDay`.
    """

    __tablename__ = "calendar_proposal"

    day: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(12))
    name_kk: Mapped[str] = mapped_column(String(200))
    name_ru: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(String(40))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarDecision(Fact, Base):
    """What became of a proposal: confirmed or rejected by another person, or withdrawn."""

    __tablename__ = "calendar_decision"

    proposal_id: Mapped[int] = mapped_column(reference("calendar_proposal.id"), unique=True)
    outcome: Mapped[str] = mapped_column(String(10))
    decided_by: Mapped[str] = mapped_column(String(40))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarConcern(Fact, Base):
    """An open case whose terms a confirmed proposal moves.

    It waits for its own act until there is a `CalendarRedating` of it.
    """

    __tablename__ = "calendar_concern"

    proposal_id: Mapped[int] = mapped_column(reference("calendar_proposal.id"))
    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)

    __table_args__ = (UniqueConstraint("proposal_id", "case_id"),)


class CalendarRedating(Fact, Base):
    """The act by which a case worked its terms out again by a changed calendar: one a concern."""

    __tablename__ = "calendar_redating"

    concern_id: Mapped[int] = mapped_column(reference("calendar_concern.id"), unique=True)
    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)


class Body(Fact, Base):
    """A state body or holder of a role of ¶ 10, by code."""

    __tablename__ = "body"

    code: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    name_kk: Mapped[str] = mapped_column(Text)
    name_ru: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    short_kk: Mapped[str] = mapped_column(Text)
    short_ru: Mapped[str] = mapped_column(Text)
    short_en: Mapped[str] = mapped_column(Text)
    blocks: Mapped[str] = mapped_column(String(12))
    scope_excluded: Mapped[str] = mapped_column(Text)
    directly_under_president: Mapped[bool] = mapped_column(Boolean)
    time_zone: Mapped[str] = mapped_column(String(40))


class MandateRow(Fact, Base):
    """Who holds a role of ¶ 10 (or is the working body of ¶ 12), from when to when."""

    __tablename__ = "mandate"

    role: Mapped[str] = mapped_column(String(40), index=True)
    holder: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date] = mapped_column(Date)
    # Before the first day: what was planned is taken back.
    ends_on: Mapped[date | None] = mapped_column(Date)
    basis: Mapped[str] = mapped_column(Text)


class PartRow(Fact, Base):
    """A part of a block with its general evaluator and consolidator (¶ 23, 28, 32, 35, 38)."""

    __tablename__ = "part"

    block: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    name_kk: Mapped[str] = mapped_column(Text)
    name_ru: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    general_evaluator: Mapped[str] = mapped_column(String(40))
    consolidator: Mapped[str] = mapped_column(String(40))
    basis: Mapped[str] = mapped_column(Text)


class SettingRow(Fact, Base):
    """A setting of the installation as JSON text, with the source it rests on."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(80), index=True)
    value: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
