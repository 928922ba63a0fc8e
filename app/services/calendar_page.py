"""What people are shown of changes of the calendar: the proposals that wait, and one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor
from app.domain.permissions import Permission, allows, require
from app.domain.refusals import NotFound
from app.models.registers import CalendarDay, CalendarDecision, CalendarProposal
from app.operations.registers import Registers
from app.services import calendar_changes, calendar_terms, openings, people, redatings
from app.services.calendar_days import DayChange, change_of
from app.services.calendar_terms import MovedTerm
from app.services.numbers import possible


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed change: what the day is now and is to be, who proposed it, and its outcome.

    `outcome` is confirmed, rejected or withdrawn, None while it waits; `reason` is that of a
    rejection; `cases` is how many a confirmed one has re-dated, `left` how many are still to
    be.
    """

    id: int
    seq: int
    change: DayChange
    was: str
    proposed_by: str
    proposed_at: datetime
    outcome: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = ""
    cases: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal with what it would move now; `names` are those of people, by code."""

    proposal: Proposal
    terms: tuple[MovedTerm, ...]
    names: Mapping[str, Mapping[str, str]]
    mine: bool

    @property
    def cases(self) -> int:
        """How many cases it would move."""
        return len({term.case_id for term in self.terms})


def kind_of(day: date) -> str:
    """What a day is in the calendar in force; ordinary where there is no entry."""
    with reading() as session:
        mark = Registers(session).calendar.days.get(day)
        return mark.kind if mark is not None else "ordinary"


def waiting(*, actor: Actor) -> tuple[Proposal, ...]:
    """The proposals that nobody has decided on, oldest first; none for others than editors."""
    if not allows(actor, Permission.EDIT_CALENDAR):
        return ()
    query = select(CalendarProposal).where(calendar_changes.undecided())
    with reading() as session:
        rows = session.scalars(query.order_by(CalendarProposal.id)).all()
        return tuple(_proposal(session, row) for row in rows)


def proposal_page(*, proposal_id: int, actor: Actor, now: datetime) -> ProposalPage:
    """One proposal: while it waits with what it would move at this moment.

    Raises:
        NotAllowed: the actor may not edit the calendar.
        NotFound: no such proposal.
        Invalid: `calendar.out_of_range`, a term could not be counted by it.
    """
    require(actor, Permission.EDIT_CALENDAR)
    possible(proposal_id, "calendar.proposal_not_found")
    with reading() as session:
        row = session.get(CalendarProposal, proposal_id)
        if row is None:
            raise NotFound("calendar.proposal_not_found")
        found = _proposal(session, row)
        moved = () if found.outcome else calendar_changes.look(session, found.change, now)
        return ProposalPage(
            proposal=found,
            terms=calendar_terms.terms(moved),
            names=people.names(session, {found.proposed_by, found.decided_by}),
            mine=found.proposed_by == actor.person,
        )


def _proposal(session: Session, row: CalendarProposal) -> Proposal:
    query = select(CalendarDecision).where(CalendarDecision.proposal_id == row.id)
    decision = session.scalars(query).one_or_none()
    before = select(CalendarDay.kind).where(CalendarDay.day == row.day)
    if decision is not None:
        before = before.where(CalendarDay.seq < decision.seq)
    was = session.scalar(before.order_by(CalendarDay.seq.desc(), CalendarDay.id.desc()).limit(1))
    plain = Proposal(
        id=row.id,
        seq=row.seq,
        change=change_of(row),
        was=was or "ordinary",
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
    )
    if decision is None:
        return plain
    texts = openings.texts(session, decision.stream, decision.seq)
    return replace(
        plain,
        outcome=decision.outcome,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
        reason=str(texts.get("reason", "")),
        cases=redatings.redated(session, row.id),
        left=redatings.waiting(session, row.id),
    )
