"""The tables of a year as the macros of forms and pages read them: rows, labels, changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from app.engine.forms import Field
from app.services import sentences
from app.services.documents import DocumentView
from app.services.figures_page import Cell, Row, Table
from app.services.figures_running import Running
from app.services.task_offers import Offers
from app.web import evaluation_lists, methodology_words, word_tables, words, year_words
from app.web.filters import name as in_language
from app.web.filters import signed
from app.web.languages import language

Item = dict[str, Any]
STATUSES = ("counted", "not_counted", "not_applicable")


def of_field(
    field: Field, offers: Offers, papers: Iterable[Item], points_url: str, typed: Any
) -> Item:
    """What the field of a year's table shows; `papers` are the documents a row may name.

    `typed` is its value: what stands there and is not asked for any more is shown too.
    """
    if field.type in ("missing", "secrecy"):
        return evaluation_lists.listed(
            field, offers.listed, typed if isinstance(typed, Mapping) else {}
        )
    made = of_table(offers.table, offers.papers, offers.running, field.name)
    made["papers"] = list(papers)
    if field.type == "scores":
        made |= {
            "url": points_url,
            "statuses": [{"value": code, "label": year_words.status(code)} for code in STATUSES],
            "sources": [
                {"value": code, "label": words.source(code)} for code in word_tables.SOURCES
            ],
            "total": total(offers.running),
        }
    return made


def papers(
    field: Field, offers: Offers, attached: Iterable[DocumentView]
) -> tuple[DocumentView, ...]:
    """The documents that a row may name: the task's own, and those of the report for a score."""
    own = tuple(attached)
    if field.type != "scores" or offers.table is None:
        return own
    ids = {document.id for document in own}
    allowed = set(offers.table.may_be_named) - ids
    return (*(found for found in offers.papers if found.id in allowed), *own)


def choices_of(field: Field, table: Table | None) -> list[str]:
    """The names under which the rows of a table choose among documents."""
    if table is None or field.type not in ("report", "scores"):
        return []
    return [f"{field.name}-{row.code}-documents" for row in table.rows]


def of_table(
    table: Table | None,
    papers: Iterable[DocumentView],
    running: Running | None = None,
    field: str = "figures",
) -> Item:
    """The rows of a table under their criteria; places are named as those of `field`."""
    found = {paper.id: paper for paper in papers}
    rows = [_row(row, field, found, running) for row in table.rows] if table else []
    return {
        "known": table is not None,
        "example": table.example if table else False,
        "methodology": in_language(table.title) if table else "",
        "groups": [
            {
                "code": criterion.code,
                "name": in_language(criterion.name),
                "weight": format(criterion.weight, "f"),
                "part": methodology_words.part(criterion.part),
                "rows": [row for row in rows if row["criterion"] == criterion.code],
            }
            for criterion in (table.criteria if table else ())
        ],
        "labels": {path: label for row in rows for path, label in _labels(row).items()},
        "codes": [row["code"] for row in rows],
        "scored": any(row["score"] for row in rows),
        "sum": _sum(rows),
        "gaps": sum(cell["missing"] for row in rows for cell in row["cells"]),
    }


def total(running: Running | None) -> Item:
    """The running points of a part, and how much of the whole that is in per cent."""
    if running is None:
        return {"points": "0", "max": "0", "share": 0}
    most = Decimal(running.max)
    return {
        "points": running.points,
        "max": running.max,
        "share": round(Decimal(running.points) / most * 100) if most else 0,
    }


def points_of(code: str, running: Running | None) -> Item:
    """The running points of an indicator, and why its formula gives none."""
    points, most = running.indicators.get(code, (None, None)) if running else (None, None)
    wrong = running.wrong.get(code) if running else None
    told = sentences.say(wrong, language()) if wrong else ""
    return {"points": points, "max": most, "wrong": told}


def _row(row: Row, field: str, papers: Mapping[int, DocumentView], running: Running | None) -> Item:
    path = f"{field}-{row.code}"
    score = row.score
    return {
        "code": row.code,
        "criterion": row.criterion,
        "path": path,
        "name": in_language(row.name),
        "definition": in_language(row.definition),
        "unit": in_language(row.unit),
        "better": methodology_words.better(row.better),
        "weight": row.weight,
        "weight_label": methodology_words.field("weight"),
        "source": row.source,
        "formula": row.formula,
        "cells": [_cell(cell, f"{path}-{cell.name}") for cell in row.cells],
        "documents": [_paper(papers[i]) for i in row.reported_documents if i in papers],
        "running": points_of(row.code, running),
        "score": {
            "status": score.status,
            "told": year_words.status(score.status),
            "points": score.points,
            "max": score.max,
            "source": f"4({score.source})" if score.source else "",
            "source_told": words.source(score.source) if score.source else "",
            "documents": [_paper(papers[i]) for i in score.documents if i in papers],
        }
        if score
        else None,
    }


def _cell(cell: Cell, path: str) -> Item:
    return {
        "name": cell.name,
        "path": path,
        "label": in_language(cell.label),
        "before": cell.before,
        "reported": cell.reported,
        "no_data": cell.no_data,
        "missing": cell.reported is None and not cell.no_data,
        "accepted": cell.accepted,
        "change": change(cell.before, cell.accepted or cell.reported),
        "differs": cell.accepted is not None and cell.accepted != cell.reported,
    }


def change(before: str | None, after: str | None) -> str:
    """What a figure changed by, and in per cent where that can be said: `+10 (+12,5 %)`."""
    try:
        old, new = Decimal(before or ""), Decimal(after or "")
    except InvalidOperation:
        return ""
    by = new - old
    told = _signed(by)
    return f"{told} ({_signed(round(by / abs(old) * 100, 1))} %)" if old and by else told


def _signed(value: Decimal) -> str:
    return signed(f"{value.normalize():f}")


def _labels(row: Item) -> dict[str, str]:
    path, code = row["path"], row["code"]
    return {
        path: code,
        **{cell["path"]: f"{code}, {cell['label']}" for cell in row["cells"]},
        f"{path}-status": f"{code}, {_('Status')}",
        f"{path}-source": f"{code}, {_('Source of the information')}",
        f"{path}-documents": f"{code}, {_('Confirming documents')}",
    }


def _sum(rows: Iterable[Item]) -> Item:
    """The points of the rows that are scored, of their greatest ones."""
    scored = [row["score"] for row in rows if row["score"] and row["score"]["points"] is not None]
    return {
        key: format(sum((Decimal(score[key] or 0) for score in scored), Decimal(0)), "f")
        for key in ("points", "max")
    }


def _paper(found: DocumentView) -> Item:
    return {"value": found.id, "label": found.name or _("erased"), "source": f"4.{found.source}"}
