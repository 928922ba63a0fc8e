"""Decision tables: what cells mean, and those that the library would never match."""

from __future__ import annotations

import pytest

from app.engine.errors import EngineError, ReleaseError
from app.engine.guards import ExpressionError
from app.engine.tables import look_up
from app.engine.values import NotAValue
from tests.engine import patterns
from tests.engine.hosts import Case

R = patterns.row
RISK = (
    R(1, "&gt;= 70", "-", "True", '"high"'),
    R(2, "? &gt; 30 and ? &lt; 70", "&gt; 0", "True", '"flagged"'),
    R(3, "5", "", "False", '"five"'),
    R(4, "in (1, 2)", "-", "False", '"few"'),
    R(5, "-", "-", "False", '"rest"'),
)


@pytest.mark.parametrize(
    ("score", "flags", "why"),
    [(70, [], "high"), (50, ["x"], "flagged"), (50, [], "rest"), (5, [], "five"), (2, [], "few")],
)
def test_a_decision_table(score: int, flags: list[str], why: str) -> None:
    step = Case(patterns.rule(patterns.table(*RISK))).start("rule", score=score, flags=flags)
    assert step.data["why"] == why
    assert step.ended


def test_a_table_that_collects() -> None:
    case = Case(patterns.rule(patterns.table(*RISK, policy="COLLECT")))
    assert case.start("rule", score=5, flags=[]).data["why"] == ["five", "rest"]


def test_a_table_without_an_answer() -> None:
    compiled = patterns.rule(patterns.table(RISK[0]))
    assert [f.code for f in compiled.findings] == ["no_last_resort"]
    with pytest.raises(EngineError) as caught:
        Case(compiled).start("rule", score=1, flags=[])
    assert (caught.value.element, caught.value.code) == ("look_up", "no_rule_matches")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1, 2, 5", "dmn_list"),
        ("not(5)", "dmn_not"),
        ("[1..5]", "syntax"),
        ("score.upper()", "not_allowed"),
        ("date('2017-01-01')", "unknown_function"),
    ],
)
def test_cells_that_would_never_match(cell: str, code: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        patterns.rule(patterns.table(R(1, cell, "-", "True", '"x"')))
    assert code in {f.code for f in caught.value.findings}
    (found,) = [f for f in caught.value.findings if f.code == code]
    assert (found.file, found.line) == ("rule/risk.dmn", 5)


@pytest.mark.parametrize("policy", ["ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER"])
def test_hit_policies_that_are_not_executed(policy: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        patterns.rule(patterns.table(*RISK, policy=policy))
    assert "dmn_policy" in {f.code for f in caught.value.findings}


def test_a_table_is_asked_outside_a_case() -> None:
    table = patterns.rule(patterns.table(*RISK)).tables["risk"]
    assert look_up(table, {"score": 50, "flags": ["x"]})["why"] == "flagged"
    assert look_up(table, {"score": 50, "flags": []})["why"] == "rest"
    with pytest.raises(ExpressionError, match="unknown_name"):
        look_up(table, {"score": 50})
    with pytest.raises(NotAValue):
        look_up(table, {"score": 0.5, "flags": []})
