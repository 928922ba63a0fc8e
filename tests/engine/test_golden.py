"""Saved states of every codec and every release that ever ran must be readable for good.

`golden/v1.json` was written by the codec of version 1 (SpiffWorkflow 3.2.0) and is never
written again; a new codec adds a file of its own. Of each release of the product there is an
archive with its files and with cases of each of its processes: see `golden_states`.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.engine import codec, runner
from app.engine.digest import digest_of
from app.engine.release import Release, compile_release, release_hash
from app.engine.script_engine import Act
from app.engine.step import Call
from tests.conventions.diagrams import BY_NAME
from tests.engine import golden_states
from tests.engine.hosts import NOW, Case, Replaying, act
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


ARCHIVES = {path.name.partition(".")[0]: path for path in golden_states.archives()}
KEPT = [
    (name, case) for name, path in ARCHIVES.items() for case in golden_states.read(path)["cases"]
]


def kept(name: str) -> tuple[Release, dict[str, list[dict[str, Any]]]]:
    """An archive's release, compiled (once), and its cases."""
    archive = golden_states.read(ARCHIVES[name])
    files = golden_states.files_of(archive)
    assert release_hash(files) == name
    return compile_release(files), archive["cases"]


def go_on(release: Release, state: bytes, acts: list[dict[str, Any]]) -> bool:
    """Do the acts again, answers from the record; whether the case has ended."""
    ended = False
    for entry in acts:
        host = Replaying([Call(*call) for call in entry["calls"]])
        now = datetime.fromisoformat(entry["now"])
        step = act(release, state, entry["kind"], entry["key"], entry["values"], now, host)
        assert host.left == [] and step.digest == entry["digest"], entry["key"]
        state, ended = step.state, step.ended
    return ended


@pytest.mark.parametrize(("name", "case"), KEPT)
def test_a_case_of_a_release_is_read_at_every_state_and_goes_on_to_its_end(
    name: str, case: str
) -> None:
    release, cases = kept(name)
    acts = cases[case]
    assert go_on(release, b"", acts)
    stored = [(n, entry["state"]) for n, entry in enumerate(acts) if "state" in entry]
    assert stored
    for number, text in stored:
        state = base64.b64decode(text)
        assert runner.digest(release, state) == acts[number]["digest"]
        assert go_on(release, state, acts[number + 1 :]) or number == len(acts) - 1


def test_every_process_has_golden_states() -> None:
    """A new process gets an archive with the release of the product that brings it."""
    releases = [kept(name) for name in ARCHIVES]
    played = {acts[0]["key"] for _, cases in releases for acts in cases.values()}
    assert BY_NAME.keys() <= played
