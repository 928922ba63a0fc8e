"""Letters: the release's template filled with the facts, as the recipient reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor
from app.domain.permissions import Permission, allows
from app.domain.refusals import NotFound
from app.models.cases import CaseFile
from app.models.facts import Letter
from app.services import releases
from app.services.letter_values import values
from app.services.numbers import possible

# Official letters have two languages; Kazakh first.
LANGUAGES = ("kk", "ru")


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter in a list."""

    id: int
    case_id: int
    number: str
    kind: str
    recipient: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class LetterPage:
    """A letter as it reads, in one language; `html` is safe to show."""

    row: LetterRow
    html: str


def letters_of(session: Session, case: CaseFile, actor: Actor) -> tuple[LetterRow, ...]:
    """The letters of a case that the actor's organisations sent or got."""
    rows = session.scalars(
        select(Letter).where(Letter.case_id == case.id).order_by(Letter.id)
    ).all()
    return tuple(_row(row, case) for row in rows if may_read(row, case, actor))


def inbox(*, actor: Actor, limit: int = 100) -> tuple[LetterRow, ...]:
    """The newest letters to the actor's organisations."""
    with reading() as session:
        rows = session.execute(
            select(Letter, CaseFile)
            .join(CaseFile, CaseFile.id == Letter.case_id)
            .where(Letter.recipient.in_(sorted(actor.organisations)))
            .order_by(Letter.id.desc())
            .limit(limit)
        )
        return tuple(_row(row.Letter, row.CaseFile) for row in rows)


def letter(*, letter_id: int, actor: Actor, language: str) -> LetterPage:
    """One letter in `language` (kk, ru; English readers get Kazakh: letters have two languages).

    Raises:
        NotFound: no such letter, or not for this reader.
    """
    with reading() as session:
        row = session.get(Letter, possible(letter_id, "case.not_found"))
        case = session.get(CaseFile, row.case_id) if row else None
        if row is None or case is None or not may_read(row, case, actor):
            raise NotFound("case.not_found")
        release = releases.load(session, case.release)
        template = _environment.from_string(release.letters[row.kind])
        chosen = language if language in LANGUAGES else LANGUAGES[0]
        return LetterPage(_row(row, case), template.render(values(session, row, case, chosen)))


def may_read(row: Letter, case: CaseFile, actor: Actor) -> bool:
    """Say whether the actor may read a letter: who got it, who sent it, who sees every case."""
    if allows(actor, Permission.SEE_EVERY_CASE) or row.recipient in actor.organisations:
        return True
    return case.authority in actor.organisations


def _row(row: Letter, case: CaseFile) -> LetterRow:
    return LetterRow(row.id, case.id, case.number, row.kind, row.recipient, row.sent_at)


_environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
