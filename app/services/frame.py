"""What stands around every page: names of bodies, the horizon, the release, open tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor
from app.domain.calendar import local_day
from app.domain.registers import Body
from app.engine.forms import Names
from app.models import cases as tables
from app.operations.registers import Registers
from app.services import inbox_query, incident_views, releases, schedules, visibility
from app.services.inbox_query import Wanted


@dataclass(frozen=True, slots=True)
class ReleaseInForce:
    """The legal release of the day: its number and its hash (hex)."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page shows besides its own matter.

    `waiting` counts the open tasks listed for the actor; `standing` says that the clock is a
    demonstration's own; `roles` are the names of roles by the release, by language;
    `incidents` counts the open ones for whoever may see them.
    """

    bodies: Mapping[str, Body]
    horizon: schedules.Horizon | None
    release: ReleaseInForce | None
    roles: Mapping[str, Names]
    demonstration: bool
    standing: bool
    waiting: int
    incidents: int


def frame(*, actor: Actor | None, now: datetime) -> Frame:
    """The frame of a page for `actor`, None for somebody who is not signed in."""
    horizon = schedules.horizon(now=now)
    with reading() as session:
        registers = Registers(session)
        standing = registers.setting("demo.clock", None) is not None
        release = _release(session, now)
        return Frame(
            bodies=registers.bodies.by_code,
            horizon=horizon,
            release=release,
            roles=_roles(session, release) if release else {},
            demonstration=standing or bool(registers.setting("demonstration", False)),
            standing=standing,
            waiting=_waiting(session, actor) if actor else 0,
            incidents=incident_views.count_open(session, actor) if actor else 0,
        )


def _release(session: Session, now: datetime) -> ReleaseInForce | None:
    row = session.execute(
        select(tables.Release.number, tables.Release.hash)
        .where(tables.Release.effective_from <= local_day(now))
        .order_by(tables.Release.number.desc())
        .limit(1)
    ).first()
    return ReleaseInForce(row.number, row.hash) if row else None


def _roles(session: Session, release: ReleaseInForce) -> Mapping[str, Names]:
    return {code: role.name for code, role in releases.load(session, release.hash).roles.items()}


def _waiting(session: Session, actor: Actor) -> int:
    return inbox_query.count(session, Wanted(actor, visibility.barred_years(session, actor)))
