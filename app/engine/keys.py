"""Keys: how tasks, timers and waits are named within a case, for good.

A key is the ids of the elements from the outside in, with the key of a multi-instance item in
brackets and the number of the visit from the second on: `parts[goals]/score#2`,
`consider/vote[p-0003]`. It holds no id of the engine and no time, so that it is the same
wherever the case is executed again.
"""

from __future__ import annotations

from typing import Any


def key_of(task: Any) -> str:
    """The key of a task that has begun."""
    return _prefix(task) + _segment(element_of(task), task)


def choice_key(task: Any, element: str) -> str:
    """The key of one of the events that an event-based gateway's task waits for."""
    return _prefix(task) + _segment(element, task)


def element_of(task: Any) -> str:
    """The id of a task's element; the process's for what is on no diagram (its end)."""
    return str(task.task_spec.bpmn_id or task.workflow.spec.name)


def process_of(task: Any) -> str:
    """The id of the process a task's element is drawn in."""
    return str(task.workflow.spec.home)


def _prefix(task: Any) -> str:
    holder = task.workflow.parent_task
    return "" if holder is None else f"{key_of(holder)}/"


def _segment(element: str, task: Any) -> str:
    item = task.internal_data.get("key_or_index")
    named = element if item is None else f"{element}[{item}]"
    return named if task.visit <= 1 else f"{named}#{task.visit}"
