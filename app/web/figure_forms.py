"""The tables of a year as they are posted: figures, scores, reasons, grounds; their cells.

A cell is sent as `<field>-<row>-<column>`, where a row is the code of an indicator, or as
`<field>-<block>-<body>`. Neither codes nor variables have a hyphen. Everything that was typed is
read, wrong or not: it is for the service to refuse it and for the page to show it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from app.engine.forms import Field, Form

Posted = MultiDict[str, str]
Read = tuple[Any, set[str]]
TABLES = frozenset({"report", "scores", "missing", "secrecy"})
NONE, DOCUMENTS = "none", "documents"
WORDS = ("status", "source")
FILL = "fill_empty"
"""The control with the one word for all rows of a list that have none yet."""


def report(name: str, posted: Posted) -> Read:
    """¶ 40: `<name>-<indicator>-<variable>[-none]` and `<name>-<indicator>-documents`."""
    rows: dict[str, dict[str, Any]] = {}
    used = _cells(name, posted)
    for key in sorted(used, key=_sent_order(posted)):
        code, column, rest = _parts(name, key)
        row = rows.setdefault(code, {"values": {}, "no_data": [], "documents": []})
        if column == DOCUMENTS and not rest:
            row["documents"] = _chosen(posted, key)
        elif rest == NONE:
            row["no_data"].append(column)
        elif column or posted[key].strip():
            row["values"]["-".join(filter(None, (column, rest)))] = posted[key]
    return (rows or None), used | {name}


def scores(name: str, posted: Posted) -> Read:
    """¶ 9(3): `<name>-<indicator>-<variable>`, `-status`, `-source` and `-documents`."""
    rows: dict[str, dict[str, Any]] = {}
    used = _cells(name, posted)
    for key in sorted(used, key=_sent_order(posted)):
        code, column, rest = _parts(name, key)
        row = rows.setdefault(code, {"status": "", "values": {}, "source": "", "documents": []})
        if column == DOCUMENTS and not rest:
            row["documents"] = _chosen(posted, key)
        elif column in WORDS and not rest:
            row[column] = posted[key]
        elif column or posted[key].strip():
            row["values"]["-".join(filter(None, (column, rest)))] = posted[key]
    return (rows or None), used | {name}


def by_evaluation(name: str, posted: Posted) -> Read:
    """¶ 11, 53: `<name>-<block>-<body>`: a word for an evaluation."""
    used = _cells(name, posted)
    found = {}
    for key in sorted(used, key=_sent_order(posted)):
        block, _, body = key.removeprefix(f"{name}-").partition("-")
        found[f"{block}/{body}"] = posted[key]
    return (found or None), used | {name}


READERS: Mapping[str, Callable[[str, Posted], Read]] = {
    "report": report,
    "scores": scores,
    "missing": by_evaluation,
    "secrecy": by_evaluation,
}


def table_of(form: Form | None, place: str) -> Field | None:
    """The field of a year's table in which a wrong `place` lies, whole or in a cell."""
    for field in form.fields if form else ():
        if field.type in TABLES and (place == field.name or place.startswith(f"{field.name}-")):
            return field
    return None


def row_order(place: str) -> tuple[int, ...]:
    """The place of a cell's row among the others: 1.1.10 comes after 1.1.2."""
    code = place.removeprefix("-").partition("-")[0]
    return tuple(int(number) for number in re.findall(r"\d{1,9}", code))


def lines(value: Any) -> str:
    """A table as it was typed, a line for each row, to be copied from a page of an error."""
    told = []
    for code, row in value.items() if isinstance(value, Mapping) else ():
        if isinstance(row, Mapping):
            cells = [f"{name} = {text}" for name, text in row.get("values", {}).items() if text]
            cells += [f"{name} = —" for name in row.get("no_data", ())]
            cells += [str(row[name]) for name in WORDS if row.get(name)]
            cells += [f"№ {number}" for number in row.get("documents", ())]
            text = "; ".join(cells)
        else:
            text = str(row)
        if text:
            told.append(f"{code}: {text}")
    return "\n".join(told)


def _cells(name: str, posted: Posted) -> set[str]:
    return {key for key in posted if key.startswith(f"{name}-")}


def _sent_order(posted: Posted) -> Callable[[str], int]:
    places = {key: number for number, key in enumerate(posted)}
    return places.__getitem__


def _parts(name: str, key: str) -> tuple[str, str, str]:
    """The row of a cell, its column, and what stands behind that."""
    code, _, column = key.removeprefix(f"{name}-").partition("-")
    column, _, rest = column.partition("-")
    return code, column, rest


def _chosen(posted: Posted, key: str) -> list[str]:
    return [value for value in posted.getlist(key) if value]
