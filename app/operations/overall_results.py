"""The results of a year, by block and overall, worked out from the conclusions (¶ 11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain import scores
from app.domain.methodology import Methodology
from app.domain.rules import overall as rules
from app.domain.rules.overall import Key
from app.models.cases import CaseFile
from app.models.facts import Conclusion, ConclusionIndicator, ConclusionMark
from app.models.overall import MissingConclusion
from app.operations.evaluation import PROCESS, open_evaluations

OVERALL = 0
"""The number of the overall result among those by block."""
HUNDRED = "100"


@dataclass(frozen=True, slots=True)
class Result:
    """A result of a body in a block, or overall; points of max as text, None where missing."""

    body: str
    block: int
    points: str | None
    max: str | None
    conclusion: int | None


def results(session: Session, cycle_case: int, methodology: Methodology) -> Iterator[Result]:
    """The results of every body that the year has opened, by block and then overall (block 0).

    `methodology` is the overall one. Where a conclusion has nothing that counts, or is not
    in, there is no result, and the overall one goes without it.
    """
    sums = _sums(session, final_versions(session, cycle_case))
    by_body: dict[str, list[int]] = {}
    for block, body in sorted(opened(session, cycle_case)):
        by_body.setdefault(body, []).append(block)
    for body, blocks in sorted(by_body.items()):
        found: dict[int, Decimal] = {}
        for block in blocks:
            conclusion, points, most = sums.get((block, body), (None, Decimal(0), Decimal(0)))
            if not most:
                yield Result(body, block, None, None, conclusion)
                continue
            found[block] = _of_hundred(points, most, methodology)
            yield Result(body, block, _text(points), _text(most), conclusion)
        if found:
            yield Result(body, OVERALL, _text(scores.overall(methodology, found)), HUNDRED, None)
        else:
            yield Result(body, OVERALL, None, None, None)


def require_settled(session: Session, cycle_case: int) -> None:
    """¶ 11: every conclusion of the year is final, or recorded as missing with its reason.

    Raises:
        Conflict: `overall.conclusions_missing`.
    """
    missing = session.execute(
        select(MissingConclusion.block, MissingConclusion.evaluated_body).where(
            MissingConclusion.case_id == cycle_case
        )
    )
    settled = {(row.block, row.evaluated_body) for row in missing}
    settled |= final_versions(session, cycle_case).keys()
    rules.require_every_conclusion(opened(session, cycle_case), settled)


def opened(session: Session, cycle_case: int) -> set[Key]:
    """The evaluations that a year's case has opened, whatever has become of them."""
    rows = session.execute(
        select(CaseFile.block, CaseFile.evaluated_body).where(
            CaseFile.opened_by_case == cycle_case, CaseFile.process == PROCESS
        )
    )
    found = {(row.block or 0, row.evaluated_body or "") for row in rows}
    return found | {
        (row.block, row.evaluated_body) for row in open_evaluations(session, cycle_case)
    }


def final_versions(session: Session, cycle_case: int) -> dict[Key, int]:
    """¶ 7(3), 46: the newest version of every conclusion of the year that is final; its id."""
    final = select(ConclusionMark.case_id).where(ConclusionMark.mark == "final")
    rows = session.execute(
        select(Conclusion.block, Conclusion.evaluated_body, func.max(Conclusion.id).label("id"))
        .join(CaseFile, CaseFile.id == Conclusion.case_id)
        .where(
            CaseFile.opened_by_case == cycle_case,
            CaseFile.process == PROCESS,
            Conclusion.case_id.in_(final),
        )
        .group_by(Conclusion.block, Conclusion.evaluated_body)
    )
    return {(row.block, row.evaluated_body): row.id for row in rows}


def _sums(session: Session, versions: dict[Key, int]) -> dict[Key, tuple[int, Decimal, Decimal]]:
    """By evaluation: the version, its points and the most it could have."""
    totals = {version: (Decimal(0), Decimal(0)) for version in versions.values()}
    rows = session.execute(
        select(
            ConclusionIndicator.conclusion_id,
            ConclusionIndicator.points,
            ConclusionIndicator.max,
        ).where(ConclusionIndicator.conclusion_id.in_(sorted(totals)))
    )
    for row in rows:
        points, most = totals[row.conclusion_id]
        totals[row.conclusion_id] = points + Decimal(row.points), most + Decimal(row.max)
    return {key: (version, *totals[version]) for key, version in versions.items()}


def _of_hundred(points: Decimal, most: Decimal, methodology: Methodology) -> Decimal:
    """Points of a hundred: as they are, or brought to that scale and rounded."""
    if most == 100:
        return points
    return scores.rounded(Fraction(points) * 100 / Fraction(most), methodology.rounding)


def _text(number: Decimal) -> str:
    return format(number, "f")
