"""A special commission as pages show it: its orders, its members and how far each has come."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import local_day
from app.models.cases import CaseFile, Task
from app.models.facts import Ballot, Commission, Minutes, Objection
from app.models.trail import EventRow
from app.operations.composition import (
    VOTE,
    barred_among,
    cast_since,
    commission_of,
    is_counted,
    members_of,
)
from app.operations.staff import staff_of
from app.services import openings
from app.services.views import CommissionView, MemberView, OrderView


def commission_view(session: Session, row: Commission, now: datetime) -> CommissionView:
    """The commission as it is composed now; `row` is its newest order.

    Votes and dissenting opinions are there once they are counted. Who may not sit any more is
    told while it sits: until the minutes are signed.
    """
    minutes = session.scalars(select(Minutes).where(Minutes.commission_id == row.id)).one_or_none()
    votes: dict[str, dict[str, str]] = {}
    for ballot in session.scalars(select(Ballot).where(Ballot.commission_id == row.id)):
        votes.setdefault(ballot.member, {})[ballot.indicator] = ballot.vote
    formed = _formed(session, row)
    cast = _cast(session, formed)
    objection, day = session.get_one(Objection, row.objection_id), local_day(now)
    members = members_of(session, row)
    barred = {} if minutes else barred_among(session, objection, members, day)
    staff = staff_of(session, objection.authority, day)
    dissents = _dissents(session, row) if votes else {}
    return CommissionView(
        order_number=row.order_number,
        order_date=row.order_date,
        chair=row.chair,
        members=tuple(
            MemberView(
                person=person,
                chair=person == row.chair,
                votes=votes.get(person, {}),
                dissent=dissents.get(person, ""),
                voted=person in cast,
                recused=cast.get(person, False),
                barred=barred[person].code if person in barred else "",
                left=not minutes and person not in staff,
            )
            for person in members
        ),
        minutes_number=minutes.number if minutes else None,
        minutes_date=minutes.held_on if minutes else None,
        orders=_orders(session, formed),
    )


def is_secret(session: Session, case: CaseFile) -> bool:
    """Say whether the votes in a case are not counted yet, so that nobody is told of them."""
    if case.process != "objection" or case.subject is None:
        return False
    commission = commission_of(session, case.subject)
    return commission is not None and not is_counted(session, commission)


def _formed(session: Session, row: Commission) -> list[Commission]:
    """Every composition of the commission, oldest first."""
    return list(
        session.scalars(
            select(Commission)
            .where(Commission.objection_id == row.objection_id)
            .order_by(Commission.id)
        )
    )


def _cast(session: Session, formed: list[Commission]) -> dict[str, bool]:
    """Who has voted and whose vote stands: whether it was a recusal, by member."""
    found: dict[str, bool] = {}
    for commission in formed:
        members = members_of(session, commission)
        found = {person: recused for person, recused in found.items() if person in members}
        # Read to the newest order each time: a later ballot is the same one, or a member's
        # who was put back and voted anew.
        handed_in = cast_since(session, commission)
        found |= {p: bool(b["recused"]) for p, b in handed_in.items() if p in members}
    return found


def _orders(session: Session, formed: list[Commission]) -> tuple[OrderView, ...]:
    orders: list[OrderView] = []
    before: tuple[str, ...] = ()
    for commission in formed:
        members = members_of(session, commission)
        orders.append(
            OrderView(
                number=commission.order_number,
                dated=commission.order_date,
                cause=_cause(session, commission),
                removed=tuple(person for person in before if person not in members),
                added=tuple(person for person in members if person not in before),
                chair=commission.chair,
            )
        )
        before = members
    return tuple(orders)


def _cause(session: Session, commission: Commission) -> str:
    """The reason that the form of a further order gave; empty for the first order."""
    body = session.scalar(
        select(EventRow.body).where(
            EventRow.stream == commission.stream, EventRow.seq == commission.seq
        )
    )
    answers = json.loads(body)["facts"].get("answers", {}) if body is not None else {}
    return str(answers.get("cause") or "")


def _dissents(session: Session, row: Commission) -> dict[str, str]:
    """The dissenting opinions handed in with the votes of a case, by member: each one's last."""
    votes = session.execute(
        select(Task.completed_by, Task.closed_seq)
        .where(Task.case_id == row.case_id, Task.form == VOTE, Task.state == "done")
        .order_by(Task.closed_seq)
    ).all()
    texts = openings.many(session, [(row.stream, vote.closed_seq or 0) for vote in votes])
    return {
        vote.completed_by or "": str(texts[row.stream, vote.closed_seq or 0].get("dissent", ""))
        for vote in votes
    }
