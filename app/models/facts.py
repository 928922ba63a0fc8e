"""Facts of the procedures: schedules, conclusions, objections, commissions, decisions.

Every row names its event and stays as it is; a change is a new row. Free text is not here:
it lies in the openings of the event that each row names.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime, reference
from app.models.trail import Fact


class Document(Fact, Base):
    """A file attached to a case: its content by hash, its source by ¶ 4 and its origin (¶ 9(4)).

    Name and origin are free text and lie in the openings of the event.
    """

    __tablename__ = "document"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    task_key: Mapped[str | None] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    source: Mapped[str] = mapped_column(String(4))
    person: Mapped[str] = mapped_column(String(40))
    organisation: Mapped[str] = mapped_column(String(40))
    attached_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScheduleDraft(Fact, Base):
    """Five terms of ¶ 7 as submitted for approval; 7(1) has a date for each block."""

    __tablename__ = "schedule_draft"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    year: Mapped[int]
    report_1: Mapped[date] = mapped_column(Date)
    report_2: Mapped[date] = mapped_column(Date)
    report_3: Mapped[date] = mapped_column(Date)
    conclusions: Mapped[date] = mapped_column(Date)
    after_appeals: Mapped[date] = mapped_column(Date)
    overall: Mapped[date] = mapped_column(Date)
    to_president: Mapped[date] = mapped_column(Date)
    author: Mapped[str] = mapped_column(String(40))


class ScheduleOrder(Fact, Base):
    """A schedule in force by an order of the Head of the Administration (¶ 8)."""

    __tablename__ = "schedule_order"

    draft_id: Mapped[int] = mapped_column(reference("schedule_draft.id"), unique=True)
    year: Mapped[int]
    number: Mapped[int]
    order_number: Mapped[str] = mapped_column(String(40))
    order_date: Mapped[date] = mapped_column(Date)
    approved_by: Mapped[str] = mapped_column(String(40))
    approved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("year", "number"),)


class Conclusion(Fact, Base):
    """One version of a block conclusion (¶ 46–47); a correction of ¶ 61 is a new version."""

    __tablename__ = "conclusion"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    number: Mapped[int]
    year: Mapped[int]
    block: Mapped[int]
    evaluated_body: Mapped[str] = mapped_column(String(40))
    authority: Mapped[str] = mapped_column(String(40))
    author: Mapped[str] = mapped_column(String(40))
    corrects: Mapped[int | None] = mapped_column(reference("conclusion.id"), index=True)
    # No foreign key: an objection names the version it is against, and the circle would close.
    objection_id: Mapped[int | None] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("case_id", "number"),)


class ConclusionIndicator(Fact, Base):
    """An indicator in a version of a conclusion; values are decimal numbers as text."""

    __tablename__ = "conclusion_indicator"

    conclusion_id: Mapped[int] = mapped_column(reference("conclusion.id"), index=True)
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(String(40))
    points: Mapped[str] = mapped_column(String(40))
    max: Mapped[str] = mapped_column(String(40))

    __table_args__ = (UniqueConstraint("conclusion_id", "code"),)


class ConclusionMark(Fact, Base):
    """What happened to a version: issued, delivered, received, final; `until` ends the window."""

    __tablename__ = "conclusion_mark"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    conclusion_id: Mapped[int] = mapped_column(reference("conclusion.id"), index=True)
    mark: Mapped[str] = mapped_column(String(12))
    person: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Objection(Fact, Base):
    """An objection of an evaluated body (¶ 57): when it was sent, and whether in time."""

    __tablename__ = "objection"

    conclusion_case: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    conclusion_id: Mapped[int] = mapped_column(reference("conclusion.id"), index=True)
    year: Mapped[int]
    block: Mapped[int]
    evaluated_body: Mapped[str] = mapped_column(String(40))
    authority: Mapped[str] = mapped_column(String(40))
    filed_by: Mapped[str] = mapped_column(String(40))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    window_ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    late: Mapped[bool]


class ObjectionPoint(Fact, Base):
    """One indicator that the objection is against."""

    __tablename__ = "objection_point"

    objection_id: Mapped[int] = mapped_column(reference("objection.id"), index=True)
    indicator: Mapped[str] = mapped_column(String(40))


class ObjectionDocument(Fact, Base):
    """One supporting document of an objection (¶ 58)."""

    __tablename__ = "objection_document"

    objection_id: Mapped[int] = mapped_column(reference("objection.id"), index=True)
    document_id: Mapped[int] = mapped_column(reference("document.id"), index=True)


class Commission(Fact, Base):
    """A special commission as an order formed or changed it (¶ 59); the newest one sits."""

    __tablename__ = "commission"

    objection_id: Mapped[int] = mapped_column(reference("objection.id"), index=True)
    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    order_number: Mapped[str] = mapped_column(String(40))
    order_date: Mapped[date] = mapped_column(Date)
    chair: Mapped[str] = mapped_column(String(40))
    formed_by: Mapped[str] = mapped_column(String(40))


class CommissionMember(Fact, Base):
    """A member of a special commission."""

    __tablename__ = "commission_member"

    commission_id: Mapped[int] = mapped_column(reference("commission.id"), index=True)
    person: Mapped[str] = mapped_column(String(40))

    __table_args__ = (UniqueConstraint("commission_id", "person"),)


class Ballot(Fact, Base):
    """A member's vote on one indicator: for, against, abstained or recused."""

    __tablename__ = "ballot"

    commission_id: Mapped[int] = mapped_column(reference("commission.id"), index=True)
    member: Mapped[str] = mapped_column(String(40))
    indicator: Mapped[str] = mapped_column(String(40))
    vote: Mapped[str] = mapped_column(String(10))

    __table_args__ = (UniqueConstraint("commission_id", "member", "indicator"),)


class Minutes(Fact, Base):
    """The minutes of a special commission: number and date; their text is sealed."""

    __tablename__ = "minutes"

    commission_id: Mapped[int] = mapped_column(reference("commission.id"), unique=True)
    number: Mapped[str] = mapped_column(String(40))
    held_on: Mapped[date] = mapped_column(Date)
    signed_by: Mapped[str] = mapped_column(String(40))


class Decision(Fact, Base):
    """The outcome of an objection: one, and final (¶ 60).

    `outcome`: accepted, partly, rejected, late, without_documents.
    """

    __tablename__ = "decision"

    objection_id: Mapped[int] = mapped_column(reference("objection.id"), unique=True)
    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(40))
    dated: Mapped[date] = mapped_column(Date)
    decided_by: Mapped[str] = mapped_column(String(40))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DecisionPoint(Fact, Base):
    """What was decided on one indicator."""

    __tablename__ = "decision_point"

    decision_id: Mapped[int] = mapped_column(reference("decision.id"), index=True)
    indicator: Mapped[str] = mapped_column(String(40))
    accepted: Mapped[bool]


class Letter(Fact, Base):
    """A letter sent to an organisation, made of the release's template and the facts."""

    __tablename__ = "letter"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    recipient: Mapped[str] = mapped_column(String(40), index=True)
    subject: Mapped[int | None]
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
