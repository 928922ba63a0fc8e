"""Where a year's overall evaluation stands (¶ 11, 48–53)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.rules.overall_course import OF_STEP, STEPS, TASKS, UNDOES, states

WHOLE = (
    "drafted", "signed", "submitted", "concluded", "presented", "instructed", "checked",
    "consented", "published",
)  # fmt: skip


def now(marks: Sequence[str]) -> str | None:
    found = states(computed=True, marks=marks)
    return next((step for step, state in found.items() if state == "now"), None)


def test_before_anything_is_computed_the_conclusions_are_awaited() -> None:
    found = states(computed=False, marks=WHOLE)
    assert found["conclusions"] == "now"
    assert set(found.values()) == {"now", "next"}


@pytest.mark.parametrize("n", range(len(WHOLE)))
def test_one_step_after_the_other(n: int) -> None:
    assert now(WHOLE[:n]) == WHOLE[n]
    assert now(WHOLE) is None


def test_what_is_returned_or_refused_is_done_once_more() -> None:
    assert now(("drafted", "returned")) == "drafted"
    assert now((*WHOLE[:7], "refused")) == "checked"
    assert now((*WHOLE[:7], "refused", "checked")) == "consented"


def test_every_name_is_a_step() -> None:
    named = {
        *OF_STEP.values(),
        *TASKS.values(),
        *(step for steps in UNDOES.values() for step in steps),
    }
    assert named <= set(STEPS)


@given(st.lists(st.sampled_from([*WHOLE, *UNDOES]), max_size=30))
def test_there_is_one_place_where_it_stands(marks: list[str]) -> None:
    found = list(states(computed=True, marks=marks).values())
    assert found.count("now") == (0 if set(found) == {"done"} else 1)
    assert found[: found.index("now") if "now" in found else None].count("next") == 0
