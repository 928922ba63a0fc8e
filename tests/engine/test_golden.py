"""Saved states of every codec that ever ran must be readable for good.

`golden/v1.json` was written by the codec of version 1 (SpiffWorkflow 3.2.0) and is never
written again; a new codec adds a file of its own.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from app.engine import codec
from app.engine.digest import digest_of
from app.engine.script_engine import Act
from tests.engine.hosts import NOW, Case
from tests.engine.test_replay import MODELS

GOLDEN = Path(__file__).parent / "golden"
SAVED: dict[str, dict[str, Any]] = json.loads((GOLDEN / "v1.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("process", sorted(SAVED))
def test_an_old_state_is_read_and_goes_on(process: str) -> None:
    saved = SAVED[process]
    content = codec.unpack(base64.b64decode(saved["state"]))
    assert digest_of(saved["release"], content) == saved["digest"]
    case = Case(MODELS[process][0]())
    loaded = codec.restore(content, case.release.specs, Act(case.host, NOW))
    assert codec.snapshot(loaded) == content
    loaded.advance()  # nothing was left to do


def test_every_pattern_is_among_them() -> None:
    assert set(SAVED) == set(MODELS)
