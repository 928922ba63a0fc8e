"""The beginning of a case: its row, its first step and its first event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from app.audit import events
from app.audit.sealed import Sealed
from app.db import is_sqlite
from app.domain.actors import Actor, Holding, SystemActor
from app.domain.calendar import local_day
from app.engine import runner
from app.engine.errors import EngineError
from app.engine.release import Process, Release
from app.engine.step import Step
from app.models.cases import CaseFile, Message
from app.operations import OPENERS
from app.operations.context import Context
from app.services import acts, incident_rows, projections, releases
from app.services.host import CaseHost

# Letters before the year in a case's number: К кесте, Б бағалау (with its block), Қ қарсылық,
# Ә әдістеме (with its block).
NUMBER_PREFIX = {
    "schedule": "К",
    "conclusion": "Б{block}",
    "block_evaluation": "Б{block}",
    "objection": "Қ",
    "methodology": "Ә{block}",
    "cycle": "Ж",
}
# The advisory lock of `one_at_a_time`; another one serves the migrations.
STARTS = 372


@dataclass(frozen=True, slots=True)
class Started:
    """A case that was started."""

    id: int
    number: str


def one_at_a_time(session: Session) -> None:
    """Let people's starts of cases take turns until the end of the transaction.

    A rule that asks whether there is such a case already must see the one that a colleague
    starts at this moment. On SQLite writers take turns anyway.
    """
    if not is_sqlite(session):
        session.execute(sql("SELECT pg_advisory_xact_lock(:key)"), {"key": STARTS})


def begin(
    session: Session,
    *,
    process: str,
    data: Mapping[str, Any],
    actor: SystemActor,
    now: datetime,
    message: Message,
    repaired: incident_rows.Ready = incident_rows.AS_IS,
) -> Started:
    """Start a case by a message, in the caller's transaction; `repaired` as two people agreed.

    Raises:
        EngineError: the model failed, or the release in force has no such process any more.
        Refusal: a rule refused the act.
    """
    release = releases.in_force(session, local_day(now))
    if process not in release.processes:
        raise EngineError(process, "", 0, "unknown_process", f"not in release {release.hash}")
    return first_act(
        session,
        release,
        release.processes[process],
        data=data,
        answers={},
        sealed={},
        organisation=None,
        actor=actor,
        now=now,
        message=message,
        repaired=repaired,
    )


# long: one act told in its order; the parts are functions of their own
def first_act(
    session: Session,
    release: Release,
    model: Process,
    *,
    data: Mapping[str, Any] | None,
    answers: Mapping[str, Any],
    sealed: Mapping[str, str],
    organisation: str | None,
    actor: Actor | SystemActor,
    now: datetime,
    message: Message | None = None,
    repaired: incident_rows.Ready = incident_rows.AS_IS,
) -> Started:
    """Write a new case with its first step and its event, in the caller's transaction.

    `data` None lets the process's opener make the first data of the start form's `answers`;
    a case started by a `message` begins with what the message brought.

    Raises:
        Refusal: a rule refused the start.
        EngineError: the model failed.
    """
    case = _new_row(session, model.id, release.hash, now, message.from_case if message else None)
    context = acts.context_for(
        session,
        case,
        actor=actor,
        now=now,
        answers={**answers, **sealed},
    )
    if data is None:
        assert organisation is not None
        opener: Callable[..., dict[str, Any]] = OPENERS.get(model.id, _plain_data)
        data = opener(context, organisation=organisation, **answers)
    data = {**data, "case": case.id}
    known = {**data, **repaired.repair.data}
    _describe(case, known)
    step = _first_step(context, release, model, data, repaired.repair)
    for party in dict.fromkeys((organisation, known.get("authority"))):
        if party is not None:
            context.show_to(party)
    effects = projections.project(context, step, projections.Standing(), projections.Cause())
    acts.send(context, step)
    acts.record(
        context,
        events.CaseStarted(
            process=model.id,
            number=case.number,
            data=dict(data),
            form=model.start_form if organisation is not None else None,
            answers={**answers, **_sealed(context, sealed)} or None,
            message=message.name if message else None,
            from_case=message.from_case if message else None,
            from_seq=message.from_seq if message else None,
            repair=repaired.fact,
        ),
        step=step,
        effects=effects,
        holding=_holding(actor, model, organisation),
        paragraphs=_start_paragraphs(model),
        starting=True,
    )
    return Started(case.id, case.number)


def _first_step(
    context: Context,
    release: Release,
    model: Process,
    data: Mapping[str, Any],
    repair: runner.Repair,
) -> Step:
    """Let the engine begin, and insert the case's row with the state it comes to.

    The row joins the session only then: a guarded row cannot be changed without an event of
    its own, so it is inserted as it is going to be.
    """
    case = context.case
    host = CaseHost(context)
    with host.outages_told():
        step = runner.start(
            release, model.id, dict(data), now=context.now, host=host, repair=repair
        )
    case.state, case.version = step.state, 1
    if step.ended:
        case.status, case.ended_at = "ended", context.now
    context.session.add(case)
    context.session.flush()
    return step


def _sealed(context: Context, sealed: Mapping[str, str]) -> dict[str, Sealed]:
    return {name: Sealed(text, subject=context.person) for name, text in sealed.items()}


def _new_row(
    session: Session, process: str, release: str, now: datetime, opened_by_case: int | None
) -> CaseFile:
    """A case row with its id, not yet in the session; the id is part of its stream's name."""
    if is_sqlite(session):
        # Safe: a writing transaction on SQLite has no rival.
        next_id = 1 + (session.scalar(select(func.max(CaseFile.id))) or 0)
    else:
        # Before anything is read: whoever changes the calendar waits for acts that count days.
        session.execute(sql("LOCK TABLE case_file IN ROW EXCLUSIVE MODE"))
        next_id = session.scalar(sql("SELECT nextval('case_file_id_seq')")) or 0
    return CaseFile(
        id=next_id,
        stream=f"case/{next_id}",
        version=0,
        process=process,
        release=release,
        number=f"new/{next_id}",
        status="running",
        opened_by_case=opened_by_case,
        started_at=now,
    )


def _describe(case: CaseFile, data: Mapping[str, Any]) -> None:
    """Put on the row what the case is about, and its number."""
    case.year, case.block = data.get("year"), data.get("block")
    case.evaluated_body, case.authority = data.get("evaluated_body"), data.get("authority")
    subject = data.get(case.process)
    case.subject = subject if isinstance(subject, int) else None
    prefix = NUMBER_PREFIX.get(case.process, case.process).format(block=case.block)
    case.number = f"{prefix}-{case.year or case.started_at.year}-{case.id:04d}"


def _holding(
    actor: Actor | SystemActor, model: Process, organisation: str | None
) -> Holding | None:
    if isinstance(actor, SystemActor) or organisation is None:
        return None
    return actor.holding_for(model.start_role or "", organisation)


def _start_paragraphs(model: Process) -> tuple[str, ...]:
    return next(
        (e.paragraphs for e in model.elements.values() if e.kind == "startEvent" and not e.parent),
        (),
    )


def _plain_data(_context: Context, /, *, organisation: str, **answers: Any) -> dict[str, Any]:
    """First data of a process without rules of its own: the answers and the organisation."""
    return {**answers, "authority": organisation}
