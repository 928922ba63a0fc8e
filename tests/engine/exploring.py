"""Exploring a process: every state that its acts lead to, breadth first, up to a bound.

An act is a task completed with each set of representative answers, a timer fired or a message
delivered, with every answer that its operations may give. States are told apart by digest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, product
from typing import Any

import pytest

from app.engine import codec, runner
from app.engine.expressions import compile_expression
from app.engine.lint_expressions import expressions_of
from app.engine.release import Release
from app.engine.script_engine import Act
from app.engine.step import Step
from tests.engine.hosts import NOW, Replaying, act, days_after

# What a field is answered with where no condition hangs on it.
PLAIN: Mapping[str, Any] = {
    "integer": 7, "number": "7", "date": "2017-05-02", "text": "12", "documents": [1],
    "person": "p-0001", "people": ["p-0001", "p-0002"], "body": "mes", "choices": ["mes"],
    "points": ["2.1"], "votes": {"2.1": "for"}, "yes": True,
    "indicators": [{"code": "2.1", "name": "…", "value": "80", "points": "4", "max": "5"}],
    "corrections": {"2.1": {"value": "90", "points": "5"}},
}  # fmt: skip
MOST_ANSWERS = 6
MOST_OUTCOMES = 6
DEEP = 2

Deed = tuple[str, str, dict[str, Any]]


@dataclass
class Choosing:
    """Answers operations from lists of what each may answer, by a script of choices."""

    answers: Mapping[str, Sequence[Any]]
    script: tuple[int, ...] = ()
    asked: list[int] = field(default_factory=list)

    functions: Mapping[str, Callable[..., Any]] = field(
        default_factory=lambda: {
            "working_days_after": days_after,
            "calendar_days_after": days_after,
            "schedule": lambda step: "2017-05-10T19:00:00Z",
        }
    )

    def operate(self, name: str, parameters: Mapping[str, Any]) -> Any:
        """Answer with the alternative that the script names, the first beyond its end."""
        found = self.answers.get(name, (lambda given: dict(given),))
        place = len(self.asked)
        self.asked.append(len(found))
        answer = found[self.script[place] if place < len(self.script) else 0]
        return answer(parameters) if callable(answer) else answer


@dataclass
class Node:
    """A state: the step that led to it, the node before and how; `now` is the time there."""

    step: Step
    before: Node | None
    deed: Deed
    now: datetime

    def path(self) -> list[Node]:
        """The nodes from the start to this one."""
        found: list[Node] = []
        node: Node | None = self
        while node is not None:
            found.append(node)
            node = node.before
        return found[::-1]


@dataclass
class Explored:
    """What was found: the states by digest and a node for every act, also to a known state.

    `cut` tells whether the bound of states was met before everything was seen.
    """

    states: dict[str, Node] = field(default_factory=dict)
    acts: list[Node] = field(default_factory=list)
    cut: bool = False

    def tips(self) -> Iterator[Node]:
        """The nodes that nothing follows: their paths together hold every act."""
        inner = {id(node.before) for node in self.acts}
        yield from (node for node in self.acts if id(node) not in inner)


def asked_of(release: Release) -> frozenset[str]:
    """The names on which the way of a case may hang: those that any condition reads."""
    conditions = [f.condition for p in release.processes.values() for f in p.flows.values()]
    found = set[str]()
    for text in filter(None, conditions):
        found |= compile_expression(text).names
    for process in release.processes.values():
        for ident, _, text in expressions_of(process):
            if process.elements.get(ident) and process.elements[ident].loop:
                found |= compile_expression(text).names
    for table in release.tables.values():
        found |= {name for expression in table.inputs for name in expression.names}
    return frozenset(found)


def answers_to(
    release: Release, form: str, own: Mapping[str, Sequence[Any]]
) -> list[dict[str, Any]]:
    """Representative sets of decisive answers to a form, and none at all where all is optional."""
    read, columns = asked_of(release), []
    fields = [f for f in release.forms[form].fields if not f.sealed and f.in_case]
    for item in fields:
        values: Sequence[Any]
        if item.name in own:
            values = own[item.name]
        elif item.options:
            given = [option.value for option in item.options]
            values = given if item.name in read else given[:1]
        elif item.type == "yes" and item.name in read:
            values = (True, False)
        else:
            values = (PLAIN.get(item.type, "x"),)
        columns.append([(item.name, value) for value in values])
    return [dict(row) for row in islice(product(*columns), MOST_ANSWERS)]


def deeds(release: Release, step: Step, own: Mapping[str, Sequence[Any]]) -> Iterator[Deed]:
    """Every act that is possible, a third visit of anything left out."""
    for task in step.tasks:
        if not _often(task.key):
            for answers in answers_to(release, task.form, own):
                yield "complete", task.key, answers
    for timer in step.timers:
        if not _often(timer.key):
            yield "fire", timer.key, {}
    for message in sorted({w.message for w in step.waits if not _often(w.key)}):
        yield "deliver", message, {"objection": 1, "extra": ["x", {"y": None}]}


def _often(key: str) -> bool:
    return any(part.partition("#")[2] not in ("", "2") for part in key.split("/"))


def explore(
    release: Release,
    process: str,
    data: Mapping[str, Any],
    answers: Mapping[str, Sequence[Any]],
    own: Mapping[str, Sequence[Any]],
    most: int,
) -> Explored:
    """Explore a process from a start with `data`, `most` states at most."""
    found = Explored()
    waiting: deque[Node] = deque()
    turn = 0

    def met(node: Node) -> None:
        found.acts.append(node)
        if node.step.digest not in found.states:
            found.states[node.step.digest] = node
            waiting.append(node)

    for step in _outcomes(release, b"", ("start", process, dict(data)), NOW, answers):
        met(Node(step, None, ("start", process, dict(data)), NOW))
    while waiting:
        # The newest after every few of the oldest: ends far away are met within the bound too.
        turn += 1
        node = waiting.pop() if turn % DEEP == 0 else waiting.popleft()
        for deed in deeds(release, node.step, own):
            if len(found.states) >= most:
                found.cut = True
                return found
            due = (t.due for t in node.step.timers if (deed[0], deed[1]) == ("fire", t.key))
            now = max(node.now, *due, node.now)
            for step in _outcomes(release, node.step.state, deed, now, answers):
                met(Node(step, node, deed, now))
    return found


def _outcomes(
    release: Release,
    state: bytes,
    deed: Deed,
    now: datetime,
    answers: Mapping[str, Sequence[Any]],
) -> Iterator[Step]:
    """An act with every way in which its operations may answer."""
    scripts: deque[tuple[int, ...]] = deque([()])
    for _ in range(MOST_OUTCOMES):
        if not scripts:
            return
        script = scripts.popleft()
        host = Choosing(answers, script)
        yield act(release, state, *deed, now, host)
        for place in range(len(script), len(host.asked)):
            head = (*script, *(0 for _ in range(place - len(script))))
            scripts.extend((*head, other) for other in range(1, host.asked[place]))


class Live:
    """Keeps the case in memory from act to act instead of loading what was saved."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.case: Any = None
        finish = runner._finish

        def load(release: Release, state: bytes, now: Any, host: Any, *more: Any) -> Any:
            self.case.script_engine = act = Act(host, now, *more)
            return self.case, act

        def remember(release: Release, case: Any, act: Act) -> Step:
            self.case = case
            return finish(release, case, act)

        patch.setattr(runner, "_load", load)
        patch.setattr(runner, "_finish", remember)


def check_saved(release: Release, found: Explored) -> None:
    """Every state loaded and saved again is the same state, to the byte."""
    for digest, node in found.states.items():
        step = node.step
        held = Act(Choosing({}), node.now)
        loaded = codec.restore(codec.unpack(step.state), release.specs, held)
        assert codec.save(codec.snapshot(loaded)) == step.state
        assert runner.digest(release, step.state) == step.digest == digest
        loaded.advance()  # nothing was left to do
        assert codec.save(codec.snapshot(loaded)) == step.state


def check_live(release: Release, nodes: Iterator[Node]) -> int:
    """Each act on a case in memory gives the very step that it gives on the saved one.

    Returns the number of acts.
    """
    count = 0
    with pytest.MonkeyPatch.context() as patch:
        Live(patch)
        for tip in nodes:
            for node in tip.path():
                host = Replaying(list(node.step.calls))
                step = act(release, b"", *node.deed, node.now, host)
                assert step == node.step, [n.deed for n in tip.path()]
                assert host.left == []
                count += 1
    return count
