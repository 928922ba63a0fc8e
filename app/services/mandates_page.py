"""Who holds the roles of ¶ 10 and 12, then, now and as planned; what a change leaves as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor
from app.domain.calendar import local_day
from app.domain.permissions import Permission, allows
from app.domain.registers import Mandate
from app.domain.rules.mandates import ROLES, paragraph_of
from app.models.cases import CaseFile
from app.operations.registers import Registers
from app.services import visibility


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A role with its paragraph, who holds it today, who is to hold it, and who held it.

    `present` is None where nobody holds it; `planned` is in order, `past` newest first.
    """

    role: str
    paragraph: str
    present: Mandate | None
    planned: tuple[Mandate, ...]
    past: tuple[Mandate, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """The open cases of which a body is the authority, and stays it whoever holds its roles.

    `counts` by process; `cases` are those that the reader may open, as id and number.
    """

    authority: str
    counts: Mapping[str, int]
    cases: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class MandatesPage:
    """The roles in the order of the decree; `kept` only for who may change them."""

    roles: tuple[RoleHeld, ...]
    may_edit: bool
    kept: tuple[Kept, ...]


def mandates_page(*, actor: Actor, now: datetime) -> MandatesPage:
    """The roles of bodies for anybody who is signed in."""
    may_edit = allows(actor, Permission.EDIT_MANDATES)
    with reading() as session:
        rows = Registers(session).mandates.rows
        return MandatesPage(
            roles=tuple(_held(role, rows, local_day(now)) for role in ROLES),
            may_edit=may_edit,
            kept=_kept(session, actor) if may_edit else (),
        )


def _held(role: str, rows: tuple[Mandate, ...], today: date) -> RoleHeld:
    mine = sorted((row for row in rows if row.role == role), key=lambda row: row.since)
    return RoleHeld(
        role=role,
        paragraph=paragraph_of(role),
        present=next((row for row in mine if row.in_force(today)), None),
        planned=tuple(row for row in mine if row.since > today),
        past=tuple(row for row in reversed(mine) if row.until and row.until < today),
    )


def _kept(session: Session, actor: Actor) -> tuple[Kept, ...]:
    counts: dict[str, Counter[str]] = {}
    cases: dict[str, list[tuple[int, str]]] = {}
    for row in session.execute(
        select(
            CaseFile.id,
            CaseFile.number,
            CaseFile.process,
            CaseFile.authority,
            visibility.can_see_case(actor).label("seen"),
        )
        .where(CaseFile.status == "running", CaseFile.authority.is_not(None))
        .order_by(CaseFile.id)
    ):
        counts.setdefault(row.authority, Counter())[row.process] += 1
        if row.seen:
            cases.setdefault(row.authority, []).append((row.id, row.number))
    return tuple(
        Kept(authority, dict(sorted(by_process.items())), tuple(cases.get(authority, ())))
        for authority, by_process in sorted(counts.items())
    )
