"""The catalogue of operations that a service task may call, by name.

An operation writes facts in the act's own transaction and returns JSON that is recorded
with the act; it never commits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.operations import (
    commission,
    composition,
    conclusion,
    correction,
    cycle,
    evaluation,
    methodologies,
    methodology,
    notice,
    objection,
    overall,
    report,
    schedule,
    scoring,
)
from app.operations.context import Operation

OPERATIONS: Mapping[str, Operation] = {
    "schedule.check": schedule.check,
    "schedule.submit": schedule.submit,
    "schedule.return": schedule.send_back,
    "schedule.approve": schedule.approve,
    "conclusion.enter": conclusion.enter,
    "conclusion.assemble": conclusion.assemble,
    "conclusion.return": conclusion.send_back,
    "conclusion.issue": conclusion.issue,
    "conclusion.deliver": conclusion.deliver,
    "conclusion.receive": conclusion.receive,
    "conclusion.count_open": conclusion.count_open,
    "conclusion.finalise": conclusion.finalise,
    "conclusion.correct": correction.correct,
    "objection.register": objection.register,
    "objection.decide": objection.decide,
    "objection.close": objection.close,
    "objection.mark_overdue": objection.mark_overdue,
    "notice.remind": notice.remind,
    "commission.form": commission.form,
    "commission.change": composition.change,
    "commission.count": commission.count,
    "commission.record": commission.record,
    "methodology.check": methodology.check,
    "methodology.approve": methodology.approve,
    "report.open": report.begin,
    "report.overdue": report.overdue,
    "report.submit": report.submit,
    "report.certify": report.certify,
    "report.send_back": report.send_back,
    "report.accept": report.take_in,
    "report.return": report.return_incomplete,
    "report.risk": report.risk,
    "report.choose": report.choose,
    "report.recheck": report.recheck,
    "part.score": scoring.score,
    "part.approve": scoring.approve,
    "part.return": scoring.send_back,
    "evaluation.assemble": evaluation.assemble,
    "evaluation.finish": evaluation.finish,
    "cycle.open_evaluations": cycle.open_year,
    "cycle.count_open": cycle.count_open,
    "cycle.record_missing": cycle.record_missing,
    "overall.methodology": methodologies.overall_approved,
    "overall.compute": overall.compute,
    "overall.draft": overall.draft,
    "overall.sign": overall.sign,
    "overall.return": overall.send_back,
    "overall.submit": overall.submit,
    "overall.present": overall.present,
    "overall.instruct": overall.instruct,
    "overall.check": overall.check,
    "overall.consent": overall.consent,
    "overall.refuse": overall.refuse,
    "overall.publish": overall.publish,
}

# What a person's start of a case makes of the start form's answers: its first data.
OPENERS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "schedule": schedule.open_case,
    "conclusion": conclusion.open_case,
    "methodology": methodology.open_case,
}
