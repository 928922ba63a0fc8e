"""Who evaluates whom in a year, by the registers and the decision table of a release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.db import reading
from app.domain.calendar import local_day
from app.domain.registers import Registers as Evaluators
from app.domain.rules import cycle as rules
from app.domain.rules.evaluators import whole_year
from app.operations import cycle
from app.operations.context import decided_by
from app.operations.registers import Registers
from app.services import releases


@dataclass(frozen=True, slots=True)
class Row:
    """One part of a block evaluation: codes of the body, of who evaluates and who concludes.

    `paragraph` is the one that gives the part to `authority`.
    """

    body: str
    block: int
    part: str
    authority: str
    consolidator: str
    paragraph: str


@dataclass(frozen=True, slots=True)
class Year:
    """Who evaluates whom for a reporting year, as asked for `day`; `opened`: it has begun."""

    year: int
    day: date
    opened: bool
    rows: tuple[Row, ...]


def registers_of(session: Session, day: date) -> Evaluators:
    """What the rules on who evaluates whom read, with the table of the release in force."""
    return Registers(session).evaluators(decided_by(lambda: releases.in_force(session, day)))


def of_year(*, year: int, now: datetime) -> Year:
    """¶ 23–25, 28, 30–32, 35–38, Annex 2: every part of every evaluation of a reporting year.

    An opened year keeps the release and the day it was opened by; any other is asked by the
    release in force today.

    Raises:
        Conflict: `mandate.none`, a role is held by nobody on the day.
    """
    with reading() as session:
        case = cycle.of_year(session, year)
        if case is None:
            known = registers_of(session, local_day(now))
        else:
            pinned = case.release
            known = Registers(session).evaluators(
                decided_by(lambda: releases.load(session, pinned))
            )
        day = rules.evaluators_day(year, local_day(case.started_at) if case else None)
        rows = tuple(
            Row(body.code, e.block, e.part, e.authority, e.consolidator, e.paragraph)
            for body, parts in whole_year(known, day)
            for e in parts
        )
        return Year(year, day, case is not None, rows)
