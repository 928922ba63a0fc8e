"""The values of the letters of a block evaluation (¶ 7(3), 40, 46)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.cases import CaseFile
from app.models.evaluation import ConclusionPart, PartScore, Uncounted
from app.models.facts import Conclusion, Letter, ScheduleDraft, ScheduleOrder
from app.operations import methodologies
from app.operations.evaluation import approved_parts
from app.operations.registers import Registers
from app.services.letter_values import conclusion, written

Values = dict[str, Any]


def _overdue(session: Session, row: Letter, language: str) -> Values:
    case = session.get_one(CaseFile, row.case_id)
    due: date = session.scalars(
        select(getattr(ScheduleDraft, f"report_{case.block}"))
        .join(ScheduleOrder, ScheduleOrder.draft_id == ScheduleDraft.id)
        # A later order does not change what this letter said.
        .where(ScheduleOrder.year == case.year, ScheduleOrder.approved_at <= row.sent_at)
        .order_by(ScheduleOrder.number.desc())
        .limit(1)
    ).one()
    return {"due_on": written(due, language)}


def _self_consolidated(session: Session, row: Letter, language: str) -> Values:
    registers = Registers(session)
    names = {part.code: part.name(language) for part in registers.parts}
    return {
        "parts": [
            {
                "name": names.get(part.part, part.part),
                "authority": registers.bodies.get(part.authority).name(language),
            }
            for part in approved_parts(session, row.case_id)
        ]
    }


def _final(session: Session, row: Letter, language: str) -> Values:
    return {
        **conclusion(session, row, language),
        "uncounted": _uncounted(session, session.get_one(Conclusion, row.subject), language),
    }


def _uncounted(session: Session, version: Conclusion, language: str) -> list[Mapping[str, str]]:
    """What a version names without points; a correction (¶ 61) keeps what its base names."""
    while version.corrects is not None:
        version = session.get_one(Conclusion, version.corrects)
    number = session.scalar(
        select(PartScore.methodology_id)
        .join(ConclusionPart, ConclusionPart.part_score_id == PartScore.id)
        .where(ConclusionPart.conclusion_id == version.id)
        .limit(1)
    )
    if number is None:
        return []
    _, methodology = methodologies.by_id(session, number)
    rows = session.scalars(
        select(Uncounted).where(Uncounted.conclusion_id == version.id).order_by(Uncounted.id)
    )
    return [
        {
            "code": found.code,
            "name": methodology.indicator(found.code).name[language],
            "status": found.status,
        }
        for found in rows
    ]


MAKERS: Mapping[str, Callable[[Session, Letter, str], Values]] = {
    "block_evaluation/overdue": _overdue,
    "block_evaluation/self_consolidated": _self_consolidated,
    "block_evaluation/final": _final,
}
