"""Kinds of files by their content: real files of every kind, and what only looks like one."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pytest

from app.documents import kinds
from app.domain.refusals import Invalid

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\nstartxref\n9\n%%EOF\n"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 200
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
ODF = "application/vnd.oasis.opendocument."
OOXML = "application/vnd.openxmlformats-officedocument."


def png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + checksum

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + chunk(b"IDAT", zlib.compress(b"\x00\x00"))
        + chunk(b"IEND", b"")
    )


def archive(*names: str, mimetype: str | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        if mimetype is not None:
            file.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        for name in names:
            file.writestr(name, "<x/>")
    return made.getvalue()


DOCX = archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")
XLSX = archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")
ODT = archive("content.xml", mimetype=f"{ODF}text")
ODS = archive("content.xml", mimetype=f"{ODF}spreadsheet")
TEXT = "Есеп: 2016 жылғы нәтижелер\r\n1;2;3\n"

GOOD = {
    "отчёт.pdf": (PDF, "application/pdf"),
    "ЕСЕП.PDF": (PDF, "application/pdf"),
    "a.docx": (DOCX, f"{OOXML}wordprocessingml.document"),
    "a.xlsx": (XLSX, f"{OOXML}spreadsheetml.sheet"),
    "a.odt": (ODT, f"{ODF}text"),
    "a.ods": (ODS, f"{ODF}spreadsheet"),
    "a.png": (png(), "image/png"),
    "a.jpg": (JPEG, "image/jpeg"),
    "a.jpeg": (JPEG, "image/jpeg"),
    "utf8.txt": (TEXT.encode(), "text/plain"),
    "mark.txt": (TEXT.encode("utf-8-sig"), "text/plain"),
    "excel.txt": (TEXT.encode("utf-16"), "text/plain"),
    "windows.csv": ("Отчёт;1,5\r\n".encode("cp1251"), "text/csv"),
    "a.csv": (TEXT.encode(), "text/csv"),
}
BAD = {
    "invoice.pdf": EXE,
    "invoice.exe": EXE,
    "invoice.pdf.exe": PDF,
    "noextension": PDF,
    ".pdf": PDF,
    "cut.pdf": PDF[:-8],
    "late.pdf": b"junk" + PDF,
    "page.html": b"<html></html>",
    "picture.svg": b"<svg/>",
    "photo.png": JPEG,
    "photo.jpg": png(),
    "script.txt": b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 60,
    "nul.csv": b"a;b\x00;c",
    "odd.txt": b"\xff\xfe\x00\xd8a\x00",
    "archive.docx": archive("a.txt"),
    "sheet.docx": XLSX,
    "text.ods": ODT,
    "macro.docx": archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "macro.odt": archive("content.xml", "Basic/Standard/script.xml", mimetype=f"{ODF}text"),
    "template.odt": archive("content.xml", mimetype=f"{ODF}text-template"),
    "cut.xlsx": XLSX[: len(XLSX) // 2],
    "old.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
}


@pytest.fixture(params=["libmagic", "signatures"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """With libmagic and without: the same files are accepted."""
    if request.param == "signatures":
        monkeypatch.setattr(kinds, "_magic", lambda: None)
    elif kinds.detector() != "libmagic":
        pytest.skip("libmagic: not on this machine")
    assert kinds.detector() == request.param
    yield request.param


@pytest.mark.parametrize("name", GOOD)
def test_accepted(name: str) -> None:
    content, media_type = GOOD[name]
    assert kinds.media_type_of(name, io.BytesIO(content)) == media_type


@pytest.mark.parametrize("name", BAD)
def test_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        kinds.media_type_of(name, io.BytesIO(BAD[name]))
    assert refused.value.code == "file.kind_forbidden"
    assert "PDF" in str(refused.value.params["kinds"])


def test_many_entries_are_refused() -> None:
    names = ("[Content_Types].xml", "word/document.xml", *(f"{n}" for n in range(10_001)))
    with pytest.raises(Invalid):
        kinds.media_type_of("bomb.docx", io.BytesIO(archive(*names)))


@pytest.mark.parametrize("name", ["Есеп №1 (қорытынды).pdf", "  a.pdf ", "x" * 196 + ".pdf"])
def test_names_that_are_kept(name: str) -> None:
    assert kinds.check_name(name) == name.strip()


def test_one_letter_is_one_character() -> None:
    assert kinds.check_name("отче\u0308т.pdf") == "отчёт.pdf"
    assert kinds.check_name("и\u0306.pdf") == "й.pdf"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        ".",
        "..",
        "a/b.pdf",
        "..\\..\\b.pdf",
        "C:\\b.pdf",
        "a\x00.pdf",
        "a\nb.pdf",
        "exe\u202efdp.pdf",
        "a\u200b.pdf",
        "\ud800.pdf",
        "x" * 197 + ".pdf",
    ],
)
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(Invalid, match="file.name_bad"):
        kinds.check_name(name)
