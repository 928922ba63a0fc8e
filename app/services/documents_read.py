"""Reading the documents of cases: who may, what is listed, and the trace that a reading leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from app.audit import events, log
from app.db import reading, transaction
from app.documents import kinds
from app.documents.store import BlobDamaged, BlobMissing, BlobStore
from app.domain.actors import Actor, Holding
from app.domain.permissions import Permission, allows
from app.domain.refusals import Conflict, NotFound
from app.models.cases import CaseFile, Party, Task
from app.models.facts import ConclusionMark, Document, ObjectionDocument
from app.services import acts, openings, visibility
from app.services.envelopes import envelope

MAX_ID = 2**31 - 1
VIEWS = "views"


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document in a list; `name` and `origin` are None once they have been erased.

    `source` is the subparagraph of ¶ 4; `size` in bytes; `seq` the number of its event on
    the case's stream.
    """

    id: int
    name: str | None
    origin: str | None
    source: str
    media_type: str
    size: int
    sha256: str
    person: str
    organisation: str
    attached_at: datetime
    task_key: str | None
    seq: int


@dataclass(frozen=True, slots=True)
class Viewing:
    """A document on its way to a reader, who closes `stream`.

    To be sent as an attachment of `media_type`, and never to be guessed (nosniff).
    """

    name: str
    media_type: str
    size: int
    sha256: str
    stream: BinaryIO


def view(*, document_id: int, actor: Actor, now: datetime, store: BlobStore) -> Viewing:
    """Open a document for a reader; that it was asked for is on the trail before it opens.

    The content is checked against its hash first.

    Raises:
        NotFound: `file.not_found`, no such document, or not for this reader.
        Conflict: `file.damaged`, the file is gone from the store or has been changed.
    """
    with acts.refusals_recorded(
        actor=actor,
        now=now,
        attempted="document.view",
        case_id=_case_of(document_id),
        target=str(document_id)[:40],
    ):
        with transaction() as session:
            document = _read(session, document_id, actor)
            sha256, size, media_type = document.sha256, document.size, document.media_type
            sealed = openings.texts(session, document.stream, document.seq)
            log.append_unchained(
                session,
                events.DocumentViewed(document=document_id, sha256=sha256),
                envelope(now=now, actor=actor, holding=_holding(session, document.case_id, actor)),
                stream=VIEWS,
                case_id=document.case_id,
            )
        try:
            stream = store.open(sha256, verify=True)
        except (BlobMissing, BlobDamaged):
            raise Conflict("file.damaged") from None
    name = sealed.get("name") or f"document-{document_id}.{_extension(media_type)}"
    return Viewing(str(name), media_type, size, sha256, stream)


def documents_of(
    session: Session, case_id: int, actor: Actor | None = None
) -> tuple[DocumentView, ...]:
    """The documents of a case, oldest first; two queries.

    For `actor` without those that another organisation has not handed in yet. Whether the
    actor may open the case is asked by the caller.
    """
    shown = true() if actor is None else _handed_in_or_own(actor)
    rows = session.scalars(
        select(Document).where(Document.case_id == case_id, shown).order_by(Document.id)
    ).all()
    sealed = openings.many(session, [(row.stream, row.seq) for row in rows])
    return tuple(
        DocumentView(
            id=row.id,
            name=sealed[row.stream, row.seq].get("name"),
            origin=sealed[row.stream, row.seq].get("origin"),
            source=row.source,
            media_type=row.media_type,
            size=row.size,
            sha256=row.sha256,
            person=row.person,
            organisation=row.organisation,
            attached_at=row.attached_at,
            task_key=row.task_key,
            seq=row.seq,
        )
        for row in rows
    )


def _case_of(document_id: int) -> int | None:
    with reading() as session:
        if document_id > MAX_ID:
            return None
        return session.scalar(select(Document.case_id).where(Document.id == document_id))


def _read(session: Session, document_id: int, actor: Actor) -> Document:
    document = None
    if document_id <= MAX_ID:
        query = select(Document).where(Document.id == document_id, _readable(session, actor))
        document = session.scalars(query).one_or_none()
    if document is None:
        raise NotFound("file.not_found")
    return document


def _readable(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Documents that the actor may read.

    Those of the cases that the actor may open, and those of a case in which, or in one that
    it opened, the actor has an open task: a member of the special commission sees no other
    case, and must read what supports the objection (¶ 58, 59).
    """
    about = (
        select(CaseFile.id)
        .where(CaseFile.id == Document.case_id, visibility.can_see_case(actor))
        .exists()
    )
    by_task = (
        select(Task.id)
        .join(CaseFile, CaseFile.id == Task.case_id)
        .where(
            or_(CaseFile.id == Document.case_id, CaseFile.opened_by_case == Document.case_id),
            visibility.can_see_task(actor, visibility.barred_years(session, actor)),
        )
        .exists()
    )
    return and_(or_(about, by_task), _handed_in_or_own(actor))


def _handed_in_or_own(actor: Actor) -> ColumnElement[bool]:
    """Documents that were handed in, or are the actor's own organisation's.

    Before its task is done a document belongs to a draft, which others do not see.
    """
    if allows(actor, Permission.SEE_EVERY_CASE):
        return true()
    handed_in = (
        select(Task.id)
        .where(
            Task.case_id == Document.case_id,
            Task.key == Document.task_key,
            Task.state == "done",
        )
        .exists()
    )
    # A late objection has no task.
    objected = (
        select(ObjectionDocument.id).where(ObjectionDocument.document_id == Document.id).exists()
    )
    return or_(
        Document.person == actor.person,
        Document.organisation.in_(sorted(actor.organisations)),
        and_(or_(Document.task_key.is_(None), handed_in, objected), ~_before_delivery(actor)),
    )


def _before_delivery(actor: Actor) -> ColumnElement[bool]:
    """Documents of those who evaluate a body, to its people, while nothing was delivered (¶ 44).

    A block's evaluation is the body's case from its report on: what the authorities work with
    it may read when it has the conclusion, against which it may object.
    """
    delivered = (
        select(ConclusionMark.id)
        .where(ConclusionMark.case_id == Document.case_id, ConclusionMark.mark == "delivered")
        .exists()
    )
    return (
        select(CaseFile.id)
        .where(
            CaseFile.id == Document.case_id,
            CaseFile.process == "block_evaluation",
            CaseFile.evaluated_body.in_(sorted(actor.organisations)),
            Document.organisation != CaseFile.evaluated_body,
            ~delivered,
        )
        .exists()
    )


def _holding(session: Session, case_id: int, actor: Actor) -> Holding | None:
    """The holding by which the actor sees the case, for the trail."""
    parties = frozenset(session.scalars(select(Party.organisation).where(Party.case_id == case_id)))
    return next(
        (h for h in actor.holdings if h.organisation in parties),
        next(iter(actor.holdings), None),
    )


def _extension(media_type: str) -> str:
    return next((e for e, kind in kinds.KINDS.items() if kind.media_type == media_type), "bin")
