"""Which kinds of file are accepted as evidence, told by their content and not by their name.

Two opinions must agree: that of this module, which looks at the structure of the file, and
that of libmagic where the machine has it (`detector` says whether it does). A file is
always served as the media type given here, never as what a browser might take it for.
"""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import BinaryIO

from app.domain.refusals import Invalid

MAX_NAME = 200
_HEAD = 64 * 1024
_UNKNOWN = "application/octet-stream"
_MAX_ENTRIES = 10_000
_ODF = "application/vnd.oasis.opendocument."
_OOXML = "application/vnd.openxmlformats-officedocument."
# Control characters that no text has: everything below a space but tab, newlines, form feed.
_CONTROL = bytes({*range(9), 11, *range(14, 32), 127})

Looks = Callable[[BinaryIO, bytes], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its media type, how to know it, and what libmagic may call it.

    `looks` gets the file and its first 64 KiB; a name in `magic` that ends in `/` stands
    for every media type that begins so.
    """

    media_type: str
    looks: Looks
    magic: tuple[str, ...]


def check_name(name: str) -> str:
    """The name of an uploaded file as it is kept: trimmed, in the normal form NFC.

    Raises:
        Invalid: `file.name_bad`, it is empty or longer than 200 characters, has a path, or
            has characters that cannot be seen (such as those that turn the direction of
            writing, so that `fdp.exe` shows as `exe.pdf`).
    """
    cleaned = unicodedata.normalize("NFC", name).strip()
    bad = (
        not 0 < len(cleaned) <= MAX_NAME
        or cleaned in (".", "..")
        or any(char in "/\\" or unicodedata.category(char)[0] == "C" for char in cleaned)
    )
    if bad:
        raise Invalid("file.name_bad")
    return cleaned


def media_type_of(name: str, file: BinaryIO) -> str:
    """The media type of an accepted file; `name` gives the extension, `file` the content.

    Raises:
        Invalid: `file.kind_forbidden`, the extension is not on the list, or the content is
            not what the extension says.
    """
    kind = KINDS.get(extension(name))
    file.seek(0)
    head = file.read(_HEAD)
    if kind is None or not kind.looks(file, head) or not _agrees(kind, head):
        raise refusal()
    return kind.media_type


def refusal() -> Invalid:
    """The refusal of a file that is of no accepted kind; it names those that are."""
    return Invalid("file.kind_forbidden", kinds=", ".join(e.upper() for e in KINDS))


def extension(name: str) -> str:
    """The extension of a name, in small letters and without its dot; empty if it has none."""
    return PurePosixPath(name).suffix.lower().removeprefix(".")


def detector() -> str:
    """What tells the kinds here: `signatures` alone, or `libmagic` as well."""
    return "signatures" if _magic() is None else "libmagic"


@cache
def _magic() -> Callable[[bytes], str] | None:
    try:
        import magic
    except (ImportError, OSError):
        # python-magic is here without the library that it calls.
        return None
    return lambda head: magic.from_buffer(head, mime=True)


def _agrees(kind: Kind, head: bytes) -> bool:
    magic = _magic()
    if magic is None:
        return True
    told = magic(head)
    return any(
        told == name or (name.endswith("/") and told.startswith(name)) for name in kind.magic
    )


def _pdf(file: BinaryIO, head: bytes) -> bool:
    # A PDF that was cut off on its way lacks the end mark (ISO 32000-1, 7.5.5).
    file.seek(max(0, file.seek(0, 2) - 2048))
    return head.startswith(b"%PDF-") and b"%%EOF" in file.read()


def _png(_file: BinaryIO, head: bytes) -> bool:
    return head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR"


def _jpeg(_file: BinaryIO, head: bytes) -> bool:
    return head.startswith(b"\xff\xd8\xff")


def _text(file: BinaryIO, head: bytes) -> bool:
    """Text in UTF-8, in UTF-16 with its mark, or in an encoding of one byte a character."""
    file.seek(0)
    content = file.read()
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            content = content.decode("utf-16").encode()
        except UnicodeDecodeError:
            return False
    return len(content.translate(None, _CONTROL)) == len(content)


def _office(part: str) -> Looks:
    """A document of Office Open XML with its main `part`, and without macros."""

    def looks(file: BinaryIO, _head: bytes) -> bool:
        names = {name.lower() for name in _entries(file)}
        macros = any(name.endswith("vbaproject.bin") for name in names)
        return {"[content_types].xml", part} <= names and not macros

    return looks


def _open_document(media_type: str) -> Looks:
    """A document of OpenDocument: its first entry, `mimetype`, says what it is (part 2, 3.3).

    Without macros: those lie in the folders Basic and Scripts.
    """
    first = b"mimetype" + media_type.encode() + b"PK"

    def looks(file: BinaryIO, head: bytes) -> bool:
        names = [name.lower() for name in _entries(file)]
        macros = any(name.startswith(("basic/", "scripts/")) for name in names)
        return head[30:].startswith(first) and "content.xml" in names and not macros

    return looks


def _entries(file: BinaryIO) -> list[str]:
    """The names in a ZIP archive; none if it is not one or has too many. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return []
    return names if len(names) <= _MAX_ENTRIES else []


def _zip(media_type: str, looks: Looks) -> Kind:
    return Kind(media_type, looks, (media_type, "application/zip", _UNKNOWN))


# octet-stream: libmagic does not know.
_TEXT = ("text/", "application/csv", "application/json", "application/x-ndjson", _UNKNOWN)
_WORD, _SHEET = f"{_OOXML}wordprocessingml.document", f"{_OOXML}spreadsheetml.sheet"

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "pdf": Kind("application/pdf", _pdf, ("application/pdf",)),
        "docx": _zip(_WORD, _office("word/document.xml")),
        "xlsx": _zip(_SHEET, _office("xl/workbook.xml")),
        "odt": _zip(f"{_ODF}text", _open_document(f"{_ODF}text")),
        "ods": _zip(f"{_ODF}spreadsheet", _open_document(f"{_ODF}spreadsheet")),
        "png": Kind("image/png", _png, ("image/png",)),
        "jpg": Kind("image/jpeg", _jpeg, ("image/jpeg",)),
        "jpeg": Kind("image/jpeg", _jpeg, ("image/jpeg",)),
        "txt": Kind("text/plain", _text, _TEXT),
        "csv": Kind("text/csv", _text, _TEXT),
        "json": Kind("application/json", _text, _TEXT),
    }
)
"""The accepted kinds by extension."""

ACCEPT = ",".join(f".{name}" for name in KINDS)
"""The extensions as a page's file field takes them."""
