"""What changed between two versions of a conclusion (¶ 61)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.domain.conclusion_difference import Figures, Total, difference, total


@dataclass(frozen=True)
class Given:
    code: str
    name: str
    value: str
    points: str
    max: str


FIRST = Given("1.1", "Мақсат", "72.44", "10.43", "14.40")
SECOND = Given("1.2", "Бюджет", "60", "8", "10")


def test_a_correction_tells_what_was_and_what_is() -> None:
    corrected = replace(FIRST, points="12.42")
    found = difference([FIRST, SECOND], [corrected, SECOND], {}, {})
    [row] = found.rows
    assert row.before == Figures("Мақсат", "72.44", "10.43", "14.40")
    assert row.after == Figures("Мақсат", "72.44", "12.42", "14.40")
    assert (row.code, row.gain, found.gain, found.same) == ("1.1", "1.99", "1.99", 1)
    assert (found.before, found.after) == (Total("18.43", "24.40"), Total("20.42", "24.40"))


def test_the_same_number_written_otherwise_is_no_change() -> None:
    found = difference([SECOND], [replace(SECOND, points="8.00", max="10.0")], {}, {})
    assert found.rows == () and found.same == 1 and Decimal(found.gain) == 0


def test_a_name_a_value_and_a_maximum_are_changes_too() -> None:
    for changed in ({"name": "Қаржы"}, {"value": "61"}, {"max": "12"}):
        assert len(difference([SECOND], [replace(SECOND, **changed)], {}, {}).rows) == 1


def test_an_indicator_may_come_or_go() -> None:
    came, gone = difference([FIRST], [SECOND], {}, {}).rows
    assert came.before is None and came.after is not None and came.gain == "8"
    assert gone.after is None and gone.before is not None and gone.gain == "-10.43"


def test_the_parts_that_were_written_anew_are_named() -> None:
    before = {"final_report": "Бір.", "findings": "Үш."}
    found = difference([], [], before, {**before, "findings": "Төрт."})
    assert found.parts == ("findings",)
    assert difference([], [], before, dict(before)).parts == ()


numbers = st.decimals("0", "100", places=2).map(lambda n: format(n, "f"))
versions = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(numbers, numbers, numbers), max_size=6
).map(lambda rows: [Given(code, code, *three) for code, three in rows.items()])


@given(versions, versions)
def test_the_gains_add_up_to_the_difference_of_the_totals(
    old: list[Given], new: list[Given]
) -> None:
    found = difference(old, new, {}, {})
    gains = sum((Decimal(row.gain) for row in found.rows), Decimal(0))
    assert gains == Decimal(found.gain)
    assert gains == Decimal(total(new).points) - Decimal(total(old).points)
    assert found.same + len(found.rows) == len({row.code for row in (*old, *new)})
