"""What pages show of a report and of the scores of a part: a row for each indicator.

One `Table` serves them all: the form of a report asks for its cells; the form of a part's
scores shows what was reported and last year's value beside what is accepted; whoever
certifies, takes in, re-checks or approves reads the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import methodology
from app.domain.methodology import Criterion, Indicator
from app.domain.refusals import Invalid
from app.domain.rules.reporting import Figure
from app.models.cases import CaseFile
from app.models.evaluation import (
    IndicatorScore,
    PartScore,
    ScoreEvidence,
    ScoreInput,
)
from app.operations import figures
from app.operations.figures import Sheet
from app.operations.registers import Registers

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of an indicator: what it is called, and its values, None where there is none.

    `before` was accepted for the year before; `reported` is the newest report's, `no_data`
    that it says there is none; `accepted` is what the evaluator's newest scores rest on.
    """

    name: str
    label: Words
    before: str | None
    reported: str | None
    no_data: bool
    accepted: str | None


@dataclass(frozen=True, slots=True)
class Score:
    """The newest score of an indicator; `documents` are ids, `source` a subparagraph of ¶ 4."""

    status: str
    result: str | None
    points: str | None
    max: str | None
    source: str | None
    documents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator with its figures; `reported_documents` are the ids that the report names.

    Texts are by language; `weight` in per cent of the criterion, `better` higher or lower.
    """

    code: str
    part: str
    criterion: str
    name: Words
    definition: Words
    unit: Words
    better: str
    weight: str
    source: str
    formula: str
    cells: tuple[Cell, ...]
    reported_documents: tuple[int, ...]
    score: Score | None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that a page shows, in the methodology's order, and the criteria they stand under.

    `part` is the code of the part that they are of, None for a whole block; `example` marks a
    methodology that no office approved; `may_be_named` are the documents that a row of the
    form may name, by id.
    """

    part: str | None
    title: Words
    example: bool
    criteria: tuple[Criterion, ...]
    rows: tuple[Row, ...]
    may_be_named: tuple[int, ...] = ()


def table(session: Session, case: CaseFile, part: str | None) -> Table | None:
    """The table of a block evaluation, of one part or whole; None without a methodology."""
    sheet = figures.sheet(session, case.id)
    registers = Registers(session)
    year, block, body = case.year or 0, case.block or 0, case.evaluated_body or ""
    try:
        asked = (
            figures.asked_of(session, registers, year, block, body)
            if sheet is None
            else figures.asked_by(session, registers, sheet.methodology, body)
        )
    except Invalid:
        return None
    before = figures.before(session, year, block, body)
    scored, accepted = _scored(session, case.id)
    shown = asked.indicators if part is None else asked.of_part(part)
    codes = {indicator.criterion for indicator in shown}
    return Table(
        part=part,
        title=asked.methodology.title,
        example=asked.methodology.example,
        criteria=tuple(c for c in asked.methodology.criteria if c.code in codes),
        rows=tuple(_row(i, sheet, before, scored.get(i.code), accepted) for i in shown),
        may_be_named=() if sheet is None else named_by(sheet),
    )


def named_by(sheet: Sheet) -> tuple[int, ...]:
    """Every document that a report names, by id."""
    return tuple(sorted({number for ids in sheet.documents.values() for number in ids}))


def _row(
    indicator: Indicator,
    sheet: Sheet | None,
    before: Mapping[Figure, str | None],
    score: Score | None,
    accepted: Mapping[Figure, str],
) -> Row:
    reported = {} if sheet is None else sheet.reported
    code = indicator.code
    return Row(
        code=code,
        part=indicator.part,
        criterion=indicator.criterion,
        name=indicator.name,
        definition=indicator.definition,
        unit=indicator.unit,
        better=indicator.better,
        weight=format(indicator.weight, "f"),
        source=indicator.source,
        formula=indicator.formula,
        cells=tuple(
            Cell(
                name=variable.name,
                label=variable.label,
                before=_before(code, variable, before, reported),
                reported=reported.get((code, variable.name)),
                no_data=reported.get((code, variable.name), "") is None,
                accepted=accepted.get((code, variable.name)),
            )
            for variable in indicator.variables
        ),
        reported_documents=tuple(sheet.documents.get(code, ())) if sheet is not None else (),
        score=score,
    )


def _before(
    code: str,
    variable: methodology.Variable,
    before: Mapping[Figure, str | None],
    reported: Mapping[Figure, str | None],
) -> str | None:
    """What was accepted a year ago, else what this report tells of that year."""
    known = before.get((code, variable.name))
    return known or reported.get((code, variable.previous or ""))


def _scored(session: Session, case_id: int) -> tuple[dict[str, Score], dict[Figure, str]]:
    """The newest scores of every part by indicator, and the figures they rest on."""
    newest: dict[str, int] = {}
    for row in session.execute(
        select(PartScore.part, PartScore.id)
        .where(PartScore.case_id == case_id)
        .order_by(PartScore.number)
    ):
        newest[row.part] = row.id
    if not newest:
        return {}, {}
    rows = session.scalars(
        select(IndicatorScore).where(IndicatorScore.part_score_id.in_(sorted(newest.values())))
    ).all()
    codes = {row.id: row.indicator for row in rows}
    inputs = session.execute(
        select(ScoreInput.score_id, ScoreInput.variable, ScoreInput.accepted).where(
            ScoreInput.score_id.in_(sorted(codes))
        )
    )
    accepted = {(codes[row.score_id], row.variable): row.accepted for row in inputs}
    documents: dict[int, list[int]] = {}
    for found in session.execute(
        select(ScoreEvidence.score_id, ScoreEvidence.document_id)
        .where(ScoreEvidence.score_id.in_(sorted(codes)))
        .order_by(ScoreEvidence.id)
    ):
        documents.setdefault(found.score_id, []).append(found.document_id)
    return {
        row.indicator: Score(
            row.status, row.result, row.points, row.max, row.source,
            tuple(documents.get(row.id, ())),
        )
        for row in rows
    }, accepted  # fmt: skip
