"""Reading the diagrams of `bpmn/` for the convention tests: XML only, no engine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

BPMN = Path(__file__).parents[2] / "bpmn"
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
OWN = "{urn:bagalau:bpmn:1}"
NODE = re.compile(r"(Event|Gateway|[tT]ask|callActivity|subProcess)$")
LANGUAGES = {"kk", "ru", "en"}

Point = tuple[float, float]


def attribute(element: etree._Element, name: str) -> str:
    """Return an attribute that has to be there."""
    return str(element.attrib[name])


class Box:
    """A shape on the drawing, in pixels."""

    def __init__(self, shape: etree._Element) -> None:
        bounds = shape.find(DC + "Bounds")
        assert bounds is not None, shape.get("id")
        self.x, self.y, self.w, self.h = (
            float(attribute(bounds, k)) for k in ("x", "y", "width", "height")
        )

    def overlaps(self, other: Box) -> bool:
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )

    def contains(self, other: Box) -> bool:
        return (
            self.x <= other.x
            and other.x + other.w <= self.x + self.w
            and self.y <= other.y
            and other.y + other.h <= self.y + self.h
        )

    def on_border(self, point: Point) -> bool:
        x, y = point[0] - self.x, point[1] - self.y
        middle_x, middle_y = x == self.w / 2, y == self.h / 2
        return (x in (0, self.w) and middle_y) or (y in (0, self.h) and middle_x)

    def is_cut_by(self, a: Point, b: Point) -> bool:
        (x1, x2), (y1, y2) = sorted((a[0], b[0])), sorted((a[1], b[1]))
        return x1 < self.x + self.w and self.x < x2 and y1 < self.y + self.h and self.y < y2


class Diagram:
    """One process's folder: its diagram and what lies beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = etree.parse(folder / f"{folder.name}.bpmn").getroot()
        process = self.root.find(MODEL + "process")
        assert process is not None
        self.process = process
        holders = [process, *process.iter(MODEL + "subProcess")]
        inside = [(e, holder) for holder in holders for e in holder]
        found = [(e, h) for e, h in inside if isinstance(e.tag, str) and NODE.search(e.tag)]
        self.nodes = {attribute(e, "id"): e for e, _ in found}
        # The subprocess a node lies in, by id; the process itself is left out.
        self.frame_of = {
            attribute(e, "id"): attribute(h, "id") for e, h in found if h is not process
        }
        self.flows = {attribute(e, "id"): e for e in process.iter(MODEL + "sequenceFlow")}
        self.lanes = {attribute(e, "id"): e for e in process.iter(MODEL + "lane")}
        self.lane_of = {
            ref.text: lane
            for lane, e in self.lanes.items()
            for ref in e.iter(MODEL + "flowNodeRef")
        }

    def __repr__(self) -> str:
        return self.folder.name

    @cached_property
    def boxes(self) -> dict[str, Box]:
        return {attribute(s, "bpmnElement"): Box(s) for s in self.root.iter(DI + "BPMNShape")}

    @cached_property
    def edges(self) -> dict[str, list[Point]]:
        return {
            attribute(e, "bpmnElement"): [
                (float(attribute(w, "x")), float(attribute(w, "y"))) for w in e.iter(WAYPOINT)
            ]
            for e in self.root.iter(DI + "BPMNEdge")
        }

    @cached_property
    def forms(self) -> dict[str, dict[str, Any]]:
        return {p.stem: json.loads(p.read_bytes()) for p in self.folder.glob("forms/*.json")}

    def expressions(self) -> Iterator[str]:
        for element in self.root.iter():
            if element.tag in (
                OWN + "parameter",
                MODEL + "timeDate",
                MODEL + "conditionExpression",
            ):
                yield element.text or ""
            for name in ("due", "assignee", "organisation", "to"):
                if OWN + name in element.attrib:
                    yield attribute(element, OWN + name)


ALL = [Diagram(p.parent) for p in sorted(BPMN.glob("*/*.bpmn"))]
BY_NAME = {repr(d): d for d in ALL}
every = pytest.mark.parametrize("diagram", ALL, ids=repr)


def names(element: etree._Element) -> dict[str, str]:
    """Return an element's names by language; the attribute holds the Kazakh one."""
    own = element.iterfind(f"{MODEL}extensionElements/{OWN}name")
    found = {attribute(e, "lang"): (e.text or "").strip() for e in own}
    return {"kk": element.get("name", "").strip(), **found}


def texts(value: object) -> Iterator[dict[str, str]]:
    """Find every translated text in a form."""
    if isinstance(value, dict):
        if LANGUAGES & value.keys():
            yield value
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
