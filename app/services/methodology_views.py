"""A methodology as a tree for pages: parts, criteria, indicators, and to whom each applies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.domain import methodology as domain
from app.domain import scores
from app.domain.methodology_difference import Change, weight
from app.domain.refusals import Refusal
from app.domain.registers import Body
from app.engine import formulas
from app.models.evaluation import Methodology
from app.operations import methodologies
from app.operations.registers import Registers

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a methodology in a list; `in_force` is the newest of its year and block."""

    id: int
    year: int
    block: int
    number: int
    title: Words
    example: bool
    indicators: int
    order_number: str
    order_date: date
    in_force: bool


@dataclass(frozen=True, slots=True)
class Year:
    """A reporting year: each block with its versions, newest first; () where there is none."""

    year: int
    blocks: tuple[tuple[int, tuple[Version, ...]], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator in the tree: the most points of the block it can bring, and to whom it applies.

    Where not to `everybody`: the `kinds` of bodies to which it applies altogether, and the
    `bodies` besides them, by code.
    """

    indicator: domain.Indicator
    weight: str
    most: str
    everybody: bool
    kinds: tuple[str, ...]
    bodies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A criterion with its indicators."""

    criterion: domain.Criterion
    weight: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PartTree:
    """A part of the block with its criteria; `names` by language."""

    code: str
    names: Words
    weight: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A methodology, approved (`version`) or as a draft of a case, compared with `against`.

    `versions` are all of its year and block; `case_id` is its case where the reader
    may open it, and `requirements` are then the answers to ¶ 18 by field.
    """

    methodology: domain.Methodology
    version: Version | None
    case_id: int | None
    requirements: tuple[tuple[str, str], ...]
    parts: tuple[PartTree, ...]
    blocks: tuple[tuple[int, str], ...]
    versions: tuple[Version, ...]
    against: Version | None
    changes: tuple[Change, ...]


def versions_of(rows: Sequence[Methodology]) -> tuple[Version, ...]:
    """Rows as versions; of those of a year and block the first is the newest."""
    newest: dict[tuple[int, int], int] = {}
    for row in rows:
        newest.setdefault((row.year, row.block), row.id)
    return tuple(_version(row, newest[row.year, row.block] == row.id) for row in rows)


def _version(row: Methodology, in_force: bool) -> Version:
    found = methodologies.of_row(row)
    return Version(
        id=row.id,
        year=row.year,
        block=row.block,
        number=row.number,
        title=found.title,
        example=row.example,
        indicators=len(found.indicators()),
        order_number=row.order_number,
        order_date=row.order_date,
        in_force=in_force,
    )


def tree(registers: Registers, m: domain.Methodology) -> tuple[PartTree, ...]:
    """The parts of a methodology with all that they consist of; none for block 0."""
    names = {
        part.code: {language: part.name(language) for language in domain.LANGUAGES}
        for part in registers.parts
        if part.block == m.block
    }
    bodies = registers.bodies.evaluated(m.block) if m.block != domain.OVERALL else ()
    return tuple(
        PartTree(
            code=code,
            names=names.get(code, {"kk": code}),
            weight=weight(of),
            branches=tuple(
                Branch(
                    criterion=criterion,
                    weight=weight(criterion.weight),
                    lines=tuple(_line(m, i, of, criterion, bodies) for i in criterion.indicators),
                )
                for criterion in m.criteria
                if criterion.part == code
            ),
        )
        for code, of in m.parts.items()
    )


def _line(
    m: domain.Methodology,
    indicator: domain.Indicator,
    of_part: Decimal,
    criterion: domain.Criterion,
    bodies: Sequence[Body],
) -> Line:
    most = Fraction(of_part) * Fraction(criterion.weight) * Fraction(indicator.weight) / 10**4
    applies = _applies(m, indicator, bodies)
    of_kind = {body.kind: {b.code for b in bodies if b.kind == body.kind} for body in bodies}
    kinds = tuple(kind for kind, all_of in of_kind.items() if all_of <= applies)
    return Line(
        indicator=indicator,
        weight=weight(indicator.weight),
        most=weight(scores.rounded(most, m.rounding)),
        everybody=len(applies) == len(bodies),
        kinds=kinds,
        bodies=tuple(b.code for b in bodies if b.code in applies and b.kind not in kinds),
    )


def _applies(
    m: domain.Methodology, indicator: domain.Indicator, bodies: Sequence[Body]
) -> set[str]:
    """The codes of the bodies to which an indicator applies (¶ 20)."""
    try:
        return {
            body.code
            for body in bodies
            if scores.applicable(
                m, indicator, kind=body.kind, body=body.code, evaluate=formulas.evaluate
            )
        }
    except Refusal:  # a draft whose conditions could not be checked
        return set()
