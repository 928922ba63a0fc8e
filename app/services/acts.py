"""The one way a case moves: engine step, rows and event in the caller's transaction.

`move` and `begin` are called inside `app.db.transaction()`; they flush and never commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, cast

from sqlalchemy import Table, Update, bindparam, insert, select, update
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from app.audit import events, log
from app.audit.canonical import canonical
from app.db import connection_of, is_sqlite, transaction
from app.domain.actors import Actor, Holding, SystemActor
from app.domain.refusals import NotFound, Refusal, TooLarge
from app.engine.errors import EngineError
from app.engine.release import Release
from app.engine.step import Sent, Step
from app.models.cases import CaseFile, Message
from app.operations.context import Context
from app.operations.registers import Registers
from app.services import outgoing, projections, releases
from app.services.envelopes import envelope
from app.services.host import CaseHost

CASE = cast(Table, CaseFile.__table__)
# Of the number of a case: every one with as many fits the column.
MOST_DIGITS = 9

Run = Callable[[Release, bytes, CaseHost], Step]


def lock_case(session: Session, case_id: int, *, skip_locked: bool = False) -> CaseFile | None:
    """Load a case and hold it until the transaction ends; None when `skip_locked` and it is held.

    On SQLite the transaction itself excludes every other writer.

    Raises:
        NotFound: there is no such case.
    """
    query = select(CaseFile).where(CaseFile.id == case_id)
    if not is_sqlite(session):
        query = query.with_for_update(skip_locked=skip_locked)
    case = session.scalars(query).one_or_none()
    if case is None and not skip_locked:
        raise NotFound("case.not_found")
    return case


def loaded(session: Session, row: Sequence[Any]) -> CaseFile:
    """A case as if `session` had loaded it, from a row of its columns in their order."""
    case = CaseFile()
    # Not one by one: setting an attribute notes a change, which takes longer than the query.
    instance_dict(case).update(zip(CASE.c.keys(), row, strict=True))
    # A page read before may still hold the case (a refusal's traceback does): not trusted.
    known = session.identity_map.get(session.identity_key(CaseFile, case.id))
    if known is not None:
        session.expunge(known)
    make_transient_to_detached(case)
    session.add(case)
    return case


def context_for(
    session: Session,
    case: CaseFile,
    *,
    actor: Actor | SystemActor,
    now: datetime,
    answers: Mapping[str, Any] | None = None,
) -> Context:
    """The act that is about to happen on `case`."""
    legal = partial(releases.load, session, case.release)
    return Context(
        session, case, actor, now, case.version + 1, Registers(session), legal, answers or {}
    )


def move(
    context: Context,
    run: Run,
    event: events.Event,
    *,
    holding: Holding | None = None,
    paragraphs: tuple[str, ...] = (),
    before: projections.Standing | None = None,
    cause: projections.Cause,
) -> Step:
    """Let the engine move the case and write everything that belongs to this act.

    `before` is what the case had open, where the caller has read it. Nothing is committed
    here.

    Raises:
        Refusal: a rule refused the act.
        EngineError: the model failed; the caller turns it into an incident.
    """
    case, session = context.case, context.session
    release = releases.load(session, case.release)
    host = CaseHost(context)
    with host.outages_told():
        step = run(release, case.state, host)
    if before is None:
        before = projections.standing(connection_of(session), case)
    effects = projections.project(context, step, before, cause)
    send(context, step)
    record(
        context,
        event,
        step=step,
        effects=effects,
        holding=holding,
        paragraphs=paragraphs,
        newest=before.head,
    )
    return step


def record(
    context: Context,
    event: events.Event,
    *,
    step: Step | None = None,
    effects: Mapping[str, Any] | None = None,
    holding: Holding | None = None,
    paragraphs: tuple[str, ...] = (),
    starting: bool = False,
    newest: log.Head | None = None,
) -> None:
    """Write the act's event, then the case row that it belongs to (guarded: in this order).

    `starting` says that the row was inserted by this act and is as it should be; `newest` is
    the event before, where it has been read.

    Raises:
        TooLarge: `act.too_large`, more was answered than one event can hold.
    """
    case, session = context.case, context.session
    session.flush()
    for name, value in _changes(context, step).items():
        # Set as if loaded: the row is written below by one statement, after its event.
        set_committed_value(case, name, value)
    try:
        log.append(
            session,
            event,
            envelope(
                now=context.now,
                actor=context.actor,
                holding=holding,
                release=case.release,
                registers=context.registers.read,
                paragraphs=paragraphs,
            ),
            stream=case.stream,
            movement=None if step is None else _movement(step, effects or {}, context.outbox),
            rows=[*context.rows, case],
            case_id=case.id,
            newest=newest,
        )
    except log.BodyTooLarge:
        raise TooLarge("act.too_large") from None
    if not starting:
        _save(session, case, moved=step is not None)


def _save(session: Session, case: CaseFile, *, moved: bool) -> None:
    statement, names = _MOVED if moved else _TOUCHED
    row = {"row": case.id, **{f"new_{name}": getattr(case, name) for name in names}}
    done = connection_of(session).execute(statement, row)
    assert done.rowcount == 1


def _changes(context: Context, step: Step | None) -> dict[str, Any]:
    changed: dict[str, Any] = {"version": context.seq}
    if step is not None:
        changed["state"] = step.state
        if step.ended:
            changed |= {"status": "ended", "ended_at": context.now}
    return changed


def _update(*names: str) -> tuple[Update, tuple[str, ...]]:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return update(CASE).where(CASE.c.id == bindparam("row")).values(values), names


_MOVED = _update("version", "state", "status", "ended_at")
_TOUCHED = _update("version")


def send(context: Context, step: Step) -> None:
    """Write the messages of a step and of its operations; each is delivered as an act of its own.

    Raises:
        EngineError: `not_a_case`, a message is addressed to a case that is not there.
    """
    for sent in (*step.sent, *context.outbox):
        if sent.to is not None and not _is_case(context.session, sent.to):
            process = context.case.process
            raise EngineError(process, sent.element, 0, "not_a_case", f"to: {sent.to}")
        connection_of(context.session).execute(
            _SEND,
            {
                "from_case": context.case.id,
                "from_seq": context.seq,
                "name": sent.message,
                "payload": canonical(sent.payload),
                "to_case": int(sent.to) if sent.to is not None else None,
                "starts": sent.starts,
                "sent_at": context.now,
                "state": "pending",
            },
        )


_SEND = insert(cast(Table, Message.__table__))


def _is_case(session: Session, address: str) -> bool:
    if not address.isdecimal() or len(address) > MOST_DIGITS:
        return False
    found = select(CASE.c.id).where(CASE.c.id == int(address))
    return connection_of(session).scalar(found) is not None


def _movement(step: Step, effects: Mapping[str, Any], outbox: Sequence[Sent]) -> log.Movement:
    return log.Movement(
        calls=tuple([c.name, dict(c.parameters), c.result] for c in step.calls),
        sent=outgoing.told(step.sent, outbox),
        visits=tuple([v.process, v.element, v.key] for v in step.visits),
        effects=effects,
        state_digest=step.digest,
        state_sha256=hashlib.sha256(step.state).hexdigest(),
    )


@contextmanager
def refusals_recorded(
    *,
    actor: Actor | SystemActor,
    now: datetime,
    attempted: str,
    case_id: int | None = None,
    case_of: Callable[[], int] | None = None,
    target: str | None = None,
) -> Iterator[None]:
    """Put a refusal raised in the block on the trail, in a transaction of its own.

    `case_of` finds the case where looking it up is worth it only for a refusal.
    """
    try:
        yield
    except Refusal as refusal:
        if case_id is None and case_of is not None:
            case_id = _or_none(case_of)
        with transaction() as session:
            log.append_unchained(
                session,
                events.ActRefused(
                    code=refusal.code,
                    paragraph=refusal.paragraph,
                    attempted=attempted,
                    target=target,
                ),
                envelope(
                    now=now,
                    actor=actor,
                    paragraphs=(refusal.paragraph,) if refusal.paragraph else (),
                    outcome="refused",
                ),
                stream="refusals",
                case_id=case_id,
            )
        raise


def _or_none(case_of: Callable[[], int]) -> int | None:
    try:
        return case_of()
    except NotFound:
        return None
