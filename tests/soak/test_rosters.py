"""Ten rosters: a year of 320 bodies is played to its publication, and costs ten times one roster's.

Only `make soak` runs this: some minutes. Time is that of the processor, not of the clock.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo import scene
from app.services import installation, verification
from config.settings import ROOT
from tests.conftest import cloned
from tests.databases import Databases
from tests.played import Played

ROSTERS = 10
# By how much an act may become dearer while the year becomes ten times as large.
DEARER = 1.6


@pytest.fixture
def two(databases: Databases, tmp_path: Path) -> Iterator[tuple[Played, Played]]:
    """Two demonstrations with nobody in them."""
    for one in cloned(databases, "sqlite"):
        for other in cloned(databases, "sqlite"):
            yield Played(one, tmp_path / "one"), Played(other, tmp_path / "other")


@pytest.mark.soak
def test_ten_rosters_are_played_at_ten_times_the_cost(two: tuple[Played, Played]) -> None:
    once, events_once = played(two[0], 1)
    many, events_many = played(two[1], ROSTERS)
    # The play has seventeen objections whatever the roster: everything else grows with it.
    assert 0.8 * ROSTERS * events_once < events_many < ROSTERS * events_once
    assert many / events_many < DEARER * once / events_once, (once, many)


def played(found: Played, rosters: int) -> tuple[float, int]:
    """Play a year to its publication: seconds of the processor, and events."""
    found.data.mkdir()
    with found.opened() as app:
        there = app.extensions["bagalau"]
        now = there.clock.now()
        installation.set_up(diagrams=ROOT / "bpmn", name="tests", demo=True, now=now)
        began = time.process_time()
        told = scene.play_year(
            store=there.store, say=lambda _line: None, until="published", seed=1, rosters=rosters
        )
        took = time.process_time() - began
        assert told["block_evaluations"] == 94 * rosters
        assert told["part_evaluations"] == 220 * rosters
        assert verification.verify_trail(store=there.store).ok
        return took, told["events"]
