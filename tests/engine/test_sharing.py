"""Nothing is shared: what others do to what they are given, or gave, changes no case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.engine import patterns
from tests.engine.exploring import Choosing, Live, explore
from tests.engine.hosts import Case, act, replay
from tests.engine.test_exploring import FEATURES, OWN_OF_FEATURES


class Frozen:
    """Notes every object and list that a case holds, and that none is changed afterwards."""

    def __init__(self) -> None:
        self.held: dict[int, tuple[Any, str]] = {}

    def look(self, case: Any) -> None:
        for task in case.everything():
            for value in (*task.data.values(), *task.internal_data.values()):
                self._note(value)
        for value, text in self.held.values():
            assert json.dumps(value) == text

    def _note(self, value: Any) -> None:
        if isinstance(value, dict | list) and id(value) not in self.held:
            self.held[id(value)] = (value, json.dumps(value))  # held: its id stays its own
            for item in value.values() if isinstance(value, dict) else value:
                self._note(item)


class Spoiling(Choosing):
    """A host that changes all it is given, and all that it has answered, whenever it can."""

    def __init__(self) -> None:
        super().__init__({})
        self.kept: list[Any] = []
        good = self.functions
        self.functions = {
            name: lambda *given, name=name: self._spoil(good[name](*given), given) for name in good
        }

    def operate(self, name: str, parameters: Mapping[str, Any]) -> Any:
        answer = json.loads(json.dumps(dict(parameters)))
        return self._spoil(answer, parameters)

    def _spoil(self, answer: Any, given: Any) -> Any:
        for value in self.kept:
            spoil(value)
        self.kept += [answer, *(given.values() if isinstance(given, dict) else given)]
        for value in self.kept[-4:]:
            if value is not answer:
                spoil(value)
        return answer


def spoil(value: Any) -> None:
    """Change whatever can be changed in a value."""
    if isinstance(value, dict):
        for item in list(value.values()):
            spoil(item)
        value["spoilt"] = True
    elif isinstance(value, list):
        for item in value:
            spoil(item)
        value.append("spoilt")


@pytest.mark.parametrize("name", FEATURES)
def test_nothing_that_is_handed_in_or_out_is_the_case_s_own(name: str) -> None:
    """Scripts, items, calls, messages, branches, edges: what others do to them changes nothing.

    On a case in memory, for a saved one could share nothing from act to act.
    """
    make, data, _ = FEATURES[name]
    compiled = make()
    found = explore(compiled, name, {**more_data(), **data}, {}, OWN_OF_FEATURES, 25)
    for tip in list(found.tips())[::3]:
        with pytest.MonkeyPatch.context() as patch:
            live, frozen, host = Live(patch), Frozen(), Spoiling()
            for node in tip.path():
                kind, key, values = node.deed
                given = json.loads(json.dumps(values))
                step = act(compiled, b"", kind, key, given, node.now, host)
                assert step.digest == node.step.digest, (node.deed, "spoilt")
                frozen.look(live.case)
                own = [v for v in step.data.values() if isinstance(v, dict | list)]
                assert not any(id(value) in frozen.held for value in own)
                for value in (*given.values(), *own, *(
                    v for call in step.calls for v in (*call.parameters.values(), call.result)
                ), *(v for sent in step.sent for v in sent.payload.values())):  # fmt: skip
                    if id(value) not in frozen.held:
                        spoil(value)
                frozen.look(live.case)


def more_data() -> dict[str, Any]:
    return {"authority": "mf", "received_at": "2017-04-28T05:00:00Z", "deep": {"l": [1, {"a": []}]}}


STRANGE = [
    "typename", "__class__", "__init__", "_", "_f", "_get", "__builtins__", "data", "spec",
    "key_or_index", "payload", "due", "fired", "chosen", "delta", "updates", "", " ", "a.b", "a/b",
    "None", "ә", "\u2028", "😀", "x" * 200,
]  # fmt: skip


@pytest.mark.parametrize("key", STRANGE)
def test_a_key_is_only_a_key(key: str) -> None:
    """Words that mean something to the engine, to its library or to Python, as names of data."""
    value = {key: {key: [key, {key: key}]}, "typename": "datetime", "value": "x"}
    case = Case(patterns.branches("a = things", "b = things"))
    step = case.start("branches", **{"things": value, key: value})
    step = case.complete("ask", answer="against")
    step = case.complete("ask#2", answer="for")
    assert step.ended
    assert step.data["a"] == step.data["b"] == step.data["things"] == step.data[key] == value
    assert replay(case.release, json.loads(json.dumps(case.record)))[-1][0] == step.digest


@pytest.mark.parametrize("strange", ["why", "things", "typename", "_f", "spoilt", ""])
def test_a_form_writes_its_declared_fields_and_nothing_else(strange: str) -> None:
    """`why` is declared, and sealed: it is in no case either."""
    case = Case(patterns.branches())
    before = case.start("branches", things=[1])
    with pytest.raises(ValueError, match="no decisive field"):
        case.complete("ask", answer="for", **{strange: 1})
    assert case.step == before
    step = case.complete("ask", answer="for")
    assert step.ended and set(step.data) == {
        "authority", "received_at", "things", "answer", "number", "a", "b",
    }  # fmt: skip
