"""How far a played year has come, and what came of it, counted in the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from app.db import reading
from app.models.cases import CaseFile, Task
from app.models.evaluation import PartMark, PartScore
from app.models.facts import Decision, Objection
from app.models.overall import Overall, OverallMark
from app.services import installation

OUTCOMES = ("accepted", "partly", "rejected", "without_documents", "late")
BEFORE_ACCEPTANCE = ("block_evaluation/%",)
BEFORE_DELIVERY = (*BEFORE_ACCEPTANCE, "part_evaluation/%", "conclusion/draft", "conclusion/sign")


def evaluation(year: int, body: str, block: int) -> int:
    """The case of the evaluation of a body's block."""
    with reading() as session:
        return session.scalars(
            _cases(year).where(CaseFile.evaluated_body == body, CaseFile.block == block)
        ).one()


def reached(stage: str, year: int) -> bool:
    """Say whether the year has come to the end of a stage (`STAGES`)."""
    with reading() as session:
        return _begun(session, year) and STAGES[stage](session, year)


def counted(year: int) -> dict[str, Any]:
    """The counts of a year: evaluations, tasks that people did, objections and events."""
    with reading() as session:
        return {
            "block_evaluations": _number(session, _cases(year)),
            "part_evaluations": _number(session, _parts(year)),
            "human_tasks": _number(session, select(Task.id).where(Task.state == "done")),
            "objections": _objections(session, year),
            "events": installation.count_events(),
        }


def _objections(session: Session, year: int) -> dict[str, int]:
    outcomes = session.scalars(
        select(Decision.outcome)
        .join(Objection, Objection.id == Decision.objection_id)
        .where(Objection.year == year)
    ).all()
    total = _number(session, select(Objection.id).where(Objection.year == year))
    return {"total": total, **{name: outcomes.count(name) for name in OUTCOMES}}


def _parts(year: int) -> Select[int]:
    """The parts whose scores are approved, each once."""
    return (
        select(PartScore.id)
        .join(PartMark, PartMark.part_score_id == PartScore.id)
        .join(CaseFile, CaseFile.id == PartScore.case_id)
        .where(PartMark.mark == "approved", CaseFile.year == year)
    )


def _begun(session: Session, year: int) -> bool:
    return bool(session.scalar(select(_cases(year).exists())))


def _nothing_open(*forms: str) -> Callable[[Session, int], bool]:
    """Whether no task is open whose form is like one of these."""
    alike = or_(*(Task.form.like(form) for form in forms))
    return lambda session, _year: (
        not session.scalar(select(exists().where(Task.state == "open", alike)))
    )


def _all_ended(session: Session, year: int) -> bool:
    return not session.scalar(select(_cases(year).where(CaseFile.status == "running").exists()))


def _marked(mark: str) -> Callable[[Session, int], bool]:
    """Whether the overall results of the year carry a mark."""

    def holds(session: Session, year: int) -> bool:
        query = select(OverallMark.id).join(Overall, Overall.id == OverallMark.overall_id)
        found = query.where(Overall.year == year, OverallMark.mark == mark)
        return bool(session.scalar(select(found.exists())))

    return holds


STAGES: Mapping[str, Callable[[Session, int], bool]] = {
    "opened": lambda _session, _year: True,
    "reported": _nothing_open(*BEFORE_ACCEPTANCE),
    "delivered": _nothing_open(*BEFORE_DELIVERY),
    # Its end is an hour of the plot: some are decided then, and others not.
    "objections": lambda _session, _year: False,
    "final": _all_ended,
    "overall": _marked("submitted"),
    "published": _marked("published"),
}


def _cases(year: int) -> Select[int]:
    return select(CaseFile.id).where(CaseFile.process == "block_evaluation", CaseFile.year == year)


def _number(session: Session, query: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
