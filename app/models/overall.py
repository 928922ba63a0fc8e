"""Facts of the overall evaluation of a year: results, submissions, publication (¶ 11, 48–53)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime, reference
from app.models.trail import Fact


class MissingConclusion(Fact, Base):
    """A block conclusion that is not in, with its recorded reason (¶ 11); words are sealed."""

    __tablename__ = "missing_conclusion"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    year: Mapped[int]
    block: Mapped[int]
    evaluated_body: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(20))

    __table_args__ = (UniqueConstraint("case_id", "block", "evaluated_body"),)


class Overall(Fact, Base):
    """One version of the overall results of a year, drafted by the planning authority (¶ 11)."""

    __tablename__ = "overall"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    year: Mapped[int]
    number: Mapped[int]
    methodology_id: Mapped[int] = mapped_column(reference("methodology.id"), index=True)
    author: Mapped[str] = mapped_column(String(40))
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("year", "number"),)


class OverallResult(Fact, Base):
    """A result in a version: of one body in one block, or over its blocks (`block` 0).

    `points` of `max` as decimal text; None where the conclusion is missing. A result by block
    names the version of the conclusion that it comes from.
    """

    __tablename__ = "overall_result"

    overall_id: Mapped[int] = mapped_column(reference("overall.id"), index=True)
    evaluated_body: Mapped[str] = mapped_column(String(40))
    block: Mapped[int]
    points: Mapped[str | None] = mapped_column(String(40))
    max: Mapped[str | None] = mapped_column(String(40))
    conclusion_id: Mapped[int | None] = mapped_column(reference("conclusion.id"), index=True)

    __table_args__ = (UniqueConstraint("overall_id", "evaluated_body", "block"),)


class OverallMark(Fact, Base):
    """What happened to a version of the overall results.

    `mark`: drafted, signed, returned, submitted (¶ 49), concluded (by the Commission),
    presented (to the President, ¶ 51), instructed (¶ 52), checked (for secrets, ¶ 53),
    consented, refused (by the working body), published. `number` and `dated` are those of
    the paper, if any.
    """

    __tablename__ = "overall_mark"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    overall_id: Mapped[int] = mapped_column(reference("overall.id"), index=True)
    mark: Mapped[str] = mapped_column(String(12))
    number: Mapped[str | None] = mapped_column(String(100))
    dated: Mapped[date | None] = mapped_column(Date)
    person: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SecrecyCheck(Fact, Base):
    """The check of one result before publication (¶ 9(5), 53): open, or withheld and why.

    `ground`: state_secret, official (for official use), other (protected by law); None if open.
    """

    __tablename__ = "secrecy_check"

    overall_id: Mapped[int] = mapped_column(reference("overall.id"), index=True)
    evaluated_body: Mapped[str] = mapped_column(String(40))
    block: Mapped[int]
    withheld: Mapped[bool]
    ground: Mapped[str | None] = mapped_column(String(16))
    person: Mapped[str] = mapped_column(String(40))
