"""¶ 6, 11: a year is opened in as many acts as its record needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.models.cases import CaseFile, Message
from app.models.trail import EventRow
from app.operations import cycle
from tests.journeys.plot import Stage
from tests.services import yearly
from tests.services.replayed import executed_again


def test_a_long_roster_is_opened_in_several_acts(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cycle, "MOST_AT_ONCE", 10_000)
    stage.play.now = yearly.APPROVED
    yearly.adopt(stage, tmp_path)
    yearly.approve(stage)
    [year] = stage.all(CaseFile, process="cycle")
    acts = [event for event in stage.all(EventRow, stream=year.stream) if event.seq]
    opened = [
        next(call[2] for call in json.loads(act.body)["calls"] if call[0].startswith("cycle."))
        for act in acts
    ]
    assert len(acts) == 5 and max(len(act.body) for act in acts) < 14_000
    assert sum(act["evaluations"] for act in opened) == 94
    assert sum(act["parts"] for act in opened) == 220
    left = [act["left"] for act in opened]
    assert left == sorted(left, reverse=True) and left[-1] == 0 and len(set(left)) == 5
    cases = yearly.evaluations(stage)
    assert len({(case.evaluated_body, case.block) for case in cases}) == len(cases) == 94
    assert {message.state for message in stage.all(Message)} == {"delivered"}
    assert executed_again(year.id) == 5
    stage.verified()
