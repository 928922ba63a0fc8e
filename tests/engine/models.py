"""Small releases for the engine's tests, written shortly and filled up to our conventions."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from lxml import etree

from app.engine.release import Release, compile_release, read_files

TWO_TASKS = Path(__file__).parent / "diagrams" / "two_tasks"

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
OWN = "urn:bagalau:bpmn:1"
HEAD = (
    f'<definitions xmlns="{BPMN}" xmlns:b="{OWN}" '
    'xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t" id="d_{0}">'
)
LEVELS = {"process", "subProcess"}
NODES = {
    "startEvent", "endEvent", "userTask", "serviceTask", "scriptTask", "businessRuleTask",
    "callActivity", "subProcess", "exclusiveGateway", "parallelGateway", "eventBasedGateway",
    "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "sendTask",
    "receiveTask",
}  # fmt: skip
ROLES = '[member]\nkk = "Мүше"\nru = "Член"\nen = "Member"\n'.encode()


def label(text: str) -> dict[str, str]:
    """A text in three languages."""
    return {"kk": text, "ru": text, "en": text}


def form(**fields: str) -> bytes:
    """A form: a type for each field; `longtext` is sealed, `choice` is yes or no."""
    listed = []
    for name, kind in fields.items():
        field: dict[str, object] = {"name": name, "type": kind, "label": label(name)}
        if kind == "longtext":
            field["sealed"] = True
        if kind == "choice":
            values = ("for", "against", "recused")
            field["options"] = [{"value": v, "label": label(v)} for v in values]
        listed.append(field)
    return json.dumps({"title": label("form"), "fields": listed}).encode()


def bpmn(process: str, nodes: str, flows: str, messages: str = "") -> bytes:
    """A process: its nodes as XML without names, its flows as `a > b > c`, one a line.

    `gate > b if x > 1` has a condition, `gate > b else` is the default.
    """
    text = HEAD.replace("{0}", process)
    text += "".join(f'<message id="{m}" name="{m}"/>' for m in messages.split())
    text += f'<process id="{process}" name="{process}" isExecutable="true">{nodes}</process>'
    root = etree.fromstring(text + "</definitions>")
    level = root.find(f"{{{BPMN}}}process")
    assert level is not None
    for line in filter(None, map(str.strip, flows.splitlines())):
        _flow(root, level, line)
    for node in [level, *level.iter()]:
        tag = etree.QName(node).localname
        if tag in NODES | LEVELS:
            _name(node)
    _lane(level)
    return etree.tostring(root)


def _flow(root: etree._Element, level: etree._Element, line: str) -> None:
    way, _, condition = line.partition(" if ")
    way, is_default, _ = way.partition(" else")
    stops = [stop.strip() for stop in way.split(">")]
    for source, target in pairwise(stops):
        holder = _by_id(root, source).getparent()
        node = etree.SubElement(
            holder if holder is not None else level,
            f"{{{BPMN}}}sequenceFlow",
            id=f"{source}_{target}",
            sourceRef=source,
            targetRef=target,
        )
        if condition:
            inner = etree.SubElement(node, f"{{{BPMN}}}conditionExpression")
            inner.text = condition
            _name(node)
        if is_default:
            _name(node)
            _by_id(root, source).set("default", f"{source}_{target}")


def _by_id(root: etree._Element, ident: str) -> etree._Element:
    found = root.find(f".//*[@id='{ident}']")
    assert found is not None, ident
    return found


def _name(node: etree._Element) -> None:
    if node.get("name") is None:
        node.set("name", str(node.get("id")))
    if etree.QName(node).localname != "sequenceFlow" and node.get(f"{{{OWN}}}paragraph") is None:
        node.set(f"{{{OWN}}}paragraph", "57")
    extra = node.find(f"{{{BPMN}}}extensionElements")
    if extra is None:
        extra = etree.Element(f"{{{BPMN}}}extensionElements")
        node.insert(0, extra)
    for language in ("ru", "en"):
        inner = etree.SubElement(extra, f"{{{OWN}}}name", lang=language)
        inner.text = str(node.get("id"))


def _lane(level: etree._Element) -> None:
    lanes = etree.Element(f"{{{BPMN}}}laneSet", id=f"{level.get('id')}_lanes")
    # After the extensions and the properties, as the schema wants it.
    level.insert(1 + len(level.findall(f"{{{BPMN}}}property")), lanes)
    lane = etree.SubElement(lanes, f"{{{BPMN}}}lane", id=f"{level.get('id')}_lane")
    lane.set(f"{{{OWN}}}role", "member")
    lane.set(f"{{{OWN}}}organisation", "authority")
    _name(lane)
    del lane.attrib[f"{{{OWN}}}paragraph"]
    for node in level:
        if etree.QName(node).localname in NODES:
            etree.SubElement(lane, f"{{{BPMN}}}flowNodeRef").text = node.get("id")


def release(*models: bytes, **extra: bytes) -> Release:
    """Compile processes with a form `ask` for each; `extra` is `process__form=bytes`."""
    return compile_release(files(*models, **extra))


def files(*models: bytes, **extra: bytes) -> dict[str, bytes]:
    """The files of such a release."""
    found = {"roles.toml": ROLES}
    for model in models:
        process = etree.fromstring(model).find(f"{{{BPMN}}}process")
        assert process is not None
        name = str(process.get("id"))
        found[f"{name}/{name}.bpmn"] = model
        found[f"{name}/forms/ask.json"] = form(answer="choice", number="integer", why="longtext")
    for key, data in extra.items():
        folder, _, name = key.partition("__")
        found[
            f"{folder}/{name}.dmn" if data.startswith(b"<") else f"{folder}/forms/{name}.json"
        ] = data
    return found


def two_tasks() -> Release:
    """The release on disk."""
    return compile_release(read_files(TWO_TASKS))
