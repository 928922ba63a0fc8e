"""Operations that remind (¶ 60)."""

from __future__ import annotations

from typing import Any

from app.models.facts import Objection
from app.operations.context import Context
from app.operations.objection import decision_on


def remind(context: Context, /, *, objection: int, day: int) -> dict[str, Any]:
    """¶ 60: remind the authority that the fifteen calendar days are running out."""
    row = context.session.get_one(Objection, objection)
    if decision_on(context.session, objection) is None:
        context.send_letter("objection/reminder", row.authority, subject=objection)
    return {"objection": objection, "day": day}
