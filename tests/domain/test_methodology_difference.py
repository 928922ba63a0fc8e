"""¶ 18(5): what is different between two versions of a methodology is named field by field."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.methodology_difference import Change, difference
from tests.domain import methods


def changed(**given: Any) -> tuple[Change, ...]:
    return difference(methods.block(), methods.block(**given))


def test_a_methodology_does_not_differ_from_itself() -> None:
    assert changed() == () and changed(year=2018, title=methods.words("Another")) == ()


def test_rounding_and_weights_of_parts() -> None:
    found = changed(
        rounding={"digits": 1, "mode": "half_up"},
        parts=[{"code": "goals", "weight": "50"}, {"code": "budget", "weight": "50"}],
    )
    assert [(c.kind, c.place, c.code, c.fields) for c in found] == [
        ("changed", "rounding", "", (("digits", "2", "1"),)),
        ("changed", "part", "goals", (("weight", "60", "50"),)),
        ("changed", "part", "budget", (("weight", "40", "50"),)),
    ]


def test_an_indicator_changed_added_and_removed() -> None:
    document = methods.document()
    first, second, third = document["criteria"]
    first["indicators"] = [
        methods.indicator("1.1.1", "40", formula="fact", variables=[FACT]),
        methods.indicator("1.1.3", "60"),
    ]
    found = changed(criteria=[first, second, third])
    assert [(c.kind, c.place, c.code) for c in found] == [
        ("changed", "indicator", "1.1.1"),
        ("added", "indicator", "1.1.3"),
        ("removed", "indicator", "1.1.2"),
    ]
    fields = {name: (before, after) for name, before, after in found[0].fields}
    assert fields["weight"] == ("50", "40") and set(fields) == {"weight", "variables", "formula"}
    assert fields["variables"][1] == {
        "kk": "fact: Fact (қаз.)", "ru": "fact: Fact (рус.)", "en": "fact: Fact"
    }  # fmt: skip
    assert found[2].name["en"] == "Indicator 1.1.2"


FACT = {"name": "fact", "label": methods.words("Fact")}


def test_the_blocks_of_the_overall_formula() -> None:
    found = difference(methods.overall(), methods.overall(**{"1": "40", "2": "35"}))
    assert [(c.place, c.code, c.fields) for c in found] == [
        ("block", "1", (("weight", "50", "40"),)),
        ("block", "2", (("weight", "25", "35"),)),
    ]


@given(one=st.integers(1, 99), two=st.integers(1, 99))
def test_it_is_the_same_both_ways(one: int, two: int) -> None:
    def parts(weight: int) -> list[dict[str, str]]:
        return [
            {"code": "goals", "weight": str(weight)},
            {"code": "budget", "weight": str(100 - weight)},
        ]

    old, new = methods.block(parts=parts(one)), methods.block(parts=parts(two))
    there, back = difference(old, new), difference(new, old)
    assert [(c.code, [(n, a, b) for n, b, a in c.fields]) for c in there] == [
        (c.code, list(c.fields)) for c in back
    ]
