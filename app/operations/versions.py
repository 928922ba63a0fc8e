"""Reading the versions of a conclusion and what was marked on them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.facts import Conclusion, ConclusionIndicator, ConclusionMark, ObjectionPoint


def newest(session: Session, case_id: int) -> Conclusion:
    """The newest version of a conclusion.

    Raises:
        NoResultFound: none has been entered.
    """
    return session.scalars(
        select(Conclusion)
        .where(Conclusion.case_id == case_id)
        .order_by(Conclusion.number.desc())
        .limit(1)
    ).one()


def indicators_of(session: Session, conclusion_id: int) -> Sequence[ConclusionIndicator]:
    """The indicators of a version, in their order."""
    return session.scalars(
        select(ConclusionIndicator)
        .where(ConclusionIndicator.conclusion_id == conclusion_id)
        .order_by(ConclusionIndicator.position)
    ).all()


def marked(session: Session, case_id: int, mark: str) -> ConclusionMark | None:
    """The newest mark of a kind (issued, delivered, received, final) on a conclusion case."""
    return session.scalars(
        select(ConclusionMark)
        .where(ConclusionMark.case_id == case_id, ConclusionMark.mark == mark)
        .order_by(ConclusionMark.id.desc())
        .limit(1)
    ).one_or_none()


def objected(session: Session, objection_id: int) -> Sequence[str]:
    """The codes of the indicators an objection is against."""
    return session.scalars(
        select(ObjectionPoint.indicator)
        .where(ObjectionPoint.objection_id == objection_id)
        .order_by(ObjectionPoint.id)
    ).all()
