"""Operations of a special commission (¶ 59)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import local_day
from app.domain.refusals import FieldError, Invalid
from app.domain.rules import commission as rules
from app.domain.rules import objection as appeal
from app.domain.rules.schedule import require_order_date
from app.models.facts import (
    Ballot,
    Commission,
    CommissionMember,
    Minutes,
    Objection,
    ObjectionPoint,
)
from app.operations.context import Context
from app.operations.participation import taken_part
from app.operations.staff import staff_of


def commission_of(session: Session, objection_id: int) -> Commission | None:
    """The newest commission formed for an objection, if there is one."""
    return session.scalars(
        select(Commission)
        .where(Commission.objection_id == objection_id)
        .order_by(Commission.id.desc())
        .limit(1)
    ).one_or_none()


def form(
    context: Context,
    /,
    *,
    objection: int,
    members: list[str],
    chair: str,
    order_number: str,
    order_date: str,
    authority: str,
) -> dict[str, dict[str, str]]:
    """¶ 59: form the commission by order, without anybody who took part in the evaluation.

    Returns the seats by member, over which the vote runs.

    Raises:
        Invalid: too few members, a chair from outside, somebody who is not staff.
        NotAllowed: a member took part, or belongs to the evaluated body.
    """
    session = context.session
    row = session.get_one(Objection, objection)
    today = local_day(context.now)
    dated = date.fromisoformat(order_date)
    require_order_date(dated, today)
    least = context.registers.setting("commission.least_members", rules.LEAST_MEMBERS)
    rules.require_commission(members, chair, least)
    candidates = [
        rules.Candidate(person=code, organisations=organisations)
        for code, organisations in staff_of(session, authority, today).items()
    ]
    did = [
        rules.Participation(person=part.person, why=part.number)
        for part in taken_part(session, row.year)
    ]
    rules.require_members(members, candidates, did, authority, row.evaluated_body)
    commission = context.write(
        Commission(
            objection_id=objection,
            case_id=context.case.id,
            order_number=order_number,
            order_date=dated,
            chair=chair,
            formed_by=context.person,
        )
    )
    for member in members:
        context.write(CommissionMember(commission_id=commission.id, person=member))
    return {member: {"member": member} for member in members}


def count(
    context: Context,
    /,
    *,
    objection: int,
    members: Mapping[str, Any],
    chair: str,
    ballots: Mapping[str, Any],
) -> dict[str, Any]:
    """¶ 59–60: write down the ballots and count them point by point.

    Where recusals leave a point without a quorum the outcome is `no_quorum`, and the first
    head forms another commission.
    """
    session = context.session
    commission = commission_of(session, objection)
    assert commission is not None
    points = _points(session, objection)
    cast: dict[str, dict[str, str]] = {}
    for member in sorted(members):
        answers = ballots[member]
        votes = answers.get("votes") or {}
        recused = bool(answers.get("recused"))
        cast[member] = {
            point: "recused" if recused else str(votes.get(point, "abstained")) for point in points
        }
        for point, vote in cast[member].items():
            context.write(
                Ballot(commission_id=commission.id, member=member, indicator=point, vote=vote)
            )
    tallies = rules.tally(list(members), cast, points)
    if not all(counted_point.quorum for counted_point in tallies):
        return {"outcome": "no_quorum", "accepted": [], "rejected": []}
    decided = rules.require_quorum(tallies)
    return {
        "outcome": appeal.outcome(decided),
        "accepted": [point for point in points if decided[point]],
        "rejected": [point for point in points if not decided[point]],
    }


def record(
    context: Context,
    /,
    *,
    objection: int,
    outcome: str,
    accepted: list[str],
    rejected: list[str],
    minutes_number: str,
    minutes_date: str,
) -> str:
    """¶ 59: keep number and date of the minutes that the chair signs; returns the outcome.

    Raises:
        Invalid: the date of the minutes is impossible.
    """
    commission = commission_of(context.session, objection)
    assert commission is not None
    held = date.fromisoformat(minutes_date)
    try:
        require_order_date(held, local_day(context.now))
    except Invalid as wrong:
        fields = (FieldError("minutes_date", wrong.code),)
        raise Invalid(wrong.code, paragraph=wrong.paragraph, fields=fields) from None
    context.write(
        Minutes(
            commission_id=commission.id,
            number=minutes_number,
            held_on=held,
            signed_by=context.person,
        )
    )
    return outcome


def counted(session: Session, objection_id: int) -> dict[str, bool]:
    """The outcome point by point, from the ballots on record."""
    commission = commission_of(session, objection_id)
    assert commission is not None
    members = session.scalars(
        select(CommissionMember.person).where(CommissionMember.commission_id == commission.id)
    ).all()
    cast: dict[str, dict[str, str]] = {}
    for row in session.scalars(select(Ballot).where(Ballot.commission_id == commission.id)):
        cast.setdefault(row.member, {})[row.indicator] = row.vote
    return rules.require_quorum(rules.tally(members, cast, _points(session, objection_id)))


def _points(session: Session, objection_id: int) -> list[str]:
    return list(
        session.scalars(
            select(ObjectionPoint.indicator)
            .where(ObjectionPoint.objection_id == objection_id)
            .order_by(ObjectionPoint.id)
        )
    )
