"""The facts of a case as pages, letters and exports show them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.permissions import Permission, allows
from app.models.cases import CaseFile
from app.models.facts import (
    Conclusion,
    ConclusionMark,
    Decision,
    DecisionPoint,
    Objection,
    ObjectionDocument,
    ScheduleDraft,
    ScheduleOrder,
)
from app.operations.composition import commission_of
from app.operations.objection import decision_on
from app.operations.versions import CONCLUDING, indicators_of, objected
from app.services import openings
from app.services.commission_view import commission_view
from app.services.receipt_view import receipt_view
from app.services.sources import Indicator, conclusion_case_of
from app.services.version_view import version_views
from app.services.views import (
    About,
    ConclusionView,
    DecisionView,
    ObjectionView,
    ScheduleView,
)

TERMS = (
    ("report_1", "7(1)"),
    ("report_2", "7(1)"),
    ("report_3", "7(1)"),
    ("conclusions", "7(2)"),
    ("after_appeals", "7(3)"),
    ("overall", "7(4)"),
    ("to_president", "7(5)"),
)


def about(session: Session, case: CaseFile, actor: Actor, now: datetime) -> About:
    """The facts of a case at `now`, as far as the actor may read them."""
    schedules: tuple[ScheduleView, ...] = ()
    conclusion: ConclusionView | None = None
    objections: tuple[ObjectionView, ...] = ()
    if case.process == "schedule":
        schedules = _schedules(session, case)
    if case.process in (*CONCLUDING, "objection"):
        conclusion = conclusion_view(session, conclusion_case_of(session, case), case, actor)
        objections = _objections(session, case, actor, now)
    return About(schedules=schedules, conclusion=conclusion, objections=objections)


def is_inside(case: CaseFile, actor: Actor) -> bool:
    """Say whether the actor may see how the authority works on a case, votes included."""
    if allows(actor, Permission.SEE_EVERY_CASE):
        return True
    return case.authority in actor.organisations and case.evaluated_body not in actor.organisations


def _schedules(session: Session, case: CaseFile) -> tuple[ScheduleView, ...]:
    rows = session.execute(
        select(ScheduleDraft, ScheduleOrder)
        .outerjoin(ScheduleOrder, ScheduleOrder.draft_id == ScheduleDraft.id)
        .where(ScheduleDraft.case_id == case.id)
        .order_by(ScheduleDraft.id.desc())
    ).all()
    newest_order = session.scalar(
        select(ScheduleOrder.id)
        .where(ScheduleOrder.year == case.year)
        .order_by(ScheduleOrder.number.desc())
        .limit(1)
    )
    return tuple(schedule_view(row.ScheduleDraft, row.ScheduleOrder, newest_order) for row in rows)


def schedule_view(
    draft: ScheduleDraft, order: ScheduleOrder | None, newest_order: int | None
) -> ScheduleView:
    """A schedule for display; `newest_order` is the row in force."""
    return ScheduleView(
        year=draft.year,
        author=draft.author,
        terms=tuple((name, paragraph, getattr(draft, name)) for name, paragraph in TERMS),
        number=order.number if order else None,
        order_number=order.order_number if order else None,
        order_date=order.order_date if order else None,
        in_force=order is not None and order.id == newest_order,
    )


def conclusion_view(
    session: Session, case_id: int, case: CaseFile, actor: Actor
) -> ConclusionView | None:
    """The conclusion of `case_id` with its versions, as `case` shows it to the actor.

    None before there is one to be shown. Outside the authority without the drafts that were
    never signed, and without the names of those who wrote: a version is shown once it was
    delivered, or as the correction of one that was.
    """
    inside = is_inside(case, actor)
    rows = session.scalars(
        select(Conclusion).where(Conclusion.case_id == case_id).order_by(Conclusion.number.desc())
    ).all()
    marks = session.scalars(
        select(ConclusionMark).where(ConclusionMark.case_id == case_id).order_by(ConclusionMark.id)
    ).all()
    sent = {mark.conclusion_id for mark in marks if mark.mark == "delivered"}
    if not inside:
        rows = [row for row in rows if row.id in sent or row.corrects is not None]
    if not rows:
        return None
    last = {mark.mark: mark for mark in marks}
    written = openings.bodies(session, [(row.stream, row.seq) for row in rows])
    received = last.get("received")
    return ConclusionView(
        case_id=case_id,
        year=rows[0].year,
        block=rows[0].block,
        evaluated_body=rows[0].evaluated_body,
        authority=rows[0].authority,
        versions=version_views(session, rows, marks, written, actor=actor, inside=inside),
        delivered_at=last["delivered"].at if "delivered" in last else None,
        received_at=received.at if received else None,
        window_ends_at=received.until if received else None,
        final_at=last["final"].at if "final" in last else None,
        receipt=receipt_view(session, received, known_bodies(case, actor)) if received else None,
    )


def known_bodies(case: CaseFile, actor: Actor) -> frozenset[str]:
    """The bodies of a case whose people the actor may know by name: inside, both sides."""
    sides = {body for body in (case.authority, case.evaluated_body) if body is not None}
    return frozenset(sides) if is_inside(case, actor) else frozenset(sides & actor.organisations)


def _objections(
    session: Session, case: CaseFile, actor: Actor, now: datetime
) -> tuple[ObjectionView, ...]:
    query = select(Objection).order_by(Objection.id)
    if case.process == "objection":
        query = query.where(Objection.id == case.subject)
    else:
        query = query.where(Objection.conclusion_case == case.id)
    return tuple(objection_view(session, row, actor, now) for row in session.scalars(query))


def objection_view(session: Session, row: Objection, actor: Actor, now: datetime) -> ObjectionView:
    """An objection with its commission and decision, as far as the actor may read them."""
    case = session.scalars(
        select(CaseFile).where(CaseFile.process == "objection", CaseFile.subject == row.id)
    ).one_or_none()
    indicators = {
        i.code: Indicator(i.code, i.name, i.value, i.points, i.max)
        for i in indicators_of(session, row.conclusion_id)
    }
    commission = commission_of(session, row.id)
    decision = decision_on(session, row.id)
    inside = case is not None and is_inside(case, actor)
    return ObjectionView(
        id=row.id,
        case_id=case.id if case else None,
        number=case.number if case else None,
        evaluated_body=row.evaluated_body,
        authority=row.authority,
        filed_by=row.filed_by,
        filed_at=row.filed_at,
        late=row.late,
        points=tuple(indicators[code] for code in objected(session, row.id) if code in indicators),
        grounds=openings.texts(session, row.stream, row.seq).get("grounds", ""),
        documents=tuple(
            session.scalars(
                select(ObjectionDocument.document_id)
                .where(ObjectionDocument.objection_id == row.id)
                .order_by(ObjectionDocument.id)
            )
        ),
        commission=commission_view(session, commission, now) if commission and inside else None,
        decision=_decision(session, decision) if decision else None,
    )


def _decision(session: Session, row: Decision) -> DecisionView:
    points = session.scalars(
        select(DecisionPoint).where(DecisionPoint.decision_id == row.id).order_by(DecisionPoint.id)
    )
    return DecisionView(
        id=row.id,
        outcome=row.outcome,
        number=row.number,
        dated=row.dated,
        decided_at=row.decided_at,
        points={point.indicator: point.accepted for point in points},
        reasons=openings.texts(session, row.stream, row.seq).get("reasons", ""),
    )
