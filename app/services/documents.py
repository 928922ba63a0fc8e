"""Documents of a case: attached with their source and origin, shown with a trace, never taken away.

¶ 4: the ten kinds of sources of information. ¶ 9(4): it must be possible to check the origin
of a source; therefore nothing here replaces or removes a document.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import events
from app.audit.sealed import Sealed
from app.db import reading, transaction
from app.documents import kinds
from app.documents.store import Blob, BlobDamaged, BlobStore
from app.domain.actors import Actor, Holding
from app.domain.permissions import refuse_act
from app.domain.refusals import Conflict, FieldError, Invalid, NotFound
from app.models.cases import CaseFile, Task
from app.models.facts import Document
from app.operations.context import Context
from app.operations.versions import marked
from app.services import acts, openings, tasks
from app.services.documents_read import DocumentView, Viewing, documents_of, view
from app.services.sources import LATE_KEY

__all__ = [
    "SOURCES",
    "Attached",
    "DocumentView",
    "Upload",
    "Viewing",
    "attach",
    "attach_late",
    "documents_of",
    "view",
]

SOURCES = tuple(str(number) for number in range(1, 11))
"""The subparagraphs of ¶ 4."""
MAX_ORIGIN = 1000
LIMIT = 20 * 1024 * 1024
"""Bytes of a file, unless the installation's settings say otherwise."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in: the name that its sender gave it, and its content."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Attached:
    """A document that was attached; `again` if the same one had been there already."""

    id: int
    case_id: int
    name: str
    sha256: str
    size: int
    media_type: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """What of a case a document is attached to, and for whom."""

    key: str
    organisation: str
    holding: Holding | None


# Says where the document goes, or refuses whoever may not attach it there.
_Find = Callable[[Session, CaseFile], _Place]


@dataclass(frozen=True, slots=True)
class _Paper:
    """A checked file with its words."""

    name: str
    source: str
    origin: str
    blob: Blob
    media_type: str


def attach(
    *,
    task_id: int,
    actor: Actor,
    upload: Upload,
    source: str,
    origin: str,
    now: datetime,
    store: BlobStore,
    limit: int = LIMIT,
) -> Attached:
    """Attach a file of at most `limit` bytes to an open task, with its source and origin.

    The very same file with the same words attached twice to a task is one document.

    Raises:
        NotFound, NotAllowed, Conflict: as for any act on the task (¶ 9(2) and 59 too).
        Invalid: `source.type_missing` (¶ 4), `evidence.origin_missing` (¶ 9(4)),
            `file.empty`, `file.kind_forbidden`, `file.name_bad`, `form.too_long`.
        TooLarge: `file.too_large`.
        Conflict: `file.damaged`, what the store has under this content is something else.
    """

    def find(session: Session, case: CaseFile) -> _Place:
        task = session.get(Task, task_id)
        if task is None:
            raise NotFound("task.gone")
        refuse_act(actor, tasks.facts_of(session, case, task, actor))
        # A task given to a person by name may have no organisation.
        place = task.organisation or next((h.organisation for h in actor.holdings), actor.person)
        return _Place(task.key, place, actor.holding_for(task.role, task.organisation or ""))

    case_id = tasks.case_of(task_id)
    with acts.refusals_recorded(
        actor=actor, now=now, attempted="document.attach", case_id=case_id, target=str(task_id)
    ):
        return _attach(case_id, actor, find, upload, source, origin, now, store, limit)


def attach_late(
    *,
    case_id: int,
    actor: Actor,
    upload: Upload,
    source: str,
    origin: str,
    now: datetime,
    store: BlobStore,
    limit: int = LIMIT,
) -> Attached:
    """Attach a document of a late objection (¶ 57, 58) to the conclusion's case.

    Raises:
        NotFound, NotAllowed: as for `app.services.objections.file_late`.
        Invalid, TooLarge, Conflict: as for `attach`.
    """

    def find(session: Session, case: CaseFile) -> _Place:
        body = case.evaluated_body or ""
        received = marked(session, case.id, "received")
        if received is None or not actor.holds("case_officer", body):
            raise NotFound("case.not_found")
        return _Place(LATE_KEY, body, actor.holding_for("case_officer", body))

    with acts.refusals_recorded(actor=actor, now=now, attempted="document.attach", case_id=case_id):
        return _attach(case_id, actor, find, upload, source, origin, now, store, limit)


def _attach(
    case_id: int,
    actor: Actor,
    find: _Find,
    upload: Upload,
    source: str,
    origin: str,
    now: datetime,
    store: BlobStore,
    limit: int,
) -> Attached:
    # Asked before the file is taken in, and again when the case is locked.
    with reading() as session:
        case = session.get(CaseFile, case_id)
        if case is None:
            raise NotFound("case.not_found")
        find(session, case)
    name = kinds.check_name(upload.name)
    told = _described(source, origin)
    blob, media_type = _take_in(upload, name, store, limit)
    paper = _Paper(name, source, told, blob, media_type)
    with transaction() as session:
        case = acts.lock_case(session, case_id)
        assert case is not None
        place = find(session, case)
        before = _same(session, case_id, place, actor, paper)
        if before is not None:
            return _attached(before, case_id, paper, again=True)
        context = acts.context_for(session, case, actor=actor, now=now)
        return _attached(_write(context, place, paper), case_id, paper)


def _write(context: Context, place: _Place, paper: _Paper) -> int:
    """Write the document and the act's event; the document's id."""
    row = context.write(
        Document(
            case_id=context.case.id,
            task_key=place.key,
            sha256=paper.blob.sha256,
            media_type=paper.media_type,
            size=paper.blob.size,
            source=paper.source,
            person=context.person,
            organisation=place.organisation,
            attached_at=context.now,
        )
    )
    event = events.DocumentAttached(
        document=row.id,
        sha256=row.sha256,
        size=row.size,
        media_type=row.media_type,
        source=row.source,
        name=Sealed(paper.name, context.person),
        origin=Sealed(paper.origin, context.person),
        task_key=place.key,
    )
    acts.record(context, event, holding=place.holding, paragraphs=("4", "9(4)"))
    return row.id


def _attached(document: int, case_id: int, paper: _Paper, *, again: bool = False) -> Attached:
    return Attached(
        id=document,
        case_id=case_id,
        name=paper.name,
        sha256=paper.blob.sha256,
        size=paper.blob.size,
        media_type=paper.media_type,
        again=again,
    )


def _described(source: str, origin: str) -> str:
    """Check source and origin; the origin without what cannot be seen."""
    if source not in SOURCES:
        error = FieldError("source", "source.type_missing")
        raise Invalid("source.type_missing", paragraph="4", fields=(error,))
    told = "".join(c for c in origin if c.isprintable() or c == "\n").strip()
    if not told:
        error = FieldError("origin", "evidence.origin_missing")
        raise Invalid("evidence.origin_missing", paragraph="9(4)", fields=(error,))
    if len(told) > MAX_ORIGIN:
        error = FieldError("origin", "form.too_long", (("max", MAX_ORIGIN),))
        raise Invalid("form.too_long", fields=(error,), max=MAX_ORIGIN)
    return told


def _take_in(upload: Upload, name: str, store: BlobStore, limit: int) -> tuple[Blob, str]:
    """Keep the file, if it is of an accepted kind; its blob and media type."""
    if kinds.extension(name) not in kinds.KINDS:
        raise kinds.refusal()
    found: list[str] = []

    def check(file: BinaryIO) -> None:
        found.append(kinds.media_type_of(name, file))

    try:
        return store.put(upload.stream, limit, check), found[0]
    except BlobDamaged:
        raise Conflict("file.damaged") from None


def _same(session: Session, case_id: int, place: _Place, actor: Actor, paper: _Paper) -> int | None:
    """The document by which the same file with the same words is attached already."""
    rows = session.scalars(
        select(Document).where(
            Document.case_id == case_id,
            Document.task_key == place.key,
            Document.person == actor.person,
            Document.sha256 == paper.blob.sha256,
            Document.source == paper.source,
        )
    ).all()
    words = {"name": paper.name, "origin": paper.origin}
    sealed = openings.many(session, [(row.stream, row.seq) for row in rows])
    return next((row.id for row in rows if sealed[row.stream, row.seq] == words), None)
