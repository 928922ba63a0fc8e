"""Documents of cases: attached by who may, read by who may, and the trail knows of both."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from app.audit import events
from app.db import reading, transaction
from app.documents.store import BlobStore
from app.domain.actors import Actor
from app.domain.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal, TooLarge
from app.models.cases import CaseFile, Task
from app.models.facts import Conclusion, ConclusionMark, Document
from app.services import acts, documents, sources
from app.services.documents import Upload
from app.services.sources import LATE_KEY
from tests.appcontext import NOON, PDF, add_person, open_case, openings, run, trail
from tests.services.papers import ORIGIN, attach, hand_in, refusal_of


def test_attached_with_source_and_origin(store: BlobStore, asel: Actor) -> None:
    case = open_case()
    attached = attach(store, asel, case.task)
    assert attached.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (attached.name, attached.media_type) == ("Есеп.pdf", "application/pdf")
    with store.open(attached.sha256) as file:
        assert file.read() == PDF
    with reading() as session:
        (shown,) = documents.documents_of(session, case.id)
        version = session.scalar(select(CaseFile.version).where(CaseFile.id == case.id))
    assert (shown.name, shown.origin, shown.source) == ("Есеп.pdf", ORIGIN, "5")
    assert (shown.person, shown.organisation, shown.task_key) == (asel.person, "mne", "enter")
    assert (shown.size, shown.seq, version) == (len(PDF), 2, 2)


def test_the_event_has_no_name_in_clear(store: BlobStore, asel: Actor) -> None:
    case = open_case()
    attached = attach(store, asel, case.task)
    (row,) = trail("document.attached")
    body = json.loads(row.body)
    assert (row.stream, row.seq, row.case_id) == (f"case/{case.id}", 2, case.id)
    assert body["actor"]["organisation"] == "mne"
    assert body["paragraphs"] == ["4", "9(4)"]
    assert body["facts"]["document"] == attached.id
    assert set(body["facts"]["name"]) == set(body["facts"]["origin"]) == {"sealed"}
    assert f"document/{attached.id}" in body["rows"]
    assert "Есеп" not in row.body.decode()
    assert json.dumps(ORIGIN, ensure_ascii=False).encode() in openings()


def test_twice_is_once_but_another_origin_is_another(store: BlobStore, asel: Actor) -> None:
    case = open_case()
    first = attach(store, asel, case.task)
    again = attach(store, asel, case.task)
    other = attach(store, asel, case.task, origin="Сұрау салуға жауап")
    assert (again.id, again.again, first.again) == (first.id, True, False)
    assert other.id != first.id
    assert len(trail("document.attached")) == 2


@pytest.mark.parametrize("source", ["", "0", "11", "4", "x", "5 "])
def test_a_source_of_paragraph_4_or_none(store: BlobStore, asel: Actor, source: str) -> None:
    case = open_case()
    if source == "4":
        assert attach(store, asel, case.task, source=source).id
        return
    with pytest.raises(Invalid) as refused:
        attach(store, asel, case.task, source=source)
    assert (refused.value.code, refused.value.paragraph) == ("source.type_missing", "4")
    assert refusal_of("document.attach")["paragraph"] == "4"


@pytest.mark.parametrize("origin", ["", "  \n ", "\u200b\x00"])
def test_an_origin_is_told(store: BlobStore, asel: Actor, origin: str) -> None:
    case = open_case()
    with pytest.raises(Invalid) as refused:
        attach(store, asel, case.task, origin=origin)
    assert (refused.value.code, refused.value.paragraph) == ("evidence.origin_missing", "9(4)")


def test_a_long_origin_is_refused(store: BlobStore, asel: Actor) -> None:
    case = open_case()
    with pytest.raises(Invalid, match="form.too_long"):
        attach(store, asel, case.task, origin="ұ" * 1001)


@pytest.mark.parametrize(
    ("upload", "code", "kind"),
    [
        (("invoice.pdf", b"MZ\x90\x00" + b"\x00" * 100), "file.kind_forbidden", Invalid),
        (("invoice.exe", b"MZ"), "file.kind_forbidden", Invalid),
        (("empty.pdf", b""), "file.empty", Invalid),
        (("../a.pdf", PDF), "file.name_bad", Invalid),
        (("large.txt", b"a" * 1001), "file.too_large", TooLarge),
    ],
)
def test_wrong_files(
    store: BlobStore,
    asel: Actor,
    installation: Flask,
    upload: tuple[str, bytes],
    code: str,
    kind: type[Refusal],
) -> None:
    case = open_case()
    name, content = upload
    with pytest.raises(kind) as refused:
        attach(store, asel, case.task, upload=Upload(name, io.BytesIO(content)), limit=1000)
    assert refused.value.code == code
    assert not store.exists(hashlib.sha256(content).hexdigest())
    with reading() as session:
        assert documents.documents_of(session, case.id) == ()
    assert refusal_of("document.attach")["code"] == code


def test_an_outsider_attaches_nothing(store: BlobStore, asel: Actor, daniyar: Actor) -> None:
    case = open_case()
    with pytest.raises(NotAllowed, match="task.not_yours"):
        attach(store, daniyar, case.task)
    # Not even the file was taken in.
    assert not store.exists(hashlib.sha256(PDF).hexdigest())
    assert refusal_of("document.attach")["code"] == "task.not_yours"


def test_nobody_evaluates_the_own_body(store: BlobStore, installation: Flask) -> None:
    both = add_person("both", ("case_officer", "mne"), ("case_officer", "akmola"))
    case = open_case()
    with pytest.raises(NotAllowed) as refused:
        attach(store, both, case.task)
    assert (refused.value.code, refused.value.paragraph) == ("conflict.own_body", "9(2)")


def test_a_task_that_is_done_or_claimed_takes_nothing(store: BlobStore, asel: Actor) -> None:
    case = open_case()
    run(update(Task).where(Task.id == case.task).values(claimed_by="p-9999"))
    with pytest.raises(Conflict, match="task.claimed_by_other"):
        attach(store, asel, case.task)
    hand_in(case.task)
    with pytest.raises(Conflict, match="task.already_done"):
        attach(store, asel, case.task)
    with pytest.raises(NotFound, match="task.gone"):
        attach(store, asel, 999)


def test_a_document_cannot_be_changed_or_removed(store: BlobStore, asel: Actor) -> None:
    case = open_case()
    attached = attach(store, asel, case.task)
    for statement in (
        update(Document).where(Document.id == attached.id).values(sha256="0" * 64),
        delete(Document).where(Document.id == attached.id),
    ):
        with pytest.raises(DBAPIError):
            run(statement)
    assert not hasattr(documents, "detach")


def receive(case_id: int, actor: Actor) -> None:
    """The evaluated body has received a conclusion."""
    with transaction() as session:
        case = acts.lock_case(session, case_id)
        assert case is not None
        context = acts.context_for(session, case, actor=actor, now=NOON)
        conclusion = context.write(
            Conclusion(
                case_id=case_id,
                number=1,
                year=2017,
                block=1,
                evaluated_body="akmola",
                authority="mne",
                author=actor.person,
            )
        )
        context.write(
            ConclusionMark(
                case_id=case_id,
                conclusion_id=conclusion.id,
                mark="received",
                person=actor.person,
                at=NOON,
                until=NOON,
            )
        )
        acts.record(context, events.TaskClaimed(key="receive", element="receive"))


def test_a_late_objection_has_documents_too(store: BlobStore, asel: Actor, daniyar: Actor) -> None:
    case = open_case()

    def late(actor: Actor) -> documents.Attached:
        return documents.attach_late(
            case_id=case.id,
            actor=actor,
            upload=Upload("Есеп.pdf", io.BytesIO(PDF)),
            source="5",
            origin=ORIGIN,
            now=NOON,
            store=store,
        )

    with pytest.raises(NotFound, match="case.not_found"):
        late(daniyar)
    receive(case.id, daniyar)
    with pytest.raises(NotFound, match="case.not_found"):
        late(asel)
    attached = late(daniyar)
    with reading() as session:
        (shown,) = documents.documents_of(session, case.id, daniyar)
        # The authority sees it once the objection is there.
        assert documents.documents_of(session, case.id, asel) == ()
        offered = sources.attached(session, case.id, LATE_KEY, daniyar.person)
        assert [row.id for row in offered] == [attached.id]
    assert (shown.id, shown.organisation) == (attached.id, "akmola")
