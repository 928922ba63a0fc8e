"""XML of a release, parsed so that it can do no harm: no entities, no DOCTYPE, no network."""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

LARGEST_FILE: Final = 2 * 1024 * 1024

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF: Final = "http://spiffworkflow.org/bpmn/schema/1.0/core"
OWN: Final = "urn:bagalau:bpmn:1"
NAMESPACES: Final = {"bpmn": BPMN, "spiffworkflow": SPIFF, "bagalau": OWN}


class BadXml(ValueError):
    """The file cannot be taken; `code` is a word, `line` 0 where it is not known."""

    def __init__(self, code: str, detail: str, line: int = 0) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.line = line


def parse(data: bytes) -> etree._Element:
    """Parse a file and return its root.

    Raises:
        BadXml: larger than 2 MiB, not well-formed, or with a DOCTYPE (whose entities could
            read files or fill the memory).
    """
    if len(data) > LARGEST_FILE:
        raise BadXml("too_large", f"{len(data)} bytes")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BadXml("not_xml", str(error.msg), error.lineno or 0) from None
    declared: Any = root.getroottree().docinfo
    if declared.doctype or declared.internalDTD is not None:
        raise BadXml("doctype", "a DOCTYPE is not allowed")
    return root


def bpmn(tag: str) -> str:
    """The full name of a BPMN tag."""
    return f"{{{BPMN}}}{tag}"


def own(name: str) -> str:
    """The full name of a tag or attribute of this product's namespace."""
    return f"{{{OWN}}}{name}"


def local(node: etree._Element) -> str:
    """The name of a node's tag without its namespace; empty for a comment."""
    # A comment's or instruction's tag is a function; the stubs do not know.
    tag: object = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def line_of(node: etree._Element) -> int:
    """The line a node starts on, 0 where it is not known."""
    line: Any = node.sourceline  # the stubs do not know its type
    return int(line or 0)


def children(node: etree._Element, tag: str) -> list[etree._Element]:
    """The direct children with a BPMN tag, in order."""
    return node.findall(bpmn(tag))


def text_of(node: etree._Element, *path: str) -> str | None:
    """The stripped text at a path of BPMN tags below `node`, None where there is none."""
    found = node.find("/".join(bpmn(tag) for tag in path))
    text = found.text if found is not None else None
    return text.strip() if text and text.strip() else None
