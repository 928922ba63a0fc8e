"""A running case: SpiffWorkflow's workflow and task, made deterministic and flat.

What differs from the library, and why:

* Task ids and ticks are counters, not random and not the wall clock: everything that is
  ordered is ordered by tick, so an act runs alike wherever it is executed again.
* There are no predicted tasks. The library forecasts the tasks ahead (half of its work and
  of its saved state, and not stably); here a task's children are made when it runs.
* Searches go over the flat list of tasks, not down the tree, whose depth grows with loops.
* Values are shared, never changed in place (see `values`), so inheriting data is one copy
  of a dict.
* Every step is counted; what fails names its element.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.domain.refusals import Refusal
from app.engine.bounds import MOST_NESTED, MOST_TASKS
from app.engine.errors import EngineError
from app.engine.script_engine import Act, failure
from app.engine.values import Json

BEGUN = (TaskState.WAITING, TaskState.READY, TaskState.STARTED)


class CaseTask(Task):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A task; `visit` tells which visit of its element it is (0: not begun)."""

    _state: int
    data: dict[str, Json]

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: Any = None,
        state: int = TaskState.MAYBE,
        id: int | None = None,
    ) -> None:
        top = workflow.top_workflow
        self.visit = 0
        super().__init__(workflow, task_spec, parent, state, id or top.next_id())
        self.thread_id = 0
        self.last_state_change = top.next_tick()
        if self.id > MOST_TASKS:
            raise failure(self, "too_many_tasks", f"more than {MOST_TASKS} in one case")

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> CaseTask:
        return CaseTask(self.workflow, task_spec, self, state=state)

    def _set_state(self, value: int) -> None:
        if not self.visit and value in BEGUN:
            self.visit = self.workflow.next_visit(self)
        if value != self._state:
            self._state = value
            self.last_state_change = self.workflow.top_workflow.next_tick()

    def _inherit_data(self) -> None:
        self.data = {**self.data, **self.parent.data}

    def find_ancestor(self, spec_name: str) -> CaseTask | None:
        """The nearest ancestor of that spec, without recursion (trees grow with loops)."""
        found: CaseTask | None = self.parent
        while found is not None and found.task_spec.name != spec_name:
            found = found.parent
        return found

    def is_descendant_of(self, task: CaseTask) -> bool:
        """Whether `task` is above this one, without recursion."""
        above = self.parent
        while above is not None and above is not task:
            above = above.parent
        return above is not None

    def cancel(self) -> None:
        """Cancel whatever is not finished of the task and below it, without recursion.

        What has begun stays, cancelled: instances of an activity, whose own workflows the library
        would leave running, and whose keys must not be given again.
        """
        stack: list[CaseTask] = [self]
        while stack:
            task = stack.pop()
            if not task._state & TaskState.FINISHED_MASK:
                task._set_state(TaskState.CANCELLED)
                for child in task.children:
                    if not child._state & (TaskState.FINISHED_MASK | sum(BEGUN)):
                        task.workflow._remove_task(child.id)
                task.task_spec._on_cancel(task)
            stack.extend(reversed(task.children))

    def run(self) -> bool | None:
        """Run the task; its children are made here, not forecast.

        Raises:
            EngineError: whatever failed, at this element or the one that failed.
            Refusal: an operation refused the act.
        """
        act: Act = self.workflow.script_engine
        act.step(self)
        try:
            self.task_spec._predict_hook(self)
            done: bool | None = super().run()
            return done
        except (EngineError, Refusal):
            raise
        except Exception as error:
            raise failure(self, "model", f"{type(error).__name__}: {error}") from error

    def complete(self) -> None:
        """Run the script that belongs after the task, note the visit, go on."""
        act: Act = self.workflow.script_engine
        script = getattr(self.task_spec, "after", None)
        if script and not act.skips(self):
            act.execute(self, script)
        if self.task_spec.bpmn_id:
            act.visit(self)
        super().complete()


class _Flat:
    """What the main workflow and the subworkflows share: searches over the flat list."""

    tasks: dict[int, CaseTask]
    visits: dict[tuple[str, str | None], int]
    completed: bool
    success: bool
    spec: Any
    task_tree: CaseTask

    def begin(self, data: Mapping[str, Json]) -> None:
        """Put the first token on the start, with the data it knows."""
        self.task_tree = CaseTask(self, self.spec.start, state=TaskState.READY)
        self.task_tree.data = dict(data)

    def next_visit(self, task: CaseTask) -> int:
        place = (task.task_spec.name, task.internal_data.get("key_or_index"))
        self.visits[place] = self.visits.get(place, 0) + 1
        return self.visits[place]

    def get_tasks(
        self,
        first_task: Any = None,
        state: int = TaskState.ANY_MASK,
        spec_name: str | None = None,
        **_: object,
    ) -> list[CaseTask]:
        """The tasks of this workflow alone, in no particular order."""
        return [
            t
            for t in self.tasks.values()
            if t._state & state and (spec_name is None or t.task_spec.name == spec_name)
        ]

    def update_waiting_tasks(self) -> None:
        """Let every waiting task look whether it may go on, the one that waits longest first."""
        for task in by_tick(t for t in self.tasks.values() if t._state == TaskState.WAITING):
            if task._state == TaskState.WAITING and task.id in self.tasks:
                task.task_spec._update(task)

    def cancel(self, success: bool = False) -> list[CaseTask]:
        """Cancel whatever is not finished."""
        self.success, self.completed = success, True
        open_ = by_tick(self.get_tasks(state=TaskState.NOT_FINISHED_MASK))
        for task in open_:
            task.cancel()
        return open_

    def collect_log_extras(self, dct: object = None) -> dict[str, object]:
        """Nothing: the library would walk the tree for a log line nobody reads."""
        return {}

    def _mark_complete(self, task: CaseTask) -> None:
        self.completed = True


class CaseWorkflow(_Flat, BpmnWorkflow):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """The main process of a case, with the subprocesses that run in it."""

    parent_task: CaseTask | None = None

    def __init__(self, spec: Any, specs: Mapping[str, Any], act: Act) -> None:
        self._ids, self._ticks = count(1), count(1)
        self.visits = {}
        # "deserializing" keeps the library from making a first task of its own class.
        super().__init__(spec, specs, script_engine=act, deserializing=True)

    def next_id(self) -> int:
        """An id for a new task of the case."""
        return next(self._ids)

    def next_tick(self) -> int:
        """The next moment in the order of changes of state."""
        return next(self._ticks)

    def continue_from(self, task_id: int, tick: int) -> None:
        """After a load: go on counting above what was saved."""
        self._ids, self._ticks = count(task_id + 1), count(tick + 1)

    def create_subprocess(self, my_task: CaseTask, spec_name: str) -> SubCase:
        """Make the subworkflow of a task.

        Raises:
            EngineError: `too_deep`: there are `MOST_NESTED` around it already.
        """
        around, holder = 0, my_task.workflow.parent_task
        while holder is not None:
            around, holder = around + 1, holder.workflow.parent_task
        if around >= MOST_NESTED:
            raise failure(my_task, "too_deep", f"more than {MOST_NESTED} within one another")
        made = SubCase(self.subprocess_specs[spec_name], my_task)
        self.subprocesses[my_task.id] = made
        return made

    def catch(self, event: object) -> None:
        """Nothing: messages leave the case, and a terminating end acts by itself."""

    def everything(self) -> Iterator[CaseTask]:
        """Every task of the case, in no particular order."""
        yield from self.tasks.values()
        for sub in self.subprocesses.values():
            yield from sub.tasks.values()

    def advance(self) -> None:
        """Run whatever needs no person until only people, timers and messages are waited for.

        Raises:
            EngineError, Refusal: as for `CaseTask.run`.
        """
        while ready := self._ready():
            for task in ready:
                # An earlier one may have cancelled or removed it.
                if task._state == TaskState.READY and task.id in task.workflow.tasks:
                    task.run()

    def _ready(self) -> list[CaseTask]:
        return by_tick(
            t for t in self.everything() if t._state == TaskState.READY and not t.task_spec.manual
        )


class SubCase(_Flat, BpmnSubWorkflow):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """An embedded or called process; `parent_task` is the task it runs for."""

    def __init__(self, spec: Any, parent_task: CaseTask) -> None:
        self.parent_task = parent_task
        self.visits = {}
        top = parent_task.workflow.top_workflow
        super().__init__(spec, parent_task.id, top, deserializing=True)

    @property
    def parent_workflow(self) -> Any:
        """The workflow that the parent task belongs to."""
        return self.parent_task.workflow


def by_tick(tasks: Iterable[CaseTask]) -> list[CaseTask]:
    """Order tasks by when they last changed state: the same in every execution."""
    return sorted(tasks, key=_tick)


def _tick(task: CaseTask) -> int:
    tick: int = task.last_state_change
    return tick
