"""Checks of size: a release that is far larger than any procedure is refused before it is read on.

Each bound is some ten times what the largest process of the decree has; beyond them the other
checks, which compare elements with each other, would take too long.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from app.engine.bounds import MOST_NESTED
from app.engine.contents import Contents
from app.engine.elements import Element, Process
from app.engine.lint_flows import Scope

# Elements and flows of one process, its embedded subprocesses included.
MOST_ELEMENTS: Final = 300
MOST_FLOWS: Final = 600
# Flows out of one element: branches of a fork are compared each with each.
MOST_WAYS: Final = 30
# Timers and messages at the edge of one activity.
MOST_EDGES: Final = 20
# Parameters of one operation or message.
MOST_PARAMETERS: Final = 50
# Forks within branches of forks: nobody could follow more, and each multiplies the tokens.
MOST_FORKS: Final = 5


def check_size(contents: Contents, process: Process) -> bool:
    """Whether a process is small enough to be checked further."""
    sizes = [
        ("elements", len(process.elements), MOST_ELEMENTS),
        ("flows", len(process.flows), MOST_FLOWS),
    ]
    wrong = [f"{size} {what}, more than {most}" for what, size, most in sizes if size > most]
    for detail in wrong:
        contents.wrong(process.file, process.line, process.id, "too_many", detail)
    ways = Counter(flow.source for flow in process.flows.values())
    edges = Counter(e.attached_to for e in process.elements.values() if e.attached_to)
    fine = not wrong
    for element in process.elements.values():
        for what, size, most in (
            ("ways out", ways[element.id], MOST_WAYS),
            ("events at its edge", edges[element.id], MOST_EDGES),
            ("parameters", len(element.parameters), MOST_PARAMETERS),
        ):
            if size > most:
                detail = f"{size} {what}, more than {most}"
                contents.wrong(process.file, element.line, element.id, "too_many", detail)
                fine = False
    return fine


def check_nesting(contents: Contents) -> None:
    """Calls and embedded subprocesses within one another, and forks within forks."""
    depths: dict[str, int] = {}
    for process in contents.processes.values():
        for element in process.elements.values():
            if element.kind not in ("callActivity", "subProcess"):
                continue
            around = _around(process, element)
            deep = around + 1 + (_depth(contents, element.called or "", depths, frozenset()))
            if deep > MOST_NESTED:
                detail = f"{deep} within one another, more than {MOST_NESTED}"
                contents.wrong(process.file, element.line, element.id, "too_deep", detail)
        inner = [e.id for e in process.elements.values() if e.kind == "subProcess"]
        for parent in (None, *inner):
            _forks(Scope(contents, process, parent))


def _around(process: Process, element: Element) -> int:
    """How many embedded subprocesses lie around an element."""
    found = 0
    while element.parent is not None:
        element = process.elements[element.parent]
        found += 1
    return found


def _depth(contents: Contents, name: str, known: dict[str, int], above: frozenset[str]) -> int:
    """How many workflows lie within one another below a process; a cycle counts once."""
    if name in above or name not in contents.processes or len(above) > MOST_NESTED:
        return 0
    if name not in known:
        process = contents.processes[name]
        known[name] = max(
            (
                _around(process, e) + 1 + _depth(contents, e.called or "", known, above | {name})
                for e in process.elements.values()
                if e.kind in ("callActivity", "subProcess")
            ),
            default=0,
        )
    return known[name]


def _forks(scope: Scope) -> None:
    """Refuse forks that lie within too many branches of others."""
    inside: dict[str, set[str]] = {}
    for element in scope.nodes.values():
        targets = [flow.target for flow in scope.outgoing[element.id]]
        if element.kind != "parallelGateway" or len(targets) < 2:
            continue
        branches = [scope.reach([target], without=element.id) for target in targets]
        met = Counter(name for branch in branches for name in branch)
        # A branch that ends by itself holds nothing up: what follows beside it is not inside.
        common = {name for name, times in met.items() if times > 1}
        alone = met.keys() - common
        inside[element.id] = {name for name in alone if scope.reach([name]) & common}
    for fork in inside:
        depth = sum(fork in within for within in inside.values())
        if depth >= MOST_FORKS:
            scope.wrong(scope.nodes[fork], "too_deep", f"a fork within {depth} others")
