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
from app.domain.rules.composition import Composition, require_nobody_barred
from app.domain.rules.schedule import require_order_date
from app.models.facts import Ballot, Minutes, Objection, ObjectionPoint
from app.operations import composition
from app.operations.composition import commission_of
from app.operations.context import Context


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
    composition.require_newcomers(session, row, tuple(members), today)
    formed = Composition(tuple(members), chair)
    composition.write(context, objection, formed, order_number, dated)
    return {member: {"member": member} for member in members}


def count(
    context: Context,
    /,
    *,
    objection: int,
    members: Mapping[str, Any],
    chair: str,
    ballots: Mapping[str, Any],
    cast: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """¶ 59–60: count the ballots point by point, and write them down.

    `cast` are ballots kept from before a further order. Where recusals leave a point without
    a quorum the outcome is `no_quorum` and nothing is written: the vote goes on when the head
    has completed the commission, and until it ends nobody is told who voted how.
    """
    session = context.session
    commission = commission_of(session, objection)
    assert commission is not None
    points = _points(session, objection)
    given = {**(cast or {}), **ballots}
    votes = {
        member: _on_points(given[member], points) for member in sorted(members) if member in given
    }
    tallies = rules.tally(list(members), votes, points)
    if not all(counted_point.quorum for counted_point in tallies):
        return {"outcome": "no_quorum", "accepted": [], "rejected": []}
    for member, by_point in votes.items():
        for point, vote in by_point.items():
            context.write(
                Ballot(commission_id=commission.id, member=member, indicator=point, vote=vote)
            )
    decided = rules.require_quorum(tallies)
    return {
        "outcome": appeal.outcome(decided),
        "accepted": [point for point in points if decided[point]],
        "rejected": [point for point in points if not decided[point]],
    }


def _on_points(ballot: Mapping[str, Any], points: list[str]) -> dict[str, str]:
    """A member's choice on every point, `recused` on all where the member is."""
    votes = ballot.get("votes") or {}
    recused = bool(ballot.get("recused"))
    return {p: "recused" if recused else str(votes.get(p, "abstained")) for p in points}


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
        NotAllowed: `commission.member_barred`, a member has come to be barred meanwhile.
    """
    session, today = context.session, local_day(context.now)
    commission = commission_of(session, objection)
    assert commission is not None
    members = composition.members_of(session, commission)
    row = session.get_one(Objection, objection)
    require_nobody_barred(members, composition.barred_among(session, row, members, today))
    held = date.fromisoformat(minutes_date)
    try:
        require_order_date(held, today)
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
    members = composition.members_of(session, commission)
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
