"""The classes that stand for the elements of a diagram while a case runs.

Each extends the library's class of the same element and takes from `self.element` (what
`reading` found in our own namespace, attached when a release is compiled) what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from app.engine.bounds import MOST_INSTANCES
from app.engine.branches import Behind
from app.engine.elements import Element
from app.engine.guards import ExpressionError
from app.engine.merge import Conflict, join
from app.engine.script_engine import Act, failure
from app.engine.tables import Table
from app.engine.workflow import CaseTask, SubCase

_ITEM_KEY: Final = re.compile(r"[\w.\-]{1,64}")


class HumanTask(defaults.UserTask):  # type: ignore[misc]  # the library is untyped
    """A user task: whose people act, who of them and until when is decided when it opens."""

    element: Element

    def _on_ready_hook(self, my_task: CaseTask) -> None:
        act: Act = my_task.workflow.script_engine
        element, kept = self.element, my_task.internal_data
        kept["organisation"] = act.word(my_task, element.organisation or "", "organisation")
        if element.assignee:
            kept["assignee"] = act.word(my_task, element.assignee, "assignee")
        if element.due:
            kept["due"] = act.instant(my_task, element.due)


class OperationTask(defaults.ServiceTask):  # type: ignore[misc]  # the library is untyped
    """A service task: runs an operation of the catalogue."""

    def _execute(self, task: CaseTask) -> bool:
        task.workflow.script_engine.call_service(task)
        return True


class ScriptTask(defaults.ScriptTask):  # type: ignore[misc]  # the library is untyped
    """A script task: a few assignments."""

    def _execute(self, task: CaseTask) -> bool:
        act: Act = task.workflow.script_engine
        return act.skips(task) or act.execute(task, self.script)


class DecisionTask(BpmnSpecMixin):  # type: ignore[misc]  # the library is untyped
    """A business rule task: looks its answer up in a decision table."""

    table: Table

    def _run_hook(self, my_task: CaseTask) -> bool:
        act: Act = my_task.workflow.script_engine
        if act.skips(my_task):
            return True
        try:
            found = self.table.decide(lambda e, extra: act.evaluate_with(my_task, e, extra))
        except ExpressionError as error:
            raise failure(my_task, error.code, f"{self.table.file}: {error.detail}") from None
        values = act.kept(my_task, found, f"result of {self.table.id}")
        my_task.data = {**my_task.data, **values}
        return True


class _Nested:
    """An embedded or called process runs in a workflow of its own and gives its data back."""

    spec: str

    def _update_hook(self, my_task: CaseTask) -> bool:
        top = my_task.workflow.top_workflow
        started = top.subprocesses.get(my_task.id)
        if started is not None:
            return bool(started.completed)
        my_task._inherit_data()
        my_task._set_state(TaskState.STARTED)
        made = top.create_subprocess(my_task, self.spec)
        made.completed_event.connect(self._on_subworkflow_completed, my_task)
        made.begin(my_task.data)
        return False

    def _on_subworkflow_completed(self, subworkflow: SubCase, my_task: CaseTask) -> None:
        my_task.data = dict(subworkflow.last_task.data)
        my_task._set_state(TaskState.READY)


class SubProcess(_Nested, defaults.SubWorkflowTask):  # type: ignore[misc]  # the library is untyped
    """An embedded subprocess."""


class CallActivity(_Nested, defaults.CallActivity):  # type: ignore[misc]  # the library is untyped
    """A call of another process of the release; all data goes in and comes back."""


class ExclusiveGateway(defaults.ExclusiveGateway):  # type: ignore[misc]  # the library is untyped
    """Takes the first flow whose condition holds, else the default."""

    def _predict_hook(self, my_task: CaseTask) -> None:
        """Make no children: the one that is chosen is made by the run."""

    def _run_hook(self, my_task: CaseTask) -> bool:
        act: Act = my_task.workflow.script_engine
        chosen = self.default_task_spec
        for condition, name in self.cond_task_specs:
            if condition is not None and act.evaluate(my_task, condition.args[0]):
                chosen = name
                break
        if chosen is None:
            raise failure(my_task, "no_flow", "no condition holds and there is no default")
        my_task._sync_children([self._wf_spec.task_specs[chosen]], TaskState.FUTURE)
        return True


class _Joining:
    """Waits for the other branches and merges their data three ways."""

    def _arrived(self, my_task: CaseTask) -> list[CaseTask]:
        """The tokens to join, mine first; those that were joined already are left out.

        A join takes in all that has come before it is complete. It need not be an ancestor of
        the next round's: within an outer fork another branch may have gone on.
        """
        here = self._here(my_task)
        joined = (t.last_state_change for t in here if t._state == TaskState.COMPLETED)
        since = max(joined, default=0)
        others = [
            t
            for t in here
            if t._state in (TaskState.WAITING, TaskState.CANCELLED)
            and t.last_state_change > since
            and t.parent._state == TaskState.COMPLETED
        ]
        return [my_task, *others]

    def _here(self, my_task: CaseTask) -> list[CaseTask]:
        """The other tasks of this join, of every round."""
        tasks = my_task.workflow.tasks.values()
        return [t for t in tasks if t.task_spec is self and t is not my_task]

    def _update_hook(self, my_task: CaseTask) -> bool:
        my_task._inherit_data()
        for other in self._arrived(my_task)[1:]:
            if other._state == TaskState.WAITING:
                other.cancel()  # only the last one to arrive goes on waiting
        # One that is about to go on takes this one in.
        about_to = any(t._state == TaskState.READY for t in self._here(my_task))
        if not about_to and self._may_go_on(my_task):
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def _may_go_on(self, my_task: CaseTask) -> bool:
        raise NotImplementedError

    def _run_hook(self, my_task: CaseTask) -> bool:
        act: Act = my_task.workflow.script_engine
        arrived = self._arrived(my_task)
        for late in arrived[1:]:
            if late._state == TaskState.WAITING:
                late.cancel()
        try:
            behind = Behind(my_task.workflow.tasks.values(), _joins)
            my_task.data = join([t.parent for t in arrived], behind, act.given())
        except Conflict as conflict:
            raise failure(my_task, "parallel_conflict", str(conflict)) from None
        return True


def _joins(spec: object) -> bool:
    return isinstance(spec, _Joining)


class ParallelGateway(_Joining, defaults.ParallelGateway):  # type: ignore[misc]  # the library is untyped
    """Forks into every flow; joins when each incoming flow has brought its token."""

    def _may_go_on(self, my_task: CaseTask) -> bool:
        came = {t.parent.task_spec.name for t in self._arrived(my_task)}
        return came.issuperset(self._inputs)


class EndJoin(_Joining, _EndJoin):  # type: ignore[misc]  # the library is untyped
    """The end of a process: waits until nothing else is going on in it."""

    def _may_go_on(self, my_task: CaseTask) -> bool:
        return not any(
            t._state & TaskState.NOT_FINISHED_MASK and t is not my_task
            for t in my_task.workflow.tasks.values()
        )


class CountingMI(defaults.ParallelMultiInstanceTask):  # type: ignore[misc]  # the library is untyped
    """A parallel multi-instance activity over an object, one instance for each key.

    The completion condition sees the collection (the library's sees one child's data only),
    a cancelled instance counts as finished, and nothing but the output collection leaves the
    instances. An instance's entry is its output item, or for a form the answers given.
    """

    element: Element

    def _update_hook(self, my_task: CaseTask) -> bool:
        my_task._inherit_data()
        my_task._set_state(TaskState.STARTED)
        items = my_task.data.get(self.data_input.bpmn_id)
        if not isinstance(items, Mapping):
            raise failure(my_task, "not_an_object", f"loop over {self.data_input.bpmn_id}")
        if len(items) > MOST_INSTANCES:
            raise failure(my_task, "too_many_instances", f"{len(items)}")
        for reference in (self.input_item, self.output_item):
            if reference is not None and reference.exists(my_task):
                raise failure(my_task, "item_name_taken", reference.bpmn_id)
        if self.data_output is not None:
            # Each visit collects afresh; an earlier round's answers do not count again.
            my_task.data.pop(self.data_output.bpmn_id, None)
        # Sorted: the order of an object's keys does not survive canonical JSON.
        for key in sorted(items):
            self._instance(my_task, key, items[key])
        if self.data_output is not None:
            my_task.data[self.data_output.bpmn_id] = {}
        return not items

    def _instance(self, my_task: CaseTask, key: str, item: Any) -> None:
        if not _ITEM_KEY.fullmatch(key):
            raise failure(my_task, "bad_item_key", key)
        child = my_task._add_child(self._wf_spec.task_specs[self.task_spec], TaskState.FUTURE)
        child.triggered = True
        child.internal_data["key_or_index"] = key
        if self.input_item is not None:
            child.data[self.input_item.bpmn_id] = item
        child.task_spec._update(child)

    def merge_child(self, workflow: Any, child: CaseTask) -> None:
        """Collect a finished instance; end the rest when the condition holds."""
        my_task = child.parent
        if self.data_output is not None:
            name = self.data_output.bpmn_id
            entry = {child.internal_data["key_or_index"]: self._entry(child)}
            my_task.data = {**my_task.data, name: {**my_task.data[name], **entry}}
        instances = [t for t in my_task.children if t.triggered]
        if self._enough(my_task):
            for instance in instances:
                instance.cancel()
        elif any(t._state & TaskState.NOT_FINISHED_MASK for t in instances):
            return
        my_task._set_state(TaskState.READY)

    def _entry(self, child: CaseTask) -> Any:
        if self.output_item is not None and self.output_item.exists(child):
            return child.data[self.output_item.bpmn_id]
        answers = child.internal_data.get("answers")
        if answers is None:
            item = self.output_item.bpmn_id if self.output_item is not None else "output item"
            raise failure(child, "no_output_item", item)
        return {name: child.data[name] for name in answers}

    def _enough(self, my_task: CaseTask) -> bool:
        act: Act = my_task.workflow.script_engine
        return self.condition is not None and bool(act.evaluate(my_task, self.condition))


class CaseSpec(BpmnProcessSpec):  # type: ignore[misc]  # the library is untyped
    """A process as it is executed; `home` is the process it is drawn in."""

    home: str = ""
    end: Any

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        name = self.end.name
        del self.task_specs[name]
        self.end = EndJoin(self, name)
        self.end._outputs.append("End")

    def loops(self) -> Iterator[CountingMI]:
        """The multi-instance activities of the process."""
        yield from (ts for ts in self.task_specs.values() if isinstance(ts, CountingMI))
