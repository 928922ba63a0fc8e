"""Operations of a block conclusion (¶ 46–47, 57, 61)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.domain import instants
from app.domain.calendar import local_day
from app.domain.refusals import Conflict, FieldError, Invalid, NotAllowed
from app.domain.rules import evaluators
from app.domain.rules import objection as appeal
from app.models.cases import CaseFile
from app.models.facts import (
    Conclusion,
    ConclusionIndicator,
    ConclusionMark,
    Decision,
    DecisionPoint,
    Objection,
)
from app.operations.context import Context
from app.operations.versions import indicators_of, marked, newest


def open_case(
    context: Context, /, *, organisation: str, evaluated_body: str, block: str, year: int
) -> dict[str, Any]:
    """¶ 5, 23–25, 32, 38: start data; only the concluding authority of the block may start.

    Raises:
        NotAllowed: the organisation does not conclude on this block of this body.
        Conflict: there is a conclusion for that body, block and year already.
    """
    today = local_day(context.now)
    number = int(block)
    registers = context.registers.evaluators
    evaluators.require_concluder(registers, evaluated_body, number, organisation, today)
    standing = context.session.scalar(
        select(CaseFile.number).where(
            CaseFile.process == "conclusion",
            CaseFile.year == year,
            CaseFile.block == number,
            CaseFile.evaluated_body == evaluated_body,
        )
    )
    if standing is not None:
        raise Conflict("conclusion.exists", paragraph="6", year=year, number=standing)
    return {
        "year": year,
        "block": number,
        "evaluated_body": evaluated_body,
        "authority": organisation,
        "working_body": registers.mandates.holder("working_body", today),
    }


def enter(
    context: Context,
    /,
    *,
    indicators: list[dict[str, str]],
    documents: list[int] | None,
    year: int,
    block: int,
    evaluated_body: str,
    authority: str,
) -> dict[str, Any]:
    """¶ 47: keep a version of the conclusion with its indicators; its text is sealed."""
    row = _new_version(context, context.case, evaluated_body=evaluated_body)
    _write_indicators(context, row.id, indicators)
    return {"version": row.number}


def send_back(
    context: Context, /, *, year: int, block: int, evaluated_body: str, authority: str
) -> None:
    """¶ 46: the draft was returned with reasons; they lie sealed on this act's event."""


def issue(
    context: Context, /, *, year: int, block: int, evaluated_body: str, authority: str
) -> int:
    """¶ 46: the first head signs; author and approver are never the same person.

    Raises:
        NotAllowed: the signer wrote the version.
    """
    version = newest(context.session, context.case.id)
    if version.author == context.person:
        raise NotAllowed("conclusion.same_person", paragraph="9(2)")
    _mark(context, version, "issued")
    return version.number


def deliver(
    context: Context,
    /,
    *,
    version: int,
    year: int,
    block: int,
    evaluated_body: str,
    authority: str,
) -> str:
    """¶ 7(2), 46: send the conclusion to the evaluated body; returns the instant, ISO."""
    newest_version = newest(context.session, context.case.id)
    _mark(context, newest_version, "delivered")
    context.show_to(evaluated_body)
    context.send_letter("conclusion/conclusion", evaluated_body, subject=newest_version.id)
    return instants.text(context.now)


def receive(context: Context, /, *, version: int, evaluated_body: str) -> str:
    """¶ 57: record the moment of receipt, from which five working days run; ISO instant.

    Raises:
        Invalid: receipt before delivery.
    """
    delivered = marked(context.session, context.case.id, "delivered")
    assert delivered is not None
    appeal.require_receipt(delivered.at, context.now)
    window = appeal.window(context.registers.calendar, context.now)
    _mark(context, newest(context.session, context.case.id), "received", until=window.ends_at)
    return instants.text(context.now)


def count_open(context: Context, /, *, conclusion_case: int) -> int:
    """¶ 7(3), 60: how many objections of the case are not decided, corrections included."""
    session = context.session
    undecided = session.scalar(
        select(func.count())
        .select_from(Objection)
        .outerjoin(Decision, Decision.objection_id == Objection.id)
        .where(Objection.conclusion_case == conclusion_case, Decision.id.is_(None))
    )
    # Decided, and still running: an accepted objection waits for its correction (¶ 61).
    correcting = session.scalar(
        select(func.count())
        .select_from(Objection)
        .join(Decision, Decision.objection_id == Objection.id)
        .outerjoin(Conclusion, Conclusion.objection_id == Objection.id)
        .where(
            Objection.conclusion_case == conclusion_case,
            Decision.outcome.in_(("accepted", "partly")),
            Conclusion.id.is_(None),
        )
    )
    return int(undecided or 0) + int(correcting or 0)


def finalise(
    context: Context,
    /,
    *,
    conclusion_case: int,
    year: int,
    block: int,
    evaluated_body: str,
    authority: str,
) -> int:
    """¶ 7(3), 46: the appeals are over; the newest version is final."""
    version = newest(context.session, conclusion_case)
    _mark(context, version, "final")
    return version.number


def correct(
    context: Context,
    /,
    *,
    objection: int,
    conclusion_case: int,
    corrections: Mapping[str, Mapping[str, str]],
    documents: list[int] | None,
) -> dict[str, Any]:
    """¶ 61: a new version of the conclusion that touches every accepted indicator, no other.

    Raises:
        Invalid: an accepted indicator is left out, or another one is touched.
    """
    session = context.session
    points = {
        row.indicator: row.accepted
        for row in session.scalars(
            select(DecisionPoint)
            .join(Decision, Decision.id == DecisionPoint.decision_id)
            .where(Decision.objection_id == objection)
        )
    }
    appeal.require_corrections(points, corrections.keys())
    case = session.get_one(CaseFile, conclusion_case)
    # The conclusion's own case is held too: two corrections may not make one version.
    session.refresh(case, with_for_update=True)
    base = newest(session, conclusion_case)
    rows = [_corrected(row, corrections) for row in indicators_of(session, base.id)]
    version = _new_version(
        context, case, evaluated_body=base.evaluated_body, corrects=base.id, objection=objection
    )
    _write_indicators(context, version.id, rows)
    context.send_letter("conclusion/conclusion", base.evaluated_body, subject=version.id)
    return {"version": version.number}


def _corrected(
    row: ConclusionIndicator, corrections: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    new = corrections.get(row.code, {})
    points = new.get("points", row.points)
    if instants.greater(points, row.max):
        fields = (FieldError("corrections", "form.too_large", (("max", row.max),)),)
        raise Invalid("form.invalid", fields=fields)
    return {
        "code": row.code,
        "name": row.name,
        "value": new.get("value", row.value),
        "points": points,
        "max": row.max,
    }


def _new_version(
    context: Context,
    case: CaseFile,
    *,
    evaluated_body: str,
    corrects: int | None = None,
    objection: int | None = None,
) -> Conclusion:
    last = context.session.scalar(
        select(func.max(Conclusion.number)).where(Conclusion.case_id == case.id)
    )
    return context.write(
        Conclusion(
            case_id=case.id,
            number=1 + (last or 0),
            year=case.year,
            block=case.block,
            evaluated_body=evaluated_body,
            authority=case.authority,
            author=context.person,
            corrects=corrects,
            objection_id=objection,
        )
    )


def _write_indicators(
    context: Context, conclusion_id: int, rows: Sequence[Mapping[str, str]]
) -> None:
    context.write_all(
        ConclusionIndicator(
            conclusion_id=conclusion_id,
            position=position,
            code=row["code"],
            name=row["name"],
            value=row["value"],
            points=row["points"],
            max=row["max"],
        )
        for position, row in enumerate(rows, start=1)
    )


def _mark(
    context: Context, version: Conclusion, mark: str, *, until: datetime | None = None
) -> None:
    context.write(
        ConclusionMark(
            case_id=context.case.id,
            conclusion_id=version.id,
            mark=mark,
            person=context.person,
            at=context.now,
            until=until,
        )
    )
