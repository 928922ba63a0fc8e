"""A year's evaluation as bodies × blocks: where each stands, what is late, objections, points."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor
from app.domain.refusals import NotFound
from app.domain.rules.overall import Key
from app.models.cases import CaseFile
from app.models.overall import MissingConclusion
from app.operations import cycle
from app.operations.evaluation import open_evaluations
from app.operations.registers import Registers
from app.services import results, visibility, year_cells
from app.services.schedules import Mark, marks_of
from app.services.year_cells import Standing

# Where an evaluation stands that the reader may not look into.
OPEN, FINAL, NOT_BEGUN = "open", "final", "not_begun"


@dataclass(frozen=True, slots=True)
class Cell:
    """The evaluation of a body by a block.

    `standing` is what the reader may know of its course, None for others; `stage` is always
    told to whoever sees the year's case: open, final or not_begun. `missing` is the recorded
    reason of ¶ 11.
    """

    block: int
    case_id: int | None
    number: str | None
    authority: str | None
    stage: str
    missing: str | None
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class YearRow:
    """A body with its evaluations by block; a block it is not evaluated by is not there."""

    body: str
    kind: str
    names: Mapping[str, str]
    cells: Mapping[int, Cell]


@dataclass(frozen=True, slots=True)
class YearPage:
    """A year's evaluation: its case, the schedule's dates, and every body the reader may see.

    `inside`: the reader may see the year's own case, not only some of its evaluations;
    `results`: there are results that the reader may see.
    `counts` are of the cells shown: by stage of a standing, or of the cell where the reader
    may not look into it; `late` counts those with something overdue.
    """

    year: int
    case_id: int
    number: str
    inside: bool
    results: bool
    status: str
    marks: tuple[Mark, ...]
    counts: Mapping[str, int]
    late: int
    rows: tuple[YearRow, ...]


def years(*, actor: Actor) -> Mapping[int, bool]:
    """The years of whose evaluation the reader may see something, the newest first.

    Each says whether there are results that the reader may see.
    """
    with reading() as session:
        rows = session.scalars(
            select(CaseFile.year)
            .where(
                CaseFile.process.in_((cycle.PROCESS, cycle.EVALUATION)),
                visibility.can_see_case(actor),
            )
            .distinct()
        )
        found = sorted((year for year in rows if year is not None), reverse=True)
        return {year: results.shown(session, year, actor) for year in found}


def year_page(*, year: int, actor: Actor, now: datetime) -> YearPage:
    """The evaluation of a year as far as the reader may see it; a fixed number of queries.

    Who may see the year's case sees of every evaluation whether it is open; its course is
    told to whoever may see the evaluation itself (¶ 44).

    Raises:
        NotFound: `case.not_found`: the year is not opened, or the reader has no part in it.
    """
    with reading() as session:
        case = cycle.of_year(session, year)
        if case is None:
            raise NotFound("case.not_found")
        seen = _seen(session, case, actor)
        whole = case.id in seen
        if not seen:
            raise NotFound("case.not_found")
        rows = _rows(session, case, seen, whole, actor, now)
        cells = [cell for row in rows for cell in row.cells.values()]
        standings = [cell.standing for cell in cells if cell.standing is not None]
        stages = [cell.standing.stage if cell.standing else cell.stage for cell in cells]
        return YearPage(
            year=year,
            case_id=case.id,
            number=case.number,
            inside=whole,
            results=results.shown(session, year, actor),
            status=case.status,
            marks=marks_of(session, year, now),
            counts={stage: stages.count(stage) for stage in dict.fromkeys(stages)},
            late=sum(standing.late for standing in standings),
            rows=rows,
        )


def _seen(session: Session, case: CaseFile, actor: Actor) -> frozenset[int]:
    """The ids of the year's cases that the reader may see: its own, and those it opened."""
    of_year = (CaseFile.id == case.id) | (
        (CaseFile.opened_by_case == case.id) & (CaseFile.process == cycle.EVALUATION)
    )
    query = select(CaseFile.id).where(of_year, visibility.can_see_case(actor))
    return frozenset(session.scalars(query))


def _rows(
    session: Session,
    case: CaseFile,
    seen: Collection[int],
    whole: bool,
    actor: Actor,
    now: datetime,
) -> tuple[YearRow, ...]:
    cases = session.scalars(
        select(CaseFile).where(
            CaseFile.opened_by_case == case.id, CaseFile.process == cycle.EVALUATION
        )
    ).all()
    shown = [row for row in cases if whole or row.id in seen]
    missing = _missing(session, case)
    inside = [row for row in shown if row.id in seen]
    standings = year_cells.standings(session, inside, actor, now)
    cells: dict[str, dict[int, Cell]] = {}
    for row in shown:
        cell = _cell(row, row.id in seen, missing, standings.get(row.id))
        cells.setdefault(row.evaluated_body or "", {})[cell.block] = cell
    for waiting in open_evaluations(session, case.id) if whole else ():
        if waiting.id is None:
            cells.setdefault(waiting.evaluated_body, {})[waiting.block] = Cell(
                waiting.block, None, None, None, NOT_BEGUN, None, None
            )
    bodies = Registers(session).bodies.by_code
    return tuple(
        YearRow(
            body=code,
            kind=body.kind,
            names={name: body.name(name) for name in ("kk", "ru", "en")},
            cells=dict(sorted(cells[code].items())),
        )
        for code, body in bodies.items()
        if code in cells
    )


def _missing(session: Session, case: CaseFile) -> dict[Key, str]:
    """¶ 11: the recorded reasons, by block and body."""
    rows = session.scalars(select(MissingConclusion).where(MissingConclusion.case_id == case.id))
    return {(row.block, row.evaluated_body): row.reason for row in rows}


def _cell(
    row: CaseFile, inside: bool, missing: Mapping[Key, str], standing: Standing | None
) -> Cell:
    """The cell of an evaluation; `inside`: the reader may see its case."""
    block = row.block or 0
    return Cell(
        block=block,
        case_id=row.id if inside else None,
        number=row.number if inside else None,
        authority=row.authority,
        stage=FINAL if row.status == "ended" else OPEN,
        missing=missing.get((block, row.evaluated_body or "")),
        standing=standing,
    )
