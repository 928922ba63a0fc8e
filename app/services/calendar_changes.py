"""Changes of the calendar: at once where no open term moves, otherwise agreed on by two people.

One proposes, seeing which terms it would move; another with the same permission, never the
same person, confirms or rejects. The confirmation puts the new version of the calendar in force
and names the cases that it concerns; each is then re-dated by an act of its own (`redatings`).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, select, text
from sqlalchemy.orm import Session

from app.audit import events
from app.audit.sealed import Sealed
from app.db import is_sqlite, reading, transaction
from app.domain.actors import Actor
from app.domain.calendar import Calendar
from app.domain.permissions import GRANTED, Permission, require
from app.domain.refusals import Conflict, NotAllowed, NotFound
from app.models.registers import CalendarConcern, CalendarDecision, CalendarProposal, Register
from app.models.trail import Fact
from app.operations.registers import Registers
from app.services import acts, calendar_terms, incidents, registers, repairs
from app.services.calendar_days import DayChange, change_of, check, entries, row
from app.services.calendar_terms import Memo, Moved
from app.services.numbers import possible

CALENDAR = "calendar"


def change_day(*, change: DayChange, actor: Actor, now: datetime) -> tuple[Moved, ...]:
    """Record what a day is, if that moves no open term; otherwise give what it would move.

    Nothing is written where a term would move: such a change takes two people (`propose`).

    Raises:
        NotAllowed: the actor may not edit the calendar.
        Conflict: `calendar.proposed_already`, a change of this day waits for a decision.
        Invalid: no such kind, a name missing, no source; or a term cannot be counted then.
    """
    with acts.refusals_recorded(actor=actor, now=now, attempted="register.change"):
        memo = _looked(change, actor, now)
        with transaction() as session:
            calendar = _held(session, alone=True)
            _refuse_proposed(session, change.day)
            moved = _moved(session, calendar, change, now, memo)
            if not moved:
                told = events.RegisterChanged(
                    register=CALENDAR, entries=entries(calendar, change), basis=change.mark.source
                )
                rows: list[Fact] = [row(change)]
                _write(session, rows, told, actor, now)
            return moved


def propose(*, change: DayChange, actor: Actor, now: datetime) -> int:
    """Propose a change that moves open terms; return the proposal's number.

    Raises:
        NotAllowed: the actor may not edit the calendar.
        Conflict: `calendar.proposed_already`, a change of this day waits for a decision.
        Invalid: as for `change_day`.
    """
    with acts.refusals_recorded(actor=actor, now=now, attempted="register.propose"):
        memo = _looked(change, actor, now)
        with transaction() as session:
            calendar = _held(session)
            _refuse_proposed(session, change.day)
            moved = _moved(session, calendar, change, now, memo)
            mark = change.mark
            proposal = CalendarProposal(
                day=change.day,
                kind=mark.kind,
                name_kk=mark.name_kk,
                name_ru=mark.name_ru,
                name_en=mark.name_en,
                source=mark.source,
                proposed_by=actor.person,
                proposed_at=now,
            )
            told = events.ChangeProposed(
                register=CALENDAR,
                entries=entries(calendar, change),
                basis=mark.source,
                cases=len({one.case_id for one in moved}),
                terms=len(calendar_terms.terms(moved)),
            )
            _write(session, [proposal], told, actor, now)
            return proposal.id


def confirm(*, proposal_id: int, actor: Actor, now: datetime) -> tuple[Moved, ...]:
    """Put somebody else's proposal in force; give what it moves, worked out at this moment.

    Nothing has moved yet when this returns: each case is re-dated by an act of its own
    (`redatings.deliver_all`).

    Raises:
        NotAllowed: the actor may not edit the calendar, or proposed it.
        NotFound, Conflict: no such proposal, or it is decided.
        Invalid: `calendar.out_of_range`, a term could not be counted then.
    """
    with acts.refusals_recorded(actor=actor, now=now, attempted="register.confirm"):
        require(actor, Permission.EDIT_CALENDAR)
        memo = _looked(_proposed(proposal_id), actor, now)
        with transaction() as session:
            calendar = _held(session, alone=True)
            proposal = _open(session, proposal_id)
            _refuse_own(proposal, actor)
            change = change_of(proposal)
            moved = _moved(session, calendar, change, now, memo)
            cases = sorted({one.case_id for one in moved})
            told = events.ChangeConfirmed(
                register=CALENDAR,
                entries=entries(calendar, change),
                basis=change.mark.source,
                proposed_seq=proposal.seq,
                proposed_by=proposal.proposed_by,
                cases=len(cases),
                terms=len(calendar_terms.terms(moved)),
            )
            rows: list[Fact] = [row(change), _decision(proposal, "confirmed", actor, now)]
            rows += [CalendarConcern(proposal_id=proposal.id, case_id=case) for case in cases]
            _write(session, rows, told, actor, now)
            return moved


def reject(*, proposal_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Do not agree with somebody else's proposal.

    Raises:
        NotAllowed: the actor may not edit the calendar, or proposed it.
        NotFound, Conflict: no such proposal, or it is decided.
        Invalid: no reason, or one that is too long.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="register.reject"),
        transaction() as session,
    ):
        require(actor, Permission.EDIT_CALENDAR)
        _held(session)
        proposal = _open(session, proposal_id)
        _refuse_own(proposal, actor)
        told = events.ChangeRejected(
            register=CALENDAR,
            proposed_seq=proposal.seq,
            proposed_by=proposal.proposed_by,
            reason=Sealed(repairs.reasoned(reason), subject=actor.person),
        )
        rows: list[Fact] = [_decision(proposal, "rejected", actor, now)]
        _write(session, rows, told, actor, now)


def withdraw(*, proposal_id: int, actor: Actor, now: datetime) -> None:
    """Take one's own proposal back.

    Raises:
        NotAllowed: the actor may not edit the calendar, or somebody else proposed it.
        NotFound, Conflict: no such proposal, or it is decided.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="register.withdraw"),
        transaction() as session,
    ):
        require(actor, Permission.EDIT_CALENDAR)
        _held(session)
        proposal = _open(session, proposal_id)
        if proposal.proposed_by != actor.person:
            raise NotAllowed("calendar.not_yours")
        told = events.ChangeWithdrawn(register=CALENDAR, proposed_seq=proposal.seq)
        rows: list[Fact] = [_decision(proposal, "withdrawn", actor, now)]
        _write(session, rows, told, actor, now)


def undecided() -> ColumnElement[bool]:
    """The condition that nobody has decided on a proposal."""
    return ~exists().where(CalendarDecision.proposal_id == CalendarProposal.id)


def look(session: Session, change: DayChange, now: datetime) -> tuple[Moved, ...]:
    """What a change would move at this moment; nothing is written.

    Raises:
        Invalid: `calendar.out_of_range`, a term could not be counted then.
        CaseIncident: a diagram fails.
    """
    return _moved(session, Registers(session).calendar, change, now, {})


def _looked(change: DayChange, actor: Actor, now: datetime) -> Memo:
    """What there is to find before the register is held: it may take a while with many cases."""
    require(actor, Permission.EDIT_CALENDAR)
    check(change)
    memo: Memo = {}
    with reading() as session:
        _moved(session, Registers(session).calendar, change, now, memo)
    return memo


def _moved(
    session: Session, calendar: Calendar, change: DayChange, now: datetime, memo: Memo
) -> tuple[Moved, ...]:
    supposed = calendar_terms.changed(calendar, change.day, change.mark)
    with incidents.told():
        return calendar_terms.moved(session, supposed, change.day, now, memo)


def _held(session: Session, *, alone: bool = False) -> Calendar:
    """The calendar in force, held until the transaction ends: of two changes one is the later.

    `alone` waits for the acts of cases that are under way, and lets new ones wait: a term that
    is just being counted by the old calendar would be missed. SQLite has one writer anyway.
    """
    session.scalars(select(Register.id).where(Register.name == CALENDAR).with_for_update()).one()
    if alone and not is_sqlite(session):
        session.execute(text("LOCK TABLE case_file IN EXCLUSIVE MODE"))
    return Registers(session).calendar


def _proposed(proposal_id: int) -> DayChange:
    with reading() as session:
        return change_of(_open(session, proposal_id))


def _open(session: Session, proposal_id: int) -> CalendarProposal:
    possible(proposal_id, "calendar.proposal_not_found")
    proposal = session.get(CalendarProposal, proposal_id)
    if proposal is None:
        raise NotFound("calendar.proposal_not_found")
    decided = select(CalendarDecision.id).where(CalendarDecision.proposal_id == proposal_id)
    if session.scalar(decided) is not None:
        raise Conflict("calendar.decided")
    return proposal


def _refuse_own(proposal: CalendarProposal, actor: Actor) -> None:
    if proposal.proposed_by == actor.person:
        raise NotAllowed("calendar.same_person")


def _refuse_proposed(session: Session, day: date) -> None:
    query = select(CalendarProposal.id).where(CalendarProposal.day == day, undecided())
    if session.scalar(query.limit(1)) is not None:
        raise Conflict("calendar.proposed_already", day=day.isoformat())


def _write(
    session: Session, rows: list[Fact], event: events.Event, actor: Actor, now: datetime
) -> None:
    """Add rows to the calendar as its next version, under the role that allows it."""
    allowed = (
        held
        for held in actor.holdings
        if Permission.EDIT_CALENDAR in GRANTED.get(held.role, frozenset())
    )
    holding = next(allowed, None)
    registers.write(session, CALENDAR, rows, event, actor=actor, now=now, holding=holding)


def _decision(
    proposal: CalendarProposal, outcome: str, actor: Actor, now: datetime
) -> CalendarDecision:
    return CalendarDecision(
        proposal_id=proposal.id, outcome=outcome, decided_by=actor.person, decided_at=now
    )
