"""Incidents: an act that failed in the model is undone whole and shown, with a way to retry.

An act is named by what it was: `timer KEY`, `message NUMBER`, `task KEY`. How one is repaired
otherwise than by trying again stands in `repairs`, what people are shown in `incident_views`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit import events
from app.audit.sealed import Sealed
from app.db import transaction
from app.domain.actors import Actor, Holding, SystemActor
from app.domain.calendar import local_day
from app.domain.permissions import GRANTED, Permission, require
from app.domain.refusals import Conflict, NotFound, Refusal
from app.engine.elements import Element
from app.engine.errors import EngineError
from app.engine.release import Release
from app.models.cases import CaseFile, Incident
from app.operations.context import Context
from app.services import acts, releases
from app.services.numbers import possible


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
        before = select(func.count(), func.count().filter(Incident.state == "open")).where(
            Incident.case_id == case_id, Incident.act == act
        )
        earlier, standing = session.execute(before).one()
        if not standing:
            context = acts.context_for(session, case, actor=actor, now=now)
            _write(context, act, failed, attempt=earlier + 1)


def _write(context: Context, act: str, error: EngineError, *, attempt: int) -> None:
    element, line, detail = error.element or None, error.line or None, error.detail[:2000]
    found = element_of(releases_of(context.session, context.case, context.now), error)
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
            attempt=attempt,
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
        paragraphs=found.paragraphs if found else (),
    )


def releases_of(session: Session, case: CaseFile, now: datetime) -> tuple[Release, ...]:
    """The releases in which a failing element may be: the case's own, and the one in force.

    A message that starts a case fails in the latter, and its incident lies with the sender.
    """
    own = releases.load(session, case.release)
    return own, releases.in_force(session, local_day(now))


def element_of(found: tuple[Release, ...], error: EngineError | Incident) -> Element | None:
    """The element at which an act failed, None where it was at none that a diagram has."""
    for release in found:
        process = release.processes.get(error.process)
        if process is not None:
            return process.elements.get(error.element or "")
    return None


def _as_failure(case: CaseFile, refusal: Refusal) -> EngineError:
    """A refusal in the form of a failure of the model; it knows its paragraph and no element."""
    told = ", ".join(f"{name}: {value}" for name, value in refusal.params.items())
    return EngineError(
        case.process, "", 0, refusal.code, f"refused by ¶ {refusal.paragraph or '-'} {told}".strip()
    )


def resolve(*, incident_id: int, actor: Actor, now: datetime) -> int:
    """Let the failed act be tried again as it is; return the case's id.

    Raises:
        NotAllowed: the actor may not resolve incidents.
        NotFound, Conflict: there is no such incident, or it is open no more.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="incident.resolve"),
        transaction() as session,
    ):
        context, incident = held(session, incident_id, actor, now)
        incident.state, incident.how, incident.closed_seq = "resolved", "retry", context.seq
        incident.repair = incident.proposed_seq = incident.proposed_by = None
        told = events.CaseIncidentResolved(
            act=incident.act, opened_seq=incident.opened_seq, how="retry"
        )
        tell(context, incident, told)
        return context.case.id


def held(
    session: Session, incident_id: int, actor: Actor, now: datetime
) -> tuple[Context, Incident]:
    """An open incident that the actor may resolve, its case held until the transaction ends.

    Raises:
        NotAllowed: the actor may not resolve incidents.
        NotFound: there is no such incident.
        Conflict: `incident.closed`, somebody was first.
    """
    require(actor, Permission.RESOLVE_INCIDENTS)
    possible(incident_id, "incident.not_found")
    case_id = session.scalar(select(Incident.case_id).where(Incident.id == incident_id))
    if case_id is None:
        raise NotFound("incident.not_found")
    case = acts.lock_case(session, case_id)
    assert case is not None
    # Read under the lock: of two administrators one resolves it.
    incident = session.get_one(Incident, incident_id, populate_existing=True)
    if incident.state != "open":
        raise Conflict("incident.closed")
    return acts.context_for(session, case, actor=actor, now=now), incident


def tell(context: Context, incident: Incident, event: events.Event) -> None:
    """Write the event of what somebody decided about an incident, with its paragraphs."""
    found = element_of(releases_of(context.session, context.case, context.now), incident)
    acts.record(
        context,
        event,
        holding=_holding(context.actor),
        paragraphs=found.paragraphs if found else (),
    )


def _holding(actor: Actor | SystemActor) -> Holding | None:
    """The role under which somebody resolves incidents."""
    if isinstance(actor, SystemActor):
        return None
    return next(
        (
            holding
            for holding in actor.holdings
            if Permission.RESOLVE_INCIDENTS in GRANTED.get(holding.role, frozenset())
        ),
        None,
    )
