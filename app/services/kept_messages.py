"""Messages that lie undelivered: shown to sender and receiver, and never lost.

A message whose receiver does not wait for it yet stays until it does; one whose receiver has
ended stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models.cases import CaseFile, Message


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message between this case and `other` (id and number; None where a case is to begin).

    `outgoing` says that this case sent it; `state` is pending, or unclaimed where the receiver
    had ended; `starts` is the process that it is to start.
    """

    id: int
    outgoing: bool
    other: tuple[int, str] | None
    starts: str | None
    state: str
    since: datetime


def count(session: Session, case: CaseFile) -> int:
    """How many messages lie for a case that it does not wait for, or that came after its end."""
    kept = select(func.count()).where(
        Message.to_case == case.id, Message.state.in_(("pending", "unclaimed"))
    )
    return session.scalar(kept) or 0


def kept(session: Session, case: CaseFile) -> tuple[KeptMessage, ...]:
    """Every undelivered message that a case has sent or that is for it, oldest first."""
    rows = session.scalars(
        select(Message)
        .where(
            or_(Message.to_case == case.id, Message.from_case == case.id),
            Message.state.in_(("pending", "unclaimed")),
        )
        .order_by(Message.id)
    ).all()
    others = {row.to_case if row.from_case == case.id else row.from_case for row in rows} - {None}
    numbers = {
        row.id: row.number
        for row in session.execute(
            select(CaseFile.id, CaseFile.number).where(CaseFile.id.in_(others))
        )
    }
    found = []
    for row in rows:
        outgoing = row.from_case == case.id
        other = row.to_case if outgoing else row.from_case
        found.append(
            KeptMessage(
                id=row.id,
                outgoing=outgoing,
                other=(other, numbers[other]) if other is not None else None,
                starts=row.starts,
                state=row.state,
                since=row.sent_at,
            )
        )
    return tuple(found)
