"""The indicators of a version of a conclusion, each with all that its points rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import methodology
from app.models.evaluation import (
    ConclusionPart,
    IndicatorScore,
    PartScore,
    ReportEvidence,
    ScoreEvidence,
    ScoreInput,
)
from app.models.facts import Conclusion, ConclusionIndicator, Document
from app.operations.versions import indicators_of
from app.services import openings

Words = Mapping[str, str]
Named = TypeVar("Named", int, str)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document that confirms a figure (¶ 9(3)): its name (None once erased), source and hash."""

    document: int
    name: str | None
    source: str
    sha256: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Input:
    """A figure of a formula: as the body reported it (None: it did not), and as accepted."""

    variable: str
    reported: str | None
    accepted: str
    label: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction of ¶ 61: the objection, the version that it made, what was and what is."""

    objection: int
    version: int
    value_before: str
    points_before: str
    value: str
    points: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator with its points, of a conclusion's version.

    `status`: counted, not_counted or not_applicable; only a counted one has points, and the
    others are no zeros. `result` is that of the formula over the inputs, before corrections.
    """

    code: str
    name: Words
    status: str
    value: str | None
    points: str | None
    max: str | None
    result: str | None = None
    source: str | None = None
    weight: str = ""
    unit: Words = field(default_factory=dict)
    definition: Words = field(default_factory=dict)
    formula: str = ""
    inputs: tuple[Input, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reported_evidence: tuple[Evidence, ...] = ()
    corrections: tuple[Correction, ...] = ()


def of_version(session: Session, version: Conclusion) -> dict[str, Indicator]:
    """Every indicator of a version, by code: with points or without, scored or entered."""
    corrections = _corrections(session, version)
    found = {
        row.code: Indicator(
            code=row.code,
            name=dict.fromkeys(("kk", "ru", "en"), row.name),
            status="counted",
            value=row.value,
            points=row.points,
            max=row.max,
            corrections=tuple(corrections.get(row.code, ())),
        )
        for row in indicators_of(session, version.id)
    }
    scores = session.scalars(
        select(IndicatorScore)
        .join(ConclusionPart, ConclusionPart.part_score_id == IndicatorScore.part_score_id)
        .where(ConclusionPart.conclusion_id == version.id)
        .order_by(IndicatorScore.part_score_id, IndicatorScore.position)
    ).all()
    inputs, evidence = _inputs(session, scores), _evidence(session, scores)
    reported = _reported(session, version.id)
    for score in scores:
        row = found.get(score.indicator) or Indicator(
            score.indicator, {}, score.status, None, None, None
        )
        found[score.indicator] = replace(
            row,
            status=score.status,
            result=score.result,
            source=score.source,
            inputs=tuple(inputs.get(score.id, ())),
            evidence=tuple(evidence.get(score.id, ())),
            reported_evidence=tuple(reported.get(score.indicator, ())),
        )
    return found


def explained(row: Indicator, by: methodology.Indicator) -> Indicator:
    """The same indicator with what its methodology says of it: name, formula, labels."""
    labels = {variable.name: dict(variable.label) for variable in by.variables}
    return replace(
        row,
        name=dict(by.name),
        weight=str(by.weight),
        unit=dict(by.unit),
        definition=dict(by.definition),
        formula=by.formula,
        inputs=tuple(replace(one, label=labels.get(one.variable, {})) for one in row.inputs),
    )


def line(row: Indicator) -> str:
    """An indicator as one line, for a terminal."""
    if row.points is None:
        return f"{row.code}: {row.status}"
    told = f"{row.code}: {row.points} of {row.max}"
    if row.formula:
        figures = ", ".join(f"{one.variable}={one.accepted}" for one in row.inputs)
        told += f" = {row.formula} [{figures}] = {row.result}"
    if row.evidence:
        told += f", documents {', '.join(str(one.document) for one in row.evidence)}"
    for one in row.corrections:
        told += f", corrected from {one.points_before} by objection {one.objection}"
    return told


def _corrections(session: Session, version: Conclusion) -> dict[str, list[Correction]]:
    """What each version up to this one changed, by indicator, the oldest change first."""
    chain = [version]
    while chain[-1].corrects is not None:
        chain.append(session.get_one(Conclusion, chain[-1].corrects))
    rows = session.scalars(
        select(ConclusionIndicator).where(
            ConclusionIndicator.conclusion_id.in_([one.id for one in chain])
        )
    )
    by_version: dict[int, dict[str, ConclusionIndicator]] = {}
    for row in rows:
        by_version.setdefault(row.conclusion_id, {})[row.code] = row
    found: dict[str, list[Correction]] = {}
    for later, base in reversed(list(pairwise(chain))):
        for code, new in by_version.get(later.id, {}).items():
            old = by_version.get(base.id, {}).get(code)
            if old is None or (old.value, old.points) == (new.value, new.points):
                continue
            found.setdefault(code, []).append(
                Correction(
                    objection=later.objection_id or 0,
                    version=later.number,
                    value_before=old.value,
                    points_before=old.points,
                    value=new.value,
                    points=new.points,
                )
            )
    return found


def _inputs(session: Session, scores: Sequence[IndicatorScore]) -> dict[int, list[Input]]:
    rows = session.scalars(
        select(ScoreInput)
        .where(ScoreInput.score_id.in_([score.id for score in scores]))
        .order_by(ScoreInput.id)
    )
    found: dict[int, list[Input]] = {}
    for row in rows:
        found.setdefault(row.score_id, []).append(Input(row.variable, row.reported, row.accepted))
    return found


def _evidence(session: Session, scores: Sequence[IndicatorScore]) -> dict[int, list[Evidence]]:
    rows = session.execute(
        select(ScoreEvidence.score_id, Document)
        .join(Document, Document.id == ScoreEvidence.document_id)
        .where(ScoreEvidence.score_id.in_([score.id for score in scores]))
        .order_by(ScoreEvidence.id)
    ).all()
    return _grouped(session, [(row.score_id, row.Document) for row in rows])


def _reported(session: Session, conclusion: int) -> dict[str, list[Evidence]]:
    """The documents that the body attached to its report, by indicator."""
    reports = (
        select(PartScore.report_id)
        .join(ConclusionPart, ConclusionPart.part_score_id == PartScore.id)
        .where(ConclusionPart.conclusion_id == conclusion)
    )
    rows = session.execute(
        select(ReportEvidence.indicator, Document)
        .join(Document, Document.id == ReportEvidence.document_id)
        .where(ReportEvidence.report_id.in_(reports))
        .order_by(ReportEvidence.id)
    ).all()
    return _grouped(session, [(row.indicator, row.Document) for row in rows])


def _grouped(
    session: Session, rows: Sequence[tuple[Named, Document]]
) -> dict[Named, list[Evidence]]:
    names = openings.many(session, [(one.stream, one.seq) for _, one in rows])
    found: dict[Named, list[Evidence]] = {}
    for key, one in rows:
        found.setdefault(key, []).append(
            Evidence(
                document=one.id,
                name=names[one.stream, one.seq].get("name"),
                source=one.source,
                sha256=one.sha256,
                organisation=one.organisation,
            )
        )
    return found
