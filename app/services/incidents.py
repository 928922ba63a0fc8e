"""Incidents: an act that failed in the model is undone whole and shown, with a way to retry."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.audit import events
from app.audit.sealed import Sealed
from app.db import transaction
from app.domain.actors import Actor, SystemActor
from app.domain.permissions import Permission, require
from app.domain.refusals import NotFound, Refusal
from app.engine.errors import EngineError
from app.models.cases import Incident
from app.services import acts


class CaseIncident(Refusal):
    """What the person whose act failed is told."""

    status = 500


def refusal() -> CaseIncident:
    """The sentence for the person whose act ended in an incident."""
    return CaseIncident("case.incident")


def record(
    *, case_id: int, act: str, error: EngineError, actor: Actor | SystemActor, now: datetime
) -> None:
    """Put a failed act on the case: an event, and a row that blocks its repetition."""
    with transaction() as session:
        case = acts.lock_case(session, case_id)
        assert case is not None
        standing = session.scalar(
            select(Incident.id).where(
                Incident.case_id == case_id, Incident.act == act, Incident.state == "open"
            )
        )
        if standing is not None:
            return
        context = acts.context_for(session, case, actor=actor, now=now)
        session.add(
            Incident(
                case_id=case_id,
                act=act,
                process=error.process,
                element=error.element,
                line=error.line,
                code=error.code,
                detail=error.detail[:2000],
                since=now,
                state="open",
                opened_seq=context.seq,
            )
        )
        acts.record(
            context,
            events.CaseIncident(
                act=act,
                process=error.process,
                element=error.element,
                line=error.line,
                code=error.code,
                detail=Sealed(error.detail[:2000], subject=None),
            ),
        )


def resolve(*, incident_id: int, actor: Actor, now: datetime) -> int:
    """Let the failed act be tried again; return the case's id.

    Raises:
        NotAllowed: the actor may not resolve incidents.
        NotFound: there is no such open incident.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="incident.resolve"),
        transaction() as session,
    ):
        require(actor, Permission.RESOLVE_INCIDENTS)
        incident = session.get(Incident, incident_id)
        if incident is None or incident.state != "open":
            raise NotFound("case.not_found")
        case = acts.lock_case(session, incident.case_id)
        assert case is not None
        context = acts.context_for(session, case, actor=actor, now=now)
        incident.state, incident.closed_seq = "resolved", context.seq
        acts.record(
            context,
            events.CaseIncidentResolved(
                act=incident.act, opened_seq=incident.opened_seq, how="retry"
            ),
        )
        return case.id
