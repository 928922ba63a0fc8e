"""The results of a year as people may see them: by body and block, and overall (¶ 11, 49, 53)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor, SystemActor
from app.domain.permissions import Permission, allows, can_see_case
from app.domain.refusals import NotFound
from app.domain.rules.overall import Key
from app.models.cases import Party
from app.models.evaluation import Methodology
from app.models.overall import MissingConclusion, Overall, OverallMark, OverallResult
from app.operations.overall import checks_of
from app.operations.overall_results import OVERALL
from app.operations.registers import Registers

COMPUTED = "computed"
"""The stage of results that nobody has drafted a text to yet."""


@dataclass(frozen=True, slots=True)
class Result:
    """A result: points of max as decimal text; None where there is none, and why it is missing.

    `withheld` from publication, on the `ground` of its newest check; False before there is one.
    """

    points: str | None
    max: str | None
    missing: str | None
    withheld: bool
    ground: str | None
    conclusion: int | None


@dataclass(frozen=True, slots=True)
class BodyResults:
    """The results of a body: by block, and over its blocks."""

    body: str
    blocks: Mapping[int, Result]
    overall: Result


@dataclass(frozen=True, slots=True)
class YearResults:
    """The newest results of a year, as far as the reader may see them.

    `stage` is the newest of the marks (computed, drafted … published); `weights` are those of
    the blocks by the methodology, `example` says that no office has approved it.
    """

    year: int
    case_id: int
    version: int
    overall_id: int
    methodology_id: int
    example: bool
    stage: str
    marks: Mapping[str, datetime]
    bodies: tuple[BodyResults, ...]


def of_year(*, year: int, actor: Actor | SystemActor) -> YearResults:
    """The results of a year: all of them, or those of the reader's own bodies.

    All are seen by auditors, by the operator, and by the organisations that the year's case
    shows: the planning authority, the working body, the Administration. An evaluated body
    sees its own from the notice of ¶ 49 on.

    Raises:
        NotFound: `results.none`, there are none yet, or none for this reader.
    """
    with reading() as session:
        return read(session, year, actor)


def read(session: Session, year: int, actor: Actor | SystemActor) -> YearResults:
    """The same, within a reading."""
    version = newest_of_year(session, year)
    if version is None:
        raise NotFound("results.none", year=year)
    marks = marks_of(session, version.id)
    seen = _seen(session, version, marks, actor)
    bodies = tuple(b for b in _bodies(session, version) if seen is None or b.body in seen)
    if not bodies:
        raise NotFound("results.none", year=year)
    example = session.scalar(
        select(Methodology.example).where(Methodology.id == version.methodology_id)
    )
    return YearResults(
        year=year,
        case_id=version.case_id,
        version=version.number,
        overall_id=version.id,
        methodology_id=version.methodology_id,
        example=bool(example),
        stage=next(reversed(marks), COMPUTED),
        marks=marks,
        bodies=bodies,
    )


def shown(session: Session, year: int, actor: Actor) -> bool:
    """Say whether there are results of a year that the reader may see (`of_year`)."""
    version = newest_of_year(session, year)
    if version is None:
        return False
    seen = _seen(session, version, marks_of(session, version.id), actor)
    if seen is None:
        return True
    query = select(OverallResult.id).where(
        OverallResult.overall_id == version.id, OverallResult.evaluated_body.in_(sorted(seen))
    )
    return session.scalar(query.limit(1)) is not None


def newest_of_year(session: Session, year: int) -> Overall | None:
    """The newest version of a year's overall results."""
    query = select(Overall).where(Overall.year == year).order_by(Overall.number.desc()).limit(1)
    return session.scalars(query).one_or_none()


def marks_of(session: Session, overall_id: int) -> dict[str, datetime]:
    """When each thing happened to a version last; the newest stands at the end."""
    found: dict[str, datetime] = {}
    rows = session.scalars(
        select(OverallMark).where(OverallMark.overall_id == overall_id).order_by(OverallMark.id)
    )
    for row in rows:
        found.pop(row.mark, None)
        found[row.mark] = row.at
    return found


def _seen(
    session: Session,
    version: Overall,
    marks: Mapping[str, datetime],
    actor: Actor | SystemActor,
) -> frozenset[str] | None:
    """The bodies whose results the reader sees; None: all of them."""
    if isinstance(actor, SystemActor) or allows(actor, Permission.SEE_EVERY_CASE):
        return None
    parties = session.scalars(
        select(Party.organisation).where(Party.case_id == version.case_id).distinct()
    )
    if can_see_case(actor, frozenset(parties)):
        return None
    own = frozenset(code for code in actor.organisations if can_see_case(actor, frozenset({code})))
    return own if "submitted" in marks else frozenset()


def _bodies(session: Session, version: Overall) -> list[BodyResults]:
    """The results of every body, in the order of the register."""
    checks = checks_of(session, version.id)
    missing: dict[Key, str] = {
        (row.block, row.evaluated_body): row.reason
        for row in session.scalars(
            select(MissingConclusion).where(MissingConclusion.case_id == version.case_id)
        )
    }
    found: dict[str, dict[int, Result]] = {}
    rows = session.scalars(
        select(OverallResult)
        .where(OverallResult.overall_id == version.id)
        .order_by(OverallResult.block)
    )
    for row in rows:
        key = row.block, row.evaluated_body
        check = checks.get(key)
        found.setdefault(row.evaluated_body, {})[row.block] = Result(
            points=row.points,
            max=row.max,
            missing=missing.get(key) if row.points is None else None,
            withheld=check is not None and check.withheld,
            ground=check.ground if check is not None else None,
            conclusion=row.conclusion_id,
        )
    order = [code for code in Registers(session).bodies.by_code if code in found]
    return [
        BodyResults(
            body=code,
            blocks={block: one for block, one in found[code].items() if block != OVERALL},
            overall=found[code][OVERALL],
        )
        for code in order
    ]
