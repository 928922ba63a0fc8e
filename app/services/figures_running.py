"""The running points of a part while its form is filled in, by the one engine of formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.domain import methodology, scores
from app.domain.methodology import Indicator
from app.domain.refusals import Invalid
from app.engine import formulas
from app.models.cases import CaseFile
from app.operations import figures
from app.operations.figures import Asked
from app.operations.registers import Registers
from app.operations.scoring import text
from app.services.checks import Wrong, empty
from app.services.figures import figure


@dataclass(frozen=True, slots=True)
class Running:
    """Points as far as a form is filled in: by indicator, and of the part.

    The indicators are those that the body is asked for, as its form shows them. One that is not
    filled in yet has no points but keeps its maximum; `wrong` says why a formula gives nothing.
    """

    points: str
    max: str
    indicators: Mapping[str, tuple[str | None, str | None]]
    wrong: Mapping[str, Invalid] = field(default_factory=dict)


def running_of(session: Session, case: CaseFile, part: str, typed: Any) -> Running | None:
    """The running points of a part of a case; None before there is a report."""
    sheet = figures.sheet(session, case.id)
    if sheet is None:
        return None
    body = case.evaluated_body or ""
    asked = figures.asked_by(session, Registers(session), sheet.methodology, body)
    return running(asked, part, typed if isinstance(typed, Mapping) else {})


class _Unfinished(dict[str, Decimal]):
    """Stands for the figures of an indicator that is not filled in yet."""


def running(asked: Asked, part: str, typed: Mapping[str, Any]) -> Running:
    """The points of a part as far as its form is filled in (`typed`: the field's value)."""
    given: dict[str, scores.Given] = {}
    wrong: dict[str, Invalid] = {}
    for indicator in asked.of_part(part):
        row = typed.get(indicator.code)
        row = row if isinstance(row, Mapping) else {}
        status = row.get("status") or scores.COUNTED
        if status != scores.COUNTED:
            status = status if status in methodology.STATUSES else scores.NOT_COUNTED
            given[indicator.code] = scores.Given(status, {})
            continue
        values = _values(indicator, row.get("values"))
        try:
            if not isinstance(values, _Unfinished):
                scores.result_of(indicator, values, formulas.evaluate)
        except Invalid as error:
            wrong[indicator.code] = error
            values = _Unfinished.fromkeys(indicator.names, Decimal(0))
        given[indicator.code] = scores.Given(status, values)
    scored, points, most = scores.score_part(asked.methodology, part, given, _or_zero)
    unfinished = {code for code, row in given.items() if isinstance(row.values, _Unfinished)}
    return Running(
        points=text(points),
        max=text(most),
        indicators={
            row.indicator: (
                None if row.indicator in unfinished else text(row.points),
                text(row.max),
            )
            for row in scored
            if row.indicator in given
        },
        wrong=wrong,
    )


def _values(indicator: Indicator, given: Any) -> dict[str, Decimal]:
    """The figures of a row, if all are there and right."""
    cells = given if isinstance(given, Mapping) else {}
    try:
        if not any(empty(cells.get(name)) for name in indicator.names):
            return {name: Decimal(figure(cells[name])) for name in indicator.names}
    except Wrong:
        pass
    return _Unfinished.fromkeys(indicator.names, Decimal(0))


def _or_zero(formula: str, values: Mapping[str, Any]) -> Decimal | bool:
    return Decimal(0) if isinstance(values, _Unfinished) else formulas.evaluate(formula, values)
