"""What is asked of the calendar: a day, what it is to be, its names and the act it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from app.audit.kinds import Change
from app.domain.calendar import Calendar, DayMark
from app.domain.days import MarkKind
from app.domain.refusals import FieldError, Invalid
from app.models.registers import CalendarDay, CalendarProposal

KINDS = ("holiday", "day_off", "working_day", "ordinary")
LANGUAGES = ("kk", "ru", "en")
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class DayChange:
    """What a day is to be, and on which act that rests.

    `kind`: holiday, day_off, working_day, or ordinary to take an entry back; `names` by
    language, which an ordinary day does not need.
    """

    day: date
    kind: str
    names: Mapping[str, str]
    source: str

    @property
    def mark(self) -> DayMark:
        """The entry of the calendar that it makes."""
        kk, ru, en = (self.names.get(language, "").strip() for language in LANGUAGES)
        return DayMark(cast(MarkKind, self.kind), kk, ru, en, self.source.strip())


def change_of(proposal: CalendarProposal) -> DayChange:
    """What a proposal asks for."""
    names = {"kk": proposal.name_kk, "ru": proposal.name_ru, "en": proposal.name_en}
    return DayChange(proposal.day, proposal.kind, names, proposal.source)


def entries(calendar: Calendar, change: DayChange) -> dict[str, Change]:
    """What a change does to the register, as an event tells it: the day, with old and new."""
    old = calendar.days.get(change.day)
    kind = Change(old=old.kind if old else "ordinary", new=change.kind)
    return {change.day.isoformat(): kind}


def row(change: DayChange) -> CalendarDay:
    """The row of the register that a change adds."""
    mark = change.mark
    return CalendarDay(
        day=change.day,
        kind=mark.kind,
        name_kk=mark.name_kk,
        name_ru=mark.name_ru,
        name_en=mark.name_en,
        source=mark.source,
    )


def check(change: DayChange) -> None:
    """Refuse what no calendar holds.

    Raises:
        Invalid: no such kind, a name missing or too long, or no source.
    """
    wrong = []
    if change.kind not in KINDS:
        wrong.append(FieldError("kind", "calendar.bad_day"))
    if not change.source.strip():
        wrong.append(FieldError("source", "calendar.source_missing"))
    if change.kind != "ordinary":
        wrong += [
            FieldError(f"name_{language}", "form.required")
            for language in LANGUAGES
            if not change.names.get(language, "").strip()
        ]
    wrong += [
        FieldError(f"name_{language}", "form.too_long", (("max", LONGEST_NAME),))
        for language in LANGUAGES
        if len(change.names.get(language, "")) > LONGEST_NAME
    ]
    if wrong:
        raise Invalid(wrong[0].code, fields=tuple(wrong))
