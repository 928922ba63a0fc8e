"""Registers: seeded once, changed by recorded acts, each with the act it rests on."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import events, log
from app.db import reading, transaction
from app.domain.actors import Actor, Holding, SystemActor
from app.domain.calendar import local_day
from app.domain.permissions import Permission, require
from app.domain.registers import Mandate
from app.domain.rules import mandates
from app.models import registers as tables
from app.models.registers import Register
from app.models.trail import Fact
from app.operations.registers import Registers
from app.services import acts
from app.services.envelopes import envelope

SEEDS = Path(__file__).resolve().parents[2] / "config" / "seeds"


def seed(session: Session, *, actor: SystemActor, now: datetime) -> None:
    """Write every register's first version from `config/seeds`, in the caller's transaction."""
    makers: Mapping[str, Callable[[Mapping[str, str]], Fact]] = {
        "calendar": _calendar_day,
        "bodies": _body,
        "mandates": _mandate,
        "parts": _part,
    }
    for name, make in makers.items():
        with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = [make(row) for row in csv.DictReader(file)]
        _create(session, name, rows, actor=actor, now=now)
    _create(session, "settings", [], actor=actor, now=now)


def _create(
    session: Session, name: str, rows: list[Fact], *, actor: SystemActor, now: datetime
) -> None:
    stream = f"register/{name}"
    register = Register(name=name, stream=stream, version=1)
    _own(rows, stream, 1)
    session.add_all([register, *rows])
    session.flush()
    log.append(
        session,
        events.RegisterCreated(register=name, count=len(rows)),
        envelope(now=now, actor=actor),
        stream=stream,
        rows=[register, *rows],
    )


def _own(rows: Iterable[Fact], stream: str, seq: int) -> None:
    for row in rows:
        row.stream, row.seq = stream, seq


def write(
    session: Session,
    name: str,
    rows: list[Fact],
    event: events.Event,
    *,
    actor: Actor | SystemActor,
    now: datetime,
    holding: Holding | None = None,
) -> None:
    """Add rows to a register as its next version, in the caller's transaction."""
    register = session.scalars(
        select(Register).where(Register.name == name).with_for_update()
    ).one()
    seq = register.version + 1
    _own(rows, register.stream, seq)
    session.add_all(rows)
    session.flush()
    with session.no_autoflush:
        register.version = seq
        log.append(
            session,
            event,
            envelope(now=now, actor=actor, holding=holding),
            stream=register.stream,
            rows=[register, *rows],
        )
    session.flush()


def set_setting(
    *, name: str, value: Any, source: str, actor: Actor | SystemActor, now: datetime
) -> None:
    """Record a setting's value as the next version of the settings."""
    with transaction() as session:
        old = Registers(session).setting(name, None)
        write(
            session,
            "settings",
            [tables.SettingRow(name=name, value=json.dumps(value), source=source)],
            events.SettingChanged(
                setting=name, value=events.Change(old=old, new=value), source=source
            ),
            actor=actor,
            now=now,
        )


def change_mandate(
    *, role: str, holder: str, starts_on: date, basis: str, actor: Actor, now: datetime
) -> None:
    """Let a body hold a role of ¶ 10, or be the working body of ¶ 12, from a day on.

    Whoever held it before holds it until the day before; cases that are open keep their
    authority.

    Raises:
        NotAllowed: the actor may not edit mandates.
        Invalid: as `app.domain.rules.mandates.passing`.
    """
    with (
        acts.refusals_recorded(actor=actor, now=now, attempted="mandate.change"),
        transaction() as session,
    ):
        require(actor, Permission.EDIT_MANDATES)
        # Held before it is read: two changes at once may not both end the same mandate.
        session.scalars(
            select(Register.id).where(Register.name == "mandates").with_for_update()
        ).one()
        registers = Registers(session)
        change = mandates.passing(
            registers.mandates,
            registers.bodies,
            role=role,
            holder=holder,
            starts_on=starts_on,
            basis=basis.strip(),
            today=local_day(now),
        )
        rows: list[Fact] = [_mandate_row(row) for row in (*change.ended, change.new)]
        event = events.MandateChanged(
            role=role,
            holder=events.Change(old=change.before, new=holder),
            starts_on=starts_on,
            basis=change.new.basis,
        )
        write(session, "mandates", rows, event, actor=actor, now=now)


def _mandate_row(mandate: Mandate) -> tables.MandateRow:
    return tables.MandateRow(
        role=mandate.role,
        holder=mandate.holder,
        starts_on=mandate.since,
        ends_on=mandate.until,
        basis=mandate.basis,
    )


def calendar_of(year: int) -> tuple[tuple[date, str, dict[str, str], str], ...]:
    """The marked days of a year: day, kind, names and source, in order."""
    with reading() as session:
        days = Registers(session).calendar.days
        return tuple(
            (
                day,
                mark.kind,
                {"kk": mark.name_kk, "ru": mark.name_ru, "en": mark.name_en},
                mark.source,
            )
            for day, mark in sorted(days.items())
            if day.year == year
        )


def wall_time() -> datetime:
    """The wall time; for acts that no business clock governs."""
    return datetime.now(UTC)


def _calendar_day(row: Mapping[str, str]) -> Fact:
    return tables.CalendarDay(
        day=date.fromisoformat(row["day"]),
        kind=row["kind"],
        name_kk=row["name_kk"],
        name_ru=row["name_ru"],
        name_en=row["name_en"],
        source=row["source"],
    )


def _body(row: Mapping[str, str]) -> Fact:
    names = {
        key: row[key]
        for key in (
            "code", "kind", "name_kk", "name_ru", "name_en", "short_kk", "short_ru", "short_en",
            "blocks", "scope_excluded", "time_zone",
        )
    }  # fmt: skip
    return tables.Body(**names, directly_under_president=row["directly_under_president"] == "yes")


def _mandate(row: Mapping[str, str]) -> Fact:
    return _mandate_row(Mandate.read(row))


def _part(row: Mapping[str, str]) -> Fact:
    return tables.PartRow(
        block=int(row["block"]),
        code=row["code"],
        name_kk=row["name_kk"],
        name_ru=row["name_ru"],
        name_en=row["name_en"],
        general_evaluator=row["general_evaluator"],
        consolidator=row["consolidator"],
        basis=row["basis"],
    )
