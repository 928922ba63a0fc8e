"""A backup that is made while people act is one moment of it, whole, and comes back as it was."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import create_app
from app.db import db
from app.documents.store import FolderStore
from app.models.facts import Objection
from app.services import backup as service
from app.services import documents, verification
from app.services.backup import Backup, CannotCopy
from config.settings import Settings
from tests.databases import Databases
from tests.journeys.plot import CONCLUSION, Stage
from tests.services.roles import given

NOW = datetime(2018, 3, 28, tzinfo=UTC)
OBJECTION = {"points": ["1.1.1"], "grounds": "Статистика."}
Elsewhere = Callable[[Settings], Settings]


@pytest.fixture
def elsewhere(databases: Databases, tmp_path: Path) -> Iterator[Elsewhere]:
    """Settings of an installation that is not there yet, on the same kind of database."""
    made: list[str] = []

    def another(like: Settings) -> Settings:
        data = tmp_path / f"elsewhere-{len(made)}"
        name = f"restored_{id(made)}_{len(made)}"
        made.append(name)
        if like.sqlite_file is not None:
            return Settings(data=data, database_url=f"sqlite:///{data / 'bagalau.db'}")
        databases.server.create(name)
        return Settings(data=data, database_url=databases.server.url(name))

    yield another
    for name in made:
        if databases._server is not None:
            databases.server.drop(name)


def settings_of(stage: Stage) -> Settings:
    found: Settings = stage.app.extensions["bagalau"].settings
    return found


def object_with_document(stage: Stage, number: int) -> None:
    """One objection, with a document of its own content."""
    task = stage.task(CONCLUSION, "object")
    attached = documents.attach(
        task_id=task,
        actor=stage.actor("akmola.officer1"),
        upload=documents.Upload(f"{number}.txt", io.BytesIO(f"дәлел {number}".encode())),
        source="1",
        origin="Ұлттық статистика бюросы",
        now=stage.play.now,
        store=stage.store,
    )
    stage.complete("akmola.officer1", task, **OBJECTION, documents=[attached.id])


@contextmanager
def acting(stage: Stage) -> Iterator[list[int]]:
    """Somebody who objects again and again; the numbers of what was acknowledged."""
    done, stop, failures = list[int](), threading.Event(), list[Exception]()

    def work() -> None:
        with stage.app.app_context():
            try:
                while not stop.is_set():
                    object_with_document(stage, len(done))
                    done.append(len(done))
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive()
    assert failures == []


def backed_up(stage: Stage, folder: Path, evidence: Path | None = None) -> Backup:
    return service.backup(
        settings=settings_of(stage),
        store=stage.store,
        folder=folder,
        evidence=evidence or folder / "evidence",
        now=NOW,
    )


def restored(to: Settings, folder: Path, evidence: Path) -> service.Restored:
    """Bring a backup back and verify it as a new installation does."""
    app = create_app(to)
    with app.app_context():
        store = app.extensions["bagalau"].store
        found = service.restore(settings=to, store=store, folder=folder, evidence=evidence)
        verified = verification.verify_trail(store=store)
        assert verified.ok, verified.problems
        assert verified.events == found.manifest.events
        db.session.remove()
        db.engine.dispose()
    return found


def test_backups_beside_acts_come_back_whole(
    received: Stage, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    shared, made, acknowledged = tmp_path / "evidence-of-all", list[Backup](), list[int]()
    with acting(received) as done:
        for number in range(3):
            until = time.monotonic() + 10
            while len(done) <= 2 * number and time.monotonic() < until:
                time.sleep(0.01)
            acknowledged.append(len(done))
            made.append(backed_up(received, tmp_path / f"backup-{number}", shared))
    assert made[0].events < made[1].events < made[2].events
    assert all(one.lost == () for one in made)
    # What was acknowledged before a backup began is in it.
    for number in (0, 2):
        to = elsewhere(settings_of(received))
        found = restored(to, tmp_path / f"backup-{number}", shared)
        assert (found.same, found.lost) == (True, ())
        assert found.brought == found.manifest.evidence
        with another(to) as there:
            assert len(there.all(Objection)) >= acknowledged[number]
    # The source was not touched.
    received.verified()
    assert len(received.all(Objection)) >= acknowledged[2]


@contextmanager
def another(settings: Settings) -> Iterator[Stage]:
    app = create_app(settings)
    with app.app_context():
        yield Stage(app)
        db.session.remove()
        db.engine.dispose()


def test_a_case_goes_on_after_a_restore(
    received: Stage, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    backed_up(received, tmp_path / "backup")
    to = elsewhere(settings_of(received))
    restored(to, tmp_path / "backup", tmp_path / "backup" / "evidence")
    with another(to) as there:
        there.play.now = received.play.now
        object_with_document(there, 1)
        there.verified()
    assert received.all(Objection) == []


def test_nothing_is_written_over(received: Stage, elsewhere: Elsewhere, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    backed_up(received, folder)
    with pytest.raises(CannotCopy, match="something in it already"):
        backed_up(received, folder)
    to = elsewhere(settings_of(received))
    restored(to, folder, folder / "evidence")
    with pytest.raises(CannotCopy, match="already, and nothing is written over"):
        restored(to, folder, folder / "evidence")


def test_what_is_no_backup_is_refused(
    received: Stage, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    folder, to = tmp_path / "backup", elsewhere(settings_of(received))
    made = backed_up(received, folder)
    manifest = folder / "manifest.json"
    whole = manifest.read_text("utf-8")
    copy = folder / made.database
    content = copy.read_bytes()
    copy.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(CannotCopy, match="was changed"):
        restored(to, folder, folder / "evidence")
    copy.write_bytes(content)
    for broken in ("{", "[]", json.dumps({**json.loads(whole), "format": 99})):
        manifest.write_text(broken, "utf-8")
        with pytest.raises(CannotCopy, match=r"cannot be read|another version"):
            restored(to, folder, folder / "evidence")
    manifest.unlink()
    with pytest.raises(CannotCopy, match="no whole backup"):
        restored(to, folder, folder / "evidence")
    other = "postgresql+psycopg://nobody@/none" if to.sqlite_file else f"sqlite:///{tmp_path}/x.db"
    manifest.write_text(whole, "utf-8")
    with pytest.raises(CannotCopy, match="another kind of database"):
        restored(Settings(data=tmp_path, database_url=other), folder, folder / "evidence")
    assert restored(to, folder, folder / "evidence").same


def test_a_backup_that_lacks_a_document_says_so(
    received: Stage, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    object_with_document(received, 1)
    made = backed_up(received, tmp_path / "whole")
    [kept] = [p for p in (tmp_path / "whole" / "evidence").glob("??/*") if p.read_bytes() == TEXT]
    sha256 = kept.parent.name + kept.name
    root = settings_of(received).evidence
    (root / sha256[:2] / sha256[2:]).unlink()
    assert made.lost == ()
    assert backed_up(received, tmp_path / "lacking").lost == (sha256,)
    to = elsewhere(settings_of(received))
    app = create_app(to)
    with app.app_context():
        store = FolderStore(to.evidence)
        found = service.restore(
            settings=to,
            store=store,
            folder=tmp_path / "lacking",
            evidence=tmp_path / "lacking" / "evidence",
        )
        assert found.lost == (sha256,)
        assert not verification.verify_trail(store=store).ok
        db.session.remove()
        db.engine.dispose()


TEXT = "дәлел 1".encode()


@pytest.mark.postgres
def test_a_role_that_only_reads_makes_backups(
    received: Stage, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    there = settings_of(received)
    if there.sqlite_file is not None:
        return
    reader = Settings(data=there.data, database_url=given(there.database_url, "r", reading=True))
    app = create_app(reader)
    with app.app_context():
        store = app.extensions["bagalau"].store
        made = service.backup(
            settings=reader, store=store, folder=tmp_path / "b", evidence=tmp_path / "e", now=NOW
        )
        db.session.remove()
        db.engine.dispose()
    assert restored(elsewhere(there), tmp_path / "b", tmp_path / "e").same
    assert made.lost == ()
