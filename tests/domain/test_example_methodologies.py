"""The examples that come with the product: complete, marked, and scored for every body."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from app.domain import scores
from app.domain.methodology import Methodology, check_formulas, read
from app.domain.registers import Body
from app.domain.scores import Given, Scored
from app.engine import formulas
from tests.domain import seeds

FOLDER = Path(__file__).resolve().parents[2] / "config" / "seeds" / "methodologies"
BLOCKS = (1, 2, 3)


def example(block: int) -> Methodology:
    return read((FOLDER / f"block-{block}.json").read_bytes())


def bodies(block: int) -> tuple[Body, ...]:
    return seeds.registers().bodies.evaluated(block)


@pytest.mark.parametrize("block", [0, *BLOCKS])
def test_they_are_read_and_plainly_examples(block: int) -> None:
    m = example(block)
    check_formulas(m, formulas.check)
    assert (m.block, m.year, m.example) == (block, 2017, True)
    for language, word in (("kk", "ҮЛГІ"), ("ru", "ПРИМЕР"), ("en", "EXAMPLE")):
        assert m.title[language].startswith(word)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_part_of_the_block_has_two_indicators_for_everybody(block: int) -> None:
    m = example(block)
    parts = [part.code for part in seeds.registers().parts_of(block)]
    assert list(m.parts) == parts
    for body in bodies(block):
        for part in parts:
            applies = [i for i in m.indicators(part) if applicable(m, i.code, body)]
            assert len(applies) >= 2, (body.code, part)
    kinds = {i.applies for i in m.indicators()}
    assert {"kind == 'central'", "kind == 'local'", "True"} <= kinds
    assert {i.better for i in m.indicators()} == {"higher", "lower"}


def applicable(m: Methodology, code: str, body: Body) -> bool:
    return scores.applicable(
        m, m.indicator(code), kind=body.kind, body=body.code, evaluate=formulas.evaluate
    )


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("figure", ["0", "1", "37.5", "100", "5000"])
def test_equal_figures_of_any_size_give_a_result(block: int, figure: str) -> None:
    m = example(block)
    for indicator in m.indicators():
        values = dict.fromkeys(indicator.names, Decimal(figure))
        if indicator.code == "1.2.3" and figure == "0":
            continue  # growth from nothing is for the evaluator to judge
        result = scores.result_of(indicator, values, formulas.evaluate)
        assert 0 <= result <= 100


@pytest.mark.parametrize("block", BLOCKS)
def test_every_body_can_reach_a_hundred(block: int) -> None:
    m = example(block)
    for body in bodies(block):
        everything: list[Scored] = []
        for part in m.parts:
            given = {
                i.code: Given("counted", best(i.names, i.better))
                for i in m.indicators(part)
                if applicable(m, i.code, body)
            }
            everything += scores.score_part(m, part, given, formulas.evaluate)[0]
        points, most = scores.totals(scores.consolidate(m, everything))
        assert points == most == 100, body.code


def best(names: tuple[str, ...], better: str) -> dict[str, Decimal]:
    """Figures with the best result: all alike, or the first one zero where less is better."""
    values = dict.fromkeys(names, Decimal(100))
    return {**values, names[0]: Decimal(0)} if better == "lower" else values
