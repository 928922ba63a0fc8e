"""Small methodologies for tests: as JSON that can be spoilt, and as values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.methodology import Methodology, read

Json = dict[str, Any]


def words(text: str) -> Json:
    """A text in three languages."""
    return {"kk": f"{text} (қаз.)", "ru": f"{text} (рус.)", "en": text}


def indicator(code: str, weight: str, **changed: Any) -> Json:
    """An indicator over `fact` and `plan`."""
    return {
        "code": code,
        "name": words(f"Indicator {code}"),
        "definition": words("Fact in per cent of the plan"),
        "unit": words("%"),
        "better": "higher",
        "weight": weight,
        "source": "6",
        "variables": [
            {"name": "fact", "label": words("Fact")},
            {"name": "plan", "label": words("Plan")},
        ],
        "formula": "min(100, max(0, fact / plan * 100))",
    } | changed


def criterion(code: str, part: str, weight: str, indicators: Sequence[Json]) -> Json:
    """A criterion of a part."""
    return {
        "code": code,
        "part": part,
        "name": words(f"Criterion {code}"),
        "weight": weight,
        "indicators": list(indicators),
    }


def document(**changed: Any) -> Json:
    """Block 1 with two parts (60 and 40), three criteria and six indicators."""
    return {
        "block": 1,
        "year": 2017,
        "example": True,
        "title": words("Methodology of block 1"),
        "rounding": {"digits": 2, "mode": "half_up"},
        "parts": [{"code": "goals", "weight": "60"}, {"code": "budget", "weight": "40"}],
        "criteria": [
            criterion("1.1", "goals", "70", [indicator("1.1.1", "50"), indicator("1.1.2", "50")]),
            criterion("1.2", "goals", "30", [indicator("1.2.1", "100")]),
            criterion(
                "2.1",
                "budget",
                "100",
                [
                    indicator("2.1.1", "33.5"),
                    indicator("2.1.2", "33.5"),
                    indicator("2.1.3", "33", applies="kind == 'local'"),
                ],
            ),
        ],
    } | changed


def overall_document(**weights: str) -> Json:
    """Block 0: the weights of the three blocks."""
    return {
        "block": 0,
        "year": 2017,
        "example": True,
        "title": words("Overall evaluation"),
        "rounding": {"digits": 2, "mode": "half_up"},
        "blocks": {"1": "50", "2": "25", "3": "25"} | weights,
    }


def content(found: Mapping[str, Any]) -> bytes:
    """The bytes of a document."""
    return json.dumps(found, ensure_ascii=False).encode()


def block(**changed: Any) -> Methodology:
    """The methodology of `document`."""
    return read(content(document(**changed)))


def overall(**weights: str) -> Methodology:
    """The methodology of `overall_document`."""
    return read(content(overall_document(**weights)))
