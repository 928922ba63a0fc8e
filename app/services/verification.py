"""Verifying the trail: the auditor's check joined with the engine's view of every state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from zstandard import ZstdError

from app.audit import events, guards, log, verify
from app.audit.columns import UNKNOWN
from app.audit.projections import verify_projections
from app.audit.recheck import Broken
from app.audit.report import Problem
from app.audit.verify_calendar import verify_calendar
from app.db import db, transaction
from app.documents.store import BlobDamaged, BlobMissing, BlobStore
from app.domain.actors import Actor, SystemActor
from app.engine import runner
from app.engine.errors import ReleaseError, StateUnreadable
from app.engine.release import Release
from app.models.cases import CaseFile
from app.models.facts import Document
from app.models.trail import EventRow
from app.services import releases, replay
from app.services.envelopes import envelope

# Cases in memory at a time.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found."""

    ok: bool
    events: int
    streams: int
    problems: tuple[Problem, ...]


def verify_trail(*, store: BlobStore, full: bool = False) -> Verification:
    """Re-hash every event, walk the chains, rebuild projections, compare states and evidence.

    `full` executes every case again, too (`app.services.replay`). All is read at one moment,
    so that acts may go on beside it. Reads only; never raises for what it finds.
    """
    with verify.snapshot(db.engine) as connection:
        checks: tuple[verify.Check, ...] = (
            _projections,
            verify_calendar,
            _states,
            partial(_evidence, store=store),
        )
        report = verify.verify(connection, checks=(*checks, _replayed) if full else checks)
    found = list(report.problems)
    if report.unnamed:
        found.append(Problem(None, f"There are {report.unnamed} more problems, not named here."))
    return Verification(
        ok=not found, events=report.events, streams=report.streams, problems=tuple(found)
    )


def record(result: Verification, *, actor: Actor | SystemActor, now: datetime) -> None:
    """Put a run of the verifier on the trail."""
    with transaction() as session:
        log.append_unchained(
            session,
            events.TrailVerified(
                events=result.events,
                streams=result.streams,
                problems=len(result.problems),
                guards=guards.fingerprint(session.connection()),
            ),
            envelope(now=now, actor=actor),
            stream="verifications",
        )


def _projections(connection: Connection) -> Iterator[Problem]:
    """Every projection, rebuilt from the trail and from the releases that it names."""
    known = cache(partial(releases.whole, connection))

    def paragraphs(of_release: str, process: str, element: str) -> object:
        release = known(of_release)
        if release is None:
            return UNKNOWN
        model = release.processes.get(process)
        if model is None or element not in model.elements:
            raise Broken(f"the release has no element {element} of {process}")
        return " ".join(model.elements[element].paragraphs)

    return verify_projections(connection, paragraphs)


def _loaded(session: Session, of_release: str) -> Release:
    """The release with this hash; raises ValueError where its files have another."""
    found = releases.load(session, of_release)
    if found.hash != of_release:
        raise ValueError(f"its files have the hash {found.hash}")
    return found


def _states(connection: Connection) -> Iterator[Problem]:
    """Every case's saved state against the digest on the newest event that moved it."""
    with Session(connection) as session:
        for case in _cases(session):
            yield from _state(session, case)


def _state(session: Session, case: CaseFile) -> Iterator[Problem]:
    recorded = _recorded(session, case)
    if recorded is None:
        yield Problem(None, f"Case {case.number} has no event that tells its state.")
        return
    seq, digest = recorded
    place = f"{case.stream} #{seq}"
    try:
        found = runner.digest(_loaded(session, case.release), case.state)
    except StateUnreadable as error:
        yield Problem(place, f"The state of case {case.number} cannot be read: {error}.")
        return
    except (ReleaseError, SQLAlchemyError, ZstdError, ValueError) as damage:
        told = type(damage).__name__
        yield Problem(place, f"The release of case {case.number} cannot be read: {told}.")
        return
    if found != digest:
        yield Problem(place, f"The state of case {case.number} is not the recorded one.")


def _cases(session: Session) -> Iterator[CaseFile]:
    """Every case, one page in memory at a time."""
    after = 0
    query = select(CaseFile).order_by(CaseFile.id).limit(PAGE)
    while page := session.scalars(query.where(CaseFile.id > after)).all():
        yield from page
        after = page[-1].id
        session.expunge_all()


def _recorded(session: Session, case: CaseFile) -> tuple[int, str] | None:
    """Number and digest of the newest event that moved the case, as of the row that was read."""
    rows = session.execute(
        select(EventRow.seq, EventRow.body)
        .where(EventRow.stream == case.stream, EventRow.seq <= case.version)
        .order_by(EventRow.seq.desc())
    )
    for row in rows:
        try:
            digest = json.loads(row.body).get("state_digest")
        except ValueError:  # told by the check of the events already
            continue
        if digest is not None:
            return row.seq or 0, str(digest)
    return None


def _replayed(connection: Connection) -> Iterator[Problem]:
    """Every act that does not come about again as it is recorded."""
    for found in replay.again(connection).differences:
        where = f" at {found.element}" if found.element else ""
        told = f"Executed again, the act of case {found.case}{where} differs in: {found.field}."
        yield Problem(f"case/{found.case} #{found.act}", told)


def _evidence(connection: Connection, *, store: BlobStore) -> Iterator[Problem]:
    """Every document's file against its hash."""
    with Session(connection) as session:
        for document in session.scalars(select(Document).order_by(Document.id)):
            try:
                store.open(document.sha256, verify=True).close()
            except (BlobMissing, BlobDamaged) as damage:
                place = f"{document.stream} #{document.seq}"
                yield Problem(place, f"Evidence of document {document.id}: {damage}")
