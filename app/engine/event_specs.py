"""Events: timers that never look at a clock, and messages that leave the case.

A timer's date is worked out when its token arrives and fires by an act of its own. A message
that is thrown is noted in the act (`Step.sent`); one that is awaited is handed in by an act.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.util.task import TaskState

from app.engine.elements import Element
from app.engine.script_engine import Act
from app.engine.values import Json
from app.engine.workflow import CaseTask


class Passing(NoneEventDefinition):  # type: ignore[misc]  # the library is untyped
    """An event that does not hold anything up: a start, or one that a gateway has decided."""

    def has_fired(self, my_task: CaseTask) -> bool:
        """Always."""
        return True


class DueDate(EventDefinition):  # type: ignore[misc]  # the library is untyped
    """A timer with an expression for its instant, worked out once, on arrival."""

    def __init__(self, expression: str) -> None:
        super().__init__()
        self.expression = expression

    def has_fired(self, my_task: CaseTask) -> bool:
        """Whether the act that fires it has come."""
        kept = my_task.internal_data
        if "due" not in kept:
            act: Act = my_task.workflow.script_engine
            kept["due"] = act.instant(my_task, self.expression)
        return bool(kept.get("fired"))

    def fire(self, my_task: CaseTask) -> None:
        """Let it have fired."""
        my_task.internal_data["fired"] = True

    def reset(self, my_task: CaseTask) -> None:
        """Forget what is needed no more."""
        my_task.internal_data.pop("fired", None)


class Message(EventDefinition):  # type: ignore[misc]  # the library is untyped
    """A message, by name; the case it is for is the service layer's business."""

    def has_fired(self, my_task: CaseTask) -> bool:
        """Whether the message has come."""
        return "payload" in my_task.internal_data

    def receive(self, my_task: CaseTask, payload: Json) -> None:
        """Take the message in."""
        my_task.internal_data["payload"] = payload

    def update_task_data(self, my_task: CaseTask) -> None:
        """Put the payload where the diagram wants it."""
        put_payload(my_task, my_task.task_spec.element)

    def reset(self, my_task: CaseTask) -> None:
        """Forget the payload: it is in the data now, or nobody wanted it."""
        my_task.internal_data.pop("payload", None)

    def throw(self, my_task: CaseTask) -> None:
        """Note the message in the act."""
        act: Act = my_task.workflow.script_engine
        act.send(my_task, str(self.name))


def put_payload(my_task: CaseTask, element: Element) -> None:
    """Store a message's payload under the variable that its catching element names."""
    if element.result:
        payload = my_task.internal_data["payload"]
        my_task.data = {**my_task.data, element.result: payload}


class _Catching:
    """Waits until its event has come."""

    event_definition: Any

    def _update_hook(self, my_task: CaseTask) -> bool:
        my_task._inherit_data()
        if self.event_definition.has_fired(my_task):
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def _on_ready_hook(self, my_task: CaseTask) -> None:
        """Nothing: the library's register of waiting events is not kept."""

    def _on_cancel(self, my_task: CaseTask) -> None:
        """Nothing, as above."""

    def _run_hook(self, my_task: CaseTask) -> bool:
        self.event_definition.update_task_data(my_task)
        self.event_definition.reset(my_task)
        return True


class StartEvent(_Catching, defaults.StartEvent):  # type: ignore[misc]  # the library is untyped
    """A start; the payload of a message start is the data that the case begins with."""


class CatchEvent(_Catching, defaults.IntermediateCatchEvent):  # type: ignore[misc]  # the library is untyped
    """An intermediate event that waits for a timer or a message."""


class ReceiveTask(_Catching, defaults.ReceiveTask):  # type: ignore[misc]  # the library is untyped
    """A task that waits for a message."""


class BoundaryEvent(_Catching, defaults.BoundaryEvent):  # type: ignore[misc]  # the library is untyped
    """A timer or a message at the edge of an activity."""


class Choices(MultipleEventDefinition):  # type: ignore[misc]  # the library is untyped
    """The events that an event-based gateway waits for, in the order of its flows."""

    def has_fired(self, my_task: CaseTask) -> bool:
        """Whether one has come; works out the dates of timers on arrival."""
        kept = my_task.internal_data
        if "dues" not in kept:
            act: Act = my_task.workflow.script_engine
            kept["dues"] = {
                element.id: act.instant(my_task, definition.expression)
                for element, definition in my_task.task_spec.choices()
                if isinstance(definition, DueDate)
            }
        return "chosen" in kept

    def reset(self, my_task: CaseTask) -> None:
        """Forget the payload; which event it was stays."""
        my_task.internal_data.pop("payload", None)


class EventGateway(_Catching, defaults.EventBasedGateway):  # type: ignore[misc]  # the library is untyped
    """Waits for several events and goes on with the one that comes first."""

    def connect(self, child: Any) -> None:
        """Take over what the child waits for; the child then lets everything pass."""
        # The class that is extended would look for its own kind of definitions.
        self._outputs.append(child.name)
        child._connect_notify(self)
        self.event_definition.event_definitions.append(child.event_definition)
        child.event_definition = Passing()

    def choices(self) -> list[tuple[Element, Any]]:
        """The catching elements and what each waits for."""
        return [
            (spec.element, definition)
            for spec, definition in zip(
                self.outputs, self.event_definition.event_definitions, strict=True
            )
        ]

    def choose(self, my_task: CaseTask, element: str, payload: Json = None) -> None:
        """Let the event of a catching element have come."""
        my_task.internal_data["chosen"] = element
        my_task.internal_data["payload"] = payload

    def _predict_hook(self, my_task: CaseTask) -> None:
        """Make no children: the one that is chosen is made by the run."""

    def _run_hook(self, my_task: CaseTask) -> bool:
        chosen = my_task.internal_data["chosen"]
        spec = next(spec for spec in self.outputs if spec.element.id == chosen)
        put_payload(my_task, spec.element)
        self.event_definition.reset(my_task)
        my_task._sync_children([spec], TaskState.FUTURE)
        return True
