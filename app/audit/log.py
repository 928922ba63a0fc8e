"""Writing the trail: one event, in the transaction of the act that it records.

The body of an event is canonical JSON (RFC 8785), at most 65,535 bytes, stored as it was
hashed. Its keys: v, kind, stream, seq, prev, case_id, at, recorded_at, actor, request,
outcome, application, release, registers, paragraphs, facts, calls, sent, visits, effects,
rows, state_digest, state_sha256; what an event does not have is left out. The hash is
SHA-256(0x00 ‖ body), the leaf of RFC 6962.

Order within an act: facts are flushed, then the event is inserted, then the guarded row is
updated; the database refuses any other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from app.audit.calls import written
from app.audit.canonical import canonical
from app.audit.kinds import Event
from app.audit.rows import STATE, Row, RowMismatch, claim
from app.audit.sealed import Opening, seal
from app.db import connection_of
from app.domain.actors import Actor, Holding, SystemActor
from app.models.trail import EVENT, MAX_BODY, OPENING, Guarded

VERSION = 1
SKEW = timedelta(seconds=5)
"""By how much the clocks of two machines may differ before an act is refused."""


class BodyTooLarge(ValueError):
    """An event has more than 65,535 bytes."""


class ClockRanBack(RuntimeError):
    """The clock stands more than `SKEW` before the newest event of the stream."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """The circumstances of an act, the same for every kind.

    `at` is the business time and `recorded_at` the wall time; `holding` the role under
    which a person acted and `on_behalf_of` the code of whoever they stood in for;
    `request` identifies the HTTP request; `application` is the version of the program,
    `release` the hash of the legal release; `registers` the versions that were read;
    `outcome` is done or refused.
    """

    at: datetime
    recorded_at: datetime
    actor: Actor | SystemActor
    application: str
    holding: Holding | None = None
    on_behalf_of: str | None = None
    request: str | None = None
    release: str | None = None
    registers: Mapping[str, int] = field(default_factory=dict)
    paragraphs: tuple[str, ...] = ()
    outcome: str = "done"


@dataclass(frozen=True)
class Movement:
    """How an act moved its case, as plain JSON: all that is needed to execute it again.

    `calls` are [name, parameters, result] in order; `sent` the messages; `visits` the
    elements finished; `effects` what opened, closed and got another date (lists under
    tasks_opened, tasks_closed, tasks_moved, timers_armed, timers_gone, timers_moved,
    waits_armed, waits_gone); `state_digest` is the engine's digest and `state_sha256` the
    SHA-256 (hex) of the saved bytes.
    """

    calls: Sequence[Any]
    sent: Sequence[Any]
    visits: Sequence[Any]
    effects: Mapping[str, Sequence[Any]]
    state_digest: str
    state_sha256: str


@dataclass(frozen=True)
class Appended:
    """An event that was written: its number (0 on an unchained stream) and its hash."""

    seq: int
    hash: bytes


@dataclass(frozen=True)
class Head:
    """The newest event of a stream; `seq` 0 and no hash where there is none."""

    seq: int
    hash: bytes | None
    recorded_at: datetime | None


_HEAD = (
    select(EVENT.c.seq, EVENT.c.hash, EVENT.c.recorded_at)
    .where(EVENT.c.stream == bindparam("of"), EVENT.c.seq.is_not(None))
    .order_by(EVENT.c.seq.desc())
    .limit(1)
)
# Made once: building a statement costs more than running it. The number of an event is asked
# for by its openings alone: PostgreSQL has to be asked.
_INSERT_EVENT, _INSERT_NUMBERED = insert(EVENT).inline(), insert(EVENT)
_INSERT_OPENING = insert(OPENING)


def head(session: Session, stream: str) -> Head:
    """Read the head of a chained stream by one SELECT."""
    row = connection_of(session).execute(_HEAD, {"of": stream}).first()
    return Head(row.seq, row.hash, row.recorded_at) if row else Head(0, None, None)


def append(
    session: Session,
    event: Event,
    envelope: Envelope,
    *,
    stream: str,
    movement: Movement | None = None,
    rows: Sequence[Row] = (),
    case_id: int | None = None,
    expected_seq: int | None = None,
    prev: bytes | None = None,
    newest: Head | None = None,
) -> Appended:
    """Write `event` at the head of `stream`, with the rows of its act; commits nothing.

    `rows` are all facts and guarded rows that the act wrote or changed. `expected_seq` is
    the number that this event is to have and `prev` the hash of the one before (None for
    number 1); or `newest` is the whole head: whoever has locked the stream and read it hands
    it in and saves the SELECT. Besides the rows it takes at most three statements: head,
    event, openings.

    Raises BodyTooLarge, ClockRanBack, RowMismatch, ValueError for an outcome that is not
    the kind's, and IntegrityError if another event took the number first.
    """
    with session.no_autoflush:
        recorded_at = envelope.recorded_at
        if expected_seq is None:
            newest = newest or head(session, stream)
            expected_seq, prev = newest.seq + 1, newest.hash
            recorded_at = _not_before(newest.recorded_at, recorded_at)
        if (prev is None) != (expected_seq == 1):
            raise ValueError(f"event {expected_seq} of {stream} needs the hash of the one before")
        claimed = claim(session, rows, stream, expected_seq)
        _state_agrees(rows, movement)
        facts, openings = seal(event.facts())
        body = _body(event, envelope, stream, recorded_at, case_id) | {"seq": expected_seq}
        body |= {"prev": prev.hex() if prev else None, "facts": facts, "rows": claimed}
        if movement is not None:
            answers = facts.get("answers")
            calls = written(movement.calls, answers if isinstance(answers, dict) else {})
            body |= vars(movement) | {"calls": calls}
        return _write(session, body, recorded_at, openings)


def append_unchained(
    session: Session,
    event: Event,
    envelope: Envelope,
    *,
    stream: str,
    case_id: int | None = None,
) -> Appended:
    """Write `event` on a stream without a chain (sign-ins, views); commits nothing.

    Raises BodyTooLarge, and ValueError for an outcome that is not the kind's.
    """
    with session.no_autoflush:
        facts, openings = seal(event.facts())
        body = _body(event, envelope, stream, envelope.recorded_at, case_id) | {"facts": facts}
        return _write(session, body, envelope.recorded_at, openings)


def leaf(body: bytes) -> bytes:
    """The hash of an event: the leaf hash of RFC 6962 over its body."""
    return hashlib.sha256(b"\x00" + body).digest()


def _not_before(newest: datetime | None, now: datetime) -> datetime:
    """The time to record: never before the newest event, even if two clocks differ a little."""
    if newest is None or newest <= now:
        return now
    if newest - now > SKEW:
        raise ClockRanBack(f"the newest event is of {newest}, the clock shows {now}")
    return newest


def _state_agrees(rows: Sequence[Row], movement: Movement | None) -> None:
    for row in rows:
        state = row.__dict__.get(STATE) if isinstance(row, Guarded) else None
        if movement is None or not isinstance(state, bytes):
            continue
        if hashlib.sha256(state).hexdigest() != movement.state_sha256:
            raise RowMismatch("state_sha256 is not that of the state to be saved")


def _body(
    event: Event, envelope: Envelope, stream: str, recorded_at: datetime, case_id: int | None
) -> dict[str, Any]:
    if (envelope.outcome == "refused") != event.refused:
        raise ValueError(f"{event.kind} cannot have the outcome {envelope.outcome}")
    return {
        "v": VERSION,
        "kind": event.kind,
        "stream": stream,
        "case_id": case_id,
        "at": envelope.at,
        "recorded_at": recorded_at,
        "actor": _actor(envelope),
        "request": envelope.request,
        "outcome": envelope.outcome,
        "application": envelope.application,
        "release": envelope.release,
        "registers": envelope.registers,
        "paragraphs": envelope.paragraphs,
    }


def _actor(envelope: Envelope) -> dict[str, Any]:
    if isinstance(envelope.actor, SystemActor):
        return {"system": envelope.actor.name}
    holding, actor = envelope.holding, {"person": envelope.actor.person}
    if envelope.on_behalf_of is not None:
        actor["on_behalf_of"] = envelope.on_behalf_of
    if holding is None:
        return actor
    return actor | {
        "role": holding.role,
        "organisation": holding.organisation,
        "acting": holding.acting,
    }


def _write(
    session: Session, body: dict[str, Any], recorded_at: datetime, openings: Sequence[Opening]
) -> Appended:
    effects = {name: found for name, found in body.get("effects", {}).items() if found}
    body = {k: v for k, v in (body | {"effects": effects}).items() if k == "facts" or _is_there(v)}
    encoded = canonical(body)
    if len(encoded) > MAX_BODY:
        raise BodyTooLarge(f"{body['kind']} has {len(encoded)} bytes of at most {MAX_BODY}")
    digest = leaf(encoded)
    columns = {
        name: body.get(name) for name in ("stream", "seq", "kind", "case_id", "outcome", "at")
    }
    columns |= {"actor": body["actor"].get("person"), "recorded_at": recorded_at}
    columns |= {"hash": digest, "body": encoded}
    connection = connection_of(session)
    if openings:
        key = connection.execute(_INSERT_NUMBERED, columns).inserted_primary_key
        assert key is not None
        place = {"event_id": key[0], "stream": body["stream"], "seq": body.get("seq")}
        connection.execute(_INSERT_OPENING, [place | vars(opening) for opening in openings])
    else:
        connection.execute(_INSERT_EVENT, columns)
    return Appended(body.get("seq", 0), digest)


def _is_there(value: Any) -> bool:
    return value is not None and value != {} and value != () and value != []
