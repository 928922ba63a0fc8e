"""Checks of how a process flows: nothing unreachable, no way that ends nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.engine.contents import Contents
from app.engine.elements import Element, Flow, Process
from app.engine.errors import Finding
from app.engine.forms import LANGUAGES
from app.engine.lint_expressions import writes

GATEWAYS: Final = frozenset({"exclusiveGateway", "parallelGateway", "eventBasedGateway"})


class Scope:
    """A process without its subprocesses, or one subprocess: nodes and the flows between."""

    def __init__(self, contents: Contents, process: Process, parent: str | None) -> None:
        self.contents, self.process, self.parent = contents, process, parent
        self.nodes = {e.id: e for e in process.elements.values() if e.parent == parent}
        self.flows = [f for f in process.flows.values() if f.parent == parent]
        self.outgoing: dict[str, list[Flow]] = {name: [] for name in self.nodes}
        self.incoming: dict[str, list[Flow]] = {name: [] for name in self.nodes}
        self.edges: dict[str, list[str]] = {name: [] for name in self.nodes}
        for flow in self.flows:
            if flow.source in self.nodes and flow.target in self.nodes:
                self.outgoing[flow.source].append(flow)
                self.incoming[flow.target].append(flow)
                self.edges[flow.source].append(flow.target)
        for element in self.nodes.values():
            if element.attached_to in self.edges:
                self.edges[element.attached_to].append(element.id)
        self.start = next((e.id for e in self.nodes.values() if e.kind == "startEvent"), None)

    def wrong(self, element: Element | Flow, code: str, detail: str) -> None:
        """Note an error."""
        self.contents.wrong(self.process.file, element.line, element.id, code, detail)

    def doubt(self, element: Element | Flow, code: str, detail: str) -> None:
        """Note a warning."""
        found = Finding(self.process.file, element.line, element.id, code, detail, "warning")
        self.contents.findings.append(found)

    def reach(self, starts: Iterable[str], without: str | None = None) -> set[str]:
        """What can be reached from some nodes without passing through `without`."""
        found: set[str] = set()
        waiting = [name for name in starts if name != without]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(n for n in self.edges[name] if n != without)
        return found


def check_flows(contents: Contents, process: Process) -> None:
    """Check a process and each of its embedded subprocesses."""
    inner = [e.id for e in process.elements.values() if e.kind == "subProcess"]
    for parent in (None, *inner):
        scope = Scope(contents, process, parent)
        _ends(scope)
        for element in scope.nodes.values():
            _node(scope, element)
        for flow in scope.flows:
            _flow(scope, flow)
        _parallel_writes(scope)


def _ends(scope: Scope) -> None:
    process = scope.process
    place = process.elements[scope.parent] if scope.parent else None
    line, name = (place.line, place.id) if place else (process.line, process.id)
    starts = [e for e in scope.nodes.values() if e.kind == "startEvent"]
    if len(starts) != 1:
        scope.contents.wrong(process.file, line, name, "one_start", f"{len(starts)} starts")
    if not any(e.kind == "endEvent" for e in scope.nodes.values()):
        scope.contents.wrong(process.file, line, name, "no_end", "")
    if place and starts and starts[0].event:
        scope.wrong(starts[0], "not_supported", "an event starts a subprocess")
    reached = scope.reach(s.id for s in starts)
    for element in scope.nodes.values():
        if starts and element.id not in reached:
            scope.wrong(element, "unreachable", "")


def _node(scope: Scope, element: Element) -> None:
    out, into = scope.outgoing[element.id], scope.incoming[element.id]
    if element.kind == "endEvent":
        if out:
            scope.wrong(element, "end_goes_on", "")
    elif not out:
        scope.wrong(element, "dead_end", "no way on")
    elif len(out) > 1 and element.kind not in GATEWAYS:
        scope.wrong(element, "implicit_fork", "a gateway must tell which way")
    if element.kind in ("startEvent", "boundaryEvent") and into:
        scope.wrong(element, "flow_nowhere", "a flow into an event that starts something")
    if element.kind == "exclusiveGateway":
        _exclusive(scope, element)
    elif element.kind == "eventBasedGateway":
        _event_based(scope, element)
    elif element.kind == "parallelGateway" and scope.start is not None:
        before = scope.reach([scope.start], without=element.id)
        for flow in into:
            if len(into) > 1 and flow.source not in before:
                scope.wrong(element, "join_waits_for_itself", flow.id)


def _exclusive(scope: Scope, element: Element) -> None:
    out = scope.outgoing[element.id]
    if element.default is not None and element.default not in {f.id for f in out}:
        scope.wrong(element, "bad_default", element.default)
    if len(out) < 2:
        return
    if element.default is None:
        scope.doubt(element, "no_default", "if no condition holds the case stops here")
    for flow in out:
        if flow.id != element.default and not flow.condition:
            scope.wrong(flow, "no_condition", "")
        if flow.id == element.default and flow.condition:
            scope.wrong(flow, "condition_ignored", "on the default flow")
        if not flow.name:
            scope.doubt(flow, "no_name", "a way out of a gateway is named")


def _event_based(scope: Scope, element: Element) -> None:
    targets = [scope.nodes[f.target] for f in scope.outgoing[element.id]]
    if len(targets) < 2:
        scope.wrong(element, "implicit_fork", "one event only")
    for target in targets:
        if target.kind != "intermediateCatchEvent":
            scope.wrong(target, "not_supported", "after an event-based gateway")
        if len(scope.incoming[target.id]) > 1:
            scope.wrong(target, "not_supported", "another way into a gateway's event")
    messages = [t.message for t in targets if t.message]
    if len(set(messages)) < len(messages):
        scope.wrong(element, "same_message_twice", "")


def _flow(scope: Scope, flow: Flow) -> None:
    for name in (flow.source, flow.target):
        if name not in scope.nodes:
            scope.wrong(flow, "flow_nowhere", name)
    source = scope.nodes.get(flow.source)
    if flow.condition and source is not None and source.kind != "exclusiveGateway":
        scope.wrong(flow, "condition_ignored", "only an exclusive gateway asks")
    if flow.name and any(not flow.name.get(language) for language in LANGUAGES):
        scope.wrong(flow, "no_name", "a named flow is named in kk, ru and en")


def _parallel_writes(scope: Scope) -> None:
    """Two branches that run side by side must not write the same variable."""
    for element in scope.nodes.values():
        if element.kind == "parallelGateway":
            branches = [
                scope.reach([f.target], without=element.id) for f in scope.outgoing[element.id]
            ]
            _collide(scope, element, branches)
        edges = [
            e.id for e in scope.nodes.values() if e.attached_to == element.id and not e.interrupting
        ]
        if edges:
            going_on = [f.target for f in scope.outgoing[element.id]]
            branches = [{element.id} | scope.reach(going_on, without=element.id)]
            branches += [scope.reach([edge], without=element.id) for edge in edges]
            _collide(scope, element, branches)


def _collide(scope: Scope, element: Element, branches: list[set[str]]) -> None:
    seen: dict[str, int] = {}
    for number, branch in enumerate(branches):
        others = set[str]().union(*(b for i, b in enumerate(branches) if i != number))
        for name in sorted(_written(scope, branch - others, scope.process.elements)):
            if seen.setdefault(name, number) != number:
                scope.wrong(element, "parallel_write", name)


def _written(scope: Scope, nodes: Iterable[str], elements: Mapping[str, Element]) -> frozenset[str]:
    found = (writes(scope.contents, scope.process, elements[name]) for name in nodes)
    return frozenset[str]().union(*found)
