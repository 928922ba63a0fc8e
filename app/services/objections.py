"""Objections sent after the window of ¶ 57: registered as late, never lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.audit import events
from app.audit.canonical import canonical
from app.audit.sealed import Sealed
from app.db import reading, transaction
from app.domain.actors import Actor
from app.domain.calendar import local_day
from app.domain.refusals import NotAllowed, NotFound
from app.engine.forms import Form
from app.models.cases import CaseFile, Message
from app.operations.context import Context
from app.operations.objection import register
from app.operations.registers import Registers
from app.operations.versions import CONCLUDING, marked
from app.services import acts, drafts, messages, outages, releases, sources
from app.services.answers import Answers, validate
from app.services.case_page import visible_case
from app.services.numbers import possible
from app.services.sources import LATE_KEY

FORM = "conclusion/object"


def late_form(*, case_id: int, actor: Actor) -> tuple[Form, tuple[sources.Indicator, ...]]:
    """The form of a late objection, and the indicators of the newest version.

    Raises:
        NotFound: no such conclusion for this reader.
        NotAllowed: the reader does not work for the evaluated body.
    """
    with reading() as session:
        case = visible_case(session, case_id, actor)
        _may_file(case, actor)
        form = releases.load(session, case.release).forms[FORM]
        return form, tuple(sources.current_indicators(session, case))


def file_late(*, case_id: int, actor: Actor, answers: Mapping[str, Any], now: datetime) -> None:
    """¶ 57: register an objection sent after the window; a recorded decision closes it.

    Raises:
        NotFound, NotAllowed: as for `late_form`.
        Invalid: wrong answers, or the lack of documents is not confirmed (¶ 58).
    """
    with (
        acts.refusals_recorded(
            actor=actor, now=now, attempted="objection.file_late", case_id=case_id
        ),
        transaction() as session,
    ):
        case = acts.lock_case(session, possible(case_id, "case.not_found"))
        if case is None or case.process not in CONCLUDING:
            raise NotFound("case.not_found")
        _may_file(case, actor)
        form = releases.load(session, case.release).forms[FORM]
        checked = validate(
            form,
            answers,
            sources.offered(session, case, form, task_key=LATE_KEY, actor=actor, now=now),
        )
        context = acts.context_for(session, case, actor=actor, now=now, answers=checked.all)
        registered = _register(context, checked)
        message = _start_case(session, case, context.seq, registered, now)
        drafts.forget(session, case.id, FORM, actor.person)
        acts.record(
            context,
            events.ObjectionFiledLate(
                objection=registered["id"],
                answers={
                    **checked.decisive,
                    **{k: Sealed(v, subject=actor.person) for k, v in checked.sealed.items()},
                },
                sent=[message],
            ),
            holding=actor.holding_for("case_officer", case.evaluated_body or ""),
            paragraphs=("57",),
        )
    with outages.left_to_the_ticker():
        messages.deliver_from(case_id=case_id, now=now)


def _register(context: Context, checked: Answers) -> dict[str, Any]:
    case = context.case
    return register(
        context,
        points=checked.decisive["points"],
        documents=checked.decisive.get("documents"),
        year=case.year or 0,
        block=case.block or 0,
        evaluated_body=case.evaluated_body or "",
        authority=case.authority or "",
        version=0,
    )


def _may_file(case: CaseFile, actor: Actor) -> None:
    if not actor.holds("case_officer", case.evaluated_body or ""):
        raise NotAllowed("task.not_yours", paragraph="57")


def _start_case(
    session: Session, case: CaseFile, seq: int, registered: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Put the message that starts the objection's case into the outbox; it, as an event tells."""
    working_body = Registers(session).mandates.holder("working_body", local_day(now))
    payload = {
        "objection": registered["id"],
        "conclusion_case": case.id,
        "year": case.year,
        "block": case.block,
        "evaluated_body": case.evaluated_body,
        "authority": case.authority,
        "working_body": working_body,
        "filed_at": registered["filed_at"],
        "late": registered["late"],
        "documents": registered["documents"],
    }
    session.add(
        Message(
            from_case=case.id,
            from_seq=seq,
            name="objection_filed",
            payload=canonical(payload),
            to_case=None,
            starts="objection",
            sent_at=now,
            state="pending",
        )
    )
    return {"message": "objection_filed", "payload": payload, "starts": "objection"}


def window_ended_at(*, case_id: int) -> datetime | None:
    """When the window of a conclusion ended or ends, None before its receipt."""
    with reading() as session:
        received = marked(session, case_id, "received")
        return received.until if received else None
