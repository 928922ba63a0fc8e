"""One incident: what failed, what is proposed, what may be given, and what happened to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor
from app.domain.permissions import Permission, allows, require
from app.domain.refusals import Conflict, NotFound
from app.engine.forms import LANGUAGES, Names
from app.models.cases import CaseFile, Incident
from app.models.trail import EventRow
from app.services import (
    acts,
    incident_rows,
    incident_views,
    openings,
    people,
    repair_fields,
    repairs,
)
from app.services.numbers import possible

_KINDS = (
    "case.incident",
    "case.incident_resolved",
    "incident.repair_proposed",
    "incident.repair_approved",
    "incident.repair_rejected",
    "incident.repair_withdrawn",
)
_MOVING = ("task.completed", "timer.fired", "message.delivered")


@dataclass(frozen=True, slots=True)
class Past:
    """One event in the history of an incident; `data` tells old and new value by field."""

    seq: int
    kind: str
    at: datetime
    person: str | None
    system: str | None
    reason: str
    skipped: bool
    result: Any
    data: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Given:
    """A field of the case that may be given a value; `known` is the one it has, as JSON."""

    name: str
    label: Names
    known: str | None


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """An incident as somebody may see it; what may be done is empty for whoever only reads.

    `proposal` is the event of a proposal that waits; `mine` says that it is the reader's own.
    `decided` names ¶ 60: nothing but another attempt is left. `skippable` and `result` say
    whether the failing element can be left out, and the name that its result has.
    """

    incident: incident_views.IncidentView
    history: tuple[Past, ...]
    names: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, Names]
    may_resolve: bool
    proposal: int | None
    mine: bool
    decided: bool
    possible: bool
    skippable: bool
    result: str | None
    fields: tuple[Given, ...]
    waits: bool


def incident_page(*, incident_id: int, actor: Actor, now: datetime) -> IncidentPage:
    """An incident with its history.

    Raises:
        NotAllowed: the actor may not see incidents.
        NotFound: there is no such incident.
    """
    require(actor, Permission.SEE_INCIDENTS)
    with reading() as session:
        row = session.get(Incident, possible(incident_id, "incident.not_found"))
        if row is None:
            raise NotFound("incident.not_found")
        case = session.get_one(CaseFile, row.case_id)
        [view] = incident_views.views(session, [row], actor, now)
        history = _history(session, case, row)
        ready = incident_rows.ready(session.connection(), case.id, row.act)
        return IncidentPage(
            incident=view,
            history=history,
            names=people.names(session, {past.person for past in history}),
            proposal=row.proposed_seq if row.state == "open" else None,
            mine=row.proposed_by == actor.person,
            decided=repairs.decided(session, case),
            may_resolve=allows(actor, Permission.RESOLVE_INCIDENTS) and row.state == "open",
            waits=ready.fact is not None
            and ready.fact["incident_seq"] == row.opened_seq
            and not any(past.kind in _MOVING for past in history),
            **_choices(session, case, row, actor, now),
        )


def _choices(
    session: Session, case: CaseFile, row: Incident, actor: Actor, now: datetime
) -> dict[str, Any]:
    """What may be proposed: the element to leave out and the fields to give."""
    context = acts.context_for(session, case, actor=actor, now=now)
    try:
        release = repairs.release_of(session, context, row)
    except Conflict:
        nothing = {"possible": False, "skippable": False, "result": None}
        return {**nothing, "fields": (), "labels": {}}
    open_ = row.state == "open"
    known = repair_fields.known(session, case, row, release) if open_ else {}
    labels = repair_fields.fields(release, repairs.process_of(session, case, row), known)
    element = repairs.skippable(release, row)
    return {
        "possible": True,
        "skippable": element is not None,
        "result": element.result if element is not None else None,
        "labels": labels,
        "fields": tuple(
            Given(name, label, _json(known[name]) if name in known else None)
            for name, label in labels.items()
        )
        if open_
        else (),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _history(session: Session, case: CaseFile, row: Incident) -> tuple[Past, ...]:
    """The events of an incident, oldest first, and the act that was done with its repair."""
    rows = session.execute(
        select(EventRow.seq, EventRow.kind, EventRow.at, EventRow.body)
        .where(
            EventRow.stream == case.stream,
            EventRow.seq >= row.opened_seq,
            EventRow.kind.in_((*_KINDS, *_MOVING)),
        )
        .order_by(EventRow.seq)
    ).all()
    texts = openings.many(session, [(case.stream, event.seq or 0) for event in rows])
    return tuple(
        _past(event, body, texts[case.stream, event.seq or 0])
        for event in rows
        if _of(body := json.loads(event.body), row)
    )


def _of(body: Mapping[str, Any], row: Incident) -> bool:
    """Whether an event is of an incident."""
    facts = body["facts"]
    if body["kind"] in _MOVING:
        ended = row.state == "over" and row.closed_seq == body["seq"]
        return ended or (facts.get("repair") or {}).get("incident_seq") == row.opened_seq
    return row.opened_seq in (body["seq"], facts.get("opened_seq"))


def _past(event: Any, body: Mapping[str, Any], texts: Mapping[str, Any]) -> Past:
    facts, proposed = body["facts"], event.kind == "incident.repair_proposed"
    skip = facts["skip"] if proposed else {}
    return Past(
        seq=event.seq,
        kind=event.kind,
        at=event.at,
        person=body["actor"].get("person"),
        system=body["actor"].get("system"),
        reason=str(texts.get("reason", "")),
        skipped=bool(skip),
        result=next(iter(skip.values()), None),
        data=facts["data"] if proposed else {},
    )


def label_of(page: IncidentPage, name: str) -> Names:
    """The name of a field for people."""
    return page.labels.get(name) or dict.fromkeys(LANGUAGES, name)
