"""The composition of a special commission while it sits, and the orders that change it (¶ 59)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.calendar import local_day
from app.domain.refusals import FieldError, Invalid, Refusal
from app.domain.rules import commission as rules
from app.domain.rules import composition
from app.domain.rules.commission import Exclusion
from app.domain.rules.schedule import require_order_date
from app.models.cases import Task
from app.models.facts import Ballot, Commission, CommissionMember, Objection
from app.models.trail import EventRow
from app.operations.context import Context
from app.operations.participation import taken_part
from app.operations.staff import staff_of

# The form of a member's vote: what was handed in with it is a ballot.
VOTE = "commission/vote"


def commission_of(session: Session, objection_id: int) -> Commission | None:
    """The newest commission formed for an objection, if there is one."""
    return session.scalars(_NEWEST, {"objection": objection_id}).one_or_none()


_NEWEST = (
    select(Commission)
    .where(Commission.objection_id == bindparam("objection"))
    .order_by(Commission.id.desc())
    .limit(1)
)


def members_of(session: Session, commission: Commission) -> tuple[str, ...]:
    """The members of a commission in the order of its order."""
    return tuple(
        session.scalars(
            select(CommissionMember.person)
            .where(CommissionMember.commission_id == commission.id)
            .order_by(CommissionMember.id)
        )
    )


def barred_among(
    session: Session, objection: Objection, members: tuple[str, ...], day: date
) -> dict[str, Exclusion]:
    """¶ 9(2), 59: the members who may not sit any more on `day`, each with the reason.

    Who has left the staff is not barred by that: an absence is for the head to judge.
    """
    staff = staff_of(session, objection.authority, day)
    found = rules.excluded(
        [rules.Candidate(person, staff.get(person, frozenset())) for person in members],
        _participation(session, objection, members),
        objection.evaluated_body,
        objection.authority,
    )
    return {exclusion.person: exclusion for exclusion in reversed(found)}


def _participation(
    session: Session, objection: Objection, people: Collection[str]
) -> list[rules.Participation]:
    acts = taken_part(session, objection.year, people)
    return [rules.Participation(act.person, act.number) for act in acts]


def cast_since(session: Session, commission: Commission) -> dict[str, dict[str, Any]]:
    """The ballots handed in to one composition, by member, as the trail has them."""
    rows = session.execute(
        select(Task.completed_by, EventRow.body)
        .join(EventRow, (EventRow.stream == commission.stream) & (EventRow.seq == Task.closed_seq))
        .where(
            Task.case_id == commission.case_id,
            Task.form == VOTE,
            Task.state == "done",
            Task.closed_seq > commission.seq,
        )
        .order_by(Task.closed_seq)
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        answers = json.loads(row.body)["facts"]["answers"]
        found[str(row.completed_by)] = {
            "votes": answers.get("votes"),
            "recused": bool(answers.get("recused")),
        }
    return found


def is_counted(session: Session, commission: Commission) -> bool:
    """Say whether the votes of a commission are counted: its ballots are facts then."""
    found = select(Ballot.id).where(Ballot.commission_id == commission.id).limit(1)
    return session.scalar(found) is not None


def change(
    context: Context,
    /,
    *,
    objection: int,
    removed: list[str] | None,
    added: list[str] | None,
    chair: str,
    order_number: str,
    order_date: str,
    cast: Mapping[str, Any],
) -> dict[str, Any]:
    """¶ 59: change the composition by a further order; the rules of the first one hold.

    `cast` are the ballots kept by earlier orders. Returns `members` (the seats by member),
    `seats` (of those who have still to vote) and `cast` (the ballots of those who stay).

    Raises:
        Invalid: an impossible date, nothing or too much changed, too few members left.
        NotAllowed: somebody who comes or stays may not sit.
    """
    session, today = context.session, local_day(context.now)
    row = session.get_one(Objection, objection)
    former = commission_of(session, objection)
    assert former is not None
    dated = date.fromisoformat(order_date)
    _require_later(dated, former.order_date, today)
    before = composition.Composition(members_of(session, former), former.chair)
    asked = composition.Change(tuple(removed or ()), tuple(added or ()), chair)
    after = composition.changed(before, asked)
    given = {**cast, **cast_since(session, former)}
    least = context.registers.setting("commission.least_members", rules.LEAST_MEMBERS)
    with _told_at("added"):
        rules.require_commission(after.members, after.chair, least)
        require_newcomers(session, row, asked.added, today)
    sitting = composition.Sitting(
        counted=is_counted(session, former),
        recused=frozenset(p for p, ballot in given.items() if ballot["recused"]),
        barred=barred_among(session, row, before.members, today),
    )
    composition.require_change(sitting, asked, after)
    write(context, objection, after, order_number, dated)
    kept = composition.stay_cast(given, after.members)
    seats = {member: {"member": member} for member in after.members}
    to_vote = {member: seat for member, seat in seats.items() if member not in kept}
    return {"members": seats, "seats": to_vote, "cast": kept}


def require_newcomers(
    session: Session, objection: Objection, members: tuple[str, ...], today: date
) -> None:
    """¶ 9(2), 59: whoever is put on a commission is staff of the authority, and not barred.

    Raises:
        Invalid, NotAllowed: as for `rules.require_members`.
    """
    staff = staff_of(session, objection.authority, today)
    rules.require_members(
        members,
        [rules.Candidate(code, organisations) for code, organisations in staff.items()],
        _participation(session, objection, members),
        objection.authority,
        objection.evaluated_body,
    )


def write(
    context: Context, objection: int, formed: composition.Composition, number: str, dated: date
) -> None:
    """Write down a commission as an order forms or changes it."""
    commission = context.write(
        Commission(
            objection_id=objection,
            case_id=context.case.id,
            order_number=number,
            order_date=dated,
            chair=formed.chair,
            formed_by=context.person,
        )
    )
    for member in formed.members:
        context.write(CommissionMember(commission_id=commission.id, person=member))


@contextmanager
def _told_at(name: str) -> Iterator[None]:
    """Let a refusal that stands at the field `members` of the first order stand at another."""
    try:
        yield
    except Refusal as wrong:
        fields = tuple(
            replace(told, field=name) if told.field == "members" else told for told in wrong.fields
        )
        again = type(wrong)(wrong.code, paragraph=wrong.paragraph, fields=fields, **wrong.params)
        raise again from None


def _require_later(dated: date, former: date, today: date) -> None:
    """A further order is dated, and not before the order that it changes.

    Raises:
        Invalid: `commission.order_earlier`, or as for `require_order_date`.
    """
    require_order_date(dated, today)
    if dated < former:
        told = (("date", former.isoformat()),)
        fields = (FieldError("order_date", "commission.order_earlier", told),)
        raise Invalid(
            "commission.order_earlier", paragraph="59", fields=fields, date=former.isoformat()
        )
