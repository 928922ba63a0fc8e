"""Points: weights are redistributed and add up, nothing is a binary fraction, order is free."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest

from app.domain import scores
from app.domain.methodology import Methodology, Rounding
from app.domain.refusals import Invalid
from app.domain.scores import Given, Scored
from app.engine.formulas import evaluate
from tests.domain import methods

COUNTED, NOT_COUNTED, NOT_APPLICABLE = "counted", "not_counted", "not_applicable"


def counted(fact: str, plan: str = "100") -> Given:
    return Given(COUNTED, {"fact": Decimal(fact), "plan": Decimal(plan)})


def given_all(m: Methodology, fact: str) -> dict[str, Given]:
    return {i.code: counted(fact) for i in m.indicators()}


def part(m: Methodology, code: str, given: Mapping[str, Given]) -> dict[str, Given]:
    return {i.code: given[i.code] for i in m.indicators(code) if i.code in given}


def test_points_by_hand() -> None:
    m = methods.block()
    given = {"1.1.1": counted("80"), "1.1.2": counted("33.33"), "1.2.1": counted("120", "100")}
    scored, points, most = scores.score_part(m, "goals", given, evaluate)
    assert [(s.indicator, str(s.result), str(s.points), str(s.max)) for s in scored] == [
        ("1.1.1", "80", "16.80", "21.00"),
        ("1.1.2", "33.33", "7.00", "21.00"),
        ("1.2.1", "100", "18.00", "18.00"),
    ]
    assert (points, most) == (Decimal("41.80"), Decimal("60.00"))


def test_a_missing_sibling_gives_its_weight_in_proportion() -> None:
    m = methods.block()
    given = {"2.1.1": counted("100"), "2.1.2": counted("50"), "2.1.3": Given(NOT_COUNTED, {})}
    scored, points, most = scores.score_part(m, "budget", given, evaluate)
    assert [str(s.max) for s in scored] == ["20.00", "20.00", "None"]
    assert scored[2] == Scored("2.1.3", NOT_COUNTED, None, None, None)
    assert (points, most) == (Decimal("30.00"), Decimal("40.00"))


def test_an_emptied_criterion_gives_its_weight_to_the_others() -> None:
    m = methods.block()
    given = {"1.1.1": Given(NOT_APPLICABLE, {}), "1.2.1": counted("50")}
    scored, points, most = scores.score_part(m, "goals", given, evaluate)
    # What is not named does not apply either.
    assert [s.status for s in scored] == [NOT_APPLICABLE, NOT_APPLICABLE, COUNTED]
    assert (points, most) == (Decimal(30), Decimal(60))


def test_an_emptied_part_gives_its_weight_to_the_other_parts() -> None:
    m = methods.block()
    empty, points, most = scores.score_part(m, "budget", {}, evaluate)
    assert (points, most) == (Decimal(0), Decimal(0))
    goals, points, most = scores.score_part(
        m, "goals", part(m, "goals", given_all(m, "50")), evaluate
    )
    assert (
        scores.block_total(m, [(points, most, "goals"), (Decimal(0), Decimal(0), "budget")]) == 50
    )
    raised = scores.consolidate(m, [*empty, *goals])
    assert [s.max for s in raised[:3]] == [Decimal(35), Decimal(35), Decimal(30)]
    assert scores.totals(raised) == (Decimal(50), Decimal(100))


def test_nothing_counted_at_all_has_no_result() -> None:
    m = methods.block()
    empty, points, most = scores.score_part(m, "goals", {}, evaluate)
    assert scores.totals(scores.consolidate(m, empty)) == (0, 0)
    assert all(row.points is None and row.max is None for row in scores.consolidate(m, empty))
    with pytest.raises(Invalid, match="score.nothing_counted"):
        scores.block_total(m, [(points, most, "goals")])
    with pytest.raises(Invalid, match="score.nothing_counted"):
        scores.overall(methods.overall(), {})


def test_the_overall_result_is_the_mean_of_the_blocks_that_there_are() -> None:
    m = methods.overall()
    assert scores.overall(m, {1: Decimal(80), 2: Decimal(60), 3: Decimal(40)}) == Decimal("65.00")
    assert scores.overall(m, {2: Decimal("87.46")}) == Decimal("87.46")
    assert str(scores.overall(m, {1: Decimal(100), 2: Decimal(0)})) == "66.67"
    with pytest.raises(Invalid, match="score.unknown_block"):
        scores.overall(m, {4: Decimal(1)})


def test_an_indicator_applies_by_kind_or_body() -> None:
    m = methods.block()

    def applies(code: str, kind: str, body: str) -> bool:
        return scores.applicable(m, m.indicator(code), kind=kind, body=body, evaluate=evaluate)

    assert applies("1.1.1", "central", "moh")
    assert applies("2.1.3", "local", "akmola") and not applies("2.1.3", "central", "moh")
    one = methods.criterion("1.1", "goals", "100", [methods.indicator("1.1.1", "100")])
    two = methods.criterion("2.1", "budget", "100", [methods.indicator("2.1.1", "100")])
    one["indicators"][0]["applies"] = "body in ['moh', 'mes']"
    two["indicators"][0]["applies"] = "kind"
    m = methods.block(criteria=[one, two])
    assert applies("1.1.1", "central", "mes") and not applies("1.1.1", "central", "moa")
    with pytest.raises(Invalid, match="methodology.applies") as refused:
        applies("2.1.1", "central", "mes")
    assert refused.value.params["indicator"] == "2.1.1"


@pytest.mark.parametrize(
    ("values", "code", "params"),
    [
        ({"fact": "1"}, "value_missing", {"variable": "plan"}),
        ({"fact": "1", "plan": "2", "size": "3"}, "unknown_variable", {"variable": "size"}),
        ({"fact": "1", "plan": "0"}, "zero_division", {}),
        ({"fact": "-1", "plan": "2"}, "out_of_range", {"result": "-50"}),
        ({"fact": "3", "plan": "2"}, "out_of_range", {"result": "150"}),
        ({"fact": "999999999999999", "plan": "0.001"}, "formula", {}),
    ],
)
def test_a_result_that_is_none_names_its_indicator(
    values: dict[str, str], code: str, params: dict[str, str]
) -> None:
    one = methods.indicator("1.1.1", "100", formula="fact / plan * 100")
    two = methods.indicator("2.1.1", "100")
    m = methods.block(
        criteria=[
            methods.criterion("1.1", "goals", "100", [one]),
            methods.criterion("2.1", "budget", "100", [two]),
        ]
    )
    figures = {name: Decimal(value) for name, value in values.items()}
    with pytest.raises(Invalid, match=f"score.{code}") as refused:
        scores.score_part(m, "goals", {"1.1.1": Given(COUNTED, figures)}, evaluate)
    assert refused.value.params["indicator"] == "1.1.1"
    assert params.items() <= refused.value.params.items()


def test_a_result_has_six_digits_and_points_follow_it() -> None:
    m = methods.block()
    scored, _, _ = scores.score_part(m, "goals", {"1.2.1": counted("2", "3")}, evaluate)
    assert (str(scored[2].result), str(scored[2].points)) == ("66.666667", "40.00")


def test_what_is_no_part_indicator_or_status_is_refused() -> None:
    m = methods.block()
    with pytest.raises(Invalid, match="score.unknown_part"):
        scores.score_part(m, "money", {}, evaluate)
    with pytest.raises(Invalid, match="score.unknown_indicator"):
        scores.score_part(m, "goals", {"2.1.1": counted("1")}, evaluate)
    with pytest.raises(Invalid, match="score.unknown_status"):
        scores.score_part(m, "goals", {"1.1.1": Given("lost", {})}, evaluate)


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [
        ("half_up", "2.005", "2.01"),
        ("half_up", "2.0049999", "2.00"),
        ("half_even", "2.005", "2.00"),
        ("half_even", "2.015", "2.02"),
        ("half_even", "2.0050001", "2.01"),
        ("down", "2.0099", "2.00"),
    ],
)
def test_rounding_follows_the_methodology(mode: str, value: str, expected: str) -> None:
    assert str(scores.rounded(Fraction(value), Rounding(2, mode))) == expected


def test_rounding_is_exact_where_decimals_are_not() -> None:
    just_under = Fraction(1, 200) - Fraction(1, 10**60)
    assert scores.rounded(just_under, Rounding(2, "half_up")) == 0
