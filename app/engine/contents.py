"""Reads the files of a release into processes, tables, forms, letters and roles.

Nothing is executed and nothing is judged here but what cannot be read at all; `lint` does
the judging.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator
from SpiffWorkflow.dmn.parser.BpmnDmnParser import SCHEMAS
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from app.engine.elements import Process
from app.engine.errors import Finding
from app.engine.forms import LANGUAGES, Form, FormError, Names, read_form
from app.engine.reading import read_processes
from app.engine.safe_xml import BadXml, parse
from app.engine.tables import Table, TableError, read_table

ROLES: Final = "roles.toml"
# Files and bytes of one release; the present one has some eighty and 400 KB.
MOST_FILES: Final = 1_000
MOST_BYTES: Final = 32 * 1024 * 1024
# Bytes of a form, a letter or the roles; of diagrams and tables see `safe_xml`.
LARGEST_TEXT: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class RoleName:
    """A role: its code, its name and what it does, by language."""

    code: str
    name: Names
    description: Names


@dataclass(slots=True)
class Contents:
    """What was read; `findings` is what could not be."""

    roots: dict[str, etree._Element] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    roles: dict[str, RoleName] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, file: str, line: int, element: str, code: str, detail: str) -> None:
        """Note an error."""
        self.findings.append(Finding(file, line, element, code, detail))


def read(files: Mapping[str, bytes]) -> Contents:
    """Read every file of a release; the order of the mapping makes no difference."""
    contents = Contents()
    size = sum(map(len, files.values()))
    if len(files) > MOST_FILES or size > MOST_BYTES:
        contents.wrong("", 0, "", "too_large", f"{len(files)} files, {size} bytes")
        return contents
    for path in sorted(files):
        place, data = PurePosixPath(path), files[path]
        if place.suffix not in (".bpmn", ".dmn") and len(data) > LARGEST_TEXT:
            contents.wrong(path, 0, "", "too_large", f"{len(data)} bytes")
            continue
        if place.suffix == ".bpmn":
            _processes(contents, path, data)
        elif place.suffix == ".dmn":
            _table(contents, path, data)
        elif place.suffix == ".json" and place.parent.name == "forms":
            _form(contents, path, data)
        elif place.suffix == ".html" and place.parent.name == "letters":
            _letter(contents, path, data)
        elif path == ROLES:
            _roles(contents, data)
    return contents


def key_of_file(path: str) -> str:
    """The key of a form or letter: `schedule/forms/draft.json` is `schedule/draft`."""
    place = PurePosixPath(path)
    return f"{place.parts[0]}/{place.stem}"


def _processes(contents: Contents, path: str, data: bytes) -> None:
    root = _root(contents, path, data)
    if root is None:
        return
    wrong = list(_schema(VALIDATOR, root))
    for line, text in wrong:
        contents.wrong(path, line, "", "xsd", text)
    if wrong:
        return
    contents.roots[path] = root
    for process in read_processes(path, data, root):
        if process.id in contents.processes:
            contents.wrong(path, process.line, process.id, "duplicate_id", "a process of that id")
        contents.processes[process.id] = process


def _table(contents: Contents, path: str, data: bytes) -> None:
    root = _root(contents, path, data)
    if root is None:
        return
    schema = SCHEMAS.get(etree.QName(root).namespace or "")
    for line, text in _schema(BpmnValidator(schema), root) if schema else ():
        contents.wrong(path, line, "", "xsd", text)
    try:
        table = read_table(path, root)
    except TableError as error:
        contents.wrong(path, error.line, "", error.code, error.detail)
        return
    if table.id in contents.tables:
        contents.wrong(path, table.line, table.id, "duplicate_id", "a decision of that id")
    contents.tables[table.id] = table


def _root(contents: Contents, path: str, data: bytes) -> etree._Element | None:
    try:
        return parse(data)
    except BadXml as error:
        contents.wrong(path, error.line, "", error.code, error.detail)
        return None


def _schema(validator: Any, root: etree._Element) -> Iterator[tuple[int, str]]:
    validator.preprocess(root)
    schema: etree.XMLSchema = validator.validator
    if not schema.validate(root.getroottree()):
        log: Any = schema.error_log  # the stubs do not let it be iterated
        for entry in log:
            yield entry.line, entry.message


def _form(contents: Contents, path: str, data: bytes) -> None:
    key = key_of_file(path)
    try:
        contents.forms[key] = read_form(key, data)
    except FormError as error:
        contents.wrong(path, 0, "", "form", str(error))


def _letter(contents: Contents, path: str, data: bytes) -> None:
    try:
        contents.letters[key_of_file(path)] = data.decode("utf-8")
    except UnicodeDecodeError:
        contents.wrong(path, 0, "", "not_utf8", "a letter is UTF-8")


def _roles(contents: Contents, data: bytes) -> None:
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        contents.wrong(ROLES, 0, "", "roles", str(error))
        return
    for code, entry in raw.items():
        if not isinstance(entry, dict) or any(not _named(entry.get(lang)) for lang in LANGUAGES):
            contents.wrong(ROLES, 0, code, "roles", "kk, ru and en are needed")
            continue
        name = {lang: entry[lang] for lang in LANGUAGES}
        told = entry.get("description", {})
        if not isinstance(told, dict):
            contents.wrong(ROLES, 0, code, "roles", "a description is by language")
            continue
        contents.roles[code] = RoleName(code, name, told)


def _named(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip())
