"""Every state that a process can come to, within a bound: loaded again it is the same case.

A state is loaded and saved to the same bytes and digest; and each act on it gives, to the
last detail, what the same act gives on the case that was never saved.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from app.engine.release import Release
from tests.conventions.diagrams import BY_NAME
from tests.conventions.test_walks import release as shipped_release
from tests.engine import more_patterns, patterns
from tests.engine.exploring import Explored, check_live, check_saved, explore
from tests.engine.hosts import START
from tests.engine.shipped import ANSWERS, OWN, STARTS
from tests.engine.test_replay import MODELS

# One worker explores: what it found is looked at twice.
together = pytest.mark.xdist_group("exploring")
MOST = {"block_evaluation": 700, "objection": 700}
MOST_OTHERS = 300
# How many states there are to see, at least: beyond the bound of the exploration it stops.
LEAST = {
    "block_evaluation": 700, "commission": 300, "conclusion": 60, "conclusion, scored": 60,
    "cycle": 300, "methodology": 140, "methodology, own": 15, "objection": 700,
    "objection, late": 2, "objection, no documents": 2, "overall": 70, "part_evaluation": 9,
    "schedule": 9, "schedule, later": 9,
}  # fmt: skip

OWN_OF_FEATURES = {"number": (3, 9), "vote": ("for", "against"), "answer": ("for", "against")}
SEATS = {k: {"member": k} for k in "ab"}
FEATURES: dict[str, tuple[Callable[[], Release], dict[str, Any], int]] = {
    **{name: (make, data, 2) for name, (make, data) in MODELS.items()},
    "votes": (patterns.votes, {"seats": SEATS}, 9),
    "calls": (MODELS["calls"][0], {"parts": {"b": {"code": "b"}, "a": {"code": "a"}}}, 40),
    "window": (MODELS["window"][0], {}, 7),
    "branches": (MODELS["branches"][0], {}, 8),
    "stages": (more_patterns.stages, {"items": {"x": "p-1", "y": "p-2"}}, 40),
    "nested": (more_patterns.nested, {"items": {"x": 1, "y": 2}, "seats": {"a": "p-1", "b": "p-2"}},
               30),
    "choices": (more_patterns.choices, {}, 9),
    "edges": (more_patterns.edges, {}, 60),
    "rounds": (more_patterns.rounds, {"things": [5, 5], "n": 1}, 8),
    "tables": (more_patterns.tables, {"flags": []}, 3),
}  # fmt: skip


def seen(found: Explored) -> set[str]:
    return {visit.element for node in found.acts for visit in node.step.visits}


@cache
def explored(name: str) -> Explored:
    process, data = STARTS[name]
    most = MOST.get(name, MOST_OTHERS)
    return explore(shipped_release(), process, data, ANSWERS, OWN, most)


@together
@pytest.mark.parametrize("name", STARTS)
def test_a_process_of_the_release(name: str) -> None:
    release, found = shipped_release(), explored(name)
    assert len(found.states) >= LEAST[name]
    assert found.cut == (LEAST[name] == MOST.get(name, MOST_OTHERS))
    assert any(node.step.ended for node in found.states.values())
    check_saved(release, found)
    assert check_live(release, found.tips()) >= len(found.acts)


@together
@pytest.mark.parametrize("process", BY_NAME)
def test_every_element_of_a_process_was_come_by(process: str) -> None:
    of_it = [explored(name) for name, (started, _) in STARTS.items() if started == process]
    met = set[str]().union(*map(seen, of_it))
    assert shipped_release().processes[process].elements.keys() <= met


@pytest.mark.parametrize("name", FEATURES)
def test_a_construct_that_the_check_allows(name: str) -> None:
    make, data, least = FEATURES[name]
    release = make()
    found = explore(release, name, START | data, {}, OWN_OF_FEATURES, MOST_OTHERS)
    assert least <= len(found.states)
    check_saved(release, found)
    assert check_live(release, found.tips()) >= len(found.acts)
    assert release.processes[name].elements.keys() <= seen(found)
