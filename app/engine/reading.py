"""Reads the processes of a BPMN file into `elements.Process`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lxml import etree

from app.engine.elements import Element, Flow, Lane, Loop, Parameter, Process
from app.engine.forms import Names
from app.engine.safe_xml import NAMESPACES, children, line_of, local, own, text_of

# Tags inside a process that are no flow nodes.
NOT_NODES: Final = frozenset({
    "", "extensionElements", "documentation", "laneSet", "sequenceFlow", "incoming", "outgoing",
    "property", "ioSpecification", "textAnnotation", "association", "group", "artifact",
    "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "auditing", "monitoring",
})  # fmt: skip
HOLDERS: Final = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_EVENT: Final = "EventDefinition"


def read_processes(path: str, data: bytes, root: etree._Element) -> list[Process]:
    """Read every process of a file; `path` is the file's place in the release."""
    messages = {m.get("id"): m.get("name") for m in children(root, "message")}
    pools = {
        str(pool.get("processRef")): pool
        for pool in root.iterfind(".//bpmn:participant", NAMESPACES)
        if pool.get("processRef")
    }
    return [
        _Reader(path, data, node, messages, pools.get(str(node.get("id")))).process()
        for node in children(root, "process")
    ]


def names_of(node: etree._Element) -> Names:
    """The names an element carries, by language: `name` is Kazakh, the rest in extensions."""
    found = {"kk": str(node.get("name") or "").strip()}
    for item in node.iterfind("bpmn:extensionElements/bagalau:name", NAMESPACES):
        found[str(item.get("lang"))] = (item.text or "").strip()
    return {language: text for language, text in found.items() if text}


class _Reader:
    """Reads one process: lanes first, then nodes and flows, down into subprocesses."""

    def __init__(
        self,
        path: str,
        data: bytes,
        node: etree._Element,
        messages: dict[str | None, str | None],
        pool: etree._Element | None,
    ) -> None:
        self.path, self.data, self.node, self.pool = path, data, node, pool
        self.messages = messages
        self.lanes: dict[str, Lane] = {}
        self.lane_of: dict[str, str] = {}
        self.elements: dict[str, Element] = {}
        self.flows: dict[str, Flow] = {}

    def process(self) -> Process:
        for lane in self.node.iterfind(".//bpmn:lane", NAMESPACES):
            self._lane(lane)
        self._nodes(self.node, None, None)
        starts = [e for e in self.elements.values() if e.kind == "startEvent" and e.parent is None]
        start = starts[0] if starts else None
        labels = {
            item.id: item.name
            for group in (self.elements, self.flows, self.lanes)
            for item in group.values()
            if item.name
        }
        name = names_of(self.node)
        if self.pool is not None:
            labels[str(self.pool.get("id"))] = names_of(self.pool)
            name = {**names_of(self.pool), **name}
        return Process(
            id=str(self.node.get("id")),
            name=name,
            paragraphs=tuple((self.node.get(own("paragraph")) or "").split()),
            file=self.path,
            line=line_of(self.node),
            xml=self.data,
            elements=self.elements,
            flows=self.flows,
            lanes=self.lanes,
            labels=labels,
            start=start.id if start else None,
            start_form=start.form if start else None,
            start_role=start.role if start and start.form else None,
            start_organisation=start.organisation if start and start.form else None,
        )

    def _lane(self, node: etree._Element) -> None:
        refs = tuple(r.text.strip() for r in children(node, "flowNodeRef") if r.text)
        lane = Lane(
            id=str(node.get("id")),
            name=names_of(node),
            role=node.get(own("role")),
            organisation=node.get(own("organisation")),
            nodes=refs,
            line=line_of(node),
        )
        self.lanes[lane.id] = lane
        # An inner lane comes after the outer one and wins.
        self.lane_of.update(dict.fromkeys(refs, lane.id))

    def _nodes(self, holder: etree._Element, parent: str | None, lane: str | None) -> None:
        nodes = [n for n in holder if local(n) not in NOT_NODES]
        # Boundary events last: they take the lane of what they are attached to.
        for node in sorted(nodes, key=lambda n: local(n) == "boundaryEvent"):
            element = self._element(node, parent, lane)
            self.elements[element.id] = element
            if element.kind in HOLDERS:
                self._nodes(node, element.id, element.lane)
        for node in children(holder, "sequenceFlow"):
            flow = Flow(
                id=str(node.get("id")),
                source=str(node.get("sourceRef")),
                target=str(node.get("targetRef")),
                name=names_of(node),
                condition=text_of(node, "conditionExpression"),
                line=line_of(node),
                parent=parent,
            )
            self.flows[flow.id] = flow

    def _element(self, node: etree._Element, parent: str | None, lane: str | None) -> Element:
        ident, kind = str(node.get("id")), local(node)
        host = node.get("attachedToRef")
        if host in self.elements:
            lane = self.elements[host].lane
        lane = self.lane_of.get(ident, lane)
        placed = self.lanes.get(lane or "")
        form = node.get(own("form"))
        bare = Element(
            id=ident,
            kind=kind,
            name=names_of(node),
            paragraphs=tuple((node.get(own("paragraph")) or "").split()),
            lane=lane,
            role=node.get(own("role")) or (placed.role if placed else None),
            organisation=node.get(own("organisation")) or (placed.organisation if placed else None),
            form=f"{self.path.partition('/')[0]}/{form}" if form else None,
            line=line_of(node),
            parent=parent,
            attached_to=host,
        )
        return self._with_event(_with_work(bare, node), node)

    def _with_event(self, element: Element, node: etree._Element) -> Element:
        event, definition = _event(node)
        reference = (node if definition is None else definition).get("messageRef")
        return replace(
            element,
            event=event,
            message=self.messages.get(reference),
            timer=text_of(definition, "timeDate") if definition is not None else None,
            interrupting=node.get("cancelActivity", "true") == "true",
            result=node.get(own("result")) or _spiff(node, "messageVariable", deep=True),
            to=node.get(own("to")),
            starts=node.get(own("starts")),
        )


def _with_work(element: Element, node: etree._Element) -> Element:
    return replace(
        element,
        called=node.get("calledElement"),
        due=node.get(own("due")),
        assignee=node.get(own("assignee")),
        operation=node.get(own("operation")),
        parameters=_parameters(node),
        default=node.get("default"),
        decision=_spiff(node, "calledDecisionId"),
        script=_raw_text(node, "script"),
        postscript=_spiff(node, "postScript"),
        on_instances=_on_instances(node),
        loop=_loop(node),
    )


def _event(node: etree._Element) -> tuple[str, etree._Element | None]:
    found = [n for n in node if local(n).endswith(_EVENT)]
    if not found:
        return "", None
    if len(found) > 1:
        return "several", None
    kind = local(found[0]).removesuffix(_EVENT)
    if kind == "timer" and text_of(found[0], "timeDate") is None:
        kind = "timer without a date"
    return kind, found[0]


def _parameters(node: etree._Element) -> tuple[Parameter, ...]:
    found = node.iterfind("bpmn:extensionElements/bagalau:parameter", NAMESPACES)
    return tuple(
        Parameter(str(p.get("name") or ""), (p.text or "").strip(), line_of(p)) for p in found
    )


def _spiff(node: etree._Element, tag: str, *, deep: bool = False) -> str | None:
    path = f"bpmn:extensionElements/spiffworkflow:{tag}"
    found = node.find(path, NAMESPACES)
    if found is None and deep:
        found = node.find(f"bpmn:messageEventDefinition/{path}", NAMESPACES)
    return (found.text or "").strip() or None if found is not None else None


def _raw_text(node: etree._Element, tag: str) -> str | None:
    found = node.find(f"bpmn:{tag}", NAMESPACES)
    return found.text if found is not None else None


def _on_instances(node: etree._Element) -> bool:
    found = node.find("bpmn:multiInstanceLoopCharacteristics", NAMESPACES)
    name = f"{{{NAMESPACES['spiffworkflow']}}}scriptsOnInstances"
    return found is not None and found.get(name) == "true"


def _loop(node: etree._Element) -> Loop | None:
    found = node.find("bpmn:standardLoopCharacteristics", NAMESPACES)
    if found is not None:
        return Loop("standard", None, None, None, None, None, line_of(found))
    found = node.find("bpmn:multiInstanceLoopCharacteristics", NAMESPACES)
    if found is None:
        return None
    item, output_item = (
        found.find(f"bpmn:{tag}", NAMESPACES) for tag in ("inputDataItem", "outputDataItem")
    )
    return Loop(
        kind="sequential" if found.get("isSequential") == "true" else "parallel",
        source=text_of(found, "loopDataInputRef"),
        item=item.get("id") if item is not None else None,
        output=text_of(found, "loopDataOutputRef"),
        output_item=output_item.get("id") if output_item is not None else None,
        condition=text_of(found, "completionCondition"),
        line=line_of(found),
    )
