"""The values of the letter on an approved methodology (¶ 17, 18(3))."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.models.facts import Letter
from app.operations import methodologies
from app.services.letter_values import written


def _approved(session: Session, row: Letter, language: str) -> dict[str, Any]:
    found, methodology = methodologies.by_id(session, row.subject or 0)
    return {
        "version": found.number,
        "order_number": found.order_number,
        "order_date": written(found.order_date, language),
        "title": methodology.title[language],
        "example": methodology.example,
        "indicators": len(methodology.indicators()),
    }


MAKERS: Mapping[str, Callable[[Session, Letter, str], dict[str, Any]]] = {
    "methodology/approved": _approved,
}
