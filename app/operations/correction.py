"""The correction of a conclusion after an accepted objection (¶ 61)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.domain import instants
from app.domain.refusals import FieldError, Invalid
from app.domain.rules import objection as appeal
from app.models.cases import CaseFile
from app.models.evaluation import ConclusionPart, Uncounted
from app.models.facts import ConclusionIndicator, Decision, DecisionPoint
from app.operations.context import Context
from app.operations.versions import indicators_of, new_version, newest, write_indicators


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
    version = new_version(
        context, case, evaluated_body=base.evaluated_body, corrects=base.id, objection=objection
    )
    write_indicators(context, version.id, rows)
    _carry_over(context, base.id, version.id)
    context.send_letter("conclusion/conclusion", base.evaluated_body, subject=version.id)
    return {"version": version.number}


def _carry_over(context: Context, base: int, version: int) -> None:
    """Let a corrected version name the same parts, and the same indicators without points."""
    session = context.session
    parts = session.scalars(
        select(ConclusionPart.part_score_id).where(ConclusionPart.conclusion_id == base)
    ).all()
    context.write_all(ConclusionPart(conclusion_id=version, part_score_id=part) for part in parts)
    left_out = session.execute(
        select(Uncounted.code, Uncounted.status).where(Uncounted.conclusion_id == base)
    ).all()
    context.write_all(
        Uncounted(conclusion_id=version, code=row.code, status=row.status) for row in left_out
    )


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
