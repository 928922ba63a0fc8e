"""The values of a letter: facts, names and dates written out in the letter's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import due_day, local_day
from app.domain.conclusion_difference import difference, total
from app.domain.rules.objection import outcome_term
from app.models.cases import CaseFile
from app.models.facts import (
    Commission,
    Conclusion,
    ConclusionMark,
    Decision,
    DecisionPoint,
    Letter,
    Minutes,
    Objection,
    ScheduleDraft,
    ScheduleOrder,
)
from app.operations.composition import commission_of
from app.operations.registers import Registers
from app.operations.versions import indicators_of, marked
from app.services import openings, people
from app.services.receipt_view import receipt_view
from app.services.sentences import word
from app.services.version_view import parts_of

Values = dict[str, Any]


def values(session: Session, row: Letter, case: CaseFile, language: str) -> Values:
    """Everything that the template of the letter's kind asks for, in `language` (kk, ru)."""
    bodies = Registers(session).bodies

    def body(code: str | None) -> str:
        return bodies.get(code).name(language) if code else ""

    shared: Values = {
        "language": language,
        "recipient": body(row.recipient),
        "number": "",
        "date": written(local_day(row.sent_at), language),
        "year": case.year,
        "block": case.block,
        "block_name": word("block", str(case.block), language) if case.block else "",
        "authority": body(case.authority),
        "evaluated_body": body(case.evaluated_body),
    }
    # Imported here: it writes conclusions and dates as this module does.
    from app.services import evaluation_letters, methodology_letters, overall_letters

    make = {
        **evaluation_letters.MAKERS,
        **methodology_letters.MAKERS,
        **overall_letters.MAKERS,
        "schedule/approved": _schedule,
        "conclusion/conclusion": conclusion,
        "conclusion/receipt": _receipt,
        "objection/decision": _decision,
        "objection/closed": _decision,
        "objection/reminder": _reminder,
    }[row.kind]
    return {**shared, **make(session, row, language)}


def written(day: date, language: str) -> str:
    """A day written out as official letters of the language have it."""
    if language == "kk":
        return f"{day.year} жылғы {format_date(day, 'd MMMM', locale='kk')}"
    return format_date(day, "d MMMM y 'года'", locale=language)


def _schedule(session: Session, row: Letter, language: str) -> Values:
    order = session.get_one(ScheduleOrder, row.subject)
    draft = session.get_one(ScheduleDraft, order.draft_id)
    names = (
        "report_1", "report_2", "report_3", "conclusions", "after_appeals", "overall",
        "to_president",
    )  # fmt: skip
    return {
        "order_number": order.order_number,
        "order_date": written(order.order_date, language),
        "changes": order.number > 1,
        **{name: written(getattr(draft, name), language) for name in names},
    }


def conclusion(session: Session, row: Letter, language: str) -> Values:
    """The values of a version of a conclusion, which the letter is about."""
    version = session.get_one(Conclusion, row.subject)
    indicators = indicators_of(session, version.id)
    sums = total(indicators)
    texts = parts_of(session, version)
    before = _corrected(session, version)
    received = marked(session, version.case_id, "received")
    signed = session.scalars(
        select(ConclusionMark.person)
        .where(ConclusionMark.case_id == version.case_id, ConclusionMark.mark == "issued")
        .order_by(ConclusionMark.id.desc())
        .limit(1)
    ).one_or_none()
    return {
        "version": version.number,
        "corrects": version.corrects is not None,
        "indicators": [
            {
                "code": row.code,
                "name": row.name,
                "points_before": before.get(row.code, ""),
                **{name: _comma(getattr(row, name)) for name in ("value", "points", "max")},
            }
            for row in indicators
        ],
        "total": _comma(sums.points),
        "total_before": before.get("", ""),
        "total_max": _comma(sums.max),
        **{
            name: str(texts.get(name, ""))
            for name in ("final_report", "recommendations_followed", "findings")
        },
        "signed_by": _person(session, signed, language),
        "object_until": written(due_day(received.until), language)
        if received is not None and received.until is not None
        else None,
    }


def _corrected(session: Session, version: Conclusion) -> dict[str, str]:
    """¶ 61: the points that a correction changed, by indicator as they were; '' is their sum."""
    if version.corrects is None:
        return {}
    base = indicators_of(session, version.corrects)
    found = difference(base, indicators_of(session, version.id), {}, {})
    was = {row.code: row.before.points for row in found.rows if row.before and Decimal(row.gain)}
    if Decimal(found.gain):
        was[""] = found.before.points
    return {code: _comma(points) for code, points in was.items()}


def _receipt(session: Session, row: Letter, language: str) -> Values:
    received = session.scalars(
        select(ConclusionMark).where(
            ConclusionMark.stream == row.stream, ConclusionMark.seq == row.seq
        )
    ).one()
    sent = marked(session, received.case_id, "delivered")
    receipt = receipt_view(session, received, frozenset())
    return {
        "sent_on": written(local_day(sent.at), language) if sent else "",
        "received_on": written(local_day(received.at), language),
        "proof": (receipt.proof or {}).get(language, ""),
        "proof_number": receipt.number,
        "object_until": written(due_day(received.until), language) if received.until else "",
        "over": received.until is not None and received.until <= row.sent_at,
    }


def _comma(number: str) -> str:
    """A decimal number as Kazakh and Russian write it."""
    return number.replace(".", ",")


def _decision(session: Session, row: Letter, language: str) -> Values:
    decision = session.get_one(Decision, row.subject)
    objection = session.get_one(Objection, decision.objection_id)
    commission = commission_of(session, objection.id)
    names = {i.code: i.name for i in indicators_of(session, objection.conclusion_id)}
    points = session.scalars(
        select(DecisionPoint)
        .where(DecisionPoint.decision_id == decision.id)
        .order_by(DecisionPoint.id)
    )
    texts = openings.texts(session, decision.stream, decision.seq)
    return {
        **_objection(session, objection, language),
        "number": decision.number,
        "date": written(decision.dated, language),
        "outcome": decision.outcome,
        "points": [
            {"code": p.indicator, "name": names.get(p.indicator, ""), "accepted": p.accepted}
            for p in points
        ],
        **_minutes(session, commission, language),
        "reasons": str(texts.get("reasons", "")),
        "signed_by": _person(session, decision.decided_by, language),
        "window_ended_on": written(due_day(objection.window_ended_at), language),
    }


def _minutes(session: Session, commission: Commission | None, language: str) -> Values:
    minutes = None
    if commission is not None:
        minutes = session.scalars(
            select(Minutes).where(Minutes.commission_id == commission.id)
        ).one_or_none()
    return {
        "minutes_number": minutes.number if minutes else "",
        "minutes_date": written(minutes.held_on, language) if minutes else "",
    }


def _reminder(session: Session, row: Letter, language: str) -> Values:
    objection = session.get_one(Objection, row.subject)
    due = outcome_term(Registers(session).calendar, objection.filed_at).due
    return {
        **_objection(session, objection, language),
        "due_on": written(due, language),
        "overdue": local_day(row.sent_at) > due,
    }


def _objection(session: Session, objection: Objection, language: str) -> Values:
    number = session.scalar(
        select(CaseFile.number).where(
            CaseFile.process == "objection", CaseFile.subject == objection.id
        )
    )
    return {
        "objection_number": number or "",
        "filed_on": written(local_day(objection.filed_at), language),
    }


def _person(session: Session, code: str | None, language: str) -> str:
    return people.names(session, {code}).get(code, {}).get(language, "") if code else ""
