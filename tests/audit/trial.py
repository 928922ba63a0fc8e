"""Small tables under guard, and short ways to write a trail with them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Engine, LargeBinary, MetaData, Numeric, String
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.audit import guards
from app.audit.events import CaseStarted, Event, PersonCreated, TaskCompleted
from app.audit.log import Appended, Envelope, Movement, append
from app.audit.sealed import Sealed
from app.db import NAMING, UtcDateTime
from app.domain.actors import Actor, Holding, SystemActor
from app.models.trail import EVENT, OPENING, Fact, Guarded
from tests.databases import open_engine

NOON = datetime(2017, 4, 28, 7, tzinfo=UTC)
ASEL = Actor("p-0001", "Әсел", "kk", (Holding("case_officer", "mne"),))


class TrialBase(DeclarativeBase):
    """Base of the tables of these tests; the application's metadata stays as it is."""

    metadata = MetaData(naming_convention=NAMING)


class Folder(Guarded, TrialBase):
    """A guarded row with a saved state, such as a case is."""

    __tablename__ = "folder"

    title: Mapped[str] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(12), default="open")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[bytes] = mapped_column(LargeBinary)


class Sheet(Fact, TrialBase):
    """A fact with a column of every type that facts have."""

    __tablename__ = "sheet"

    number: Mapped[int] = mapped_column(unique=True)
    text: Mapped[str | None] = mapped_column(String(40))
    score: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    day: Mapped[date | None]
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    late: Mapped[bool] = mapped_column(default=False)
    bytes_: Mapped[bytes | None] = mapped_column("bytes", LargeBinary)
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON)


TRIAL = (TrialBase.metadata,)


def build_trial(url: str) -> None:
    """Make the trail and the trial tables at `url`, under guard."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for table in (EVENT, OPENING):
            table.create(connection)
        TrialBase.metadata.create_all(connection)
        guards.install(connection, TRIAL)
    engine.dispose()


def envelope(minutes: int = 0, **given: Any) -> Envelope:
    """The circumstances of an act `minutes` after noon of 28 April 2017, by Asel."""
    moment = NOON + timedelta(minutes=minutes)
    usual: dict[str, Any] = {
        "at": moment,
        "recorded_at": moment,
        "actor": ASEL,
        "holding": ASEL.holdings[0],
        "request": f"r-{minutes}",
        "application": "0.1.0",
        "release": "ab" * 32,
        "registers": {"calendar": 3},
        "paragraphs": ("57",),
    }
    return Envelope(**usual | given)


def by_timer(minutes: int) -> Envelope:
    """The circumstances of an act of the system."""
    return envelope(minutes, actor=SystemActor("timer"), holding=None, request=None)


def movement(state: bytes, sent: Sequence[Any] = (), **effects: Any) -> Movement:
    """A movement of a case to the saved `state`."""
    return Movement(
        calls=[["working_days_after", {"n": 5}, "2017-05-10T18:00:00Z"]],
        sent=sent,
        visits=["draft"],
        effects=effects,
        state_digest="d" * 64,
        state_sha256=hashlib.sha256(state).hexdigest(),
    )


def started(number: str) -> Event:
    """A case began."""
    return CaseStarted(process="objection", number=number, data={"block": 1})


def completed(reason: str = "себебі") -> Event:
    """A task with a decisive and a sealed answer was completed."""
    return TaskCompleted(
        key="draft#1",
        element="draft",
        process="objection",
        form="draft",
        answers={"decision": "approve", "reason": Sealed(reason, "p-0001")},
    )


def known(person: str = "p-0002") -> Event:
    """A person became known."""
    return PersonCreated(
        person=person,
        language="kk",
        names=Sealed({"kk": "Ерлан", "ru": "Ерлан", "en": "Yerlan"}, person),
        login=Sealed("yerlan", person),
    )


def open_folder(session: Session, title: str, minutes: int = 0) -> tuple[Folder, Appended]:
    """Start a case: a folder and its first event."""
    state = f"{title} 1".encode()
    folder = Folder(title=title, opened_at=NOON, state=state)
    done = append(
        session,
        started(title),
        envelope(minutes),
        stream=f"case/{title}",
        rows=[folder],
        movement=movement(state),
    )
    return folder, done


def write_sheet(
    session: Session, folder: Folder, number: int, minutes: int = 1, **columns: Any
) -> tuple[Sheet, Appended]:
    """Move a case: a new fact, the folder's next state, and their event."""
    sheet = Sheet(number=number, **columns)
    folder.state = f"{folder.title} {folder.version + 1}".encode()
    done = append(
        session,
        completed(f"reason {number}"),
        envelope(minutes),
        stream=folder.stream,
        rows=[sheet, folder],
        movement=movement(folder.state),
        case_id=folder.id,
    )
    return sheet, done


def play(engine: Engine) -> None:
    """Two cases, one of three events and one of two, and a person: six events in all."""
    with Session(engine) as session:
        first, _ = open_folder(session, "A", 0)
        session.commit()
        write_sheet(session, first, 1, 1, text="Қ", score=Decimal("1.5"), data={"б": [1, None]})
        session.commit()
        second, _ = open_folder(session, "B", 2)
        session.commit()
        write_sheet(session, first, 2, 3, day=date(2017, 4, 28), at=NOON, bytes_=b"\x00\xff")
        session.commit()
        write_sheet(session, second, 3, 4, late=True)
        append(session, known(), envelope(5), stream="person/p-0002")
        session.commit()
