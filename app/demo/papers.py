"""Invented documents: small real files, each of which says in three languages what it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

INVENTED = (
    "Көрсетілім: ойдан шығарылған құжат, ресми дерек емес.",
    "Демонстрация: вымышленный документ, не официальные данные.",
    "Demonstration: an invented document, no official data.",
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A file to attach: its name, its bytes, the subparagraph of ¶ 4, and its origin in words."""

    name: str
    content: bytes
    source: str = "1"
    origin: str = "Көрсетілім: органның ойдан шығарылған құжаты"


def table(name: str, head: Sequence[str], rows: Iterable[Sequence[str]], **told: str) -> Paper:
    """A table as CSV in UTF-8, with what it is in its first lines."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([line] for line in INVENTED)
    writer.writerow(head)
    writer.writerows(rows)
    return Paper(f"{name}.csv", text.getvalue().encode(), **told)


def note(name: str, lines: Iterable[str], **told: str) -> Paper:
    """A plain text in UTF-8."""
    return Paper(f"{name}.txt", "\n".join((*INVENTED, "", *lines, "")).encode(), **told)


def letter(name: str, subject: str, lines: Iterable[str], **told: str) -> Paper:
    """One page of PDF (ISO 32000-1): `subject` and the three languages in its title.

    The page is set in the standard font, which has no Cyrillic letters: `lines` are plain
    ASCII, and English alone stands on the page.
    """
    shown = (INVENTED[2], "", *lines)
    drawn = " ".join(f"({_escaped(line)}) Tj T*" for line in shown)
    page = f"BT /F1 11 Tf 14 TL 56 780 Td {drawn} ET".encode("ascii")
    title = "\ufeff" + " ".join((subject, *INVENTED))
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Title <%s> >>" % title.encode("utf-16-be").hex().upper().encode(),
    )
    return Paper(f"{name}.pdf", _pdf(objects), **told)


def _pdf(objects: Sequence[bytes]) -> bytes:
    """The objects with their table of places; the first is the catalogue, the last the title."""
    file, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    count, start = len(objects) + 1, len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % count
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<< /Size %d /Root 1 0 R /Info %d 0 R >>" % (count, len(objects))
    return file + b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, start)


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
