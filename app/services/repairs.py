"""Repairs: a failed act is done again otherwise than its diagram says, once two people agree.

One proposes, with a reason; another, never the same, approves or rejects. What they agree on
is for the next attempt of that very act, which is whole or nothing like every act: timers and
messages are attempted at once (`retrying`), a person's task is done again by its person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.audit import events
from app.audit.canonical import canonical
from app.audit.kinds import Change
from app.audit.sealed import Sealed
from app.db import transaction
from app.domain.actors import Actor
from app.domain.refusals import Conflict, FieldError, Invalid, NotAllowed
from app.engine.elements import Element
from app.engine.release import Release
from app.engine.values import NotAValue, normalise, normalise_object
from app.models.cases import CaseFile, Incident, Message
from app.models.facts import Commission, Decision, Minutes
from app.operations.context import Context
from app.operations.schedule import CHANGED
from app.services import acts, incidents, repair_fields

SKIPPED = frozenset({"serviceTask", "scriptTask", "businessRuleTask"})
# ¶ 59–60: what the commission has voted for is counted and recorded, never given by others.
DECIDING = frozenset(
    {"commission.count", "commission.record", "objection.decide", "objection.close"}
)
LONGEST_REASON = 4000


def propose(
    *,
    incident_id: int,
    skip: bool,
    result: Any = None,
    data: Mapping[str, Any],
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Propose with what a failed act is to be tried again; return the case's id.

    `skip` leaves the failing element out, `result` (JSON) being stored where its diagram wants
    a result; `data` gives values (JSON) to top-level fields of the case.

    Raises:
        NotAllowed: the actor may not resolve incidents.
        NotFound, Conflict: no such incident, closed, proposed already; or ¶ 60.
        Invalid: no reason, nothing to be done, or what this act or field cannot take.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="incident.propose"),
        transaction() as session,
    ):
        context, incident = incidents.held(session, incident_id, actor, now)
        if incident.proposed_seq is not None:
            raise Conflict("repair.proposed_already")
        refuse_decided(session, context.case)
        said = reasoned(reason)
        release = release_of(session, context, incident)
        skipped = _skipped(release, incident, result) if skip else {}
        changed = _changed(session, context.case, incident, release, data)
        if not skipped and not changed:
            raise Invalid("repair.empty")
        given = {name: change.new for name, change in changed.items()}
        incident.repair = canonical({"skip": skipped, "data": given})
        incident.proposed_seq, incident.proposed_by = context.seq, actor.person
        told = events.RepairProposed(
            act=incident.act,
            opened_seq=incident.opened_seq,
            skip=skipped,
            data=changed,
            reason=Sealed(said, subject=actor.person),
        )
        incidents.tell(context, incident, told)
        return context.case.id


def approve(*, incident_id: int, proposed_seq: int, actor: Actor, now: datetime) -> int:
    """Agree with a proposal of somebody else; return the case's id.

    Raises:
        NotAllowed: the actor may not resolve incidents, or proposed it.
        NotFound, Conflict: no such incident or proposal, or it is another one now; or ¶ 60.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="incident.approve"),
        transaction() as session,
    ):
        context, incident = _proposed(session, incident_id, proposed_seq, actor, now)
        proposed_by = _other(incident, actor)
        refuse_decided(session, context.case)
        skips = json.loads(incident.repair or b"{}")["skip"]
        incident.state, incident.closed_seq = "resolved", context.seq
        incident.how = "skip" if skips else "correct"
        told = events.RepairApproved(
            act=incident.act,
            opened_seq=incident.opened_seq,
            proposed_seq=proposed_seq,
            proposed_by=proposed_by,
        )
        incidents.tell(context, incident, told)
        return context.case.id


def reject(*, incident_id: int, proposed_seq: int, reason: str, actor: Actor, now: datetime) -> int:
    """Do not agree with a proposal of somebody else; return the case's id.

    Raises:
        NotAllowed: the actor may not resolve incidents, or proposed it.
        NotFound, Conflict: no such incident or proposal, or it is another one now.
        Invalid: no reason.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="incident.reject"),
        transaction() as session,
    ):
        context, incident = _proposed(session, incident_id, proposed_seq, actor, now)
        told = events.RepairRejected(
            act=incident.act,
            opened_seq=incident.opened_seq,
            proposed_seq=proposed_seq,
            proposed_by=_other(incident, actor),
            reason=Sealed(reasoned(reason), subject=actor.person),
        )
        _forget(incident)
        incidents.tell(context, incident, told)
        return context.case.id


def withdraw(*, incident_id: int, proposed_seq: int, actor: Actor, now: datetime) -> int:
    """Take one's own proposal back; return the case's id.

    Raises:
        NotAllowed: the actor may not resolve incidents, or somebody else proposed it.
        NotFound, Conflict: no such incident or proposal, or it is another one now.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="incident.withdraw"),
        transaction() as session,
    ):
        context, incident = _proposed(session, incident_id, proposed_seq, actor, now)
        if incident.proposed_by != actor.person:
            raise NotAllowed("repair.not_yours")
        told = events.RepairWithdrawn(
            act=incident.act, opened_seq=incident.opened_seq, proposed_seq=proposed_seq
        )
        _forget(incident)
        incidents.tell(context, incident, told)
        return context.case.id


def refuse_decided(session: Session, case: CaseFile) -> None:
    """¶ 60: what a commission has decided is not subject to review, by a repair neither.

    Raises:
        Conflict: `repair.decided`.
    """
    if decided(session, case):
        raise Conflict("repair.decided", paragraph="60")


def decided(session: Session, case: CaseFile) -> bool:
    """Whether the case is that of an objection on which there are minutes or a decision."""
    recorded = select(Minutes.id).join(Commission, Commission.id == Minutes.commission_id)
    found = select(CaseFile.id).where(
        CaseFile.id == case.id,
        or_(
            recorded.where(Commission.case_id == case.id).exists(),
            select(Decision.id).where(Decision.case_id == case.id).exists(),
        ),
    )
    return session.scalar(found) is not None


def reasoned(reason: str) -> str:
    """A reason as it is kept.

    Raises:
        Invalid: there is none, or it is too long.
    """
    said = reason.strip()
    if not said:
        raise _at("reason", "repair.reason_missing")
    if len(said) > LONGEST_REASON:
        raise _at("reason", "form.too_long", ("max", LONGEST_REASON))
    return said


def release_of(session: Session, context: Context, incident: Incident) -> Release:
    """The release by which the failed act runs.

    Raises:
        Conflict: `repair.not_possible`, this kind of act cannot be repaired.
    """
    kind, _, key = incident.act.partition(" ")
    own, in_force = incidents.releases_of(session, context.case, context.now)
    if kind in ("task", "timer"):
        return own
    message = session.get(Message, int(key)) if kind == "message" else None
    if message is None or message.name == CHANGED:
        raise Conflict("repair.not_possible")
    return own if message.starts is None else in_force


def skippable(release: Release, incident: Incident) -> Element | None:
    """The failing element, where it can be left out."""
    found = incidents.element_of((release,), incident)
    if found is None or found.kind not in SKIPPED or found.operation in DECIDING:
        return None
    return found


def _skipped(release: Release, incident: Incident, result: Any) -> dict[str, Any]:
    failing = incidents.element_of((release,), incident)
    if failing is not None and failing.operation in DECIDING:
        raise Conflict("repair.deciding", paragraph="60")
    element = skippable(release, incident)
    if element is None:
        raise _at("skip", "repair.not_skippable")
    if result is not None and not element.result:
        raise _at("result", "repair.no_result")
    try:
        return {element.id: normalise(result)}
    except NotAValue:
        raise _at("result", "repair.not_a_value") from None


def _changed(
    session: Session,
    case: CaseFile,
    incident: Incident,
    release: Release,
    data: Mapping[str, Any],
) -> dict[str, Change]:
    if not data:
        return {}
    known = repair_fields.known(session, case, incident, release)
    process = process_of(session, case, incident)
    if strange := sorted(data.keys() - repair_fields.fields(release, process, known).keys()):
        raise _at(f"data-{strange[0]}", "repair.unknown_field", ("field", strange[0]))
    changed = {}
    for name, value in sorted(data.items()):
        try:
            changed[name] = Change(known.get(name), normalise_object({name: value})[name])
        except NotAValue:
            raise _at(f"data-{name}", "repair.not_a_value") from None
    return changed


def process_of(session: Session, case: CaseFile, incident: Incident) -> str:
    """The process of the case in which the failed act runs: the case's, or one to be started."""
    kind, _, key = incident.act.partition(" ")
    message = session.get(Message, int(key)) if kind == "message" else None
    return message.starts if message is not None and message.starts else case.process


def _proposed(
    session: Session, incident_id: int, proposed_seq: int, actor: Actor, now: datetime
) -> tuple[Context, Incident]:
    context, incident = incidents.held(session, incident_id, actor, now)
    if incident.proposed_seq is None or incident.proposed_seq != proposed_seq:
        raise Conflict("repair.changed")
    return context, incident


def _other(incident: Incident, actor: Actor) -> str:
    """Who proposed, who must be somebody else; raises NotAllowed."""
    if incident.proposed_by is None or incident.proposed_by == actor.person:
        raise NotAllowed("repair.same_person")
    return incident.proposed_by


def _forget(incident: Incident) -> None:
    incident.repair = incident.proposed_seq = incident.proposed_by = None


def _at(field: str, code: str, *params: tuple[str, str | int]) -> Invalid:
    return Invalid("form.invalid", fields=(FieldError(field, code, params),))
