"""Incidents: an act that failed in the model is undone whole and shown, with a way to retry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import events
from app.audit.sealed import Sealed
from app.db import transaction
from app.domain.actors import Actor, SystemActor
from app.domain.permissions import Permission, require
from app.domain.refusals import NotFound, Refusal
from app.engine.errors import EngineError
from app.engine.release import Release
from app.models.cases import CaseFile, Incident
from app.operations.context import Context
from app.services import acts
from app.services.numbers import possible


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An open incident of a case, for those who may see incidents."""

    id: int
    element: Mapping[str, str] | None
    code: str
    detail: str
    since: datetime
    act: str


class CaseIncident(Refusal):
    """What the person whose act failed is told."""

    status = 500


def refusal() -> CaseIncident:
    """The sentence for the person whose act ended in an incident."""
    return CaseIncident("case.incident")


@contextmanager
def told() -> Iterator[None]:
    """Tell the person of a failure of the model where there is no case to put it on.

    Raises:
        CaseIncident: the model failed.
    """
    try:
        yield
    except EngineError as error:
        raise refusal() from error


def record(
    *,
    case_id: int,
    act: str,
    error: EngineError | Refusal,
    actor: Actor | SystemActor,
    now: datetime,
) -> None:
    """Put a failed act on the case: an event, and a row that blocks its repetition.

    The refusal of a rule is an incident where nobody is there to be told: the act of a
    timer or of a message.
    """
    with transaction() as session:
        case = acts.lock_case(session, case_id)
        assert case is not None
        failed = _as_failure(case, error) if isinstance(error, Refusal) else error
        standing = session.scalar(
            select(Incident.id).where(
                Incident.case_id == case_id, Incident.act == act, Incident.state == "open"
            )
        )
        if standing is None:
            _write(acts.context_for(session, case, actor=actor, now=now), act, failed)


def _write(context: Context, act: str, error: EngineError) -> None:
    element, line, detail = error.element or None, error.line or None, error.detail[:2000]
    context.session.add(
        Incident(
            case_id=context.case.id,
            act=act,
            process=error.process,
            element=element,
            line=line,
            code=error.code,
            detail=detail,
            since=context.now,
            state="open",
            opened_seq=context.seq,
        )
    )
    acts.record(
        context,
        events.CaseIncident(
            act=act,
            process=error.process,
            element=element,
            line=line,
            code=error.code,
            detail=Sealed(detail, subject=None),
        ),
    )


def _as_failure(case: CaseFile, refusal: Refusal) -> EngineError:
    """A refusal in the form of a failure of the model; it knows its paragraph and no element."""
    told = ", ".join(f"{name}: {value}" for name, value in refusal.params.items())
    return EngineError(
        case.process, "", 0, refusal.code, f"refused by ¶ {refusal.paragraph or '-'} {told}".strip()
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
        possible(incident_id, "case.not_found")
        case_id = session.scalar(select(Incident.case_id).where(Incident.id == incident_id))
        if case_id is None:
            raise NotFound("case.not_found")
        case = acts.lock_case(session, case_id)
        assert case is not None
        # Read under the lock: of two administrators one resolves it.
        incident = session.get_one(Incident, incident_id, populate_existing=True)
        if incident.state != "open":
            raise NotFound("case.not_found")
        context = acts.context_for(session, case, actor=actor, now=now)
        incident.state, incident.closed_seq = "resolved", context.seq
        acts.record(
            context,
            events.CaseIncidentResolved(
                act=incident.act, opened_seq=incident.opened_seq, how="retry"
            ),
        )
        return case.id


def open_incidents(session: Session, case: CaseFile, release: Release) -> tuple[IncidentView, ...]:
    """The open incidents of a case, oldest first; who may see them is asked by the caller."""
    rows = session.scalars(
        select(Incident)
        .where(Incident.case_id == case.id, Incident.state == "open")
        .order_by(Incident.id)
    )
    return tuple(
        IncidentView(
            id=row.id,
            element=_element_name(release, row.process, row.element),
            code=row.code,
            detail=row.detail,
            since=row.since,
            act=row.act,
        )
        for row in rows
    )


def _element_name(release: Release, process: str, element: str | None) -> Mapping[str, str] | None:
    model = release.processes.get(process)
    found = model.elements.get(element or "") if model else None
    return found.name if found else None
