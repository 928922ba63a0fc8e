"""A watch around human acts: how long each takes, and where the time goes.

It is put around the very functions that people's acts go through, from outside, so that the
product carries no instruments. What it listens to costs a little itself, which is in the
figures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, Engine, event

from app.audit import log
from app.db import WRITING
from app.engine import runner
from app.engine.release import Release
from app.engine.step import Call, Step
from app.services import tasks


@dataclass(frozen=True, slots=True)
class Done:
    """A step of the engine that a human act made: all that executing it again takes."""

    release: Release
    state: bytes
    key: str
    answers: Mapping[str, Any]
    now: datetime
    calls: tuple[Call, ...]
    saved: int


@dataclass(slots=True)
class Act:
    """One human act: seconds of wall time by part, of CPU time, and what was sent.

    `floor` is the CPU time of the same act at the floor, `saved` the bytes of its saved state.
    """

    total: float = 0.0
    cpu: float = 0.0
    floor: float = 0.0
    saved: int = 0
    engine: float = 0.0
    database: float = 0.0
    trail: float = 0.0
    statements: int = 0
    commits: int = 0


@dataclass
class Watch:
    """Measures the completions of tasks while it is entered.

    `engine` is without what the operations do in the database, `trail` likewise. Unless it is
    `listening`, which costs a twelfth of the whole, statements are not counted and the parts
    of an act's time mean nothing. After each act `floor_of` does it once more at the floor and
    tells the CPU seconds of that.
    """

    database: Engine
    floor_of: Callable[[Done], float]
    listening: bool = True
    acts: list[Act] = field(default_factory=list)
    _now: Act | None = None
    _step: Done | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Begin to measure."""
        for module, name, around in (
            (tasks, "_complete", self._completed),
            (runner, "complete", self._stepped),
            (log, "append", self._appended),
            (self.database.dialect, "do_commit", self._committed),
        ):
            self._stack.enter_context(_around(module, name, around))
        if not self.listening:
            return self
        for name, listener in (
            ("before_cursor_execute", self._asked),
            ("after_cursor_execute", self._answered),
        ):
            event.listen(self.database, name, listener)
            self._stack.callback(event.remove, self.database, name, listener)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave everything as it was."""
        self._stack.close()

    def _completed(self, original: Callable[..., Any], *given: Any, **named: Any) -> Any:
        act = Act()
        began, cpu = time.perf_counter(), time.process_time()
        self._now = act
        try:
            return original(*given, **named)
        finally:
            act.cpu = time.process_time() - cpu
            act.total = time.perf_counter() - began
            self._now = None
            if act.commits and self._step is not None:
                act.floor, act.saved = self.floor_of(self._step), self._step.saved
                self.acts.append(act)

    def _stepped(self, original: Callable[..., Step], *given: Any, **named: Any) -> Step:
        release, state, key, answers = given
        act, began = self._now or Act(), time.perf_counter()
        before = act.database
        step = original(*given, **named)
        act.engine += time.perf_counter() - began - (act.database - before)
        self._step = Done(release, state, key, answers, named["now"], step.calls, len(step.state))
        return step

    def _appended(self, original: Callable[..., Any], *given: Any, **named: Any) -> Any:
        act, began = self._now or Act(), time.perf_counter()
        before = act.database
        try:
            return original(*given, **named)
        finally:
            act.trail += time.perf_counter() - began - (act.database - before)

    def _committed(self, original: Callable[..., Any], connection: Any) -> None:
        began = time.perf_counter()
        original(connection)
        if self._now is not None:
            self._now.database += time.perf_counter() - began
            self._now.commits += 1

    def _asked(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        connection.info["bagalau_asked"] = time.perf_counter()
        writing = connection.get_execution_options().get(WRITING)
        if self._now is not None and writing and not statement.startswith("BEGIN"):
            self._now.statements += 1

    def _answered(self, connection: Connection, *_: Any) -> None:
        if self._now is not None:
            self._now.database += time.perf_counter() - connection.info["bagalau_asked"]


@contextmanager
def _around(owner: Any, name: str, around: Callable[..., Any]) -> Iterator[None]:
    """Let `around` be called in place of a function of `owner`, which it is handed first."""
    original = getattr(owner, name)

    def called(*given: Any, **named: Any) -> Any:
        return around(original, *given, **named)

    setattr(owner, name, called)
    try:
        yield
    finally:
        setattr(owner, name, original)
