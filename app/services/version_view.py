"""The versions of a conclusion as values: figures, parts of ¶ 47, and what each has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.conclusion_difference import difference, total
from app.models.cases import CaseFile
from app.models.facts import Conclusion, ConclusionMark, Decision
from app.operations.versions import indicators_of
from app.services import openings, visibility
from app.services.sources import Indicator
from app.services.views import CorrectionView, VersionView

Written = Mapping[tuple[str, int], Mapping[str, Any]]


def version_views(
    session: Session,
    rows: Sequence[Conclusion],
    marks: Sequence[ConclusionMark],
    written: Written,
    *,
    actor: Actor,
    inside: bool,
) -> tuple[VersionView, ...]:
    """These versions, newest first, each compared with the one that it corrects or follows.

    `written` are the bodies of the events that wrote them; only who is `inside` the authority
    is told its people.
    """
    figures = {row.id: _indicators(session, row.id) for row in rows}
    texts = {row.id: parts_of(session, row) for row in rows}
    corrections = _corrections(session, rows, actor)
    found = []
    for place, row in enumerate(rows):
        base = _base(rows, place)
        found.append(
            VersionView(
                id=row.id,
                number=row.number,
                author=row.author if inside else None,
                role=written[row.stream, row.seq]["actor"].get("role", ""),
                objection=row.objection_id,
                indicators=figures[row.id],
                texts=texts[row.id],
                marks={mark.mark: mark.at for mark in marks if mark.conclusion_id == row.id},
                total=total(figures[row.id]),
                base=base.number if base else None,
                difference=difference(
                    figures[base.id], figures[row.id], texts[base.id], texts[row.id]
                )
                if base
                else None,
                correction=corrections.get(row.objection_id or 0),
            )
        )
    return tuple(found)


def parts_of(session: Session, version: Conclusion) -> Mapping[str, str]:
    """The three parts of ¶ 47 as a version has them; a correction keeps what it does not change."""
    own = openings.texts(session, version.stream, version.seq)
    if version.corrects is None:
        return own
    before = parts_of(session, session.get_one(Conclusion, version.corrects))
    return {**before, **own}


def _base(rows: Sequence[Conclusion], place: int) -> Conclusion | None:
    """The version before: the one that is corrected, otherwise the next older one shown."""
    corrected = [row for row in rows if row.id == rows[place].corrects]
    return next(iter([*corrected, *rows[place + 1 : place + 2]]), None)


def _indicators(session: Session, conclusion: int) -> tuple[Indicator, ...]:
    return tuple(
        Indicator(i.code, i.name, i.value, i.points, i.max)
        for i in indicators_of(session, conclusion)
    )


def _corrections(
    session: Session, rows: Sequence[Conclusion], actor: Actor
) -> dict[int, CorrectionView]:
    """By which objections versions were corrected (¶ 61): their cases and decisions, by objection.

    The case is named only to whoever may open it.
    """
    ids = [row.objection_id for row in rows if row.objection_id is not None]
    if not ids:
        return {}
    cases = {
        row.subject: row
        for row in session.execute(
            select(
                CaseFile.id,
                CaseFile.subject,
                CaseFile.number,
                visibility.can_see_case(actor).label("open"),
            ).where(CaseFile.process == "objection", CaseFile.subject.in_(ids))
        )
    }
    decisions = {
        row.objection_id: row
        for row in session.scalars(select(Decision).where(Decision.objection_id.in_(ids)))
    }
    return {
        ident: CorrectionView(
            number=cases[ident].number,
            case_id=cases[ident].id if cases[ident].open else None,
            outcome=decisions[ident].outcome,
            decision=decisions[ident].number,
            dated=decisions[ident].dated,
        )
        for ident in ids
        if ident in cases and ident in decisions
    }
