"""What the public may see of a year's results: what is published and not withheld (¶ 9(5), 53)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.rules.overall import Key
from app.models.evaluation import Methodology
from app.models.overall import Overall, OverallMark, OverallResult
from app.operations.overall import checks_of
from app.operations.overall_results import OVERALL
from app.operations.registers import Registers


@dataclass(frozen=True, slots=True)
class Published:
    """Points of max, as decimal text."""

    points: str
    max: str


@dataclass(frozen=True, slots=True)
class PublishedBody:
    """What is published of a body; a result that is withheld or missing is not there."""

    body: str
    kind: str
    names: Mapping[str, str]
    blocks: Mapping[int, Published]
    overall: Published | None


@dataclass(frozen=True, slots=True)
class Publication:
    """The published results of a year, and the working body's consent (¶ 53).

    `example` says that the overall methodology is one that no office has approved.
    """

    year: int
    published_at: datetime
    consent_number: str
    consent_date: date | None
    example: bool
    bodies: tuple[PublishedBody, ...]


def years() -> tuple[int, ...]:
    """The years whose results are published, the newest first."""
    with reading() as session:
        rows = session.scalars(
            select(Overall.year)
            .join(OverallMark, OverallMark.overall_id == Overall.id)
            .where(OverallMark.mark == "published")
            .distinct()
            .order_by(Overall.year.desc())
        )
        return tuple(rows)


def of_year(*, year: int) -> Publication | None:
    """¶ 53: the published results of a year, for anybody; None before there are any.

    What is withheld is not told apart from what is missing: not even that there is a secret.
    """
    with reading() as session:
        found = session.execute(
            select(Overall, OverallMark)
            .join(OverallMark, OverallMark.overall_id == Overall.id)
            .where(Overall.year == year, OverallMark.mark == "published")
            .order_by(OverallMark.id.desc())
            .limit(1)
        ).one_or_none()
        if found is None:
            return None
        return _publication(session, found.Overall, found.OverallMark)


def _publication(session: Session, version: Overall, published: OverallMark) -> Publication:
    consent = session.scalars(
        select(OverallMark)
        .where(OverallMark.overall_id == version.id, OverallMark.mark == "consented")
        .order_by(OverallMark.id.desc())
        .limit(1)
    ).one_or_none()
    example = session.scalar(
        select(Methodology.example).where(Methodology.id == version.methodology_id)
    )
    open_results = _open(session, version)
    bodies = Registers(session).bodies.by_code
    shown = [code for code in bodies if any(body == code for _, body in open_results)]
    return Publication(
        year=version.year,
        published_at=published.at,
        consent_number=(consent.number or "") if consent else "",
        consent_date=consent.dated if consent else None,
        example=bool(example),
        bodies=tuple(
            PublishedBody(
                body=code,
                kind=bodies[code].kind,
                names={name: bodies[code].name(name) for name in ("kk", "ru", "en")},
                blocks={
                    block: one
                    for (block, body), one in open_results.items()
                    if body == code and block != OVERALL
                },
                overall=open_results.get((OVERALL, code)),
            )
            for code in shown
        ),
    )


def _open(session: Session, version: Overall) -> dict[Key, Published]:
    """The results that were checked and found open; what was not checked is not open."""
    checks = checks_of(session, version.id)
    rows = session.scalars(
        select(OverallResult)
        .where(OverallResult.overall_id == version.id)
        .order_by(OverallResult.block)
    )
    found: dict[Key, Published] = {}
    for row in rows:
        check = checks.get((row.block, row.evaluated_body))
        if check is None or check.withheld or row.points is None or row.max is None:
            continue
        found[row.block, row.evaluated_body] = Published(row.points, row.max)
    return found
