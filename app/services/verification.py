"""Verifying the trail: the auditor's check joined with the engine's view of every state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from zstandard import ZstdError

from app.audit import events, guards, log, verify
from app.audit.projections import verify_projections
from app.audit.report import Problem
from app.db import db, reading, transaction
from app.documents.store import BlobDamaged, BlobMissing, BlobStore
from app.domain.actors import Actor, SystemActor
from app.engine import runner
from app.engine.errors import ReleaseError, StateUnreadable
from app.models.cases import CaseFile
from app.models.facts import Document
from app.models.trail import EventRow
from app.services import releases
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


def verify_trail(*, store: BlobStore) -> Verification:
    """Re-hash every event, walk the chains, rebuild projections, compare states and evidence.

    Reads only; never raises for what it finds.
    """
    with db.engine.connect() as connection:
        report = verify.verify(connection, projections=verify_projections)
    found = list(report.problems)
    if report.unnamed:
        found.append(Problem(None, f"There are {report.unnamed} more problems, not named here."))
    with reading() as session:
        found += _states(session)
        found += _evidence(session, store)
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


def _states(session: Session) -> Iterator[Problem]:
    """Every case's saved state against the digest on the newest event that moved it."""
    for case in _cases(session):
        recorded = _recorded(session, case)
        if recorded is None:
            yield Problem(None, f"Case {case.number} has no event that tells its state.")
            continue
        seq, digest = recorded
        place = f"{case.stream} #{seq}"
        try:
            found = runner.digest(releases.load(session, case.release), case.state)
        except StateUnreadable as error:
            yield Problem(place, f"The state of case {case.number} cannot be read: {error}.")
            continue
        except (ReleaseError, SQLAlchemyError, ZstdError, ValueError) as damage:
            told = type(damage).__name__
            yield Problem(place, f"The release of case {case.number} cannot be read: {told}.")
            continue
        if found != digest:
            yield Problem(place, f"The state of case {case.number} is not the recorded one.")


def _cases(session: Session) -> Iterator[CaseFile]:
    """Every case, one page in memory at a time; no cursor is held while acts go on."""
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


def _evidence(session: Session, store: BlobStore) -> Iterator[Problem]:
    """Every document's file against its hash."""
    for document in session.scalars(select(Document).order_by(Document.id)):
        try:
            store.open(document.sha256, verify=True).close()
        except (BlobMissing, BlobDamaged) as damage:
            place = f"{document.stream} #{document.seq}"
            yield Problem(place, f"Evidence of document {document.id}: {damage}")
