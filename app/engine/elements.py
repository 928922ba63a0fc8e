"""What a diagram says of its elements, lanes and flows, in the words of this product.

SpiffWorkflow reads what to do next; everything that people see, and everything in the
`bagalau` namespace, is read here, once, when a release is compiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from app.engine.forms import Names
from app.engine.safe_xml import local, parse


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation or a message: a name and an expression."""

    name: str
    expression: str
    line: int


@dataclass(frozen=True, slots=True)
class Loop:
    """A multi-instance marker: names of variables, and the expression that ends it early."""

    kind: str
    source: str | None
    item: str | None
    output: str | None
    output_item: str | None
    condition: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node of a process, those of its embedded subprocesses included.

    `kind` is the BPMN tag; `event` refines an event (`timer`, `message`, `terminate`, empty
    for none, another word for one that is not supported). `role` and `organisation` (an
    expression) come from the lane, or for a start event from itself; `form` is a key of
    `Release.forms`; `called` is the process a call activity calls; `parent` the embedded
    subprocess the element lies in. Expressions are kept as text.
    """

    id: str
    kind: str
    name: Names
    paragraphs: tuple[str, ...]
    lane: str | None
    role: str | None
    organisation: str | None
    form: str | None
    line: int
    called: str | None = None
    parent: str | None = None
    due: str | None = None
    assignee: str | None = None
    operation: str | None = None
    parameters: tuple[Parameter, ...] = ()
    result: str | None = None
    to: str | None = None
    starts: str | None = None
    event: str = ""
    message: str | None = None
    timer: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    default: str | None = None
    decision: str | None = None
    script: str | None = None
    postscript: str | None = None
    on_instances: bool = False
    loop: Loop | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` is an expression."""

    id: str
    source: str
    target: str
    name: Names
    condition: str | None
    line: int
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane: a role, and an expression giving the code of the body whose people act."""

    id: str
    name: Names
    role: str | None
    organisation: str | None
    nodes: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a release.

    `xml` is the whole file; `labels` gives the name of everything that carries one (elements,
    lanes, flows, pools) by its id; `start` is the id of its start event, `start_form`,
    `start_role` and `start_organisation` tell who may start it, None where no person does.
    """

    id: str
    name: Names
    paragraphs: tuple[str, ...]
    file: str
    line: int
    xml: bytes
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: Mapping[str, Lane]
    labels: Mapping[str, Names]
    start: str | None
    start_form: str | None
    start_role: str | None
    start_organisation: str | None

    @property
    def folder(self) -> str:
        """The folder of the release in which the process lies."""
        return self.file.partition("/")[0]

    def diagram(self, language: str) -> bytes:
        """The diagram's XML with its names in `language` (kk, ru or en), for showing it."""
        root = parse(self.xml)
        for node in root.iter():
            name = self.labels.get(str(node.get("id"))) if local(node) else None
            if name and language in name:
                node.set("name", name[language])
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
