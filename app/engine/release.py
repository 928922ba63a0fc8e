"""A legal release: one immutable, content-addressed set of diagrams, tables, forms, letters.

A release is known by its hash. Compiling checks it (`lint`) and makes it executable; the
result is shared by every case and thread of the process and never changes.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, Final

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from app.engine import lint
from app.engine.contents import Contents, RoleName
from app.engine.elements import Element, Process
from app.engine.errors import Finding, ReleaseError
from app.engine.forms import Form
from app.engine.parser import ReleaseParser, bind
from app.engine.tables import Table

__all__ = [
    "Element", "Finding", "Process", "Release", "ReleaseError", "ReleaseFiles", "RoleName",
    "compile_release", "file_hash", "read_files", "release_hash",
]  # fmt: skip

# Path relative to bpmn/ (posix) to content.
ReleaseFiles = Mapping[str, bytes]

_HEADING: Final = b"bagalau release 1\n"
_KEPT: Final = 16
_LARGEST: Final = 32 * 1024 * 1024

_cache: OrderedDict[str, Release] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Release:
    """A compiled release.

    `forms` and `letters` are keyed `<folder>/<name>` (`schedule/draft`), `tables` by the id
    of their decision; `specs` is what the engine executes, by the id of the process or
    embedded subprocess; `findings` are warnings.
    """

    hash: str
    processes: Mapping[str, Process]
    forms: Mapping[str, Form]
    letters: Mapping[str, str]
    tables: Mapping[str, Table]
    roles: Mapping[str, RoleName]
    findings: tuple[Finding, ...]
    specs: Mapping[str, Any]


def read_files(folder: Path) -> dict[str, bytes]:
    """Read the files below a folder; hidden ones are left out.

    Raises:
        ReleaseError: `too_large`: more than 32 MiB.
    """
    files: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in place.parts):
            files[place.as_posix()] = path.read_bytes()
    size = sum(map(len, files.values()))
    if size > _LARGEST:
        raise ReleaseError([Finding("", 0, "", "too_large", f"{size} bytes")])
    return files


def file_hash(data: bytes) -> str:
    """The SHA-256 (hex) of one file's bytes."""
    return hashlib.sha256(data).hexdigest()


def release_hash(files: ReleaseFiles) -> str:
    """The hash of a release: SHA-256 (hex) over a heading and `<file hash>  <path>` lines.

    Lines are sorted by the path's UTF-8 bytes and end with a line feed, as `sha256sum` writes
    them, so that anybody can work it out with common tools.
    """
    paths = sorted(files, key=lambda path: path.encode("utf-8"))
    listing = "".join(f"{file_hash(files[path])}  {path}\n" for path in paths)
    return hashlib.sha256(_HEADING + listing.encode("utf-8")).hexdigest()


def compile_release(files: ReleaseFiles) -> Release:
    """Check and compile a release; the same files are compiled once in a process.

    Raises:
        ReleaseError: the check found errors; `findings` holds them and the warnings.
    """
    found = release_hash(files)
    with _lock:
        if found in _cache:
            _cache.move_to_end(found)
            return _cache[found]
        _cache[found] = compiled = _compile(found, files)
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
        return compiled


def _compile(found: str, files: ReleaseFiles) -> Release:
    contents = lint.check(files)
    if any(f.level == "error" for f in contents.findings):
        raise ReleaseError(contents.findings)
    try:
        parser = ReleaseParser(contents.tables)
        specs = parser.parse_all(contents.roots)
        bind(specs, contents.processes)
    except ValidationException as error:
        raise ReleaseError([*contents.findings, _located(error, contents)]) from error
    return Release(
        hash=found,
        processes=MappingProxyType(contents.processes),
        forms=MappingProxyType(contents.forms),
        letters=MappingProxyType(contents.letters),
        tables=MappingProxyType(contents.tables),
        roles=MappingProxyType(contents.roles),
        findings=tuple(contents.findings),
        specs=MappingProxyType(specs),
    )


def _located(error: ValidationException, contents: Contents) -> Finding:
    """The library's objection as a finding; it knows no lines, the elements do."""
    element = str(getattr(error, "id", "") or "")
    file = str(getattr(error, "file_name", "") or "")
    line = next(
        (
            process.elements[element].line
            for process in contents.processes.values()
            if element in process.elements and file in ("", process.file)
        ),
        0,
    )
    return Finding(file, line, element, "library", str(error))
