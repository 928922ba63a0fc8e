"""An installation for tests: application context, real database, registers, people, a case.

No pages: these tests need the session of Flask-SQLAlchemy and, for signing in, a request.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import login
from app.audit import events, log
from app.db import db, prepare_engine, reading, transaction
from app.documents.store import FolderStore
from app.domain.actors import Actor, SystemActor
from app.models.cases import CaseFile, Party, Release, Task
from app.models.trail import EventRow, OpeningRow
from app.services import people, registers
from app.services.clock import FixedClock
from app.services.envelopes import envelope
from app.services.passwords import hash_password
from config.settings import Settings
from tests.databases import build_template

NOON = datetime(2017, 4, 28, 7, tzinfo=UTC)
SYSTEM = SystemActor("installation")
SINCE = date(2017, 1, 1)
PASSWORD = "бір ұзақ құпиясөз"
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\nstartxref\n9\n%%EOF\n"
_hash: list[str] = []


def shared_hash() -> str:
    """One real hash of `PASSWORD` for every account of the tests, made once."""
    if not _hash:
        _hash.append(hash_password(PASSWORD))
    return _hash[0]


def make_app(url: str, data: Path) -> Flask:
    """An application on the database at `url` whose clock stands at `NOON`."""
    app = Flask("tests", root_path=str(Path(__file__).parent))
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SECRET_KEY="tests", TESTING=True)
    app.extensions["bagalau"] = SimpleNamespace(
        clock=FixedClock(NOON),
        settings=Settings(data=data, database_url=url),
        store=FolderStore(data / "evidence"),
    )
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    login.init_app(app)
    return app


@contextmanager
def installed(url: str, data: Path) -> Iterator[Flask]:
    """The application of `make_app` with its context, its connections closed afterwards."""
    app = make_app(url, data)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def build_installed(url: str) -> None:
    """Make the database at `url` with its registers, to be cloned for each test."""
    build_template(url)
    with installed(url, Path("/nonexistent")), transaction() as session:
        registers.seed(session, actor=SYSTEM, now=NOON)


def add_person(login_name: str, *roles: tuple[str, str], now: datetime = NOON) -> Actor:
    """A person with these (role, organisation) since the beginning of 2017, as an actor."""
    code = people.create_person(
        login=login_name,
        names={"kk": f"{login_name} қ", "ru": f"{login_name} р", "en": f"{login_name} e"},
        password_hash=shared_hash(),
        actor=SYSTEM,
        now=now,
    )
    for role, organisation in roles:
        people.grant_role(
            person=code,
            role=role,
            organisation=organisation,
            starts_on=SINCE,
            actor=SYSTEM,
            now=now,
        )
    with reading() as session:
        return people.actor_of(session, code, now)


@dataclass(frozen=True)
class OpenCase:
    """A case with one open task."""

    id: int
    task: int


def open_case(
    process: str = "conclusion",
    *,
    parties: tuple[str, ...] = ("mne", "akmola"),
    role: str = "case_officer",
    organisation: str | None = "mne",
    assignee: str | None = None,
    opened_by: int | None = None,
) -> OpenCase:
    """A case of block 1 of 2017 on Akmola, evaluated by the planning ministry, on the trail.

    Written by hand instead of by a diagram: these tests ask who may do what with its task.
    """
    with transaction() as session:
        case = _new_case(session, process, opened_by)
        shown = [
            Party(stream=case.stream, seq=1, case_id=case.id, organisation=code) for code in parties
        ]
        log.append(
            session,
            events.CaseStarted(process=process, number=case.number, data={}),
            envelope(now=NOON, actor=SYSTEM),
            stream=case.stream,
            rows=[*shown, case],
            case_id=case.id,
        )
        task = Task(
            case_id=case.id,
            key="enter",
            element="enter",
            process=process,
            role=role,
            organisation=organisation,
            assignee=assignee,
            form="conclusion/enter",
            paragraphs="47",
            opened_at=NOON,
            opened_seq=1,
            state="open",
        )
        session.add(task)
        session.flush()
        return OpenCase(case.id, task.id)


def _new_case(session: Session, process: str, opened_by: int | None) -> CaseFile:
    number = len(session.scalars(select(CaseFile.id)).all()) + 1
    case = CaseFile(
        stream=f"case/{number}",
        version=1,
        process=process,
        release=_release(session),
        number=f"{process}-{number}",
        status="running",
        year=2017,
        block=1,
        evaluated_body="akmola",
        authority="mne",
        opened_by_case=opened_by,
        started_at=NOON,
        state=f"state {number}".encode(),
    )
    session.add(case)
    session.flush()
    return case


def _release(session: Session) -> str:
    digest = hashlib.sha256(b"tests").hexdigest()
    if session.scalar(select(Release.id)) is None:
        # In force so late that nobody asks what is in it.
        since = date(2999, 1, 1)
        row = Release(hash=digest, number=1, effective_from=since, files=b"")
        log.append(
            session,
            events.ReleaseAdopted(release=digest, number=1, effective_from=since, files={}),
            envelope(now=NOON, actor=SYSTEM),
            stream="release/tests",
            rows=[row],
        )
    return digest


def trail(kind: str) -> list[EventRow]:
    """Every event of a kind, oldest first."""
    with reading() as session:
        rows = session.scalars(select(EventRow).where(EventRow.kind == kind).order_by(EventRow.id))
        found = list(rows)
        session.expunge_all()
    return found


def openings() -> list[bytes]:
    """The values of every sealed place."""
    with reading() as session:
        return list(session.scalars(select(OpeningRow.value).order_by(OpeningRow.id)))


def file(content: bytes) -> io.BytesIO:
    """A file as it is uploaded."""
    return io.BytesIO(content)


def run(statement: Any) -> None:
    """Change what is not under guard, such as a projection."""
    with transaction() as session:
        session.execute(statement)
