"""Operations of an objection (¶ 57–60)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import instants
from app.domain.calendar import local_day
from app.domain.refusals import FieldError, Invalid
from app.domain.rules import objection as rules
from app.domain.rules.schedule import require_order_date
from app.models.facts import (
    Decision,
    DecisionPoint,
    Minutes,
    Objection,
    ObjectionDocument,
    ObjectionPoint,
)
from app.operations.commission import counted
from app.operations.composition import commission_of
from app.operations.context import Context
from app.operations.versions import indicators_of, marked, newest


def decision_on(session: Session, objection_id: int) -> Decision | None:
    """The decision on an objection, once there is one."""
    return session.scalars(
        select(Decision).where(Decision.objection_id == objection_id)
    ).one_or_none()


# long: one row and what hangs on it, in the order of the rules
def register(
    context: Context,
    /,
    *,
    points: list[str],
    documents: list[int] | None,
    year: int,
    block: int,
    evaluated_body: str,
    authority: str,
    version: int,
) -> dict[str, Any]:
    """¶ 57–58: register an objection, late or undocumented too; what was sent is never lost.

    Raises:
        Invalid: no indicator named, or no documents (¶ 58) and that not confirmed.
    """
    session = context.session
    conclusion = newest(session, context.case.id)
    rules.require_points(points, [row.code for row in indicators_of(session, conclusion.id)])
    window_ended_at = _window_end(context)
    late = rules.is_late(context.now, window_ended_at)
    attached = documents or []
    _warn_of_no_documents(context, attached)
    row = context.write(
        Objection(
            conclusion_case=context.case.id,
            conclusion_id=conclusion.id,
            year=year,
            block=block,
            evaluated_body=evaluated_body,
            authority=authority,
            filed_by=context.person,
            filed_at=context.now,
            window_ended_at=window_ended_at,
            late=late,
        )
    )
    context.write_all(ObjectionPoint(objection_id=row.id, indicator=point) for point in points)
    context.write_all(
        ObjectionDocument(objection_id=row.id, document_id=document) for document in attached
    )
    return {
        "id": row.id,
        "filed_at": instants.text(context.now),
        "late": late,
        "documents": len(attached),
    }


def _window_end(context: Context) -> datetime:
    received = marked(context.session, context.case.id, "received")
    if received is None or received.until is None:
        raise Invalid("objection.before_receipt", paragraph="57")
    return received.until


def _warn_of_no_documents(context: Context, attached: list[int]) -> None:
    """¶ 58: without documents the person has to confirm that nothing will be considered."""
    if not attached and not context.answers.get("proceed_without"):
        fields = (FieldError("proceed_without", "objection.no_documents"),)
        raise Invalid("objection.no_documents", paragraph="58", fields=fields)


def decide(context: Context, /, *, objection: int, outcome: str) -> dict[str, Any]:
    """¶ 60: the outcome, final, sent to the body and to the working body in this one act.

    Raises:
        Conflict: the objection is decided already.
    """
    session = context.session
    commission = commission_of(session, objection)
    assert commission is not None
    minutes = session.scalars(select(Minutes).where(Minutes.commission_id == commission.id)).one()
    accepted = counted(session, objection)
    decision = _decide(context, objection, outcome, minutes.number, minutes.held_on)
    for point, yes in accepted.items():
        context.write(DecisionPoint(decision_id=decision.id, indicator=point, accepted=yes))
    _send_outcome(context, objection, decision, "objection/decision")
    return {"decision": decision.id, "outcome": outcome}


def close(context: Context, /, *, objection: int, admissibility: str) -> dict[str, Any]:
    """¶ 57–58: close a late or undocumented objection by a recorded decision, sent to both.

    Raises:
        Conflict: the objection is decided already.
        Invalid: the decision's date is impossible.
    """
    number = str(context.answers["decision_number"])
    dated = date.fromisoformat(str(context.answers["decision_date"]))
    try:
        require_order_date(dated, local_day(context.now))
    except Invalid as wrong:
        fields = (FieldError("decision_date", wrong.code),)
        raise Invalid(wrong.code, paragraph=wrong.paragraph, fields=fields) from None
    decision = _decide(context, objection, admissibility, number, dated)
    _send_outcome(context, objection, decision, "objection/closed")
    return {"decision": decision.id, "outcome": admissibility}


def mark_overdue(context: Context, /, *, objection: int) -> dict[str, Any]:
    """¶ 60: fifteen calendar days have gone by without an outcome; silence accepts nothing."""
    row = context.session.get_one(Objection, objection)
    if decision_on(context.session, objection) is None:
        context.send_letter("objection/reminder", row.authority, subject=objection)
        working_body = _working_body(context)
        context.send_letter("objection/reminder", working_body, subject=objection)
    return {"objection": objection}


def _decide(context: Context, objection: int, outcome: str, number: str, dated: date) -> Decision:
    rules.require_undecided(decision_on(context.session, objection) is not None)
    return context.write(
        Decision(
            objection_id=objection,
            case_id=context.case.id,
            outcome=outcome,
            number=number,
            dated=dated,
            decided_by=context.person,
            decided_at=context.now,
        )
    )


def _send_outcome(context: Context, objection: int, decision: Decision, letter: str) -> None:
    row = context.session.get_one(Objection, objection)
    addressees = rules.outcome_addressees(
        context.evaluators, row.evaluated_body, local_day(context.now)
    )
    for organisation in addressees:
        context.send_letter(letter, organisation, subject=decision.id)
        context.show_to(organisation)


def _working_body(context: Context) -> str:
    return context.registers.mandates.holder("working_body", local_day(context.now))
