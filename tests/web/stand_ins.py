"""Stand-ins for what `app.web.figure_tables` makes: one indicator with one figure, one body."""

from __future__ import annotations

from typing import Any

# An indicator of a year's table with one figure, as `app.web.figure_tables` makes it.
FIGURE = {
    "name": "fact", "path": "{}-1.1-fact", "label": "Нақты", "before": "80.5", "reported": "90",
    "no_data": False, "missing": False, "accepted": None, "change": "", "differs": False,
}  # fmt: skip
ROW = {
    "code": "1.1", "criterion": "1", "path": "{}-1.1", "name": "Көрсеткіш", "definition": "…",
    "unit": "%", "better": "көп", "weight": "50", "weight_label": "Салмағы", "source": "6",
    "formula": "fact", "documents": [], "score": None,
    "running": {"points": "18.5", "max": "21", "wrong": ""},
}  # fmt: skip


def table(field: str) -> dict[str, Any]:
    row = {**ROW, "path": f"{field}-1.1", "cells": [{**FIGURE, "path": f"{field}-1.1-fact"}]}
    return {
        "known": True, "example": True, "codes": ["1.1"],
        "labels": {f"{field}-1.1-fact": "1.1, Нақты"},
        "groups": [{"code": "1", "name": "Критерий", "weight": "60", "rows": [row]}],
        "papers": [{"value": 7, "label": "a.pdf", "source": "4.6"}],
        "url": "/points", "total": {"points": "18.5", "max": "60", "share": 31},
        "statuses": [{"value": "counted", "label": "есепке алынды"}],
        "sources": [{"value": "6", "label": "статистика"}],
    }  # fmt: skip


def evaluations(field: str) -> dict[str, Any]:
    row = {
        "key": "1/akm",
        "path": f"{field}-1-akm",
        "label": "Ақмола",
        "points": "9.5",
        "max": "10",
    }
    return {
        "groups": [{"block": 1, "name": "1-блок", "rows": [row]}], "points": True,
        "first": "ашық", "gone": [], "head": "Негіз",
        "choices": [{"value": "other", "label": "өзге"}], "labels": {row["path"]: "Ақмола"},
    }  # fmt: skip


TABLES = {"report": table, "scores": table, "missing": evaluations, "secrecy": evaluations}
