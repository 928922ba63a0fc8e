"""Reading documents: by whom, and that the trail knows before the bytes leave."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import BinaryIO

import pytest
from flask import Flask
from sqlalchemy import delete, event

from app.db import db, reading
from app.documents.store import BlobStore, FolderStore
from app.domain.actors import Actor
from app.domain.refusals import Conflict, NotFound
from app.models.trail import OpeningRow
from app.services import documents
from tests.appcontext import NOON, PDF, add_person, open_case, run, trail
from tests.services.papers import ORIGIN, attach, hand_in, refusal_of


def test_a_view_is_on_the_trail_before_the_bytes(
    store: BlobStore, asel: Actor, installation: Flask
) -> None:
    case = open_case()
    attached = attach(store, asel, case.task)
    seen: list[int] = []

    class Watching(FolderStore):
        """The real store, which looks at the committed trail before it opens."""

        def open(self, sha256: str, *, verify: bool = False) -> BinaryIO:
            seen.append(len(trail("document.viewed")))
            assert verify
            return super().open(sha256, verify=verify)

    viewing = documents.view(
        document_id=attached.id,
        actor=asel,
        now=NOON + timedelta(days=1),
        store=Watching(installation.extensions["bagalau"].settings.evidence),
    )
    assert seen == [1]
    with viewing.stream as file:
        assert file.read() == PDF
    assert (viewing.name, viewing.media_type, viewing.size) == (
        "Есеп.pdf",
        "application/pdf",
        len(PDF),
    )
    (row,) = trail("document.viewed")
    assert (row.stream, row.seq, row.case_id, row.actor) == ("views", None, case.id, asel.person)
    assert json.loads(row.body)["facts"] == {"document": attached.id, "sha256": attached.sha256}


def test_an_outsider_cannot_view_and_the_trail_says_so(store: BlobStore, asel: Actor) -> None:
    case = open_case()
    attached = attach(store, asel, case.task)
    hand_in(case.task)
    outsider = add_person("outsider", ("case_officer", "mcs"), ("administrator", "mcs"))
    for document_id in (attached.id, 999, 0, -1, 2**70):
        with pytest.raises(NotFound) as refused:
            documents.view(document_id=document_id, actor=outsider, now=NOON, store=store)
        assert refused.value.code == "file.not_found"
    assert trail("document.viewed") == []
    told = [json.loads(row.body) for row in trail("act.refused")]
    assert [body["facts"]["target"] for body in told][:2] == [str(attached.id), "999"]
    assert told[0]["case_id"] == case.id
    assert told[0]["actor"]["person"] == outsider.person


def test_a_draft_is_its_own_organisation_s(store: BlobStore, asel: Actor, daniyar: Actor) -> None:
    case = open_case()
    attached = attach(store, asel, case.task)
    colleague = add_person("colleague", ("first_head", "mne"))
    auditor = add_person("auditor", ("auditor", "mcs"))
    with pytest.raises(NotFound):
        documents.view(document_id=attached.id, actor=daniyar, now=NOON, store=store)
    with reading() as session:
        assert documents.documents_of(session, case.id, daniyar) == ()
        assert len(documents.documents_of(session, case.id, colleague)) == 1
    for reader in (colleague, auditor):
        documents.view(document_id=attached.id, actor=reader, now=NOON, store=store).stream.close()
    hand_in(case.task)
    documents.view(document_id=attached.id, actor=daniyar, now=NOON, store=store).stream.close()
    with reading() as session:
        assert len(documents.documents_of(session, case.id, daniyar)) == 1


def test_a_member_of_a_commission_reads_what_supports_the_objection(
    store: BlobStore, daniyar: Actor, installation: Flask
) -> None:
    member = add_person("member", ("commission_member", "mne"))
    conclusion = open_case(organisation="akmola")
    attached = attach(store, daniyar, conclusion.task)
    hand_in(conclusion.task)
    with pytest.raises(NotFound):
        documents.view(document_id=attached.id, actor=member, now=NOON, store=store)
    vote = open_case(
        "objection",
        role="commission_member",
        assignee=member.person,
        opened_by=conclusion.id,
    )
    documents.view(document_id=attached.id, actor=member, now=NOON, store=store).stream.close()
    hand_in(vote.task)
    with pytest.raises(NotFound):
        documents.view(document_id=attached.id, actor=member, now=NOON, store=store)


def test_a_missing_or_tampered_file_is_a_clear_refusal(
    store: BlobStore, asel: Actor, installation: Flask
) -> None:
    case = open_case()
    attached = attach(store, asel, case.task)
    folder = installation.extensions["bagalau"].settings.evidence
    path = folder / attached.sha256[:2] / attached.sha256[2:]
    path.chmod(0o640)
    path.write_bytes(PDF.replace(b"1.4", b"1.5"))
    with pytest.raises(Conflict, match="file.damaged"):
        documents.view(document_id=attached.id, actor=asel, now=NOON, store=store)
    with pytest.raises(Conflict, match="file.damaged"):
        attach(store, asel, case.task)
    path.unlink()
    with pytest.raises(Conflict, match="file.damaged"):
        documents.view(document_id=attached.id, actor=asel, now=NOON, store=store)
    assert refusal_of("document.view")["code"] == "file.damaged"


def test_an_erased_name_leaves_the_document(store: BlobStore, asel: Actor) -> None:
    case = open_case()
    attached = attach(store, asel, case.task)
    run(delete(OpeningRow).where(OpeningRow.path == "/name"))
    with reading() as session:
        (shown,) = documents.documents_of(session, case.id)
    assert (shown.name, shown.origin) == (None, ORIGIN)
    viewing = documents.view(document_id=attached.id, actor=asel, now=NOON, store=store)
    viewing.stream.close()
    assert viewing.name == f"document-{attached.id}.pdf"


def test_a_list_takes_two_queries_however_long(store: BlobStore, asel: Actor) -> None:
    case = open_case()
    for number in range(5):
        attach(store, asel, case.task, origin=f"{ORIGIN} {number}")
    asked: list[str] = []

    def count(_c: object, _k: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    with reading() as session:
        event.listen(db.engine, "before_cursor_execute", count)
        try:
            shown = documents.documents_of(session, case.id)
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
    assert [d.origin for d in shown] == [f"{ORIGIN} {number}" for number in range(5)]
    assert len(asked) == 2
