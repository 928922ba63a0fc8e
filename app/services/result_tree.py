"""Where one number comes from: overall → block → part → criterion → indicator → evidence.

An indicator shows its formula with the figures that went into it, each as reported and as
accepted, the documents they rest on, and by which objection its points were corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor, SystemActor
from app.domain.methodology import Methodology
from app.domain.refusals import NotFound
from app.models.cases import CaseFile
from app.models.evaluation import ConclusionPart, PartScore
from app.models.facts import Conclusion
from app.operations import methodologies
from app.operations.registers import Registers
from app.services import result_rows, results, visibility
from app.services.result_rows import Indicator

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion; `weight` in per cent of its part."""

    code: str
    name: Words
    weight: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a block: who scored and approved it; `weight` in per cent of the block.

    `points` of `max` are those of the approved scores, before any correction.
    """

    code: str
    name: Words
    weight: str
    authority: str
    points: str
    max: str
    scored_by: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a body's result; `weight` in per cent of the overall one.

    `inside`: the reader may see what is in it; `version` is that of the conclusion. A
    conclusion that was entered as a document has `loose` indicators and no parts.
    """

    block: int
    weight: str
    result: results.Result
    inside: bool
    case_id: int | None = None
    authority: str | None = None
    version: int | None = None
    methodology: Words = field(default_factory=dict)
    example: bool = False
    parts: tuple[Part, ...] = ()
    loose: tuple[Indicator, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """The overall result of a body, and what it is made of.

    It is the mean of the blocks' points by their weights, over the blocks that have a result,
    rounded to `digits` by `mode`.
    """

    year: int
    body: str
    version: int
    stage: str
    overall: results.Result
    methodology: Words
    example: bool
    digits: int
    mode: str
    blocks: tuple[Block, ...]


def tree(*, year: int, body: str, actor: Actor | SystemActor) -> Tree:
    """Where the overall result of a body comes from, as far as the reader may see it.

    The numbers by block are shown to whoever may see the results of the body, what is in a
    block to whoever may see its evaluation.

    Raises:
        NotFound: `results.none`.
    """
    with reading() as session:
        found = results.read(session, year, actor)
        of_body = next((row for row in found.bodies if row.body == body), None)
        if of_body is None:
            raise NotFound("results.none", year=year)
        _, methodology = methodologies.by_id(session, found.methodology_id)
        return Tree(
            year=year,
            body=body,
            version=found.version,
            stage=found.stage,
            overall=of_body.overall,
            methodology=dict(methodology.title),
            example=methodology.example,
            digits=methodology.rounding.digits,
            mode=methodology.rounding.mode,
            blocks=tuple(
                _block(session, block, result, methodology, actor)
                for block, result in of_body.blocks.items()
            ),
        )


def _block(
    session: Session,
    block: int,
    result: results.Result,
    overall: Methodology,
    actor: Actor | SystemActor,
) -> Block:
    weight = str(overall.blocks.get(block, 0))
    version = session.get(Conclusion, result.conclusion) if result.conclusion else None
    if version is None or not _may_enter(session, version.case_id, actor):
        return Block(block, weight, result, inside=False)
    rows = result_rows.of_version(session, version)
    scored = session.scalars(
        select(PartScore)
        .join(ConclusionPart, ConclusionPart.part_score_id == PartScore.id)
        .where(ConclusionPart.conclusion_id == version.id)
        .order_by(PartScore.id)
    ).all()
    about: dict[str, Any] = {
        "inside": True,
        "case_id": version.case_id,
        "authority": version.authority,
        "version": version.number,
    }
    if not scored:
        return Block(block, weight, result, **about, loose=tuple(rows.values()))
    _, methodology = methodologies.by_id(session, scored[0].methodology_id)
    return Block(
        block,
        weight,
        result,
        **about,
        methodology=dict(methodology.title),
        example=methodology.example,
        parts=_parts(session, methodology, {row.part: row for row in scored}, rows),
    )


def _parts(
    session: Session,
    methodology: Methodology,
    scored: Mapping[str, PartScore],
    rows: Mapping[str, Indicator],
) -> tuple[Part, ...]:
    registered = {part.code: part for part in Registers(session).parts}
    return tuple(
        Part(
            code=code,
            name={name: registered[code].name(name) for name in ("kk", "ru", "en")}
            if code in registered
            else {},
            weight=str(weight),
            authority=scored[code].authority,
            points=scored[code].points,
            max=scored[code].max,
            scored_by=scored[code].author,
            criteria=tuple(
                Criterion(
                    code=criterion.code,
                    name=dict(criterion.name),
                    weight=str(criterion.weight),
                    indicators=tuple(
                        result_rows.explained(rows[indicator.code], indicator)
                        for indicator in criterion.indicators
                        if indicator.code in rows
                    ),
                )
                for criterion in methodology.criteria
                if criterion.part == code
            ),
        )
        for code, weight in methodology.parts.items()
        if code in scored
    )


def _may_enter(session: Session, case_id: int, actor: Actor | SystemActor) -> bool:
    if isinstance(actor, SystemActor):
        return True
    query = select(CaseFile.id).where(CaseFile.id == case_id, visibility.can_see_case(actor))
    return session.scalar(query) is not None


def text(found: Tree) -> str:
    """The tree as indented lines, for a terminal."""
    lines = [f"{found.body} {found.year}: {found.overall.points or 'no result'}"]
    for block in found.blocks:
        result = block.result
        told = f"{result.points} of {result.max}" if result.points else result.missing or "none"
        lines.append(f"  block {block.block} ({block.weight} %): {told}")
        for part in block.parts:
            lines.append(f"    {part.code} ({part.weight} %, {part.authority})")
            for criterion in part.criteria:
                lines.append(f"      {criterion.code} ({criterion.weight} %)")
                lines.extend(f"        {result_rows.line(row)}" for row in criterion.indicators)
        lines.extend(f"    {result_rows.line(row)}" for row in block.loose)
    return "\n".join(lines)
