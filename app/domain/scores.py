"""Points of a part, of a block and of the overall evaluation, by a methodology (¶ 17–20).

The decree has no formula: weights, formulas and rounding are the methodology's. What an
indicator that is not counted (no statistics yet) or does not apply (¶ 20) would have brought
is no zero: its weight goes to its siblings in proportion to theirs, from an emptied criterion
to the criteria of the part, from an emptied part to the other parts of the block.

The greatest points of the indicators of a part are whole steps of the methodology's rounding
and add up to the weight of the part exactly; points are `result / 100 · max`, rounded. So
whoever has the table before him can add and check it by hand. Exact fractions and `Decimal`
only; formulas are evaluated by a function handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from app.domain.methodology import STATUSES, FormulaFailed, Indicator, Methodology, Rounding
from app.domain.refusals import Invalid

# Evaluates a formula over its values; raises `FormulaFailed`.
Evaluate = Callable[[str, Mapping[str, Any]], Decimal | bool]

COUNTED, NOT_COUNTED, NOT_APPLICABLE = STATUSES
HUNDRED: Final = Decimal(100)
RESULT_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Given:
    """What an evaluator enters for an indicator: its status, and the figures by variable."""

    status: str
    values: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Scored:
    """An indicator with its points; `result` (0–100), `points`, `max` only where counted."""

    indicator: str
    status: str
    result: Decimal | None
    points: Decimal | None
    max: Decimal | None


def applicable(
    m: Methodology, indicator: Indicator, *, kind: str, body: str, evaluate: Evaluate
) -> bool:
    """¶ 20: whether an indicator applies to a body (`kind`: central or local).

    Raises:
        Invalid: `methodology.applies`, the expression fails or answers neither yes nor no.
    """
    try:
        answer = evaluate(indicator.applies, {"kind": kind, "body": body})
    except FormulaFailed as error:
        detail = error.detail
    else:
        if isinstance(answer, bool):
            return answer
        detail = indicator.applies
    raise Invalid("methodology.applies", paragraph="20", indicator=indicator.code, detail=detail)


def result_of(indicator: Indicator, values: Mapping[str, Decimal], evaluate: Evaluate) -> Decimal:
    """The result of an indicator's formula over its figures: 0 to 100, at most six digits.

    Points are computed of the result so rounded (half up), which is the one that people see.

    Raises:
        Invalid: `score.value_missing`, `score.unknown_variable`, `score.zero_division`,
            `score.formula` or `score.out_of_range`, each naming the indicator.
    """
    code = indicator.code
    for name in indicator.names:
        if name not in values:
            raise Invalid("score.value_missing", indicator=code, variable=name)
    for name in values:
        if name not in indicator.names:
            raise Invalid("score.unknown_variable", indicator=code, variable=name)
    try:
        result = evaluate(indicator.formula, values)
    except FormulaFailed as error:
        kind = "zero_division" if error.code == "zero_division" else "formula"
        raise Invalid(f"score.{kind}", indicator=code, detail=error.detail) from None
    if isinstance(result, bool):
        raise Invalid("score.formula", indicator=code, detail=indicator.formula)
    if not 0 <= result <= HUNDRED:
        raise Invalid("score.out_of_range", indicator=code, result=_written(result))
    return plain(rounded(Fraction(result), Rounding(RESULT_DIGITS, "half_up")))


def score_part(
    m: Methodology, part: str, given: Mapping[str, Given], evaluate: Evaluate
) -> tuple[tuple[Scored, ...], Decimal, Decimal]:
    """The scores of a part's indicators, its points, and the most it can bring.

    `given` is by code of the indicator; one that is not named does not apply (¶ 20). The
    scores come in the methodology's order. A part without any counted indicator brings 0 of
    0: its weight goes to the other parts (`consolidate`).

    Raises:
        Invalid: `score.unknown_part`, `score.unknown_indicator`, `score.unknown_status`, or
            what `result_of` refuses.
    """
    if part not in m.parts:
        raise Invalid("score.unknown_part", part=part)
    of_part = m.indicators(part)
    for code in given:
        if all(indicator.code != code for indicator in of_part):
            raise Invalid("score.unknown_indicator", indicator=code, part=part)
    rows = []
    for indicator in of_part:
        entry = given.get(indicator.code) or Given(NOT_APPLICABLE, {})
        if entry.status not in STATUSES:
            raise Invalid("score.unknown_status", indicator=indicator.code, status=entry.status)
        counted = entry.status == COUNTED
        result = result_of(indicator, entry.values, evaluate) if counted else None
        rows.append(Scored(indicator.code, entry.status, result, None, None))
    scored = _with_points(m, rows, {part: m.parts[part]})
    points, most = totals(scored)
    return scored, points, most


def consolidate(m: Methodology, scored: Iterable[Scored]) -> tuple[Scored, ...]:
    """The indicators of all parts of a block with their points of 100 (¶ 32, 38).

    Where every part has a counted indicator, nothing changes. The weight of an emptied part
    goes to the other parts in proportion to theirs, and the points are counted anew. Where
    nothing is counted, nothing has points: the block has no result, which is no zero. The
    order is the methodology's.
    """
    by_code = {row.indicator: row for row in scored}
    rows = [by_code[i.code] for i in m.indicators() if i.code in by_code]
    parts = {i.code: i.part for i in m.indicators()}
    live = {parts[row.indicator] for row in rows if row.status == COUNTED}
    if not live:
        return _with_points(m, rows, {})
    weights = {part: weight for part, weight in m.parts.items() if part in live}
    shares = [
        Fraction(weight) * 100 / Fraction(sum(weights.values())) for weight in weights.values()
    ]
    most = dict(zip(weights, _steps(shares, HUNDRED, m.rounding), strict=True))
    return _with_points(m, rows, most)


def block_total(m: Methodology, rows: Iterable[tuple[Decimal, Decimal, str]]) -> Decimal:
    """The points of a block, of 100: rows of (points, max, part), of parts or of indicators.

    Rows with max 0 (emptied parts) bring nothing and cost nothing. Over rows of
    `consolidate` this is their plain sum.

    Raises:
        Invalid: `score.nothing_counted`; `score.unknown_part`.
    """
    points, most = Fraction(0), Fraction(0)
    for got, of, part in rows:
        if part not in m.parts:
            raise Invalid("score.unknown_part", part=part)
        points += Fraction(got)
        most += Fraction(of)
    if not most:
        raise Invalid("score.nothing_counted")
    return rounded(points * 100 / most, m.rounding)


def overall(m: Methodology, results: Mapping[int, Decimal]) -> Decimal:
    """¶ 11: the overall result: the mean of the blocks' points by the weights of block 0.

    Blocks by which a body has no result are left out, with their weights.

    Raises:
        Invalid: `score.nothing_counted`, `score.unknown_block`.
    """
    for block in results:
        if block not in m.blocks:
            raise Invalid("score.unknown_block", block=block)
    if not results:
        raise Invalid("score.nothing_counted", paragraph="11")
    weights = sum((Fraction(m.blocks[block]) for block in results), Fraction(0))
    total = sum(
        (Fraction(points) * Fraction(m.blocks[block]) for block, points in results.items()),
        Fraction(0),
    )
    return rounded(total / weights, m.rounding)


def totals(scored: Iterable[Scored]) -> tuple[Decimal, Decimal]:
    """The sums of points and of maxima over the counted indicators."""
    counted = [row for row in scored if row.status == COUNTED]
    return (
        sum((row.points for row in counted if row.points is not None), Decimal(0)),
        sum((row.max for row in counted if row.max is not None), Decimal(0)),
    )


def rounded(value: Fraction, rounding: Rounding) -> Decimal:
    """Round an exact number by the methodology's rule, with all its digits written."""
    steps = abs(value) * 10**rounding.digits
    whole, rest = divmod(steps, 1)
    half = Fraction(1, 2)
    if rounding.mode == "half_up":
        up = rest >= half
    else:
        up = rounding.mode == "half_even" and (rest > half or (rest == half and whole % 2 == 1))
    number = Decimal(int(whole) + up) * rounding.unit
    return -number if value < 0 and number else number


def plain(number: Decimal) -> Decimal:
    """A number without zeros at its end and without an exponent: 80.00 is 80, and 1E+2 is 100."""
    short = number.normalize()
    exponent = short.as_tuple().exponent
    return short.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else short


def _with_points(
    m: Methodology, rows: Sequence[Scored], most: Mapping[str, Decimal]
) -> tuple[Scored, ...]:
    """The rows with points and maxima; `most` is what each part can bring."""
    live = {row.indicator for row in rows if row.status == COUNTED}
    maxima: dict[str, Decimal] = {}
    for part, of_part in most.items():
        maxima.update(_maxima(m, part, live, of_part))
    found = []
    for row in rows:
        if row.status != COUNTED or row.result is None:
            found.append(replace(row, result=None, points=None, max=None))
            continue
        of = maxima[row.indicator]
        points = rounded(Fraction(row.result) * Fraction(of) / 100, m.rounding)
        found.append(replace(row, points=points, max=of))
    return tuple(found)


def _maxima(m: Methodology, part: str, live: set[str], of_part: Decimal) -> dict[str, Decimal]:
    """The greatest points of the live indicators of a part; they add up to `of_part`."""
    criteria = [
        (criterion, [i for i in criterion.indicators if i.code in live])
        for criterion in m.criteria
        if criterion.part == part
    ]
    criteria = [(criterion, indicators) for criterion, indicators in criteria if indicators]
    if not criteria:
        return {}
    whole = sum((Fraction(criterion.weight) for criterion, _ in criteria), Fraction(0))
    exact: dict[str, Fraction] = {}
    for criterion, indicators in criteria:
        share = Fraction(of_part) * Fraction(criterion.weight) / whole
        within = sum((Fraction(i.weight) for i in indicators), Fraction(0))
        exact.update({i.code: share * Fraction(i.weight) / within for i in indicators})
    return dict(zip(exact, _steps(list(exact.values()), of_part, m.rounding), strict=True))


def _steps(exact: Sequence[Fraction], total: Decimal, rounding: Rounding) -> list[Decimal]:
    """Whole steps of the rounding, as near to `exact` as can be, that add up to `total`.

    What is left after cutting off goes, a step each, to the greatest remainders; of equals to
    the first in the methodology's order.
    """
    unit = Fraction(rounding.unit)
    cut = [value // unit for value in exact]
    left = int(Fraction(total) / unit) - sum(cut)
    by_rest = sorted(range(len(exact)), key=lambda at: (cut[at] * unit - exact[at], at))
    for at in by_rest[:left]:
        cut[at] += 1
    return [(Decimal(steps) * rounding.unit) for steps in cut]


def _written(number: Decimal) -> str:
    return format(number.normalize(), "f") if abs(number.adjusted()) < 30 else str(number)
