"""Where evaluations stand: one reading of each table for any number of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.models.cases import CaseFile, Incident, Task
from app.models.evaluation import Report
from app.models.facts import Conclusion, ConclusionIndicator, ConclusionMark, Decision, Objection
from app.services import releases, visibility

# What the open task of an evaluation means for those who look at the whole year.
STAGES: Mapping[str, str] = {
    "report": "report",
    "certify": "report",
    "intake": "intake",
    "recheck": "recheck",
    "score": "scoring",
    "approve": "scoring",
    "no_result": "conclusion",
    "enter": "conclusion",
    "draft": "conclusion",
    "sign": "conclusion",
    "receive": "delivery",
    "prove": "delivery",
    "object": "window",
}
ORDER = tuple(dict.fromkeys(STAGES.values()))
# No task is open: an objection is being considered, in a case of its own.
APPEAL, FINAL = "appeal", "final"


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that is open: its name, until when it is due, whether the reader may act on it."""

    id: int
    mine: bool
    element: str
    names: Mapping[str, str]
    organisation: str | None
    due_at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The course of an evaluation.

    `stage`: report, intake, recheck, scoring, conclusion, delivery, window, appeal or final;
    `late`: a task is overdue; `days_late` of the newest report (¶ 40), None before there is
    one; `objections` in all and still `undecided`; `points` of `max` once a conclusion has
    been delivered; `stopped` by an error.
    """

    stage: str
    tasks: tuple[OpenTask, ...]
    late: bool
    days_late: int | None
    objections: int
    undecided: int
    points: str | None
    max: str | None
    stopped: bool


def standings(
    session: Session, cases: Sequence[CaseFile], actor: Actor, now: datetime
) -> Mapping[int, Standing]:
    """Where each of these evaluations stands at `now`, by the id of its case."""
    ids = [case.id for case in cases]
    tasks, reports = _tasks(session, cases, actor, now), _days_late(session, ids)
    objections, points = _objections(session, ids), _points(session, ids)
    stopped = set(
        session.scalars(
            select(Incident.case_id).where(Incident.case_id.in_(ids), Incident.state == "open")
        )
    )
    return {
        case.id: Standing(
            stage=_stage(case, tasks.get(case.id, ())),
            tasks=tuple(tasks.get(case.id, ())),
            late=any(task.late for task in tasks.get(case.id, ())),
            days_late=reports.get(case.id),
            objections=objections.get(case.id, (0, 0))[0],
            undecided=objections.get(case.id, (0, 0))[1],
            points=points.get(case.id, (None, None))[0],
            max=points.get(case.id, (None, None))[1],
            stopped=case.id in stopped,
        )
        for case in cases
    }


def _stage(case: CaseFile, tasks: Sequence[OpenTask]) -> str:
    """The stage: of several tasks the one that is least far; a new element counts as scoring."""
    if case.status == "ended":
        return FINAL
    if not tasks:
        return APPEAL
    return min((STAGES.get(task.element, "scoring") for task in tasks), key=ORDER.index)


def _tasks(
    session: Session, cases: Sequence[CaseFile], actor: Actor, now: datetime
) -> dict[int, list[OpenTask]]:
    by_id = {case.id: case for case in cases}
    mine = set(
        session.scalars(
            select(Task.id).where(
                Task.case_id.in_(by_id),
                visibility.can_see_task(actor, visibility.barred_years(session, actor)),
            )
        )
    )
    rows = session.scalars(
        select(Task).where(Task.case_id.in_(by_id), Task.state == "open").order_by(Task.id)
    )
    found: dict[int, list[OpenTask]] = {}
    for row in rows:
        model = releases.load(session, by_id[row.case_id].release).processes[row.process]
        found.setdefault(row.case_id, []).append(
            OpenTask(
                id=row.id,
                mine=row.id in mine,
                element=row.element,
                names=dict(model.elements[row.element].name),
                organisation=row.organisation,
                due_at=row.due_at,
                late=row.due_at is not None and row.due_at <= now,
            )
        )
    return found


def _days_late(session: Session, ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(Report.case_id, Report.days_late)
        .where(Report.case_id.in_(ids))
        .order_by(Report.number)
    )
    return {row.case_id: row.days_late for row in rows}


def _objections(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    rows = session.execute(
        select(Objection.conclusion_case, func.count(Objection.id), func.count(Decision.id))
        .outerjoin(Decision, Decision.objection_id == Objection.id)
        .where(Objection.conclusion_case.in_(ids))
        .group_by(Objection.conclusion_case)
    )
    return {case: (filed, filed - decided) for case, filed, decided in rows}


def _points(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Points of max by case, of the newest version of what has been delivered."""
    delivered: ColumnElement[bool] = Conclusion.case_id.in_(
        select(ConclusionMark.case_id).where(ConclusionMark.mark == "delivered")
    )
    newest = (
        select(func.max(Conclusion.id).label("id"))
        .where(Conclusion.case_id.in_(ids), delivered)
        .group_by(Conclusion.case_id)
        .subquery()
    )
    rows = session.execute(
        select(Conclusion.case_id, ConclusionIndicator.points, ConclusionIndicator.max)
        .join(newest, newest.c.id == Conclusion.id)
        .join(ConclusionIndicator, ConclusionIndicator.conclusion_id == Conclusion.id)
    )
    sums: dict[int, tuple[Decimal, Decimal]] = {}
    for case, points, most in rows:
        got, of = sums.get(case, (Decimal(0), Decimal(0)))
        sums[case] = got + Decimal(points), of + Decimal(most)
    return {case: (format(got, "f"), format(of, "f")) for case, (got, of) in sums.items()}
