"""What lies behind a token: its ancestors, through every branch that was joined into them.

The library's tree gives a join one parent, the branch that came last; what the others wrote is
in its data all the same, so they lie behind it too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Any

from SpiffWorkflow.util.task import TaskState


class Behind:
    """The ancestors of the tasks of one workflow; `joining` tells whether a spec joins."""

    def __init__(self, tasks: Iterable[Any], joining: Callable[[Any], bool]) -> None:
        self._completed: dict[Any, list[int]] = {}
        self._taken: dict[Any, list[tuple[int, Any]]] = {}
        for task in sorted(tasks, key=_tick):
            if not joining(task.task_spec):
                continue
            if task._state == TaskState.COMPLETED:
                self._completed.setdefault(task.task_spec, []).append(task.last_state_change)
            elif task._state == TaskState.CANCELLED:
                found = self._taken.setdefault(task.task_spec, [])
                found.append((task.last_state_change, task))

    def all(self, task: Any) -> set[Any]:
        """A task and everything that lies behind it."""
        found: set[Any] = set()
        waiting = [task]
        while waiting:
            one = waiting.pop()
            if one is None or one in found:
                continue
            found.add(one)
            waiting.append(one.parent)
            if one._state == TaskState.COMPLETED and one.task_spec in self._completed:
                waiting.extend(token.parent for token in self._joined_by(one))
        return found

    def _joined_by(self, join: Any) -> list[Any]:
        """The tokens that a completed join took in besides its own."""
        ticks = self._completed[join.task_spec]
        place = bisect_left(ticks, join.last_state_change)
        since = ticks[place - 1] if place else 0
        tokens = self._taken.get(join.task_spec, [])
        first = bisect_right(tokens, since, key=_first)
        last = bisect_left(tokens, join.last_state_change, key=_first)
        return [token for _, token in tokens[first:last]]


def latest(tasks: Iterable[Any]) -> Any | None:
    """The task that was finished last; None of none."""
    return max(tasks, key=_tick, default=None)


def _tick(task: Any) -> int:
    tick: int = task.last_state_change
    return tick


def _first(entry: tuple[int, Any]) -> int:
    return entry[0]
