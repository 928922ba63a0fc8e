"""From XML to executable specs: the library's parser, with our classes for its elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import event_parsers, task_parsers
from SpiffWorkflow.bpmn.parser.BpmnParser import full_tag
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions import (
    NoneEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser, SpiffProcessParser
from SpiffWorkflow.spiff.parser.task_spec import BusinessRuleTaskParser

from app.engine import event_specs, specs
from app.engine.elements import Process
from app.engine.safe_xml import bpmn
from app.engine.tables import Table


class _Own:
    """What every parser of an element shares."""

    PARALLEL_MI_CLASS = specs.CountingMI


class _TaskReader(_Own, TaskParser):  # type: ignore[misc]  # the library is untyped
    pass


class _ScriptReader(_Own, task_parsers.ScriptTaskParser):  # type: ignore[misc]  # the library is untyped
    pass


class _SubProcessReader(_Own, task_parsers.SubWorkflowParser):  # type: ignore[misc]  # the library is untyped
    pass


class _CallReader(_Own, task_parsers.CallActivityParser):  # type: ignore[misc]  # the library is untyped
    pass


class _DecisionReader(_Own, BusinessRuleTaskParser):  # type: ignore[misc]  # the library is untyped
    def create_task(self) -> Any:
        made = specs.DecisionTask(self.spec, self.bpmn_id, **self.bpmn_attributes)
        made.table = self.process_parser.parser.tables[self.get_decision_ref(self.node)]
        return made

    def _copy_task_attrs(self, original: Any, loop_characteristics: Any = None) -> None:
        TaskParser._copy_task_attrs(self, original, loop_characteristics)


class _Events(_Own):
    """Reads event definitions of our own kinds; the checks before have refused all others."""

    node: etree._Element

    def get_event_definition(self, xpaths: object) -> Any:
        node = self.node
        timer = node.find(bpmn("timerEventDefinition"))
        if timer is not None:
            date = timer.find(bpmn("timeDate"))
            return event_specs.DueDate((date.text or "").strip() if date is not None else "")
        message = node.find(bpmn("messageEventDefinition"))
        if message is not None:
            return self.parse_message_event(message)
        if node.find(bpmn("terminateEventDefinition")) is not None:
            return TerminateEventDefinition()
        return NoneEventDefinition()

    def parse_message_event(self, node: etree._Element) -> Any:
        messages = self.process_parser.parser.messages  # type: ignore[attr-defined]  # the library's reader has it
        return event_specs.Message(messages[node.get("messageRef")])


class _StartReader(_Events, event_parsers.StartEventParser):  # type: ignore[misc]  # the library is untyped
    def create_task(self) -> Any:
        made = super().create_task()
        made.event_definition = event_specs.Passing()
        return made


class _EndReader(_Events, event_parsers.EndEventParser):  # type: ignore[misc]  # the library is untyped
    pass


class _CatchReader(_Events, event_parsers.IntermediateCatchEventParser):  # type: ignore[misc]  # the library is untyped
    pass


class _ThrowReader(_Events, event_parsers.IntermediateThrowEventParser):  # type: ignore[misc]  # the library is untyped
    pass


class _SendReader(_Events, event_parsers.SendTaskParser):  # type: ignore[misc]  # the library is untyped
    pass


class _ReceiveReader(_Events, event_parsers.ReceiveTaskParser):  # type: ignore[misc]  # the library is untyped
    pass


class _BoundaryReader(_Events, event_parsers.BoundaryEventParser):  # type: ignore[misc]  # the library is untyped
    pass


class _GatewayReader(_Own, event_parsers.EventBasedGatewayParser):  # type: ignore[misc]  # the library is untyped
    def create_task(self) -> Any:
        return self._create_task(event_specs.Choices())


class _ProcessReader(SpiffProcessParser):  # type: ignore[misc]  # the library is untyped
    def create_spec(self) -> Any:
        return specs.CaseSpec(
            name=self.bpmn_id, description=self.get_name(), filename=self.filename
        )


class ReleaseParser(SpiffBpmnParser):  # type: ignore[misc]  # the library is untyped
    """Parses the checked files of one release; `tables` are its decision tables by id."""

    PROCESS_PARSER_CLASS = _ProcessReader
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012  # the library's class attribute, only read
        full_tag("userTask"): (_TaskReader, specs.HumanTask),
        full_tag("serviceTask"): (_TaskReader, specs.OperationTask),
        full_tag("scriptTask"): (_ScriptReader, specs.ScriptTask),
        full_tag("businessRuleTask"): (_DecisionReader, specs.DecisionTask),
        full_tag("subProcess"): (_SubProcessReader, specs.SubProcess),
        full_tag("callActivity"): (_CallReader, specs.CallActivity),
        full_tag("exclusiveGateway"): (
            task_parsers.ConditionalGatewayParser,
            specs.ExclusiveGateway,
        ),
        full_tag("parallelGateway"): (task_parsers.GatewayParser, specs.ParallelGateway),
        full_tag("eventBasedGateway"): (_GatewayReader, event_specs.EventGateway),
        full_tag("startEvent"): (_StartReader, event_specs.StartEvent),
        full_tag("endEvent"): (_EndReader, defaults.EndEvent),
        full_tag("intermediateCatchEvent"): (_CatchReader, event_specs.CatchEvent),
        full_tag("intermediateThrowEvent"): (_ThrowReader, defaults.IntermediateThrowEvent),
        full_tag("boundaryEvent"): (_BoundaryReader, event_specs.BoundaryEvent),
        full_tag("sendTask"): (_SendReader, defaults.SendTask),
        full_tag("receiveTask"): (_ReceiveReader, event_specs.ReceiveTask),
    }

    def __init__(self, tables: Mapping[str, Table]) -> None:
        super().__init__()
        self.tables = tables

    def parse_all(self, roots: Mapping[str, etree._Element]) -> dict[str, specs.CaseSpec]:
        """Parse every process and subprocess of the files; return the specs by id.

        Raises:
            ValidationException: the library cannot make something of it.
        """
        for path, root in roots.items():
            self.add_bpmn_xml(root, path)
        parsed: dict[str, specs.CaseSpec] = {}
        # Parsing a process finds its embedded subprocesses.
        while waiting := [name for name in self.process_parsers if name not in parsed]:
            parsed.update({name: self.get_spec(name) for name in waiting})
        return parsed


def bind(parsed: Mapping[str, specs.CaseSpec], processes: Mapping[str, Process]) -> None:
    """Attach to every spec what the diagram says of it, and ready the specs for sharing.

    After this they are only read: any number of cases, in any number of threads, share them.
    """
    homes = {name: name for name in processes}
    for process in processes.values():
        # A task may well have the id of another process.
        inside = [e.id for e in process.elements.values() if e.kind == "subProcess"]
        homes.update(dict.fromkeys(inside, process.id))
    for name, spec in parsed.items():
        spec.home = homes[name]
        elements = processes[spec.home].elements
        for task_spec in spec.task_specs.values():
            # No forecasts: see app.engine.workflow.
            task_spec._predict = _no_forecast
            if task_spec.bpmn_id:
                _attach(task_spec, elements[task_spec.bpmn_id])
        for loop in spec.loops():
            # The library connects this only where a child is created: a loaded case would
            # wait for ever.
            inner = spec.task_specs[loop.task_spec]
            inner.completed_event.connect(loop.merge_child)


def _attach(task_spec: Any, element: Any) -> None:
    task_spec.element = element
    outer = isinstance(task_spec, specs.CountingMI)
    if element.postscript and (element.loop is None or outer != element.on_instances):
        task_spec.after = element.postscript


def _no_forecast(*_: object, **__: object) -> None:
    return None
