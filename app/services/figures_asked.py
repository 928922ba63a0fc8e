"""What the tables of a year accept, as words (see `app.services.figures`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.methodology import Indicator
from app.models.cases import CaseFile
from app.models.overall import Overall, OverallResult
from app.operations import evaluation, figures
from app.operations.registers import Registers
from app.services.figures_page import named_by

TABLES = frozenset({"report", "scores", "missing", "secrecy"})
_PART = re.compile(r"\[([\w.\-]+)\]/[^/]*")


def part_of(task_key: str) -> str | None:
    """The part of a block that a task is about, by its key (`score_parts[goals]/score#2`)."""
    found = _PART.search(task_key)
    return found[1] if found else None


def words(
    session: Session,
    case: CaseFile,
    kind: str,
    task_key: str,
    attached: Callable[[], Collection[str]],
) -> set[str]:
    """The words that a table of this kind accepts; `attached` gives ids of the task's documents.

    Raises:
        Invalid: `methodology.none`, ¶ 17: there is nothing yet to report by.
    """
    if kind in ("missing", "secrecy"):
        return {f"{row.block}/{row.body}" for row in listed(session, case, kind)}
    registers, body = Registers(session), case.evaluated_body or ""
    if kind == "report":
        asked = figures.asked_of(session, registers, case.year or 0, case.block or 0, body)
        return _asked(asked.indicators) | {f"#{number}" for number in attached()}
    sheet = figures.sheet(session, case.id)
    if sheet is None:
        return set()
    asked = figures.asked_by(session, registers, sheet.methodology, body)
    documents = {*attached(), *map(str, named_by(sheet))}
    return _asked(asked.of_part(part_of(task_key) or "")) | {f"#{number}" for number in documents}


def _asked(indicators: Collection[Indicator]) -> set[str]:
    asked = {f"{indicator.code} {name}" for indicator in indicators for name in indicator.names}
    return asked | {indicator.code for indicator in indicators}


@dataclass(frozen=True, slots=True)
class Listed:
    """An evaluation that a table has a row for; block 0 is the overall result of the body.

    `points` of `max` where there is a result; `case_id` where the evaluation is still open;
    `ground` where it is known to be withheld from publication.
    """

    block: int
    body: str
    points: str | None = None
    max: str | None = None
    case_id: int | None = None
    ground: str | None = None


def listed(session: Session, case: CaseFile, kind: str) -> tuple[Listed, ...]:
    """The rows of a table: what is not final yet (`missing`), or every result (`secrecy`)."""
    if kind == "missing":
        return tuple(
            Listed(row.block, row.evaluated_body, case_id=row.id)
            for row in evaluation.open_evaluations(session, case.id)
        )
    newest = select(func.max(Overall.id)).where(Overall.case_id == case.id).scalar_subquery()
    rows = session.scalars(
        select(OverallResult)
        .where(OverallResult.overall_id == newest)
        .order_by(OverallResult.block, OverallResult.evaluated_body)
    )
    return tuple(Listed(row.block, row.evaluated_body, row.points, row.max) for row in rows)
