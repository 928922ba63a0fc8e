"""Operations of a block conclusion (¶ 46–47, 57, 61)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from app.domain import instants
from app.domain.calendar import local_day
from app.domain.refusals import Conflict, NotAllowed
from app.domain.rules import evaluators
from app.domain.rules import objection as appeal
from app.domain.rules.schedule import require_in_force
from app.models.cases import CaseFile
from app.models.evaluation import ConclusionPart, Uncounted
from app.models.facts import (
    Conclusion,
    ConclusionMark,
    Decision,
    Objection,
)
from app.operations import evaluation
from app.operations.context import Context
from app.operations.schedule import years_in_force
from app.operations.versions import (
    CONCLUDING,
    marked,
    new_version,
    newest,
    write_indicators,
)


def open_case(
    context: Context, /, *, organisation: str, evaluated_body: str, block: str, year: int
) -> dict[str, Any]:
    """¶ 5, 8, 23–25, 32, 38: start data; only the concluding authority of the block may start.

    Raises:
        NotAllowed: the organisation does not conclude on this block of this body.
        Invalid: no schedule of that year is in force.
        Conflict: there is a conclusion for that body, block and year already.
    """
    today = local_day(context.now)
    number = int(block)
    registers = context.evaluators
    evaluators.require_concluder(registers, evaluated_body, number, organisation, today)
    require_in_force(year, years_in_force(context.session))
    standing = context.session.scalar(
        select(CaseFile.number).where(
            CaseFile.process.in_(CONCLUDING),
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
        # Its scores were not made here: they are entered as a document.
        "scored": False,
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
    row = new_version(context, context.case, evaluated_body=evaluated_body)
    write_indicators(context, row.id, indicators)
    return {"version": row.number}


def assemble(
    context: Context, /, *, documents: list[int] | None, evaluated_body: str
) -> dict[str, Any]:
    """¶ 32, 38, 47: a version of the conclusion with the approved scores of every part.

    Where nothing of the block is counted, a version without indicators.
    """
    found = evaluation.assembled(context)
    row = new_version(context, context.case, evaluated_body=evaluated_body)
    write_indicators(context, row.id, found.indicators)
    context.write_all(
        ConclusionPart(conclusion_id=row.id, part_score_id=id_) for id_ in found.parts
    )
    context.write_all(
        Uncounted(conclusion_id=row.id, code=code, status=status)
        for code, status in found.uncounted
    )
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

    The body confirms it now, or the authority answers on which day (`received_on`) the body
    received it by a proof of delivery; then the body is told by letter.

    Raises:
        Invalid: receipt before delivery, or in the future.
    """
    delivered = marked(context.session, context.case.id, "delivered")
    assert delivered is not None
    proven = context.answers.get("received_on")
    received_at = context.now
    if proven is not None:
        day = date.fromisoformat(str(proven))
        received_at = appeal.proven_receipt(delivered.at, day, context.now)
    appeal.require_receipt(delivered.at, received_at)
    until = appeal.window(context.registers.calendar, received_at).ends_at
    received = newest(context.session, context.case.id)
    _mark(context, received, "received", at=received_at, until=until)
    if proven is not None:
        context.send_letter("conclusion/receipt", evaluated_body, subject=received.id)
    return instants.text(received_at)


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


def _mark(
    context: Context,
    version: Conclusion,
    mark: str,
    *,
    at: datetime | None = None,
    until: datetime | None = None,
) -> None:
    context.write(
        ConclusionMark(
            case_id=context.case.id,
            conclusion_id=version.id,
            mark=mark,
            person=context.person,
            at=at or context.now,
            until=until,
        )
    )
