"""Small processes made at random out of blocks, and what each means, told twice.

`model_of` writes a block as a diagram for the engine; `running.Running` is the same block as
a few lines of Python, which know nothing of tokens, trees or saved states.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from app.engine.release import Release
from tests.engine.models import bpmn, form, release
from tests.engine.more_patterns import caught, dated
from tests.engine.patterns import loop, operation, properties, timer

LEAVES = ("task", "timed", "script", "operation", "message", "choice", "votes", "ends")
HOLDERS = ("row", "fork", "way", "round", "stage")
VOTERS = ("a", "b")
GOES_ON = "for"


@dataclass(frozen=True)
class Block:
    """A block: its kind and the blocks in it."""

    kind: str
    inner: tuple[Block, ...] = ()


def blocks() -> st.SearchStrategy[Block]:
    """Blocks within blocks, a dozen leaves at most."""
    leaves = st.sampled_from(LEAVES).map(Block)
    return st.recursive(
        leaves,
        lambda inner: st.builds(
            Block,
            st.sampled_from(HOLDERS),
            st.lists(inner, min_size=1, max_size=3).map(tuple),
        ),
        max_leaves=9,
    )


def processes() -> st.SearchStrategy[Block]:
    """A row of blocks."""
    several = st.lists(blocks(), min_size=2, max_size=4)
    return several.map(lambda inner: Block("row", tuple(inner)))


@dataclass
class _Writing:
    """The diagram as it is written; `flows` are written outside of the nodes."""

    count: int = 0
    flows: list[str] = field(default_factory=list)
    forms: dict[str, bytes] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)

    def ident(self, kind: str) -> str:
        """A new id."""
        self.count += 1
        return f"{kind}{self.count}"

    def write(self, block: Block) -> tuple[str, str, str]:
        """Write a block: its nodes, and the ids of the first and the last of them."""
        one = self.ident(block.kind)
        written: tuple[str, str, str] = getattr(self, f"_{block.kind}")(one, block)
        return written

    def _asking(self, one: str, inside: str = "") -> str:
        self.forms[f"blocks__{one}"] = form(**{f"a_{one}": "choice"})
        return f'<userTask id="{one}" b:form="{one}">{inside}</userTask>'

    def _task(self, one: str, block: Block) -> tuple[str, str, str]:
        return self._asking(one), one, one

    def _timed(self, one: str, block: Block) -> tuple[str, str, str]:
        edge = timer(f"t_{one}", one, "schedule('report')", interrupting=False)
        rest = operation(f"o_{one}") + f'<endEvent id="e_{one}"/>'
        self.flows.append(f"t_{one} > o_{one} > e_{one}")
        return self._asking(one) + edge + rest, one, one

    def _script(self, one: str, block: Block) -> tuple[str, str, str]:
        self.scripts.append(one)
        text = f"n_{one} = n_{one} + [len(n_{one})]"
        return f'<scriptTask id="{one}"><script>{text}</script></scriptTask>', one, one

    def _operation(self, one: str, block: Block) -> tuple[str, str, str]:
        return operation(one, f"r_{one}", given=f"'{one}'"), one, one

    def _message(self, one: str, block: Block) -> tuple[str, str, str]:
        self.messages.append(f"m_{one}")
        return caught(one, f"m_{one}"), one, one

    def _choice(self, one: str, block: Block) -> tuple[str, str, str]:
        self.messages.append(f"m_{one}")
        self.flows += [f"{one} > t_{one} > x_{one}", f"{one} > c_{one} > x_{one}"]
        nodes = f'<eventBasedGateway id="{one}"/><exclusiveGateway id="x_{one}"/>'
        nodes += dated(f"t_{one}", "schedule('report')") + caught(f"c_{one}", f"m_{one}")
        return nodes, one, f"x_{one}"

    def _votes(self, one: str, block: Block) -> tuple[str, str, str]:
        self.names.append(f"all_{one}")
        inside = loop("voters", f"voter_{one}", f"all_{one}")
        return self._asking(one, inside), one, one

    def _ends(self, one: str, block: Block) -> tuple[str, str, str]:
        """A branch aside that ends by itself."""
        nodes = f'<parallelGateway id="{one}"/><exclusiveGateway id="x_{one}"/>'
        nodes += operation(f"o_{one}") + f'<endEvent id="e_{one}"/>'
        self.flows += [f"{one} > o_{one} > e_{one}", f"{one} > x_{one}"]
        return nodes, one, f"x_{one}"

    def _row(self, one: str, block: Block) -> tuple[str, str, str]:
        parts = [self.write(inner) for inner in block.inner]
        self.flows += [f"{a[2]} > {b[1]}" for a, b in pairwise(parts)]
        return "".join(p[0] for p in parts), parts[0][1], parts[-1][2]

    def _fork(self, one: str, block: Block) -> tuple[str, str, str]:
        parts = [self.write(inner) for inner in block.inner]
        nodes = f'<parallelGateway id="{one}"/><parallelGateway id="j_{one}"/>'
        if len(parts) == 1:  # a gateway with one way is none
            parts.append((f'<exclusiveGateway id="x_{one}"/>', f"x_{one}", f"x_{one}"))
        for part in parts:
            self.flows += [f"{one} > {part[1]}", f"{part[2]} > j_{one}"]
        return nodes + "".join(p[0] for p in parts), one, f"j_{one}"

    def _way(self, one: str, block: Block) -> tuple[str, str, str]:
        """A task decides whether the blocks are done or not."""
        nodes, first, last = self._row(one, block)
        gates = f'<exclusiveGateway id="x_{one}"/><exclusiveGateway id="y_{one}"/>'
        self.flows += [f"{one} > x_{one}", f"x_{one} > {first} if a_{one} == '{GOES_ON}'"]
        self.flows += [f"{last} > y_{one}", f"x_{one} > y_{one} else"]
        return self._asking(one) + gates + nodes, one, f"y_{one}"

    def _round(self, one: str, block: Block) -> tuple[str, str, str]:
        """A task after the blocks decides whether they are done again."""
        nodes, first, last = self._row(one, block)
        gates = f'<exclusiveGateway id="x_{one}"/><exclusiveGateway id="y_{one}"/>'
        gates += f'<exclusiveGateway id="z_{one}"/>'
        self.flows += [f"x_{one} > {first}", f"{last} > {one} > y_{one}"]
        self.flows += [f"y_{one} > z_{one} if a_{one} == '{GOES_ON}'", f"y_{one} > x_{one} else"]
        return self._asking(one) + gates + nodes, f"x_{one}", f"z_{one}"

    def _stage(self, one: str, block: Block) -> tuple[str, str, str]:
        nodes, first, last = self._row(one, block)
        self.flows += [f"s_{one} > {first}", f"{last} > e_{one}"]
        start, end = f'<startEvent id="s_{one}"/>', f'<endEvent id="e_{one}"/>'
        return f'<subProcess id="{one}">{start}{nodes}{end}</subProcess>', one, one


@lru_cache(maxsize=512)
def model_of(block: Block) -> tuple[Release, dict[str, Any]]:
    """The release of one process `blocks`, and what it begins with."""
    writing = _Writing()
    nodes, first, last = writing.write(block)
    names = properties("voters", *writing.names)
    everything = f'{names}<startEvent id="start"/>{nodes}<endEvent id="end"/>'
    flows = "\n".join([f"start > {first}", f"{last} > end", *writing.flows])
    model = bpmn("blocks", everything, flows, " ".join(writing.messages))
    data: dict[str, Any] = {"voters": {v: v for v in VOTERS}, "authority": "mf"}
    data |= {f"n_{one}": [] for one in writing.scripts}
    return release(model, **writing.forms), data
