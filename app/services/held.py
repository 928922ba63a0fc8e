"""What an act begins with: the task or the timer, its case and all that the case has open.

One statement, past the object layer (hot path): a statement costs more than what is in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.audit.log import Head
from app.db import connection_of, is_sqlite
from app.domain.refusals import NotFound
from app.engine import runner
from app.engine.release import Release
from app.engine.step import Step
from app.models.cases import CaseFile, Message, Task, Timer
from app.models.trail import EVENT
from app.services import acts, incident_rows, projections
from app.services.host import CaseHost
from app.services.numbers import possible
from app.services.projections import DRAFT, INCIDENT, TASK, TIMER, WAIT, Standing

_CASE, _MESSAGE = acts.CASE, cast(Table, Message.__table__)
# Between the items of a list, and between a number and its key: no key has such characters.
_SEPARATOR, _THEN = "\x1e", "\x1f"


class Held(NamedTuple):
    """A task and its case, held until the transaction ends, and what the case has open.

    The task only tells, it is not written.
    """

    case: CaseFile
    task: Task
    before: Standing


class Due(NamedTuple):
    """A timer whose moment has come and its case, held, and what the case has open.

    `mail` says that a message for the case lies there.
    """

    case: CaseFile
    timer: Timer
    before: Standing
    mail: bool


def take(session: Session, task_id: int) -> Held:
    """Hold a task and its case.

    Raises:
        NotFound: there is no such task.
    """
    query = _READ if is_sqlite(session) else _READ_LOCKED
    asked = {"task": possible(task_id, "task.gone")}
    row = connection_of(session).execute(query, asked).one_or_none()
    if row is None:
        raise NotFound("task.gone")
    task = Task()
    instance_dict(task).update(zip(TASK.c.keys(), row[:_WIDTH], strict=True))
    case = acts.loaded(session, row[_WIDTH:_BOTH])
    return Held(case, task, _standing(session, case, row[_BOTH:]))


def next_due(session: Session, now: datetime, case_id: int | None) -> Due | None:
    """Hold the next due timer, of one case or of all, whose act has no open incident.

    The earliest first. Of all cases, one that somebody holds at this moment is left out; that
    of one case is waited for.
    """
    of_all, of_case = _NEXT if is_sqlite(session) else _NEXT_LOCKED
    query = of_all if case_id is None else of_case
    asked = {"now": now, "case": case_id}
    row = connection_of(session).execute(query, asked).one_or_none()
    if row is None:
        return None
    timer, width = Timer(), len(_DUE.c)
    instance_dict(timer).update(zip(TIMER.c.keys(), row[:width], strict=True))
    last = width + len(_CASE.c)
    case = acts.loaded(session, row[width:last])
    return Due(case, timer, _standing(session, case, row[last:-1]), row[-1])


def repaired(session: Session, case: CaseFile, act: str, before: Standing) -> incident_rows.Ready:
    """With what an act is done; another query only where it has failed before."""
    if act not in before.failed:
        return incident_rows.AS_IS
    return incident_rows.ready(connection_of(session), case.id, act)


def completing(
    task: Task, decisive: Mapping[str, Any], now: datetime, repair: runner.Repair
) -> acts.Run:
    """How the engine completes a task with these answers."""

    def run(legal: Release, state: bytes, host: CaseHost) -> Step:
        return runner.complete(legal, state, task.key, decisive, now=now, host=host, repair=repair)

    return run


def _standing(session: Session, case: CaseFile, row: Sequence[Any]) -> Standing:
    """What the case has open, unless the row was read before another act had ended.

    On PostgreSQL a statement that waited for the case sees the case as it is then, but all
    else as it was when it began. Then the newest event is not that of the case's version.
    """
    number, hashed, at, tasks, timers, due, waits, drafts, failed = row
    if number != case.version:
        return projections.standing(connection_of(session), case)
    return Standing(
        tasks=_by_key(tasks),
        timers=_by_key(timers),
        waits=_by_key(waits),
        next_due=due,
        drafts=frozenset(number for number, _ in _pairs(drafts)),
        failed=frozenset(act for _, act in _pairs(failed)),
        head=Head(number, hashed, at),
    )


def _by_key(listed: str | None) -> dict[str, int]:
    return {key: number for number, key in _pairs(listed)}


def _pairs(listed: str | None) -> list[tuple[int, str]]:
    if not listed:
        return []
    parted = (item.partition(_THEN) for item in listed.split(_SEPARATOR))
    return [(int(number), key) for number, _, key in parted]


class _Joined(FunctionElement[str]):
    """Numbers and keys of rows as one text, null where there is no row.

    The separators stand in the statement: as parameters they would have it compiled each time.
    """

    type = String()
    inherit_cache = True


@compiles(_Joined)
def _joined(element: _Joined, compiler: SQLCompiler, **options: Any) -> str:
    columns = f" || '{_THEN}' || ".join(
        f"CAST({compiler.process(column, **options)} AS VARCHAR)" for column in element.clauses
    )
    name = "group_concat" if compiler.dialect.name == "sqlite" else "string_agg"
    return f"{name}({columns}, '{_SEPARATOR}')"


_OTHER = TASK.alias("other")
_OPEN_TASKS = (_OTHER.c.case_id == _CASE.c.id, _OTHER.c.state == literal_column("'open'"))
_TIMERS, _WAITS = (
    (table.c.case_id == _CASE.c.id, table.c.state == literal_column("'waiting'"))
    for table in (TIMER, WAIT)
)
_TYPED = select(_Joined(DRAFT.c.task_id, DRAFT.c.person)).join(
    _OTHER, _OTHER.c.id == DRAFT.c.task_id
)
_WIDTH = len(TASK.c)
_BOTH = _WIDTH + len(_CASE.c)
_OPEN = (
    EVENT.c.seq,
    EVENT.c.hash,
    EVENT.c.recorded_at,
    select(_Joined(_OTHER.c.id, _OTHER.c.key)).where(*_OPEN_TASKS).scalar_subquery(),
    select(_Joined(TIMER.c.id, TIMER.c.key)).where(*_TIMERS).scalar_subquery(),
    select(func.min(TIMER.c.due_at)).where(*_TIMERS).scalar_subquery(),
    select(_Joined(WAIT.c.id, WAIT.c.key)).where(*_WAITS).scalar_subquery(),
    _TYPED.where(*_OPEN_TASKS).scalar_subquery(),
    select(_Joined(INCIDENT.c.id, INCIDENT.c.act))
    .where(INCIDENT.c.case_id == _CASE.c.id)
    .scalar_subquery(),
)


def _with_case(held: FromClause, *more: ColumnElement[Any]) -> Select[Any]:
    """A row of `held`, its case, and what that has open."""
    return (
        select(*held.c, *_CASE.c, *_OPEN, *more)
        .select_from(held)
        .join(_CASE, held.c.case_id == _CASE.c.id)
        .outerjoin(EVENT, and_(EVENT.c.stream == _CASE.c.stream, EVENT.c.seq == _CASE.c.version))
    )


_READ = _with_case(TASK).where(TASK.c.id == bindparam("task"))
# The case first, as every act does: who holds it and closes the task waits for nobody.
_READ_LOCKED = _READ.with_for_update(of=(_CASE, TASK))

_DUE = TIMER.alias("due")
_MAIL = (
    select(_MESSAGE.c.id)
    .where(_MESSAGE.c.to_case == _CASE.c.id, _MESSAGE.c.state == literal_column("'pending'"))
    .exists()
)
_FAILED = (
    select(INCIDENT.c.id)
    .where(
        INCIDENT.c.case_id == _DUE.c.case_id,
        INCIDENT.c.act == literal_column("'timer '") + _DUE.c.key,
        INCIDENT.c.state == literal_column("'open'"),
    )
    .exists()
)
_FIRST = (
    _with_case(_DUE, _MAIL)
    .where(
        _DUE.c.state == literal_column("'waiting'"),
        _DUE.c.due_at <= bindparam("now"),
        ~_FAILED,
    )
    .order_by(_DUE.c.due_at, _DUE.c.key, _DUE.c.id)
    .limit(literal_column("1"))
)
_NEXT = _FIRST, _FIRST.where(_DUE.c.case_id == bindparam("case"))
_NEXT_LOCKED = (
    _NEXT[0].with_for_update(of=(_DUE, _CASE), skip_locked=True),
    _NEXT[1].with_for_update(of=(_DUE, _CASE)),
)
