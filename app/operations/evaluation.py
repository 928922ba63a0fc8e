"""Operations that put a block together and end its evaluation (¶ 7(3), 32, 38, 41, 46)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.db import connection_of
from app.domain import scores
from app.domain.rules import reporting, scoring
from app.domain.scores import Scored
from app.models.cases import CaseFile, Message
from app.models.evaluation import (
    IndicatorScore,
    PartMark,
    PartScore,
    Recheck,
    Risk,
)
from app.operations import facts, methodologies
from app.operations.context import Context
from app.operations.scoring import text
from app.operations.versions import newest

PROCESS = "block_evaluation"


def assemble(
    context: Context,
    /,
    *,
    report: dict[str, Any],
    parts: Mapping[str, Mapping[str, str]],
    block: int,
    evaluated_body: str,
    working_body: str,
    self_consolidated: bool,
) -> bool:
    """¶ 32, 38, 41: every part is approved and the re-check is done, so the block can be concluded.

    A body that concludes on itself may put the parts together only; the working body is told
    of it by a letter. Returns True: the conclusion has its scores.

    Raises:
        Invalid: `consolidation.…`, a part is not approved; `conclusion.recheck_missing`.
    """
    session, case = context.session, context.case
    approved = [row.part for row in approved_parts(session, case.id)]
    scoring.require_every_part(block, list(parts), approved)
    chosen, done = _recheck(session, report["id"])
    reporting.require_recheck(chosen, done, evaluated_body)
    if self_consolidated:
        context.send_letter("block_evaluation/self_consolidated", working_body)
    return True


def _recheck(session: Session, report: int) -> tuple[bool, bool]:
    """Whether a report was chosen for a re-check, and whether there is an act of it."""
    row = connection_of(session).execute(_RECHECK, {"report": report}).one_or_none()
    return (False, False) if row is None else (row.chosen, row.id is not None)


_RECHECK = (
    select(Risk.chosen, Recheck.id)
    .outerjoin(Recheck, Recheck.report_id == Risk.report_id)
    .where(Risk.report_id == bindparam("report"))
    .limit(1)
)


def approved_parts(session: Session, case_id: int) -> Sequence[PartScore]:
    """The newest scores of each part of an evaluation, as far as they are approved; by part."""
    return facts.read(session, PartScore, _APPROVED, {"case": case_id})


_LAST = (
    select(PartScore.part, func.max(PartScore.number).label("number"))
    .where(PartScore.case_id == bindparam("case"))
    .group_by(PartScore.part)
    .subquery()
)
_APPROVED = (
    select(PartScore.__table__)
    .join(_LAST, (_LAST.c.part == PartScore.part) & (_LAST.c.number == PartScore.number))
    .join(PartMark, (PartMark.part_score_id == PartScore.id) & (PartMark.mark == "approved"))
    .where(PartScore.case_id == bindparam("case"))
    .order_by(PartScore.part)
)


_SCORED = (
    select(IndicatorScore.__table__)
    .where(IndicatorScore.part_score_id.in_(bindparam("parts", expanding=True)))
    .order_by(IndicatorScore.part_score_id, IndicatorScore.position)
)


@dataclass(frozen=True, slots=True)
class Assembled:
    """What the parts of a block bring to a version of its conclusion (¶ 32, 38).

    `indicators` are rows of code, name, value (the result of the formula), points and max,
    all text; `parts` the ids of the scores they come from; `uncounted` code and status of
    every indicator without points.
    """

    indicators: tuple[Mapping[str, str], ...]
    parts: tuple[int, ...]
    uncounted: tuple[tuple[str, str], ...]


def assembled(context: Context) -> Assembled:
    """¶ 32, 38: the indicators of the conclusion, from the approved scores of every part.

    Where a part has nothing that counts, its weight goes to the other parts and the points
    are counted anew, so that the maxima add up to a hundred. Where nothing is counted there
    are no indicators, and the block has no result (¶ 20: that is no zero).
    """
    session, case = context.session, context.case
    parts = approved_parts(session, case.id)
    rows = facts.read(session, IndicatorScore, _SCORED, {"parts": [part.id for part in parts]})
    methodology = methodologies.content_of(session, parts[0].methodology_id)
    scored = scores.consolidate(methodology, map(_scored, rows))
    return Assembled(
        indicators=tuple(
            {
                "code": row.indicator,
                # The names on a conclusion are the methodology's, in the state language.
                "name": methodology.indicator(row.indicator).name["kk"],
                "value": text(scores.rounded(Fraction(row.result or 0), methodology.rounding)),
                "points": text(row.points),
                "max": text(row.max),
            }
            for row in scored
            if row.status == scores.COUNTED
        ),
        parts=tuple(part.id for part in parts),
        uncounted=tuple(
            (row.indicator, row.status) for row in scored if row.status != scores.COUNTED
        ),
    )


def _scored(row: IndicatorScore) -> Scored:
    def number(value: str | None) -> Decimal | None:
        return None if value is None else Decimal(value)

    return Scored(
        row.indicator, row.status, number(row.result), number(row.points), number(row.max)
    )


def finish(
    context: Context,
    /,
    *,
    planning: str,
    working_body: str,
    authority: str,
    parts: Mapping[str, Mapping[str, str]],
    cycle_case: int,
) -> None:
    """¶ 7(3), 46: the final conclusion goes to the planning authority, which sees it from now on.

    The evaluation that ends as the last one of its year tells the cycle.
    """
    session = context.session
    seen = {authority, context.case.evaluated_body, *(p["authority"] for p in parts.values())}
    for organisation in sorted({planning, working_body} - seen):
        context.show_to(organisation)
    version = newest(session, context.case.id)
    context.send_letter("block_evaluation/final", planning, subject=version.id)
    # Of two that end at once each waits here for the other, and the later one counts right.
    session.execute(
        select(CaseFile.id).where(CaseFile.id == cycle_case).with_for_update(key_share=True)
    )
    if not [row for row in open_evaluations(session, cycle_case) if row.id != context.case.id]:
        context.send("all_final", {}, to=cycle_case)


@dataclass(frozen=True, slots=True)
class Open:
    """An evaluation of a year that has not come to its end: its case, and what it is of.

    `id` is None where its case could not be begun yet.
    """

    id: int | None
    block: int
    evaluated_body: str


def open_evaluations(session: Session, cycle_case: int) -> tuple[Open, ...]:
    """The evaluations that a year's cycle has opened and that are not final; by block and body."""
    rows = session.execute(
        select(CaseFile.id, CaseFile.block, CaseFile.evaluated_body).where(
            CaseFile.opened_by_case == cycle_case,
            CaseFile.process == PROCESS,
            CaseFile.status == "running",
        )
    )
    found = [Open(row.id, row.block or 0, row.evaluated_body or "") for row in rows]
    # Each is begun by a message of its own: one that could not be delivered is open as well.
    waiting = session.scalars(
        select(Message.payload).where(
            Message.from_case == cycle_case, Message.starts == PROCESS, Message.state == "pending"
        )
    )
    told = [json.loads(payload) for payload in waiting]
    found += [Open(None, payload["block"], payload["evaluated_body"]) for payload in told]
    return tuple(sorted(found, key=lambda row: (row.block, row.evaluated_body)))
