"""Changes of the calendar in tests: what is asked, and the two who agree on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from app.domain.calendar import due_day
from app.models.cases import Task, Timer
from app.services import calendar_changes, messages
from app.services.calendar_days import DayChange
from app.services.calendar_terms import Moved
from tests.journeys.plot import Stage

NAMES = {"kk": "Қосымша демалыс", "ru": "Дополнительный выходной", "en": "Extra day off"}
SOURCE = "ҚР Үкіметінің 2018 жылғы 28 наурыздағы № 147 қаулысы"
PROPOSER, OTHER = "admin", "admin2"


def day_of(day: str, kind: str = "day_off", source: str = SOURCE) -> DayChange:
    names = {} if kind == "ordinary" else NAMES
    return DayChange(date.fromisoformat(day), kind, names, source)


def at_once(stage: Stage, change: DayChange) -> tuple[Moved, ...]:
    actor = stage.actor(PROPOSER)
    return calendar_changes.change_day(change=change, actor=actor, now=stage.play.now)


def propose(stage: Stage, change: DayChange) -> int:
    actor = stage.actor(PROPOSER)
    return calendar_changes.propose(change=change, actor=actor, now=stage.play.now)


def confirm(stage: Stage, proposal: int, login: str = OTHER) -> tuple[Moved, ...]:
    actor = stage.actor(login)
    return calendar_changes.confirm(proposal_id=proposal, actor=actor, now=stage.play.now)


def agreed(stage: Stage, change: DayChange) -> tuple[Moved, ...]:
    """What a change moved that one proposed and the other confirmed."""
    moved = confirm(stage, propose(stage, change))
    messages.deliver_all(now=stage.play.now)
    return moved


def dates(stage: Stage, case: int) -> dict[str, str]:
    """The dates of what a case has open, by key."""
    tasks = [row for row in stage.all(Task, case_id=case, state="open") if row.due_at]
    waiting = stage.all(Timer, case_id=case, state="waiting")
    return {row.key: due_day(row.due_at).isoformat() for row in (*tasks, *waiting)}


def shown(moved: Iterable[Moved]) -> set[tuple[int, str, str, str, str]]:
    """What a preview shows, to be compared with `told`."""
    return {(m.case_id, m.kind, m.key, m.was.isoformat(), m.due.isoformat()) for m in moved}


def told(stage: Stage) -> set[tuple[int, str, str, str, str]]:
    """What the events of the cases say was moved by the calendar."""
    found = set()
    for body in stage.events("case.calendar_redated"):
        for kind in ("task", "timer"):
            for one in body.get("effects", {}).get(f"{kind}s_moved", ()):
                was, due = (_day(one[name]) for name in ("was", "due"))
                found.add((body["case_id"], kind, one["key"], was, due))
    return found


def _day(instant: str) -> str:
    return due_day(datetime.fromisoformat(instant)).isoformat()
