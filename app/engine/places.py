"""Where a running case waits: for people, for dates and for messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from app.engine.event_specs import DueDate, EventGateway, Message
from app.engine.keys import choice_key, element_of, key_of, process_of
from app.engine.specs import HumanTask as HumanTaskSpec
from app.engine.step import HumanTask, Timer, Wait
from app.engine.workflow import CaseTask, CaseWorkflow


def human(case: CaseWorkflow) -> Iterator[CaseTask]:
    """The tasks that a person can complete now."""
    for task in case.everything():
        if task._state == TaskState.READY and isinstance(task.task_spec, HumanTaskSpec):
            yield task


def waiting(case: CaseWorkflow) -> Iterator[tuple[CaseTask, str, str, Any]]:
    """Every place that waits for an event: its task, key, element and what it waits for."""
    for task in case.everything():
        definition = getattr(task.task_spec, "event_definition", None)
        if task._state != TaskState.WAITING or definition is None:
            continue
        if isinstance(task.task_spec, EventGateway):
            for element, choice in task.task_spec.choices():
                yield task, choice_key(task, element.id), element.id, choice
        else:
            yield task, key_of(task), element_of(task), definition


def timers(case: CaseWorkflow) -> Iterator[tuple[Timer, CaseTask, DueDate]]:
    """The timers that wait, each with its task and definition."""
    for task, key, element, definition in waiting(case):
        if isinstance(definition, DueDate):
            kept = task.internal_data
            due = instant(kept["due"] if "due" in kept else kept["dues"][element])
            timer = Timer(key, element, process_of(task), due, definition.expression)
            yield timer, task, definition


def waits(case: CaseWorkflow) -> Iterator[tuple[Wait, CaseTask]]:
    """The places that wait for a message, each with its task."""
    for task, key, element, definition in waiting(case):
        if isinstance(definition, Message):
            yield Wait(key, element, process_of(task), str(definition.name)), task


def terms(case: CaseWorkflow) -> Iterator[tuple[dict[str, str], str, CaseTask, str]]:
    """Where each date of an open term is kept, and the expression it came from."""
    found: list[tuple[dict[str, str], str, CaseTask, str]] = []
    for timer, task, definition in timers(case):
        kept = task.internal_data
        holder, key = (kept, "due") if "due" in kept else (kept["dues"], timer.element)
        found.append((holder, key, task, definition.expression))
    for task in human(case):
        if "due" in task.internal_data:
            found.append((task.internal_data, "due", task, task.task_spec.element.due))
    yield from sorted(found, key=lambda term: (key_of(term[2]), term[1]))


def human_task(task: CaseTask) -> HumanTask:
    """What people are told of a task of theirs."""
    element, kept = task.task_spec.element, task.internal_data
    return HumanTask(
        key=key_of(task),
        element=element.id,
        process=process_of(task),
        role=element.role,
        organisation=kept["organisation"],
        assignee=kept.get("assignee"),
        form=element.form,
        due=instant(kept["due"]) if "due" in kept else None,
        paragraphs=element.paragraphs,
    )


_Instant = Callable[[str], datetime]
instant: _Instant = datetime.fromisoformat
