"""The versions of a conclusion and what was marked on them: read and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.models.cases import CaseFile
from app.models.facts import Conclusion, ConclusionIndicator, ConclusionMark, ObjectionPoint
from app.operations import facts
from app.operations.context import Context

# Processes whose cases end in a conclusion: one entered as a document, or one that was scored
# here, its parts in the case of their block. To act in them for an authority is to take part.
CONCLUDING = ("conclusion", "block_evaluation")


def newest(session: Session, case_id: int) -> Conclusion:
    """The newest version of a conclusion.

    Raises:
        NoResultFound: none has been entered.
    """
    found = facts.newest(session, Conclusion, _NEWEST, {"case": case_id})
    if found is None:
        raise NoResultFound(f"case {case_id} has no conclusion")
    return found


_NEWEST = (
    select(Conclusion.__table__)
    .where(Conclusion.case_id == bindparam("case"))
    .order_by(Conclusion.number.desc())
    .limit(1)
)


def indicators_of(session: Session, conclusion_id: int) -> Sequence[ConclusionIndicator]:
    """The indicators of a version, in their order."""
    return facts.read(session, ConclusionIndicator, _INDICATORS, {"conclusion": conclusion_id})


_INDICATORS = (
    select(ConclusionIndicator.__table__)
    .where(ConclusionIndicator.conclusion_id == bindparam("conclusion"))
    .order_by(ConclusionIndicator.position)
)


def marked(session: Session, case_id: int, mark: str) -> ConclusionMark | None:
    """The newest mark of a kind (issued, delivered, received, final) on a conclusion case."""
    return facts.newest(session, ConclusionMark, _MARKED, {"case": case_id, "mark": mark})


_MARKED = (
    select(ConclusionMark.__table__)
    .where(ConclusionMark.case_id == bindparam("case"), ConclusionMark.mark == bindparam("mark"))
    .order_by(ConclusionMark.id.desc())
    .limit(1)
)


def objected(session: Session, objection_id: int) -> Sequence[str]:
    """The codes of the indicators an objection is against."""
    return session.scalars(
        select(ObjectionPoint.indicator)
        .where(ObjectionPoint.objection_id == objection_id)
        .order_by(ObjectionPoint.id)
    ).all()


def new_version(
    context: Context,
    case: CaseFile,
    *,
    evaluated_body: str,
    corrects: int | None = None,
    objection: int | None = None,
) -> Conclusion:
    """Write the next version of the conclusion of `case`; its author is who acts."""
    last = context.session.scalar(
        select(func.max(Conclusion.number)).where(Conclusion.case_id == case.id)
    )
    return context.write(
        Conclusion(
            case_id=case.id,
            number=1 + (last or 0),
            year=case.year,
            block=case.block,
            evaluated_body=evaluated_body,
            authority=case.authority,
            author=context.person,
            corrects=corrects,
            objection_id=objection,
        )
    )


def write_indicators(
    context: Context, conclusion_id: int, rows: Sequence[Mapping[str, str]]
) -> None:
    """Write the indicators of a version, in their order."""
    context.write_all(
        ConclusionIndicator(
            conclusion_id=conclusion_id,
            position=position,
            code=row["code"],
            name=row["name"],
            value=row["value"],
            points=row["points"],
            max=row["max"],
        )
        for position, row in enumerate(rows, start=1)
    )
