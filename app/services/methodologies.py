"""Methodologies as pages show them: by year and block, one as a tree, two compared (¶ 17–20)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.db import reading
from app.domain import methodology as domain
from app.domain.actors import Actor
from app.domain.methodology_difference import difference, weight
from app.domain.permissions import Permission, allows
from app.domain.refusals import NotAllowed, NotFound
from app.domain.registers import BLOCKS
from app.domain.rules.methodology import REQUIREMENTS
from app.models.cases import CaseFile
from app.models.evaluation import Methodology
from app.models.facts import Document
from app.models.trail import EventRow
from app.operations import methodologies
from app.operations.methodology import MEDIA_TYPE, PROCESS, canonical_content
from app.operations.registers import Registers
from app.services import openings, visibility
from app.services.methodology_views import Page, Year, tree, versions_of
from app.services.numbers import possible

SHOWN = (*BLOCKS, domain.OVERALL)
"""The blocks in the order of a list, the overall formula last."""


def may_read(actor: Actor) -> bool:
    """Whether somebody reads methodologies: whoever may see cases, for they bind both sides."""
    return allows(actor, Permission.SEE_OWN_CASES) or allows(actor, Permission.SEE_EVERY_CASE)


def methodologies_page(*, actor: Actor) -> tuple[Year, ...]:
    """Every methodology by year, newest year first.

    Raises:
        NotAllowed: `permission.denied`.
    """
    _require(actor)
    with reading() as session:
        rows = _rows(session)
        versions = versions_of(rows)
    years = sorted({version.year for version in versions}, reverse=True)
    return tuple(
        Year(
            year,
            tuple(
                (block, tuple(v for v in versions if (v.year, v.block) == (year, block)))
                for block in SHOWN
            ),
        )
        for year in years
    )


def methodology_page(*, methodology_id: int, against: int | None, actor: Actor) -> Page:
    """A methodology as a tree, and what it changed against another version (`against`, an id).

    Without one it is compared with the version before it, of its own year or an earlier one.

    Raises:
        NotAllowed: `permission.denied`. NotFound: `methodology.unknown`.
    """
    _require(actor)
    with reading() as session:
        row = session.get(Methodology, possible(methodology_id, "methodology.unknown"))
        if row is None:
            raise NotFound("methodology.unknown")
        rows = _rows(session, row.block)
        found = methodologies.of_row(row)
        earlier = [r for r in rows if (r.year, r.number) < (row.year, row.number)]
        other = _asked(rows, against) or (earlier[0] if earlier else None)
        return _page(session, found, row, _seen(session, row.case_id, actor), rows, other)


def draft_page(*, case_id: int, actor: Actor) -> Page | None:
    """The draft last handed in in a case of the process; None before there is one.

    Raises:
        NotFound: no such case, or not for this reader.
    """
    with reading() as session:
        case = _seen(session, possible(case_id, "case.not_found"), actor)
        if case is None:
            raise NotFound("case.not_found")
        found = _drafted(session, case)
        if found is None:
            return None
        rows = [r for r in _rows(session, found.block) if r.year <= found.year]
        approved = next((r for r in rows if r.case_id == case.id), None)
        others = rows if approved is None else rows[rows.index(approved) + 1 :]
        return _page(session, found, approved, case, rows, others[0] if others else None)


def content(*, methodology_id: int, actor: Actor) -> tuple[str, bytes]:
    """The JSON of an approved methodology with a name for the file.

    Raises:
        NotAllowed: `permission.denied`. NotFound: `methodology.unknown`.
    """
    _require(actor)
    with reading() as session:
        row = session.get(Methodology, possible(methodology_id, "methodology.unknown"))
        if row is None:
            raise NotFound("methodology.unknown")
        return f"methodology-{row.year}-{row.block}-{row.number}.json", row.content


def _require(actor: Actor) -> None:
    if not may_read(actor):
        raise NotAllowed("permission.denied")


def _rows(session: Session, block: int | None = None) -> Sequence[Methodology]:
    """The rows without their contents, newest year and version first."""
    query = (
        select(Methodology)
        .order_by(Methodology.year.desc(), Methodology.number.desc())
        .options(defer(Methodology.content))
    )
    return session.scalars(
        query if block is None else query.where(Methodology.block == block)
    ).all()


def _asked(rows: Iterable[Methodology], number: int | None) -> Methodology | None:
    return next((row for row in rows if row.id == number), None)


def _seen(session: Session, case_id: int | None, actor: Actor) -> CaseFile | None:
    """A case of the process, if the reader may open it."""
    return session.scalars(
        select(CaseFile).where(
            CaseFile.id == case_id,
            CaseFile.process == PROCESS,
            visibility.can_see_case(actor),
        )
    ).one_or_none()


def _handed_in(session: Session, case: CaseFile) -> tuple[Mapping[str, Any], int] | None:
    """The answers with which a draft was last handed in, and the number of that event."""
    rows = session.execute(
        select(EventRow.body, EventRow.seq)
        .where(EventRow.stream == case.stream, EventRow.kind == "task.completed")
        .order_by(EventRow.seq.desc())
    )
    for body, seq in rows:
        facts = json.loads(body)["facts"]
        if facts.get("form") == "methodology/draft":
            return facts["answers"], seq or 0
    return None


def _drafted(session: Session, case: CaseFile) -> domain.Methodology | None:
    """What was last handed in; the trail says which document that was."""
    handed_in = _handed_in(session, case)
    if handed_in is None:
        return None
    sha256 = session.scalars(
        select(Document.sha256).where(
            Document.id.in_(handed_in[0]["documents"]), Document.media_type == MEDIA_TYPE
        )
    ).first()
    return methodologies.parsed(canonical_content(sha256)) if sha256 else None


def _requirements(session: Session, case: CaseFile) -> tuple[tuple[str, str], ...]:
    """¶ 18: how its author says that a draft meets each of the six requirements."""
    handed_in = _handed_in(session, case)
    if handed_in is None:
        return ()
    told = openings.texts(session, case.stream, handed_in[1])
    return tuple((name, str(told[name])) for name in REQUIREMENTS if name in told)


def _page(
    session: Session,
    found: domain.Methodology,
    row: Methodology | None,
    case: CaseFile | None,
    rows: Sequence[Methodology],
    other: Methodology | None,
) -> Page:
    versions = {version.id: version for version in versions_of(rows)}
    return Page(
        methodology=found,
        version=versions[row.id] if row is not None else None,
        case_id=case.id if case is not None else None,
        requirements=_requirements(session, case) if case is not None else (),
        parts=tree(Registers(session), found),
        blocks=tuple((block, weight(of)) for block, of in found.blocks.items()),
        versions=tuple(v for v in versions.values() if v.year == found.year),
        against=versions[other.id] if other is not None else None,
        changes=difference(methodologies.of_row(other), found) if other is not None else (),
    )
