"""Checks of single elements: what they are, what they are called, who acts in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Final

from lxml import etree

from app.engine.contents import ROLES, Contents
from app.engine.elements import Element, Process
from app.engine.errors import Finding
from app.engine.expressions import check_name
from app.engine.forms import LANGUAGES, PARAGRAPH, Names
from app.engine.guards import ExpressionError
from app.engine.safe_xml import NAMESPACES, OWN, SPIFF, line_of, local

ATTRIBUTES: Final = frozenset({
    "paragraph", "form", "role", "organisation", "due", "assignee", "operation", "result", "to",
    "starts",
})  # fmt: skip
TAGS: Final = frozenset({"name", "parameter"})
SPIFF_TAGS: Final = frozenset({"calledDecisionId", "messageVariable", "postScript"})
OPERATION: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")

# The kinds of elements that are executed, and the events that each may carry.
KINDS: Final[Mapping[str, frozenset[str]]] = {
    "startEvent": frozenset({"", "message"}),
    "endEvent": frozenset({"", "message", "terminate"}),
    "intermediateCatchEvent": frozenset({"timer", "message"}),
    "intermediateThrowEvent": frozenset({"", "message"}),
    "boundaryEvent": frozenset({"timer", "message"}),
    **dict.fromkeys(
        ("userTask", "serviceTask", "scriptTask", "businessRuleTask", "callActivity",
         "subProcess", "exclusiveGateway", "parallelGateway", "eventBasedGateway", "sendTask",
         "receiveTask"),
        frozenset({""}),
    ),
}  # fmt: skip
HOSTS: Final = frozenset({"userTask", "callActivity", "subProcess", "receiveTask"})
LOOPING: Final = frozenset({"userTask", "callActivity", "subProcess"})
SCRIPTED: Final = LOOPING | {"serviceTask", "businessRuleTask"}
THROWING: Final = frozenset({"intermediateThrowEvent", "endEvent", "sendTask"})
CATCHING: Final = frozenset({"intermediateCatchEvent", "boundaryEvent", "receiveTask"})

Report = Callable[[Element, str, str], None]


def check_file(contents: Contents, path: str, root: etree._Element) -> None:
    """Check a file as XML: its place, our attributes, extensions that nothing executes."""
    place = PurePosixPath(path)
    inside = [p for p in contents.processes.values() if p.file == path]
    if len(place.parts) != 2 or not any(p.id == place.stem == p.folder for p in inside):
        contents.wrong(path, 0, "", "place", "a process <id> lies in <id>/<id>.bpmn")
    for node in root.iter():
        if not local(node):
            continue
        ident = str(node.get("id") or "")
        name = etree.QName(node)
        if (name.namespace == OWN and name.localname not in TAGS) or (
            name.namespace == SPIFF and name.localname not in SPIFF_TAGS
        ):
            contents.wrong(path, line_of(node), ident, "not_supported", local(node))
        for key in node.attrib:
            attribute = etree.QName(str(key))
            if attribute.namespace == OWN and attribute.localname not in ATTRIBUTES:
                text = attribute.localname
                contents.wrong(path, line_of(node), ident, "unknown_attribute", text)
        if ident and name.namespace in (OWN, SPIFF):
            # The library's index would take it for an element of that id.
            contents.wrong(path, line_of(node), ident, "id_in_extension", local(node))
    for node in root.iterfind("bpmn:process", NAMESPACES):
        if node.get("isExecutable") != "true":
            contents.wrong(path, line_of(node), str(node.get("id")), "not_executable", "")
    for tag in ("dataObject", "dataStore", "correlationProperty", "correlationKey"):
        for node in root.iterfind(f".//bpmn:{tag}", NAMESPACES):
            contents.wrong(path, line_of(node), str(node.get("id")), "not_supported", tag)


def check_process(contents: Contents, process: Process) -> None:
    """Check every element and lane of a process."""

    def report(element: Element, code: str, detail: str) -> None:
        contents.wrong(process.file, element.line, element.id, code, detail)

    if missing := _missing(process.name):
        contents.wrong(process.file, process.line, process.id, "no_name", missing)
    for element in process.elements.values():
        if element.event not in KINDS.get(element.kind, ()):
            report(element, "not_supported", f"{element.kind} {element.event}".strip())
            continue
        if missing := _missing(element.name):
            report(element, "no_name", missing)
        if not element.paragraphs or not all(map(PARAGRAPH.fullmatch, element.paragraphs)):
            report(element, "no_paragraph", " ".join(element.paragraphs))
        _role(contents, report, element)
        _form(contents, report, element)
        _work(contents, report, element)
        _message(contents, process, report, element)
        _loop(contents, process, report, element)
        _names(report, element)
    for lane in process.lanes.values():
        if missing := _missing(lane.name):
            contents.wrong(process.file, lane.line, lane.id, "no_name", missing)
        if not lane.role or not lane.organisation:
            contents.wrong(process.file, lane.line, lane.id, "no_role", "role and organisation")
        for node in lane.nodes:
            if node not in process.elements:
                contents.wrong(process.file, lane.line, lane.id, "lane_of_nothing", node)


def check_ids(contents: Contents) -> None:
    """Embedded subprocesses share one namespace with the processes: ids must differ."""
    seen = set(contents.processes)
    for process in contents.processes.values():
        for element in process.elements.values():
            if element.kind == "subProcess":
                if element.id in seen:
                    contents.wrong(
                        process.file, element.line, element.id, "duplicate_id", "a subprocess"
                    )
                seen.add(element.id)


def check_calls(contents: Contents) -> None:
    """A process that calls itself, however far round, would never end."""
    for process in contents.processes.values():
        for element in process.elements.values():
            if element.called and process.id in called_from(contents, element.called):
                contents.wrong(process.file, element.line, element.id, "call_cycle", element.called)


def called_from(contents: Contents, process: str) -> set[str]:
    """A process and all that it calls, however far down."""
    found: set[str] = set()
    waiting = [process]
    while waiting:
        name = waiting.pop()
        if name in found or name not in contents.processes:
            continue
        found.add(name)
        waiting.extend(e.called for e in contents.processes[name].elements.values() if e.called)
    return found


def _missing(name: Names) -> str:
    return ", ".join(language for language in LANGUAGES if not name.get(language))


def _role(contents: Contents, report: Report, element: Element) -> None:
    acts = element.kind == "userTask" or (element.kind == "startEvent" and element.form)
    if acts and (not element.role or not element.organisation):
        report(element, "no_role", "in no lane with a role and an organisation")
    elif acts and contents.roles and element.role not in contents.roles:
        report(element, "unknown_role", f"{element.role} is not in {ROLES}")


def _form(contents: Contents, report: Report, element: Element) -> None:
    if element.kind == "userTask" and not element.form:
        report(element, "no_form", "a user task has a form")
    if element.form and element.kind not in ("userTask", "startEvent"):
        report(element, "not_supported", "a form here")
    elif element.form and element.form not in contents.forms:
        report(element, "unknown_form", element.form)
    for given, what in ((element.due, "due"), (element.assignee, "assignee")):
        if given is not None and element.kind != "userTask":
            report(element, "not_supported", f"{what} here")


def _work(contents: Contents, report: Report, element: Element) -> None:
    if element.kind == "serviceTask" and not OPERATION.fullmatch(element.operation or ""):
        report(element, "no_operation", element.operation or "")
    if element.operation and element.kind != "serviceTask":
        report(element, "not_supported", "an operation here")
    if element.kind == "businessRuleTask" and element.decision not in contents.tables:
        report(element, "unknown_decision", element.decision or "")
    if element.kind == "callActivity" and element.called not in contents.processes:
        report(element, "unknown_process", element.called or "")
    if element.kind == "scriptTask" and not element.script:
        report(element, "no_script", "")
    if element.postscript and element.kind not in SCRIPTED:
        report(element, "not_supported", "a script here")


def _message(contents: Contents, process: Process, report: Report, element: Element) -> None:
    speaks = element.event == "message" or element.kind in ("sendTask", "receiveTask")
    if speaks and not element.message:
        report(element, "no_message", "messageRef names no message")
    if element.message and "." in element.message:
        # Such a name is the program's own: a changed schedule is one, for which no case waits.
        report(element, "bad_name", f"a point in {element.message}")
    throws = speaks and element.kind in THROWING
    if throws and bool(element.to) == bool(element.starts):
        report(element, "no_address", "to or starts, one of them")
    if not throws and (element.to or element.starts):
        report(element, "not_supported", "an address here")
    if element.starts and element.starts not in contents.processes:
        report(element, "unknown_process", element.starts)
    if element.kind == "boundaryEvent" and speaks and not element.interrupting:
        # It would take one message; the second one would find nobody waiting.
        report(element, "message_once", "a message at an edge must interrupt")
    if element.kind == "startEvent" and element.result:
        report(element, "not_supported", "a message start's payload is the case's first data")
    if speaks and element.kind in CATCHING and not element.result:
        contents.findings.append(
            Finding(process.file, element.line, element.id, "payload_dropped", "", "warning")
        )
    if element.kind == "boundaryEvent":
        host = process.elements.get(element.attached_to or "")
        if host is None or host.kind not in HOSTS or host.parent != element.parent:
            report(element, "attached_to_nothing", element.attached_to or "")


def _loop(contents: Contents, process: Process, report: Report, element: Element) -> None:
    loop = element.loop
    if loop is None:
        return
    if element.kind not in LOOPING or loop.kind != "parallel":
        report(element, "not_supported", f"{loop.kind} loop of a {element.kind}")
    elif not loop.source:
        report(element, "not_supported", "a loop without loopDataInputRef")
    elif not loop.output:
        contents.findings.append(
            Finding(process.file, loop.line, element.id, "results_dropped", "", "warning")
        )
    elif element.kind != "userTask" and not loop.output_item:
        report(element, "no_output_item", "what an instance gives is its outputDataItem")


def _names(report: Report, element: Element) -> None:
    loop = element.loop
    written = [element.result]
    if loop is not None:
        written += [loop.source, loop.item, loop.output, loop.output_item]
    for name in filter(None, written):
        try:
            check_name(name)
        except ExpressionError:
            report(element, "bad_name", name)
    if element.result and element.kind not in CATCHING | {"serviceTask", "startEvent"}:
        report(element, "not_supported", "a result here")
    given = [p.name for p in element.parameters]
    if len(set(given)) < len(given) or not all(name.isidentifier() for name in given):
        report(element, "bad_name", "parameters: " + ", ".join(given))
    if given and element.kind not in THROWING | {"serviceTask"}:
        report(element, "not_supported", "parameters here")
