"""Cases and what is projected from them: tasks, timers, waits, messages, incidents.

A `CaseFile` is guarded: it changes only together with an event of its stream. The other
tables here are projections: they are written in the act's own transaction, change in
place, and the verifier rebuilds them from the trail.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime, reference
from app.models.trail import Fact, Guarded


class CaseFile(Guarded, Base):
    """One running or ended case; its state is the engine's own bytes.

    `process` and `release` pin it to its diagram; `year`, `block`, `evaluated_body` and
    `authority` say what it is about; `subject` is the fact row it treats (an objection).
    """

    __tablename__ = "case_file"

    process: Mapped[str] = mapped_column(String(64))
    release: Mapped[str] = mapped_column(String(64), reference("release.hash"), index=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(12))
    year: Mapped[int | None]
    block: Mapped[int | None]
    evaluated_body: Mapped[str | None] = mapped_column(String(40))
    authority: Mapped[str | None] = mapped_column(String(40))
    subject: Mapped[int | None]
    opened_by_case: Mapped[int | None]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_case_file_about", "process", "year", "block", "evaluated_body"),)


class Party(Fact, Base):
    """An organisation that may see a case, from the moment of its event on."""

    __tablename__ = "party"

    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    organisation: Mapped[str] = mapped_column(String(40), index=True)


_IN_LANE = "assignee IS NULL"


def _of_open(name: str, only: str, *columns: str) -> Index:
    """An index of those open tasks for which `only` holds."""
    which = text(f"state = 'open' AND {only}")
    return Index(name, *columns, sqlite_where=which, postgresql_where=which)


class Task(Base):
    """A human task: who may do it, until when, and what became of it (a projection).

    `year`, `block` and `evaluated_body` are its case's, which never change: lists of tasks are
    filtered by them without looking at a case.
    """

    __tablename__ = "task"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(reference("case_file.id"))
    key: Mapped[str] = mapped_column(String(200))
    element: Mapped[str] = mapped_column(String(100))
    process: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(40))
    organisation: Mapped[str | None] = mapped_column(String(40))
    assignee: Mapped[str | None] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(100))
    paragraphs: Mapped[str] = mapped_column(String(60), default="")
    year: Mapped[int | None]
    block: Mapped[int | None]
    evaluated_body: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_seq: Mapped[int]
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8))
    completed_by: Mapped[str | None] = mapped_column(String(40))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_seq: Mapped[int | None]

    __table_args__ = (
        Index(
            "uq_task_open",
            "case_id",
            "key",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        # A page of a list is a range of one of these, however many tasks there are.
        _of_open("ix_task_lane", _IN_LANE, "organisation", "role", "due_at", "id"),
        _of_open(
            "ix_task_lane_body",
            _IN_LANE,
            "organisation",
            "role",
            "evaluated_body",
            "due_at",
            "id",
        ),
        _of_open("ix_task_assignee", "assignee IS NOT NULL", "assignee", "due_at", "id"),
        _of_open("ix_task_claimed", "claimed_by IS NOT NULL", "claimed_by", "due_at", "id"),
        Index("ix_task_case_closed", "case_id", "closed_seq"),
    )


class Timer(Base):
    """A date a case waits for (a projection); the ticker reads this table and nothing else."""

    __tablename__ = "timer"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    key: Mapped[str] = mapped_column(String(200))
    element: Mapped[str] = mapped_column(String(100))
    process: Mapped[str] = mapped_column(String(64))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expression: Mapped[str] = mapped_column(Text)
    opened_seq: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    closed_seq: Mapped[int | None]

    __table_args__ = (
        Index(
            "uq_timer_waiting",
            "case_id",
            "key",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_timer_due",
            "due_at",
            "key",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )


class Wait(Base):
    """A message a case waits for (a projection)."""

    __tablename__ = "wait"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    key: Mapped[str] = mapped_column(String(200))
    element: Mapped[str] = mapped_column(String(100))
    process: Mapped[str] = mapped_column(String(64))
    message: Mapped[str] = mapped_column(String(100))
    opened_seq: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    closed_seq: Mapped[int | None]

    __table_args__ = (
        Index(
            "uq_wait_waiting",
            "case_id",
            "key",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )


class Message(Base):
    """A message from one case to another, or to a case it starts: delivered exactly once.

    Written in the sender's transaction, delivered as an act of the receiver; a message
    whose receiver does not wait for it is kept (`pending`), one whose receiver has ended
    is shown as `unclaimed`.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_case: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    from_seq: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    to_case: Mapped[int | None]
    starts: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10))
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_to: Mapped[int | None]

    __table_args__ = (
        Index(
            "ix_message_oldest",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_message_pending",
            "to_case",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_message_sender",
            "from_case",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )


class Incident(Base):
    """An act of a case that failed: what, where on the diagram, since when (a projection).

    `attempt` counts the incidents of this act up to this one. `how` an incident ended: retry,
    skip or correct where people resolved it, done or gone where its act is over without them.
    `repair` is what person `proposed_by` proposed by event `proposed_seq` (canonical JSON of
    `skip` and `data`); on an open incident it waits for somebody else, on one that was
    resolved it is what the next attempt of the act is done with.
    """

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(reference("case_file.id"), index=True)
    act: Mapped[str] = mapped_column(String(240))
    process: Mapped[str] = mapped_column(String(64))
    element: Mapped[str | None] = mapped_column(String(100))
    line: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(60))
    detail: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10))
    opened_seq: Mapped[int]
    closed_seq: Mapped[int | None]
    attempt: Mapped[int] = mapped_column(server_default=text("1"))
    how: Mapped[str | None] = mapped_column(String(8))
    repair: Mapped[bytes | None] = mapped_column(LargeBinary)
    proposed_seq: Mapped[int | None]
    proposed_by: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        Index(
            "uq_incident_open",
            "case_id",
            "act",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )


class Draft(Base):
    """What somebody has typed into a task's form and not yet handed in; nobody else sees it."""

    __tablename__ = "draft"

    task_id: Mapped[int] = mapped_column(reference("task.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(40), primary_key=True)
    answers: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Release(Fact, Base):
    """A legal release: everything of `bpmn/` under its hash, immutable, with its first day."""

    __tablename__ = "release"

    hash: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[int] = mapped_column(unique=True)
    effective_from: Mapped[date] = mapped_column(Date)
    files: Mapped[bytes] = mapped_column(LargeBinary)
