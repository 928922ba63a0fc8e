"""A changed calendar re-dates the cases that it concerns, each by an act of its own.

The confirmation of the change has named them (`CalendarConcern`); a case's own act leaves a
`CalendarRedating`, of which there can be but one, so a crash in between loses nothing and any
number of workers may share the work. The terms are worked out at the moment of the act, by the
calendar then in force, whatever was shown before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, func, select, true
from sqlalchemy.orm import Session

from app.audit import events
from app.db import reading, transaction
from app.domain.actors import SystemActor
from app.domain.refusals import Refusal
from app.engine import runner
from app.engine.errors import EngineError
from app.engine.rewriting import COUNTING
from app.models.cases import CaseFile, Incident
from app.models.registers import (
    CalendarConcern,
    CalendarDay,
    CalendarDecision,
    CalendarProposal,
    CalendarRedating,
)
from app.services import acts, incidents, projections

SYSTEM = SystemActor("calendar")


@dataclass(frozen=True, slots=True)
class _Change:
    """A change in force: the event that put it in force, the day, what it was and is, and why."""

    seq: int
    day: date
    was: str
    kind: str
    basis: str


def deliver_all(*, now: datetime) -> int:
    """Re-date every case that waits for it and can be; return how many were."""
    return _deliver(true(), now)


def deliver(*, concern_id: int, now: datetime) -> int:
    """Re-date one case, if it still waits for that; return how many were."""
    return _deliver(CalendarConcern.id == concern_id, now)


def deliver_of(*, proposal_id: int, now: datetime, limit: int) -> int:
    """Re-date the first `limit` cases that a confirmed proposal concerns; return how many were."""
    return _deliver(CalendarConcern.proposal_id == proposal_id, now, limit)


def is_done(concern_id: int) -> bool:
    """Whether a case has been re-dated for a concern."""
    with reading() as session:
        return _done(session, concern_id)


def redated(session: Session, proposal_id: int) -> int:
    """How many cases have been re-dated for a confirmed proposal."""
    query = (
        select(func.count())
        .select_from(CalendarRedating)
        .join(CalendarConcern, CalendarConcern.id == CalendarRedating.concern_id)
        .where(CalendarConcern.proposal_id == proposal_id)
    )
    return session.scalar(query) or 0


def waiting(session: Session, proposal_id: int) -> int:
    """How many cases have still to be re-dated for a confirmed proposal."""
    query = _waiting(CalendarConcern.proposal_id == proposal_id).subquery()
    return session.scalar(select(func.count()).select_from(query)) or 0


def _deliver(which: ColumnElement[bool], now: datetime, limit: int | None = None) -> int:
    done = after = 0
    while limit is None or done < limit:
        found = _next(which, after)
        if found is None:
            break
        after, case_id = found
        try:
            # A case that another worker holds is left to it, or to the next time.
            done += _redate(after, case_id, now)
        except (EngineError, Refusal) as error:
            act = f"calendar {after}"
            incidents.record(case_id=case_id, act=act, error=error, actor=SYSTEM, now=now)
    return done


def _waiting(which: ColumnElement[bool]) -> Select[int, int]:
    """The concerns without a re-dating; a case that has ended has no term that could move."""
    # Not a join: SQLite would begin with the cases, of which there are many more.
    runs = exists().where(CaseFile.id == CalendarConcern.case_id, CaseFile.status == "running")
    return select(CalendarConcern.id, CalendarConcern.case_id).where(
        which,
        runs,
        ~exists().where(CalendarRedating.concern_id == CalendarConcern.id),
    )


def _next(which: ColumnElement[bool], after: int) -> tuple[int, int] | None:
    """The oldest that waits and can be done: one that failed waits for its incident."""
    failed = exists().where(
        Incident.case_id == CalendarConcern.case_id,
        Incident.state == "open",
        Incident.act == "calendar " + CalendarConcern.id.cast(Incident.act.type),
    )
    query = _waiting(which).where(CalendarConcern.id > after, ~failed)
    with reading() as session:
        row = session.execute(query.order_by(CalendarConcern.id).limit(1)).one_or_none()
    return None if row is None else (row.id, row.case_id)


def _redate(concern_id: int, case_id: int, now: datetime) -> bool:
    """Re-date one case in one transaction; False where another worker has it, or had it."""
    with transaction() as session:
        case = acts.lock_case(session, case_id, skip_locked=True)
        # Read under the lock of the case: of several workers one does it.
        if case is None or case.status != "running" or _done(session, concern_id):
            return False
        change = _change(session, concern_id)
        context = acts.context_for(session, case, actor=SYSTEM, now=now)
        context.write(CalendarRedating(concern_id=concern_id, case_id=case.id))
        acts.move(
            context,
            lambda legal, state, host: runner.redate(
                legal, state, now=now, host=host, asking=COUNTING
            ),
            events.CaseCalendarRedated(
                confirmed_seq=change.seq,
                calendar=context.registers.calendar.version,
                day=change.day,
                change=events.Change(old=change.was, new=change.kind),
                basis=change.basis,
            ),
            cause=projections.Cause(dates=True),
        )
        return True


def _done(session: Session, concern_id: int) -> bool:
    query = select(CalendarRedating.id).where(CalendarRedating.concern_id == concern_id)
    return session.scalar(query) is not None


def _change(session: Session, concern_id: int) -> _Change:
    proposal = session.scalars(
        select(CalendarProposal)
        .join(CalendarConcern, CalendarConcern.proposal_id == CalendarProposal.id)
        .where(CalendarConcern.id == concern_id)
    ).one()
    seq = session.scalars(
        select(CalendarDecision.seq).where(CalendarDecision.proposal_id == proposal.id)
    ).one()
    was = session.scalar(
        select(CalendarDay.kind)
        .where(CalendarDay.day == proposal.day, CalendarDay.seq < seq)
        .order_by(CalendarDay.seq.desc(), CalendarDay.id.desc())
        .limit(1)
    )
    return _Change(seq, proposal.day, was or "ordinary", proposal.kind, proposal.source)
