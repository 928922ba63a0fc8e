"""The catalogue of operations that a service task may call, by name.

An operation writes facts in the act's own transaction and returns JSON that is recorded
with the act; it never commits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.operations import commission, conclusion, notice, objection, schedule
from app.operations.context import Operation

OPERATIONS: Mapping[str, Operation] = {
    "schedule.check": schedule.check,
    "schedule.submit": schedule.submit,
    "schedule.return": schedule.send_back,
    "schedule.approve": schedule.approve,
    "conclusion.enter": conclusion.enter,
    "conclusion.return": conclusion.send_back,
    "conclusion.issue": conclusion.issue,
    "conclusion.deliver": conclusion.deliver,
    "conclusion.receive": conclusion.receive,
    "conclusion.count_open": conclusion.count_open,
    "conclusion.finalise": conclusion.finalise,
    "conclusion.correct": conclusion.correct,
    "objection.register": objection.register,
    "objection.decide": objection.decide,
    "objection.close": objection.close,
    "objection.mark_overdue": objection.mark_overdue,
    "notice.remind": notice.remind,
    "commission.form": commission.form,
    "commission.count": commission.count,
    "commission.record": commission.record,
}

# What a person's start of a case makes of the start form's answers: its first data.
OPENERS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "schedule": schedule.open_case,
    "conclusion": conclusion.open_case,
}
