"""Processes made at random, acted on at random, against a model of a few lines.

At any moment the case may be loaded anew, an act may be refused or may crash at whichever
call, or come a second time; nothing of that changes what is open, and at the end the record
alone leads through the same states.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.refusals import Invalid
from app.engine import codec, runner
from app.engine.errors import EngineError, TaskGone
from app.engine.script_engine import Act
from tests.engine.blocks import Block, model_of, processes
from tests.engine.hosts import Answering, Case, replay
from tests.engine.running import Running, Scope, World

ANSWERS = st.sampled_from(["against", "for"])


class Crashing(Answering):
    """Raises at the call of a number; answers up to it."""

    def __init__(self, at: int, error: BaseException) -> None:
        super().__init__()
        self.at, self.error = at, error

    def operate(self, name: str, parameters: Mapping[str, Any]) -> Any:
        """Answer, or raise."""
        if len(self.asked) == self.at:
            raise self.error
        return super().operate(name, parameters)


class Machine(RuleBasedStateMachine):
    """A case beside its model."""

    case: Case

    @initialize(block=processes(), seed=st.integers(0, 2**32))
    def begin(self, block: Block, seed: int) -> None:
        self.chance = Random(seed)
        release, data = model_of(block)
        self.world = World(data={k: v for k, v in data.items() if k.startswith("n_")})
        self.model = Running(block, self.world)
        self.case = Case(release)
        self.case.start("blocks", **data)
        self.model.enter(Scope())
        self.model.look()
        self.gone: list[str] = []
        self.acts = 0

    def going_on(self) -> bool:
        return not self.case.step.ended and self.acts < 40

    def _deed(self, pick: int, answer: str) -> tuple[str, str, dict[str, Any], str, Running]:
        """One of the acts that are possible: kind, key, values, the model's key and block."""
        open_ = self.model.open()
        key = sorted(open_)[pick % len(open_)]
        step, block = self.case.step, open_[key]
        if key in {t.key for t in step.timers}:
            return "fire", key, {}, key, block
        waits = {w.key: w.message for w in step.waits}
        if key in waits:
            return "deliver", waits[key], {"said": answer}, key, block
        return "complete", key, {f"a_{block.one}": answer}, key, block

    def _do(self, kind: str, key: str, values: dict[str, Any]) -> None:
        if kind == "fire":
            self.case.fire(key)
        elif kind == "deliver":
            self.case.deliver(key, **values)
        else:
            self.case.complete(key, **values)

    @precondition(going_on)
    @rule(acts=st.lists(st.tuples(st.integers(0, 50), ANSWERS), min_size=6, max_size=16))
    def act(self, acts: list[tuple[int, str]]) -> None:
        for pick, answer in acts:
            if self.going_on():
                self._act(pick, answer)
                self.the_case_is_as_the_model_says()

    def _act(self, pick: int, answer: str) -> None:
        kind, key, values, mine, block = self._deed(pick, answer)
        self._do(kind, key, values)
        block.act(mine, answer)
        self.model.look()
        self.acts += 1
        if kind == "complete":
            self.gone.append(key)

    @precondition(going_on)
    @rule(
        pick=st.integers(0, 50),
        answer=ANSWERS,
        at=st.integers(0, 2),
        error=st.sampled_from([RuntimeError("down"), Invalid("form.required"), KeyError("x")]),
    )
    def crash(self, pick: int, answer: str, at: int, error: Exception) -> None:
        """An act that fails at a call leaves the case as it was, whatever it had done before."""
        kind, key, values, _, _ = self._deed(pick, answer)
        before, good, recorded = self.case.step, self.case.host, len(self.case.record)
        now, self.case.host = self.case.now, Crashing(at, error)
        try:
            self._do(kind, key, values)
        except (EngineError, Invalid) as caught:
            assert isinstance(caught, Invalid) == isinstance(error, Invalid)
            assert self.case.step is before and len(self.case.record) == recorded
        else:  # it asked for fewer operations: as if it had never been tried
            self.case.last = before
            del self.case.record[recorded:]
        self.case.host, self.case.now = good, now

    @precondition(lambda self: self.gone)
    @rule(pick=st.integers(0, 50))
    def again(self, pick: int) -> None:
        """What was done cannot be done a second time."""
        before = self.case.step
        with pytest.raises(TaskGone):
            self.case.complete(self.gone[pick % len(self.gone)])
        assert self.case.step is before

    @rule()
    def load(self) -> None:
        step, release = self.case.step, self.case.release
        held = Act(self.case.host, self.case.now)
        loaded = codec.restore(codec.unpack(step.state), release.specs, held)
        assert codec.save(codec.snapshot(loaded)) == step.state
        assert runner.digest(release, step.state) == step.digest

    @invariant()
    def the_case_is_as_the_model_says(self) -> None:
        if not hasattr(self, "case"):
            return
        step, open_ = self.case.step, self.model.open()
        assert sorted(self.case.open) == sorted(open_)
        assert step.ended == (self.model.done and not open_)
        if step.ended:
            assert {k: step.data.get(k) for k in self.world.data} == self.world.data

    def teardown(self) -> None:
        if not hasattr(self, "case"):
            return
        # On to the end, or for a fair while: most runs are short.
        while self.going_on():
            self._act(self.chance.randrange(50), self.chance.choice(("for", "for", "against")))
            self.the_case_is_as_the_model_says()
        record = self.case.record
        calls = Counter(c[0] for entry in record for c in entry["calls"])
        del calls["schedule"]
        assert calls == self.world.asked
        assert replay(self.case.release, record) == [entry["state"] for entry in record]


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=100, stateful_step_count=15, deadline=None)
