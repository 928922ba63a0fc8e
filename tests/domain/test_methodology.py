"""¶ 17–20: a methodology is read strictly, and a refusal says what is wrong and where."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.methodology import check_formulas, read
from app.domain.refusals import Invalid
from app.engine import formulas
from tests.domain import methods

Spoil = Callable[[dict[str, Any]], Any]


def first(found: dict[str, Any]) -> dict[str, Any]:
    """The first indicator of a document."""
    indicator: dict[str, Any] = found["criteria"][0]["indicators"][0]
    return indicator


def refusal(found: Any) -> Invalid:
    """Why a document is refused."""
    with pytest.raises(Invalid) as refused:
        check_formulas(read(methods.content(found)), formulas.check)
    assert refused.value.paragraph in ("17", "18(3)", "20")
    return refused.value


def test_a_methodology_is_read_whole() -> None:
    found = methods.block()
    assert (found.block, found.year, found.example) == (1, 2017, True)
    assert dict(found.parts) == {"goals": Decimal(60), "budget": Decimal(40)}
    assert [i.code for i in found.indicators()] == [
        "1.1.1", "1.1.2", "1.2.1", "2.1.1", "2.1.2", "2.1.3",
    ]  # fmt: skip
    assert [i.code for i in found.indicators("goals")] == ["1.1.1", "1.1.2", "1.2.1"]
    one = found.indicator("2.1.3")
    assert (one.part, one.criterion, one.weight) == ("budget", "2.1", Decimal(33))
    assert (one.applies, found.indicator("1.1.1").applies) == ("kind == 'local'", "True")
    assert one.names == ("fact", "plan") and one.variables[0].label["en"] == "Fact"
    assert one.name["kk"].endswith("(қаз.)") and one.unit["en"] == "%"
    check_formulas(found, formulas.check)


def test_block_0_weighs_the_blocks() -> None:
    found = methods.overall()
    assert dict(found.blocks) == {1: Decimal(50), 2: Decimal(25), 3: Decimal(25)}
    assert found.indicators() == () and not found.parts


def test_an_unknown_indicator_is_named() -> None:
    with pytest.raises(Invalid, match="methodology.unknown_indicator") as refused:
        methods.block().indicator("9.9")
    assert refused.value.params == {"indicator": "9.9"}


SPOILT: list[tuple[str, str, Spoil]] = [
    ("weights", "parts", lambda d: d["parts"][0].update(weight="59.99")),
    ("weights", "parts[goals]", lambda d: d["criteria"][1].update(weight="30.01")),
    ("weights", "criteria[1.1]", lambda d: first(d).update(weight="49")),
    ("not_text", "criteria[1.1].indicators[1.1.1].weight", lambda d: first(d).update(weight=50)),
    (
        "not_a_weight",
        "criteria[1.1].indicators[1.1.1].weight",
        lambda d: first(d).update(weight="50,0"),
    ),
    (
        "not_a_weight",
        "criteria[1.1].indicators[1.1.1].weight",
        lambda d: first(d).update(weight="0"),
    ),
    ("weight_digits", "parts[goals].weight", lambda d: d["parts"][0].update(weight="60.001")),
    ("doubled_code", "criteria[1].code", lambda d: d["criteria"][1].update(code="1.1")),
    (
        "doubled_code",
        "criteria[1.2].indicators[0].code",
        lambda d: d["criteria"][1]["indicators"][0].update(code="1.1.1"),
    ),
    ("bad_code", "criteria[0].code", lambda d: d["criteria"][0].update(code="1-1")),
    ("not_one_of", "criteria[1.1].part", lambda d: d["criteria"][0].update(part="money")),
    ("part_empty", "parts[budget]", lambda d: d["criteria"].pop()),
    ("unknown_key", "/", lambda d: d.update(comment="x")),
    ("missing_key", "/", lambda d: d.pop("rounding")),
    ("not_one_of", "rounding.mode", lambda d: d["rounding"].update(mode="up")),
    ("not_an_integer", "rounding.digits", lambda d: d["rounding"].update(digits=True)),
    ("not_an_integer", "block", lambda d: d.update(block=4)),
    ("not_an_integer", "year", lambda d: d.update(year=2016)),
    ("not_yes_or_no", "example", lambda d: d.update(example="yes")),
    ("missing_key", "title", lambda d: d["title"].pop("ru")),
    ("empty", "title.en", lambda d: d["title"].update(en="  ")),
    ("bad_characters", "title.en", lambda d: d["title"].update(en="a\u0007b")),
    (
        "not_one_of",
        "criteria[1.1].indicators[1.1.1].better",
        lambda d: first(d).update(better="more"),
    ),
    (
        "not_one_of",
        "criteria[1.1].indicators[1.1.1].source",
        lambda d: first(d).update(source="11"),
    ),
    (
        "not_a_list",
        "criteria[1.1].indicators[1.1.1].variables",
        lambda d: first(d).update(variables=[]),
    ),
    (
        "bad_variable",
        "criteria[1.1].indicators[1.1.1].variables[status].name",
        lambda d: first(d)["variables"][0].update(name="status"),
    ),
    (
        "bad_variable",
        "criteria[1.1].indicators[1.1.1].variables[plan].name",
        lambda d: first(d)["variables"][0].update(name="plan"),
    ),
    (
        "bad_variable",
        "criteria[1.1].indicators[1.1.1].variables[0].name",
        lambda d: first(d)["variables"][0].update(name="fact-2016"),
    ),
    (
        "previous",
        "criteria[1.1].indicators[1.1.1].variables[fact]",
        lambda d: first(d)["variables"][0].update(previous="before"),
    ),
]


@pytest.mark.parametrize(("code", "where", "spoil"), SPOILT)
def test_what_is_wrong_is_named_with_its_place(code: str, where: str, spoil: Spoil) -> None:
    found = copy.deepcopy(methods.document())
    spoil(found)
    refused = refusal(found)
    assert (refused.code, refused.params["where"]) == (f"methodology.{code}", where)


def test_weights_that_do_not_add_up_say_what_they_add_up_to() -> None:
    refused = refusal(methods.overall_document(**{"3": "25.5"}))
    assert refused.params == {"where": "blocks", "total": "100.5"}


def test_an_unknown_variable_is_named_with_its_indicator() -> None:
    found = methods.document()
    first(found)["formula"] = "fact / planned * 100"
    refused = refusal(found)
    assert refused.code == "methodology.unknown_variable"
    assert refused.params == {"indicator": "1.1.1", "detail": "planned"}


@pytest.mark.parametrize(
    "formula", ["fact ** plan", "__import__('os')", "fact.real", "fact /", "[f for f in fact]"]
)
def test_a_formula_that_is_no_formula_is_refused(formula: str) -> None:
    found = methods.document()
    first(found)["formula"] = formula
    refused = refusal(found)
    assert (refused.code, refused.params["indicator"]) == ("methodology.formula", "1.1.1")


def test_applicability_asks_for_the_kind_and_the_body_only() -> None:
    found = methods.document()
    first(found)["applies"] = "size > 3"
    assert refusal(found).code == "methodology.applies"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "not_an_object"),
        (b'{"block": 1.5}', "not_text"),
        (b'{"block": NaN}', "not_text"),
        (b'{"block": 1, "block": 2}', "doubled_key"),
        (b'{"block": null}', "not_an_integer"),
        (b" " * 1_000_001, "too_long"),
    ],
)
def test_what_is_no_methodology_at_all_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid, match=f"methodology.{code}"):
        read(content)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(place=st.integers(0, 200), value=anything)
def test_whatever_stands_anywhere_is_read_or_refused(place: int, value: Any) -> None:
    found = methods.document()
    holders: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
            holders.append((node, key))
            if isinstance(inner, dict | list):
                walk(inner)

    walk(found)
    holder, key = holders[place % len(holders)]
    holder[key] = value
    try:
        check_formulas(read(methods.content(found)), formulas.check)
    except Invalid as refused:
        assert refused.code.startswith("methodology.")
