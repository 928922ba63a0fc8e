"""Points of methodologies of any shape: they add up, keep to their bounds, and need no order."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain import scores
from app.domain.methodology import Methodology
from app.domain.scores import Given, Scored
from app.engine.formulas import evaluate
from tests.domain import methods
from tests.domain.test_scores import COUNTED, NOT_APPLICABLE, NOT_COUNTED, counted, given_all, part


@st.composite
def weights(draw: st.DrawFn, most: int = 4) -> list[str]:
    """Some weights with at most two digits after the point that add up to 100."""
    size = draw(st.integers(1, most))
    cuts = sorted(draw(st.sets(st.integers(1, 9_999), min_size=size - 1, max_size=size - 1)))
    edges = [0, *cuts, 10_000]
    return [str(Decimal(b - a) / 100) for a, b in pairwise(edges)]


@st.composite
def methodologies(draw: st.DrawFn) -> Methodology:
    parts = dict(zip(("goals", "budget", "more", "last"), draw(weights()), strict=False))
    criteria = []
    for number, name in enumerate(parts, start=1):
        for at, weight in enumerate(draw(weights(3)), start=1):
            code = f"{number}.{at}"
            indicators = [
                methods.indicator(f"{code}.{i}", w) for i, w in enumerate(draw(weights(3)), 1)
            ]
            criteria.append(methods.criterion(code, name, weight, indicators))
    rounding = {
        "digits": draw(st.integers(2, 4)),
        "mode": draw(st.sampled_from(["half_up", "half_even", "down"])),
    }
    return methods.block(
        parts=[{"code": code, "weight": weight} for code, weight in parts.items()],
        criteria=criteria,
        rounding=rounding,
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Methodology, dict[str, Given]]:
    m = draw(methodologies())
    figures = st.decimals(0, 100, places=3)
    entry = st.builds(lambda fact: counted(str(fact)), figures) | st.sampled_from(
        [Given(NOT_COUNTED, {}), Given(NOT_APPLICABLE, {})]
    )
    return m, {i.code: draw(entry) for i in m.indicators()}


def no_float(value: Any) -> bool:
    return value is None or type(value) is Decimal


def check_row(m: Methodology, row: Scored) -> None:
    """Points keep to their maximum, in whole steps; what is not counted has none."""
    assert no_float(row.result) and no_float(row.points) and no_float(row.max)
    if row.status != COUNTED:
        assert (row.result, row.points, row.max) == (None, None, None)
        return
    assert row.points is not None and row.max is not None and row.result is not None
    exact = Fraction(row.result) * Fraction(row.max) / 100
    assert 0 <= row.points <= row.max and row.points == scores.rounded(exact, m.rounding)
    assert row.points % m.rounding.unit == 0 and row.max % m.rounding.unit == 0


@given(case=cases())
def test_the_maxima_of_a_part_add_up_to_its_weight(
    case: tuple[Methodology, dict[str, Given]],
) -> None:
    m, given = case
    for code, weight in m.parts.items():
        scored, points, most = scores.score_part(m, code, part(m, code, given), evaluate)
        live = [row for row in scored if row.status == COUNTED]
        assert most == (weight if live else 0) and 0 <= points <= most
        assert points == sum((row.points or Decimal(0) for row in live), Decimal(0))
        for row in scored:
            check_row(m, row)


@given(case=cases())
def test_the_maxima_of_a_block_add_up_to_a_hundred(
    case: tuple[Methodology, dict[str, Given]],
) -> None:
    m, given = case
    found = {c: scores.score_part(m, c, part(m, c, given), evaluate) for c in m.parts}
    everything = [row for scored, _, _ in found.values() for row in scored]
    if not any(row.status == COUNTED for row in everything):
        return
    raised = scores.consolidate(m, everything)
    points, most = scores.totals(raised)
    assert most == 100 and 0 <= points <= 100
    rows = [(got, of, code) for code, (_, got, of) in found.items()]
    if all(of for _, of, _ in rows):
        assert sorted(raised, key=code_of) == sorted(everything, key=code_of)
        assert scores.block_total(m, rows) == points
    parts = {i.code: i.part for i in m.indicators()}
    lines = [
        (row.points, row.max, parts[row.indicator])
        for row in raised
        if row.points is not None and row.max is not None
    ]
    assert scores.block_total(m, lines) == points
    for row in raised:
        check_row(m, row)


def code_of(row: Scored) -> str:
    return row.indicator


@given(case=cases(), seed=st.integers())
def test_the_order_of_what_is_given_does_not_matter(
    case: tuple[Methodology, dict[str, Given]], seed: int
) -> None:
    m, given = case
    shuffled = list(given.items())
    random.Random(seed).shuffle(shuffled)
    for code in m.parts:
        assert scores.score_part(m, code, part(m, code, given), evaluate) == scores.score_part(
            m, code, {k: v for k, v in shuffled if m.indicator(k).part == code}, evaluate
        )


@given(case=cases())
def test_the_best_result_brings_every_point(case: tuple[Methodology, dict[str, Given]]) -> None:
    m, given = case
    best = {
        code: counted("100") if entry.status == COUNTED else entry for code, entry in given.items()
    }
    for code in m.parts:
        _, points, most = scores.score_part(m, code, part(m, code, best), evaluate)
        assert points == most


@given(m=methodologies(), better=st.decimals(0, 100, places=2), worse=st.decimals(0, 100, places=2))
def test_a_better_figure_never_costs_points(
    m: Methodology, better: Decimal, worse: Decimal
) -> None:
    low, high = sorted((better, worse))
    for code in m.parts:
        fewer = scores.score_part(m, code, part(m, code, given_all(m, str(low))), evaluate)
        more = scores.score_part(m, code, part(m, code, given_all(m, str(high))), evaluate)
        assert fewer[1] <= more[1]


@given(
    results=st.dictionaries(st.sampled_from([1, 2, 3]), st.decimals(0, 100, places=2), min_size=1)
)
def test_the_overall_result_lies_between_the_blocks(results: dict[int, Decimal]) -> None:
    total = scores.overall(methods.overall(), results)
    assert no_float(total) and min(results.values()) <= total <= max(results.values())
