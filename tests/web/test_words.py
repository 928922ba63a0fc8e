"""Words of the pages for codes of the release: a reader never meets a code."""

from __future__ import annotations

import json
from pathlib import Path

from app.web import word_tables

BPMN = Path(__file__).resolve().parents[2] / "bpmn"


def test_every_process_has_a_short_name() -> None:
    processes = {path.parent.name for path in BPMN.glob("*/*.bpmn")}
    assert processes and processes <= word_tables.PROCESSES.keys()


def test_every_decision_is_told_as_a_word() -> None:
    values = {
        option["value"]
        for path in BPMN.glob("*/forms/*.json")
        for field in json.loads(path.read_bytes())["fields"]
        if field["name"] == "decision"
        for option in field["options"]
    }
    assert values and values <= word_tables.DECISIONS.keys()
