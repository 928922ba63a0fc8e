"""Reading the registers inside an act, and noting which versions were read.

Decoded registers are kept in memory under their version: a version never changes, so a
copy can be shared by every act of the process.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import connection_of
from app.domain.calendar import Calendar, DayMark
from app.domain.registers import Bodies, Body, Decide, Mandate, Mandates, Part
from app.domain.registers import Registers as Evaluators
from app.models import registers as tables

NAMES = ("calendar", "bodies", "mandates", "parts", "settings")

_kept: dict[tuple[str, str, int], Any] = {}


class Registers:
    """The registers as they stand in one transaction; `read` holds the versions asked for."""

    def __init__(self, session: Session) -> None:
        """Read within the transaction of `session`."""
        self._session = session
        self._versions: dict[str, int] | None = None
        self.read: dict[str, int] = {}

    @property
    def calendar(self) -> Calendar:
        """The production calendar in force."""
        found: Calendar = self._get("calendar", _calendar)
        return found

    def calendar_at(self, version: int) -> Calendar:
        """The production calendar as it stood at a version, by which an act has counted."""
        found: Calendar = self._at("calendar", version, _calendar)
        return found

    @property
    def bodies(self) -> Bodies:
        """State bodies and holders of roles, by code."""
        found: Bodies = self._get("bodies", _bodies)
        return found

    @property
    def mandates(self) -> Mandates:
        """Who holds the roles of ¶ 10 and ¶ 12, dated."""
        found: Mandates = self._get("mandates", _mandates)
        return found

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the three blocks."""
        found: tuple[Part, ...] = self._get("parts", _parts)
        return found

    def evaluators(self, decide: Decide) -> Evaluators:
        """Bodies, mandates and parts with the table of who evaluates whom, for the rules."""
        return Evaluators(
            bodies=self.bodies, mandates=self.mandates, parts=self.parts, decide=decide
        )

    def setting(self, name: str, default: Any) -> Any:
        """The value of a setting, or `default` where none is recorded."""
        found: dict[str, Any] = self._get("settings", _settings)
        return found.get(name, default)

    def _get(self, name: str, load: Any) -> Any:
        connection = connection_of(self._session)
        if self._versions is None:
            self._versions = {name: version for name, version in connection.execute(_VERSIONS)}
        version = self._versions.get(name, 0)
        self.read[name] = version
        return self._at(name, version, load)

    def _at(self, name: str, version: int, load: Any) -> Any:
        key = (_address(connection_of(self._session).engine), name, version)
        if key not in _kept:
            _kept[key] = load(self._session, version)
        return _kept[key]


_VERSIONS = select(tables.Register.name, tables.Register.version)
_addresses: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()


def _address(engine: Engine) -> str:
    """Databases differ, versions repeat: this keeps two installations of one process apart."""
    if engine not in _addresses:
        _addresses[engine] = engine.url.render_as_string()
    return _addresses[engine]


def _in_force(rows: Sequence[Any], key: Any) -> list[Any]:
    """The newest row under each key, in the order of the keys' first appearance."""
    newest: dict[Any, Any] = {}
    for row in rows:
        newest[key(row)] = row
    return list(newest.values())


def _rows(session: Session, table: Any, version: int) -> Sequence[Any]:
    """The rows of a register up to a version: a later one may be there already, and is not its."""
    query = select(table).where(table.seq <= version).order_by(table.seq, table.id)
    return session.scalars(query).all()


def _calendar(session: Session, version: int) -> Calendar:
    marks = {
        row.day: DayMark(
            kind=row.kind,
            name_kk=row.name_kk,
            name_ru=row.name_ru,
            name_en=row.name_en,
            source=row.source,
        )
        for row in _in_force(_rows(session, tables.CalendarDay, version), lambda r: r.day)
        if row.kind != "ordinary"
    }
    return Calendar(version=version, days=marks)


def _bodies(session: Session, version: int) -> Bodies:
    return Bodies(
        {
            row.code: Body(
                code=row.code,
                kind=row.kind,
                name_kk=row.name_kk,
                name_ru=row.name_ru,
                name_en=row.name_en,
                short_kk=row.short_kk,
                short_ru=row.short_ru,
                short_en=row.short_en,
                blocks=tuple(int(b) for b in row.blocks.split()),
                scope_excluded=row.scope_excluded,
                directly_under_president=row.directly_under_president,
                time_zone=row.time_zone,
            )
            for row in _in_force(_rows(session, tables.Body, version), lambda r: r.code)
        }
    )


def _mandates(session: Session, version: int) -> Mandates:
    return Mandates(
        tuple(
            Mandate(
                role=row.role,
                holder=row.holder,
                since=row.starts_on,
                until=row.ends_on,
                basis=row.basis,
            )
            for row in _in_force(
                _rows(session, tables.MandateRow, version),
                lambda r: (r.role, r.holder, r.starts_on),
            )
            # Planned and taken back before it began.
            if row.ends_on is None or row.ends_on >= row.starts_on
        )
    )


def _parts(session: Session, version: int) -> tuple[Part, ...]:
    return tuple(
        Part(
            block=row.block,
            code=row.code,
            name_kk=row.name_kk,
            name_ru=row.name_ru,
            name_en=row.name_en,
            general_evaluator=row.general_evaluator,
            consolidator=row.consolidator,
            basis=row.basis,
        )
        for row in _in_force(_rows(session, tables.PartRow, version), lambda r: (r.block, r.code))
    )


def _settings(session: Session, version: int) -> dict[str, Any]:
    rows = _in_force(_rows(session, tables.SettingRow, version), lambda r: r.name)
    return {row.name: json.loads(row.value) for row in rows}
