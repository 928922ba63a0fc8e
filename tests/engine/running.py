"""What a process made of blocks does, in a few lines that know nothing of the engine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.engine.blocks import GOES_ON, LEAVES, VOTERS, Block


@dataclass
class World:
    """What the blocks write, and how often each operation was asked for."""

    data: dict[str, Any] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)


class Running:
    """A block while it runs: `open` are the keys of what can be done, `done` whether it is over.

    Ids are given in the order in which the diagram gives them.
    """

    def __init__(self, block: Block, world: World, ids: Ids | None = None) -> None:
        self.block, self.world = block, world
        self.ids = ids or Ids()
        self.one = self.ids.new(block.kind)
        self.inner = [Running(part, world, self.ids) for part in block.inner]
        self.done, self.at = False, -1
        self.here: dict[str, str] = {}

    def open(self) -> dict[str, Running]:
        """What can be done now: keys, and the block each belongs to."""
        found: dict[str, Running] = dict.fromkeys(self.here, self)
        for part in self.inner:
            found |= part.open()
        return found

    def enter(self, scope: Scope) -> None:
        """The token comes."""
        self.scope, self.done, self.here, self.at = scope, False, {}, -1
        for part in self.inner:
            part.done, part.here = False, {}
        kind, one, data = self.block.kind, self.one, self.world.data
        if kind == "script":
            data[f"n_{one}"] = [*data[f"n_{one}"], len(data[f"n_{one}"])]
        elif kind == "operation":
            data[f"r_{one}"] = {"given": one}
            self.world.asked[f"op.{one}"] += 1
        elif kind == "ends":
            self.world.asked[f"op.o_{one}"] += 1
        if kind in ("script", "operation", "ends"):
            self.done = True
        elif kind in ("task", "timed", "way", "message"):
            self.here = {scope.key(one): "done"}
            if kind == "timed":
                self.here[scope.key(f"t_{one}")] = "timer"
        elif kind == "choice":
            mark = scope.mark(one)
            prefix = scope.prefix
            self.here = {f"{prefix}t_{one}{mark}": "done", f"{prefix}c_{one}{mark}": "done"}
        elif kind == "votes":
            data[f"all_{one}"] = {}
            self.here = {scope.key(f"{one}[{voter}]"): voter for voter in VOTERS}
        elif kind == "fork":
            for part in self.inner:
                part.enter(scope)
            self.look()
        elif kind == "stage":
            inside = Scope(f"{scope.key(one)}/")
            self.inside = inside
            self._next(inside)
        else:
            self._next(scope)

    def act(self, key: str, answer: str) -> None:
        """A task was completed, a timer fired or a message delivered."""
        what, kind = self.here.pop(key), self.block.kind
        data, one = self.world.data, self.one
        if what == "timer":
            self.world.asked[f"op.o_{one}"] += 1
            return
        if kind == "votes":
            data[f"all_{one}"] = data[f"all_{one}"] | {what: {f"a_{one}": answer}}
            self.done = not self.here
            return
        self.here = {}
        if kind in ("message", "choice"):
            if kind == "message" or f"c_{one}" in key:
                data[f"{one if kind == 'message' else f'c_{one}'}_said"] = {"said": answer}
            self.done = True
            return
        data[f"a_{one}"] = answer
        if kind == "way" and answer == GOES_ON:
            self._next(self.scope)
        elif kind == "round" and answer != GOES_ON:
            self.at = -1
            self._next(self.scope)
        else:
            self.done = True

    def look(self) -> None:
        """Go on where what lies inside is over."""
        if self.done or self.block.kind in LEAVES:
            return
        for part in self.inner:
            part.look()
        if self.block.kind == "fork":
            self.done = all(part.done for part in self.inner)
        elif 0 <= self.at < len(self.inner) and self.inner[self.at].done:
            self._next(self.inside if self.block.kind == "stage" else self.scope)

    def _next(self, scope: Scope) -> None:
        """On to the next block inside; after the last, to what comes then."""
        self.at += 1
        if self.at < len(self.inner):
            self.inner[self.at].enter(scope)
            self.look()
        elif self.block.kind == "round":
            self.here = {scope.key(self.one): "done"}
        elif self.block.kind == "stage" and any(part.open() for part in self.inner):
            self.at -= 1
        else:
            self.done = True


class Ids:
    """Gives ids as the diagram does."""

    def __init__(self) -> None:
        self.count = 0

    def new(self, kind: str) -> str:
        """A new id."""
        self.count += 1
        return f"{kind}{self.count}"


class Scope:
    """A workflow: what its keys begin with, and how often each element was come by."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.visits: Counter[str] = Counter()

    def mark(self, one: str) -> str:
        """The number of this visit, as keys have it."""
        self.visits[one] += 1
        return f"#{self.visits[one]}" if self.visits[one] > 1 else ""

    def key(self, one: str) -> str:
        """The key of this visit."""
        return f"{self.prefix}{one}{self.mark(one)}"
