"""Which open terms a change of the calendar would move: a dry run of the act, written nowhere.

Only cases that can be concerned are tried: in which a term runs that was counted in days and
ends on the changed day or after it. A term that has run out is never moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.domain.actors import SystemActor
from app.domain.calendar import Calendar, DayMark, day_ends_at, due_day
from app.engine import runner
from app.engine.expressions import compile_expression
from app.engine.forms import Names
from app.engine.release import Release
from app.engine.rewriting import COUNTING
from app.models.cases import CaseFile, Task, Timer
from app.operations.context import Context
from app.operations.registers import Registers
from app.services import releases
from app.services.host import CaseHost

# Cases in memory at a time; a saved state is a few thousand bytes.
PAGE = 100
SYSTEM = SystemActor("calendar")


@dataclass(frozen=True, slots=True)
class Moved:
    """A date of an open case that would move: `kind` is task or timer, `was` and `due` days."""

    case_id: int
    number: str
    kind: str
    key: str
    name: Names
    was: date
    due: date


Memo = dict[tuple[int, int, int], tuple[Moved, ...]]
"""What was found already, by the calendar's version, the case and the case's version."""


def changed(calendar: Calendar, day: date, mark: DayMark) -> Calendar:
    """The calendar as it would be if `day` were what `mark` says."""
    days = {known: entry for known, entry in calendar.days.items() if known != day}
    if mark.kind != "ordinary":
        days[day] = mark
    return Calendar(calendar.version, days)


def moved(
    session: Session, calendar: Calendar, day: date, now: datetime, memo: Memo | None = None
) -> tuple[Moved, ...]:
    """Every date that `calendar`, changed at `day`, would move at `now`, by case and key.

    `memo` keeps what was found, so that a second look works out again only the cases that
    have gone on since the first.

    Raises:
        Invalid: `calendar.out_of_range`, a term would leave the years of the calendar.
        EngineError: a diagram fails.
    """
    memo = {} if memo is None else memo
    after = max(now, day_ends_at(day - timedelta(days=1)))
    standing = session.execute(_standing(_concerned(session, after))).all()
    places = [(calendar.version, row.id, row.version) for row in standing]
    fresh = [case for version, case, of_case in places if (version, case, of_case) not in memo]
    registers = _Supposed(session, calendar)
    for start in range(0, len(fresh), PAGE):
        page = fresh[start : start + PAGE]
        before = _before(session, page)
        for case in session.scalars(select(CaseFile).where(CaseFile.id.in_(page))).all():
            place = (calendar.version, case.id, case.version)
            memo[place] = tuple(_of_case(session, case, registers, now, before))
            session.expunge(case)
    return tuple(found for place in places for found in memo.get(place, ()))


def _standing(cases: Iterable[int]) -> Select[int, int]:
    return (
        select(CaseFile.id, CaseFile.version)
        .where(CaseFile.id.in_(sorted(cases)), CaseFile.status == "running")
        .order_by(CaseFile.id)
    )


def _concerned(session: Session, after: datetime) -> set[int]:
    """The cases with a term that is counted in days and ends after an instant."""
    waiting = select(Timer.case_id).where(
        Timer.state == "waiting",
        Timer.due_at > after,
        Timer.expression.contains("days_after", autoescape=True),
    )
    found = set(session.scalars(waiting))
    dated = (
        select(Task.case_id, CaseFile.release, Task.process, Task.element)
        .join(CaseFile, CaseFile.id == Task.case_id)
        .where(Task.state == "open", Task.due_at > after)
    )
    known: dict[tuple[str, str, str], bool] = {}
    for case, *place in session.execute(dated):
        release, process, element = place
        if (release, process, element) not in known:
            drawn = releases.load(session, release).processes[process].elements[element]
            known[release, process, element] = _counts(drawn.due)
        if known[release, process, element]:
            found.add(case)
    return found


def _counts(expression: str | None) -> bool:
    return expression is not None and bool(compile_expression(expression).calls & COUNTING)


_Before = Mapping[tuple[int, str, str], tuple[str, str, datetime]]


def _before(session: Session, cases: list[int]) -> _Before:
    """Process, element and due date of what is open, by case, kind and key."""
    found: dict[tuple[int, str, str], tuple[str, str, datetime]] = {}
    kinds: tuple[tuple[str, type[Task] | type[Timer], ColumnElement[bool]], ...] = (
        ("task", Task, (Task.state == "open") & Task.due_at.is_not(None)),
        ("timer", Timer, Timer.state == "waiting"),
    )
    for kind, table, is_open in kinds:
        query = select(table.case_id, table.key, table.process, table.element, table.due_at).where(
            table.case_id.in_(cases), is_open
        )
        for row in session.execute(query):
            found[row.case_id, kind, row.key] = (row.process, row.element, row.due_at)
    return found


def _of_case(
    session: Session, case: CaseFile, registers: Registers, now: datetime, before: _Before
) -> Iterable[Moved]:
    release = releases.load(session, case.release)
    legal = partial(releases.load, session, case.release)
    context = Context(session, case, SYSTEM, now, case.version + 1, registers, legal)
    host = CaseHost(context)
    with host.outages_told():
        step = runner.redate(release, case.state, now=now, host=host, asking=COUNTING)
    after = [("task", task.key, task.due) for task in step.tasks]
    after += [("timer", timer.key, timer.due) for timer in step.timers]
    for kind, key, due in sorted(after, key=lambda one: one[:2]):
        process, element, was = before.get((case.id, kind, key), ("", "", due))
        if due is not None and was is not None and due != was:
            name = _name(release, process, element)
            yield Moved(case.id, case.number, kind, key, name, due_day(was), due_day(due))


def _name(release: Release, process: str, element: str) -> Names:
    return release.processes[process].elements[element].name


class _Supposed(Registers):
    """The registers with another calendar than the one in force."""

    def __init__(self, session: Session, calendar: Calendar) -> None:
        super().__init__(session)
        self._supposed = calendar

    @property
    def calendar(self) -> Calendar:
        """The calendar as it would be."""
        return self._supposed


@dataclass(frozen=True, slots=True)
class MovedTerm:
    """A term as people know it: its task and the timer on its border are one."""

    case_id: int
    number: str
    names: tuple[Names, ...]
    was: date
    due: date


def terms(found: Iterable[Moved]) -> tuple[MovedTerm, ...]:
    """The terms behind moved dates: those of a case with the same day before and after are one.

    It is named by its tasks, or where it has none by its timers.
    """
    by_term: dict[tuple[int, str, date, date], list[Moved]] = {}
    for one in found:
        by_term.setdefault((one.case_id, one.number, one.was, one.due), []).append(one)
    return tuple(
        MovedTerm(case_id, number, _names(of_term), was, due)
        for (case_id, number, was, due), of_term in by_term.items()
    )


def _names(found: list[Moved]) -> tuple[Names, ...]:
    shown = [one for one in found if one.kind == "task"] or found
    return tuple({tuple(one.name.items()): one.name for one in shown}.values())
