"""Cases that a person starts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.db import transaction
from app.domain.actors import Actor
from app.domain.calendar import local_day
from app.domain.permissions import Permission, require
from app.domain.refusals import NotAllowed, NotFound
from app.services import acts, beginnings, incidents, messages, outages, releases, sources
from app.services.answers import validate


def start(
    *,
    process: str,
    organisation: str,
    actor: Actor,
    answers: Mapping[str, Any],
    now: datetime,
) -> beginnings.Started:
    """Start a case of `process` for `organisation` with the answers to its start form.

    Raises:
        NotFound: no such process, or people do not start it.
        NotAllowed: the actor does not hold the starting role there.
        Invalid, Conflict: a rule refused the answers.
        CaseIncident: the model failed; there is no case.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted=f"{process}.start"),
        incidents.told(),
        transaction() as session,
    ):
        beginnings.one_at_a_time(session)
        require(actor, Permission.START_CASES)
        release = releases.in_force(session, local_day(now))
        model = release.processes.get(process)
        if model is None or model.start_form is None:
            raise NotFound("case.not_found")
        if not actor.holds(model.start_role or "", organisation):
            raise NotAllowed("permission.denied")
        form = release.forms[model.start_form]
        checked = validate(form, answers, sources.start_offered(session, form))
        started = beginnings.first_act(
            session,
            release,
            model,
            data=None,
            answers=checked.clear,
            sealed=checked.sealed,
            organisation=organisation,
            actor=actor,
            now=now,
        )
    with outages.left_to_the_ticker():
        messages.deliver_from(case_id=started.id, now=now)
    return started
