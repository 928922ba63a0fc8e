"""Operations of the scores of a part: given, approved, returned (¶ 4, 9, 20, 23-37)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select

from app.domain import scores
from app.domain.methodology import Methodology
from app.domain.rules import scoring
from app.domain.scores import Given, Scored
from app.engine import formulas
from app.models.evaluation import (
    IndicatorScore,
    PartMark,
    PartScore,
    ScoreEvidence,
    ScoreInput,
)
from app.operations import facts, figures
from app.operations.context import Context
from app.operations.figures import Sheet

Answers = Mapping[str, Mapping[str, Any]]

RESULT = Decimal("1e-10")
"""The smallest step of a formula's result."""


def score(
    context: Context,
    /,
    *,
    part: str,
    authority: str,
    evaluated_body: str,
    report: dict[str, Any],
) -> int:
    """¶ 9(3)-(4), 20: compute the points of a part by its methodology's formulas and keep them.

    The methodology is the one that the report answers, so that every part is scored by the
    same version. What does not apply to the body by the methodology is kept as such; it is
    no zero, and neither is what was not counted. Returns the number of the version.

    Raises:
        NotAllowed: `conflict.own_body`, ¶ 9(2).
        Invalid: `score.unexplained`, ¶ 20; a formula gave no number from 0 to 100.
    """
    scoring.require_other_body(authority, evaluated_body)
    session = context.session
    sheet = figures.sheet(session, context.case.id)
    assert sheet is not None and sheet.report == report["id"]
    answers = _answers(context, sheet, part, evaluated_body)
    methodology = figures.methodology(session, sheet.methodology)
    scored, points, most = compute(methodology, part, answers)
    row = context.write(
        PartScore(
            case_id=context.case.id,
            part=part,
            number=1 + sheet.versions.get(part, 0),
            authority=authority,
            methodology_id=sheet.methodology,
            report_id=sheet.report,
            author=context.person,
            points=text(points),
            max=text(most),
            scored_at=context.now,
        )
    )
    _write(context, row.id, scored, answers, sheet)
    return row.number


def _answers(context: Context, sheet: Sheet, part: str, evaluated_body: str) -> Answers:
    """The answers of the form by indicator, where they are complete and explained."""
    answers: Answers = context.answers["scores"]
    if not answers:
        # Right only where nothing of the part applies; the form has asked for all the rest.
        asked = figures.asked_by(
            context.session, context.registers, sheet.methodology, evaluated_body
        )
        scoring.require_scores(asked.of_part(part))
    uncounted = [code for code, row in answers.items() if row["status"] != scores.COUNTED]
    scoring.require_explanation(uncounted, context.answers.get("explanation") or "")
    return answers


def compute(
    methodology: Methodology, part: str, answers: Answers
) -> tuple[tuple[Scored, ...], Decimal, Decimal]:
    """The score of every indicator of a part, and its points of how many.

    What the form has not asked for does not apply to the body.

    Raises:
        Invalid: a formula gave no number from 0 to 100.
    """
    given = {
        code: Given(row["status"], {name: Decimal(text) for name, text in row["values"].items()})
        for code, row in answers.items()
    }
    return scores.score_part(methodology, part, given, _evaluate)


def _evaluate(formula: str, values: Mapping[str, Any]) -> Decimal | bool:
    """A formula's result as it is kept: the points follow from what can be read afterwards."""
    result = formulas.evaluate(formula, values)
    return result if isinstance(result, bool) else result.quantize(RESULT)


def _write(
    context: Context,
    part_score: int,
    scored: tuple[Scored, ...],
    answers: Answers,
    sheet: Sheet,
) -> None:
    """Keep the scores of the indicators, with the figures and documents that they rest on."""
    rows = {
        found.indicator: IndicatorScore(
            part_score_id=part_score,
            position=position,
            indicator=found.indicator,
            status=found.status,
            result=None if found.result is None else text(found.result.normalize()),
            points=text(found.points),
            max=text(found.max),
            source=answers.get(found.indicator, {}).get("source"),
        )
        for position, found in enumerate(scored, start=1)
    }
    context.write_all(rows.values())
    context.write_all(
        ScoreInput(
            score_id=rows[indicator].id,
            variable=variable,
            reported=sheet.reported.get((indicator, variable)),
            accepted=value,
        )
        for indicator, row in answers.items()
        for variable, value in row["values"].items()
    )
    context.write_all(
        ScoreEvidence(score_id=rows[indicator].id, document_id=document)
        for indicator, row in answers.items()
        for document in row["documents"]
    )


def approve(context: Context, /, *, part: str) -> dict[str, Any]:
    """¶ 9(2), 32, 38: the head of the evaluator approves the scores of a part.

    Returns the part, the number of the version, and whether anything in it is counted.

    Raises:
        NotAllowed: `score.same_person`, the head gave them.
    """
    newest = _newest(context, part)
    scoring.require_other_approver(newest.author, context.person)
    _mark(context, newest, "approved")
    return {"part": part, "version": newest.number, "counted": Decimal(newest.max) > 0}


def send_back(context: Context, /, *, part: str) -> None:
    """¶ 66: the head returns the scores for revision; the reasons lie sealed on the event."""
    _mark(context, _newest(context, part), "returned")


def _newest(context: Context, part: str) -> PartScore:
    asked = {"case": context.case.id, "part": part}
    [row] = facts.read(context.session, PartScore, _NEWEST, asked)
    return row


_NEWEST = (
    select(PartScore.__table__)
    .where(PartScore.case_id == bindparam("case"), PartScore.part == bindparam("part"))
    .order_by(PartScore.number.desc())
    .limit(1)
)


def _mark(context: Context, row: PartScore, mark: str) -> None:
    context.write(
        PartMark(
            case_id=context.case.id,
            part_score_id=row.id,
            mark=mark,
            person=context.person,
            at=context.now,
        )
    )


def text(number: Decimal | None) -> Any:
    """A number of a score as decimal text; None stays None."""
    return None if number is None else format(number, "f")
