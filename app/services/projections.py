"""What people see of a case: tasks, timers and waits, brought in line with the engine's step.

Written in the act's own transaction, and told on the event as its effects, from which the
verifier rebuilds them. This is the hot path: statements are made once and run on the
connection, without the object layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnClause,
    Connection,
    Table,
    bindparam,
    insert,
    literal_column,
    null,
    select,
    union_all,
    update,
)

from app.audit.log import Head
from app.db import connection_of
from app.domain import instants
from app.engine.step import HumanTask, Step
from app.models.cases import CaseFile, Draft, Task, Timer, Wait
from app.models.trail import EVENT
from app.operations.context import Context
from app.services import incident_rows

Effects = dict[str, list[dict[str, Any]]]

TASK, TIMER, WAIT = (cast(Table, model.__table__) for model in (Task, Timer, Wait))

DRAFT = cast(Table, Draft.__table__)
INCIDENT = incident_rows.INCIDENT
_OPEN_TASKS = (TASK.c.case_id == bindparam("case"), TASK.c.state == literal_column("'open'"))
_WAITING: ColumnClause[Any] = literal_column("'waiting'")
# The first one gives its types to the columns. A case's version is the number of its newest
# event.
_STANDING = union_all(
    select(
        literal_column("'head'").label("what"),
        EVENT.c.seq,
        EVENT.c.kind,
        EVENT.c.recorded_at,
        EVENT.c.hash,
    ).where(EVENT.c.stream == bindparam("stream"), EVENT.c.seq == bindparam("version")),
    select(literal_column("'task'"), TASK.c.id, TASK.c.key, null(), null()).where(*_OPEN_TASKS),
    select(literal_column("'timer'"), TIMER.c.id, TIMER.c.key, TIMER.c.due_at, null()).where(
        TIMER.c.case_id == bindparam("case"), TIMER.c.state == _WAITING
    ),
    select(literal_column("'wait'"), WAIT.c.id, WAIT.c.key, null(), null()).where(
        WAIT.c.case_id == bindparam("case"), WAIT.c.state == _WAITING
    ),
    select(literal_column("'draft'"), DRAFT.c.task_id, DRAFT.c.person, null(), null()).where(
        DRAFT.c.task_id.in_(select(TASK.c.id).where(*_OPEN_TASKS))
    ),
    select(literal_column("'failed'"), INCIDENT.c.id, INCIDENT.c.act, null(), null()).where(
        INCIDENT.c.case_id == bindparam("case")
    ),
)
_CLOSE_TASK = (
    update(TASK)
    .where(TASK.c.id == bindparam("row"))
    .values(
        state=bindparam("how"),
        completed_by=bindparam("by"),
        closed_at=bindparam("now"),
        closed_seq=bindparam("number"),
    )
)
_CLOSE = {
    table: update(table)
    .where(table.c.id == bindparam("row"))
    .values(state=bindparam("how"), closed_seq=bindparam("number"))
    for table in (TIMER, WAIT)
}
# Nobody asks for the number of a new row.
_OPEN = {table: insert(table).inline() for table in (TASK, TIMER, WAIT)}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a case has open before an act: row ids by key, and when its next timer is due.

    `drafts` are the ids of open tasks into whose form somebody has typed; `failed` are the
    acts that have had an incident; `head` is the newest event of the case.
    """

    tasks: Mapping[str, int] = field(default_factory=dict)
    timers: Mapping[str, int] = field(default_factory=dict)
    waits: Mapping[str, int] = field(default_factory=dict)
    next_due: datetime | None = None
    drafts: frozenset[int] = frozenset()
    failed: frozenset[str] = frozenset()
    head: Head | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """What was done, told from what merely went away.

    `task` is (key, person) of a completed task, `timer` the key of one that fired, `wait`
    the key of a wait that was met; `dates` says that the act works dates out again.
    """

    task: tuple[str, str] | None = None
    timer: str | None = None
    wait: str | None = None
    dates: bool = False


def standing(connection: Connection, case: CaseFile) -> Standing:
    """Read what a case has open, in one statement; the case is locked by the caller."""
    asked = {"case": case.id, "stream": case.stream, "version": case.version}
    found: dict[str, dict[str, int]] = {"task": {}, "timer": {}, "wait": {}}
    due: list[datetime] = []
    drafts: set[int] = set()
    failed: set[str] = set()
    head = None
    for what, number, key, at, hashed in connection.execute(_STANDING, asked):
        if what == "head":
            head = Head(number, hashed, at)
        elif what == "draft":
            drafts.add(number)
        elif what == "failed":
            failed.add(key)
        else:
            found[what][key] = number
            if at is not None:
                due.append(at)
    return Standing(
        tasks=found["task"],
        timers=found["timer"],
        waits=found["wait"],
        next_due=min(due, default=None),
        drafts=frozenset(drafts),
        failed=frozenset(failed),
        head=head,
    )


def project(context: Context, step: Step, before: Standing, cause: Cause) -> Effects:
    """Write the difference between the rows and the step; return it as the event's effects."""
    effects: Effects = {}
    _tasks(context, step.tasks, before.tasks, cause, effects)
    timers = {t.key: t for t in step.timers}
    _waiting(context, TIMER, "timers", timers, before.timers, (cause.timer, "fired"), effects)
    waits = {w.key: w for w in step.waits}
    _waiting(context, WAIT, "waits", waits, before.waits, (cause.wait, "met"), effects)
    if cause.dates:
        dated = {task.key: task.due for task in step.tasks if task.due is not None}
        _move(context, TASK, "tasks", dated, before.tasks, effects)
        _move(context, TIMER, "timers", {t.key: t.due for t in step.timers}, before.timers, effects)
    if before.failed:
        closed = [("task", gone) for gone in effects.get("tasks_closed", ())]
        closed += [("timer", gone) for gone in effects.get("timers_gone", ())]
        over = [(f"{kind} {gone['key']}", gone["how"] != "gone") for kind, gone in closed]
        connection = connection_of(context.session)
        incident_rows.end(connection, context.case.id, context.seq, over)
    return effects


def _move(
    context: Context,
    table: Table,
    name: str,
    wanted: Mapping[str, datetime],
    before: Mapping[str, int],
    effects: Effects,
) -> None:
    """Give rows that stay open the date that they have now."""
    connection = connection_of(context.session)
    numbers = {before[key]: key for key in wanted.keys() & before.keys()}
    rows = select(table.c.id, table.c.due_at).where(table.c.id.in_(numbers)).order_by(table.c.id)
    for number, was in connection.execute(rows).all():
        due = wanted[numbers[number]]
        if due != was:
            effects.setdefault(f"{name}_moved", []).append(moved(numbers[number], was, due))
            connection.execute(update(table).where(table.c.id == number).values(due_at=due))


def moved(key: str, was: datetime, due: datetime) -> dict[str, Any]:
    """A date that became another one, as an event's effects tell it."""
    return {"key": key, "was": instants.text(was), "due": instants.text(due)}


def _tasks(
    context: Context,
    wanted: Iterable[HumanTask],
    before: Mapping[str, int],
    cause: Cause,
    effects: Effects,
) -> None:
    connection = connection_of(context.session)
    by_key = {task.key: task for task in wanted}
    for key in sorted(before.keys() - by_key.keys()):
        done = cause.task is not None and cause.task[0] == key
        how = "done" if done else "gone"
        effects.setdefault("tasks_closed", []).append({"key": key, "how": how})
        by = cause.task[1] if done and cause.task else None
        connection.execute(
            _CLOSE_TASK,
            {"row": before[key], "how": how, "by": by, "now": context.now, "number": context.seq},
        )
    fresh = [task for key, task in by_key.items() if key not in before]
    if fresh:
        effects["tasks_opened"] = [told(task) for task in fresh]
        rows = [_task_row(context, task) for task in fresh]
        connection.execute(_OPEN[TASK], rows if len(rows) > 1 else rows[0])


def told(task: HumanTask) -> dict[str, Any]:
    """A task that was opened, as an event's effects tell it."""
    return {
        "key": task.key,
        "element": task.element,
        "process": task.process,
        "role": task.role,
        "organisation": task.organisation,
        "assignee": task.assignee,
        "form": task.form,
        "due": instants.text(task.due) if task.due else None,
    }


def _task_row(context: Context, task: HumanTask) -> dict[str, Any]:
    return {
        "case_id": context.case.id,
        "key": task.key,
        "element": task.element,
        "process": task.process,
        "role": task.role,
        "organisation": task.organisation,
        "assignee": task.assignee,
        "form": task.form,
        "paragraphs": " ".join(task.paragraphs),
        "year": context.case.year,
        "block": context.case.block,
        "evaluated_body": context.case.evaluated_body,
        "due_at": task.due,
        "opened_at": context.now,
        "opened_seq": context.seq,
        "state": "open",
    }


def _waiting(
    context: Context,
    table: Table,
    name: str,
    wanted: Mapping[str, Any],
    before: Mapping[str, int],
    done: tuple[str | None, str],
    effects: Effects,
) -> None:
    """Bring timers or waits in line; `done` is the key of the one that happened, and its word."""
    if not wanted and not before:
        return
    connection = connection_of(context.session)
    for key in sorted(before.keys() - wanted.keys()):
        how = done[1] if key == done[0] else "gone"
        effects.setdefault(f"{name}_gone", []).append({"key": key, "how": how})
        connection.execute(_CLOSE[table], {"row": before[key], "how": how, "number": context.seq})
    fresh = [wanted[key] for key in sorted(wanted.keys() - before.keys())]
    if fresh:
        effects[f"{name}_armed"] = [armed(item) for item in fresh]
        rows = [_row(context, item) for item in fresh]
        connection.execute(_OPEN[table], rows if len(rows) > 1 else rows[0])


def armed(item: Any) -> dict[str, Any]:
    """A timer or a wait that began, as an event's effects tell it."""
    found = {"key": item.key, "element": item.element, "process": item.process}
    if hasattr(item, "message"):
        return {**found, "message": item.message}
    return {**found, "due": instants.text(item.due), "expression": item.expression}


def _row(context: Context, item: Any) -> dict[str, Any]:
    row = {
        "case_id": context.case.id,
        "key": item.key,
        "element": item.element,
        "process": item.process,
        "opened_seq": context.seq,
        "state": "waiting",
    }
    if hasattr(item, "message"):
        return {**row, "message": item.message}
    return {**row, "due_at": item.due, "expression": item.expression}
