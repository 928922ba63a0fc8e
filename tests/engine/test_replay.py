"""Saved, loaded, kept in memory or executed again elsewhere: the same state, act for act."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine import codec, runner
from app.engine.errors import StateUnreadable
from app.engine.release import Release
from app.engine.script_engine import Act
from app.engine.step import Step
from tests.engine import patterns
from tests.engine.hosts import NOW, Answering, Case, replay
from tests.engine.models import two_tasks

ROOT = Path(__file__).parents[2]
ENOUGH = "count(ballots, 'vote', 'for') &gt;= 2"

# Each process, its release and what it starts with.
MODELS: dict[str, tuple[Callable[[], Release], dict[str, Any]]] = {
    "two_tasks": (two_tasks, {}),
    "votes": (lambda: patterns.votes(ENOUGH), {"seats": {k: {"member": k} for k in "cab"}}),
    "deadlines": (patterns.deadlines, {}),
    "calls": (patterns.calls, {"parts": {"b": {"code": "b"}, "a": {"code": "a"}}}),
    "window": (patterns.window, {}),
    "asking": (patterns.messages, {"question": {"id": 1}, "case": 2}),
    "answering": (patterns.messages, {"asker": 2}),
    "branches": (patterns.branches, {}),
    "inside": (patterns.inside, {}),
}
ANSWERS = {
    "choice": st.sampled_from(["for", "against", "recused"]),
    "integer": st.integers(-5, 50),
    "yes": st.booleans(),
}


def new_case(process: str) -> Case:
    make, data = MODELS[process]
    case = Case(make(), Answering())
    case.start(process, **data)
    return case


def one_act(case: Case, draw: Any) -> None:
    """Do one of the acts that are possible now."""
    step = case.step
    doable = [("task", t) for t in step.tasks] + [("timer", t) for t in step.timers]
    kind, item = draw(st.sampled_from(doable + [("wait", w) for w in step.waits]))
    case.now += timedelta(minutes=draw(st.integers(0, 3000)))
    if kind == "timer":
        case.fire(item.key)
    elif kind == "wait":
        case.deliver(item.message, objection=draw(st.integers(0, 9)), extra=["x", {"y": None}])
    else:
        fields = [f for f in case.release.forms[item.form].fields if not f.sealed]
        given_ = {f.name: draw(ANSWERS[f.type]) for f in fields if draw(st.booleans())}
        if item.element in ("prepare", "mark", "ask"):  # what their scripts reckon with
            numbers = {"points", "number"} & {f.name for f in fields}
            given_.update({name: draw(st.integers(0, 50)) for name in numbers})
        if item.form == "two_tasks/confirm":
            given_["decision"] = "approve"
        case.complete(item.key, **given_)


def walk(case: Case, draw: Any, most: int = 12) -> None:
    for _ in range(draw(st.integers(0, most))):
        if case.step.ended:
            return
        one_act(case, draw)


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_load_of_save_behaves_as_the_case(data: st.DataObject) -> None:
    """Loading and saving again changes neither a byte nor the digest."""
    case = new_case(data.draw(st.sampled_from(sorted(MODELS))))
    walk(case, data.draw)
    step, release = case.step, case.release
    loaded = codec.restore(codec.unpack(step.state), release.specs, Act(case.host, case.now))
    assert codec.save(codec.snapshot(loaded)) == step.state
    assert runner.digest(release, step.state) == step.digest


class Kept:
    """Keeps the case in memory from act to act instead of loading what was saved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.case: Any = None
        finish = runner._finish

        def load(
            release: Release, state: bytes, now: Any, host: Any, repair: Any = None
        ) -> tuple[Any, Act]:
            act = Act(host, now, repair)
            self.case.script_engine = act
            return self.case, act

        def remember(release: Release, case: Any, act: Act) -> Step:
            self.case = case
            return finish(release, case, act)

        monkeypatch.setattr(runner, "_load", load)
        monkeypatch.setattr(runner, "_finish", remember)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_live_and_loaded_and_replayed_are_equal(data: st.DataObject) -> None:
    """The same acts on a case in memory, on one loaded each time, and from the record alone."""
    process = data.draw(st.sampled_from(sorted(MODELS)))
    with pytest.MonkeyPatch.context() as patch:
        Kept(patch)
        live = new_case(process)
        walk(live, data.draw)
    digests = [entry["state"] for entry in live.record]
    # Through canonical JSON, as the trail keeps it: keys sorted, tuples gone.
    record = json.loads(json.dumps(live.record, sort_keys=True))
    assert replay(live.release, record) == digests


def played(process: str) -> list[dict[str, Any]]:
    """One long record of each process, always the same."""
    case = new_case(process)
    for number in range(8):
        if case.step.ended:
            break
        step = case.step
        if step.timers and number % 3 == 1:
            case.fire(step.timers[0].key)
        elif step.tasks:
            form = case.release.forms[step.tasks[0].form]
            values = {"choice": "for", "integer": 5 + number, "yes": False}
            given_ = {f.name: values[f.type] for f in form.fields if not f.sealed}
            case.complete(
                step.tasks[0].key, **{**given_, "decision": "approve"}
                if "decision" in given_ else given_
            )  # fmt: skip
        elif step.waits:
            case.deliver(step.waits[0].message, objection=number)
    return case.record


@pytest.mark.parametrize(("seed", "zone"), [("1", "Asia/Almaty"), ("77", "America/New_York")])
def test_another_process_arrives_at_the_same_states(seed: str, zone: str, tmp_path: Path) -> None:
    records = {process: played(process) for process in MODELS}
    assert sum(map(len, records.values())) > 20
    file = tmp_path / "records.json"
    file.write_text(json.dumps(records, sort_keys=True), encoding="utf-8")
    program = (
        "import json, sys\n"
        "from tests.engine.hosts import replay\n"
        "from tests.engine.test_replay import MODELS\n"
        "records = json.load(open(sys.argv[1], encoding='utf-8'))\n"
        "print(json.dumps({p: replay(MODELS[p][0](), r) for p, r in records.items()}))\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", program, str(file)]
    done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, check=True)
    expected = {p: [entry["state"] for entry in r] for p, r in records.items()}
    assert json.loads(done.stdout) == expected


def test_the_digest_tells_the_act_that_was_changed() -> None:
    case = new_case("two_tasks")
    case.complete("prepare", points=7)
    case.complete("confirm", decision="approve")
    changed = json.loads(json.dumps(case.record))
    changed[1]["values"]["points"] = 8
    honest, forged = replay(case.release, case.record), replay(case.release, changed)
    assert [a == b for a, b in zip(honest, forged, strict=True)] == [True, False, False]


def test_the_digest_tells_another_release() -> None:
    one, other = patterns.votes(), patterns.votes(ENOUGH)
    state = Case(one).start("votes", seats={"a": {"member": "a"}}).state
    assert runner.digest(one, state) != runner.digest(other, state)


def test_true_is_not_one() -> None:
    """Python holds True and 1 for equal; what is saved and digested does not."""
    digests = set()
    for value in (True, 1, "1", [1], [True], None, 0, False):
        case = Case(patterns.branches("a = n", "b = m"))
        step = case.start("branches", n=value, m=1)
        loaded = codec.restore(codec.unpack(step.state), case.release.specs, Act(case.host, NOW))
        assert codec.save(codec.snapshot(loaded)) == step.state
        digests.add(step.digest)
    assert len(digests) == 8


def test_the_time_of_an_act_changes_nothing_where_nothing_depends_on_it() -> None:
    digests = set()
    for minutes in (0, 1, 100_000):
        case = Case(two_tasks(), now=NOW + timedelta(minutes=minutes))
        case.start("two_tasks")
        digests.add(case.complete("prepare", points=7).digest)
    assert len(digests) == 1


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, 10_000), bits=st.integers(1, 255), cut=st.integers(0, 5))
def test_a_damaged_state_is_unreadable_or_another(place: int, bits: int, cut: int) -> None:
    """Whatever happened to the bytes, the verifier is told and nothing else is raised."""
    case = new_case("calls")
    state = bytearray(case.step.state)
    state[place % len(state)] ^= bits
    damaged = bytes(state[: len(state) - cut])
    try:
        runner.digest(case.release, damaged)
        content = codec.unpack(damaged)
        codec.restore(content, case.release.specs, Act(case.host, NOW))
    except StateUnreadable:
        return
    assert damaged != case.step.state


@pytest.mark.parametrize(
    "content",
    [[], {}, {"flows": 1}, {"flows": []}, {"flows": [1]}, {"flows": [{"spec": "x"}]},
     {"flows": [{"spec": "calls", "at": None, "completed": False, "success": True,
                 "tasks": [[1]]}]}],
)  # fmt: skip
def test_what_is_no_case_is_unreadable(content: Any) -> None:
    case = new_case("calls")
    with pytest.raises(StateUnreadable):
        codec.restore(codec.unpack(codec.save(content)), case.release.specs, Act(case.host, NOW))


def test_a_saved_state_is_small() -> None:
    case = new_case("two_tasks")
    step = case.complete("prepare", points=7)
    assert len(step.state) < 600
