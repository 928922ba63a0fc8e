"""What a verification found."""

from __future__ import annotations

from dataclasses import dataclass, field

CAP = 100
"""Problems that a report names; the rest are only counted."""


@dataclass(frozen=True)
class Problem:
    """A sentence about what is wrong, and the event it is wrong with ("case/12 #3"), if one."""

    event: str | None
    problem: str


@dataclass(frozen=True)
class Report:
    """A verification: how much was read and what was wrong; `ok` if nothing was."""

    ok: bool
    events: int
    streams: int
    problems: tuple[Problem, ...]
    unnamed: int = 0


@dataclass
class Findings:
    """Problems as they are found: each once, and `CAP` at most."""

    problems: list[Problem] = field(default_factory=list)
    unnamed: int = 0
    _seen: set[Problem] = field(default_factory=set)

    def add(self, event: str | None, problem: str) -> None:
        """Note a problem, unless it is noted already."""
        found = Problem(event, problem)
        if found in self._seen:
            return
        if len(self.problems) >= CAP:
            self.unnamed += 1
            return
        self._seen.add(found)
        self.problems.append(found)
