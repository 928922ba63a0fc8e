"""What completing a task begins with: the task, its case and all that the case has open.

One statement, past the object layer (hot path): a statement costs more than what is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import String, and_, bindparam, func, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.audit.log import Head
from app.db import connection_of, is_sqlite
from app.domain.refusals import NotFound
from app.models.cases import CaseFile, Task
from app.models.trail import EVENT
from app.services import acts, projections
from app.services.numbers import possible
from app.services.projections import DRAFT, TASK, TIMER, WAIT, Standing

_CASE = acts.CASE
# Between the items of a list, and between a number and its key: no key has such characters.
_NEXT, _THEN = "\x1e", "\x1f"


class Held(NamedTuple):
    """A task and its case, held until the transaction ends, and what the case has open.

    The task only tells, it is not written.
    """

    case: CaseFile
    task: Task
    before: Standing


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
    return Held(case, task, _standing(session, case, row))


def _standing(session: Session, case: CaseFile, row: Sequence[Any]) -> Standing:
    """What the case has open, unless the row was read before another act had ended.

    On PostgreSQL a statement that waited for the case sees the case as it is then, but all
    else as it was when it began. Then the newest event is not that of the case's version.
    """
    number, hashed, at, tasks, timers, due, waits, drafts = row[_BOTH:]
    if number != case.version:
        return projections.standing(connection_of(session), case)
    return Standing(
        tasks=_by_key(tasks),
        timers=_by_key(timers),
        waits=_by_key(waits),
        next_due=due,
        drafts=frozenset(number for number, _ in _pairs(drafts)),
        head=Head(number, hashed, at),
    )


def _by_key(listed: str | None) -> dict[str, int]:
    return {key: number for number, key in _pairs(listed)}


def _pairs(listed: str | None) -> list[tuple[int, str]]:
    if not listed:
        return []
    parted = (item.partition(_THEN) for item in listed.split(_NEXT))
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
    return f"{name}({columns}, '{_NEXT}')"


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
_READ = (
    select(
        *TASK.c,
        *_CASE.c,
        EVENT.c.seq,
        EVENT.c.hash,
        EVENT.c.recorded_at,
        select(_Joined(_OTHER.c.id, _OTHER.c.key)).where(*_OPEN_TASKS).scalar_subquery(),
        select(_Joined(TIMER.c.id, TIMER.c.key)).where(*_TIMERS).scalar_subquery(),
        select(func.min(TIMER.c.due_at)).where(*_TIMERS).scalar_subquery(),
        select(_Joined(WAIT.c.id, WAIT.c.key)).where(*_WAITS).scalar_subquery(),
        _TYPED.where(*_OPEN_TASKS).scalar_subquery(),
    )
    .select_from(TASK)
    .join(_CASE, TASK.c.case_id == _CASE.c.id)
    .outerjoin(EVENT, and_(EVENT.c.stream == _CASE.c.stream, EVENT.c.seq == _CASE.c.version))
    .where(TASK.c.id == bindparam("task"))
)
_READ_LOCKED = _READ.with_for_update(of=(TASK, _CASE))
