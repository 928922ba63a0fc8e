"""Hosts for the engine's tests: one that answers, one that answers from a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from app.engine import runner
from app.engine.release import Release
from app.engine.step import Call, Step

NOW = datetime(2017, 4, 28, 5, tzinfo=UTC)
START = {"authority": "mf", "received_at": "2017-04-28T05:00:00Z"}


def days_after(moment: str, count: int) -> str:
    """So many times 24 hours later."""
    return (datetime.fromisoformat(moment) + timedelta(days=count)).isoformat()


@dataclass
class Answering:
    """Runs operations given as functions; counts days; knows one schedule."""

    operations: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=lambda: {"report": "2017-05-10T19:00:00Z"})
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """What expressions may call."""
        return {
            "working_days_after": days_after,
            "calendar_days_after": days_after,
            "schedule": lambda step: self.dates[step],
        }

    def operate(self, name: str, parameters: Mapping[str, Any]) -> Any:
        """Run an operation; one that is not given answers its parameters."""
        self.asked.append((name, dict(parameters)))
        operation = self.operations.get(name)
        return dict(parameters) if operation is None else operation(**parameters)


class Replaying:
    """Answers from the calls of a recorded act, in order, and calls nothing."""

    def __init__(self, calls: list[Call]) -> None:
        self.left = list(calls)

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Each answers the next call, which must be the same."""
        names = ("working_days_after", "calendar_days_after", "schedule")
        return {name: self._function(name) for name in names}

    def _function(self, name: str) -> Callable[..., Any]:
        return lambda *arguments: self._next(name, {"arguments": list(arguments)})

    def operate(self, name: str, parameters: Mapping[str, Any]) -> Any:
        """Answer the next call."""
        return self._next(name, dict(parameters))

    def _next(self, name: str, parameters: dict[str, Any]) -> Any:
        call = self.left.pop(0)
        assert (call.name, call.parameters) == (name, parameters)
        return call.result


@dataclass
class Case:
    """Plays a case and keeps the record of its acts."""

    release: Release
    host: Answering = field(default_factory=Answering)
    now: datetime = NOW
    record: list[dict[str, Any]] = field(default_factory=list)
    last: Step | None = None

    def start(self, process: str, **data: Any) -> Step:
        """Start a case."""
        return self._act("start", process, {**START, **data})

    def complete(self, key: str, **answers: Any) -> Step:
        """Complete a task."""
        return self._act("complete", key, answers)

    def fire(self, key: str, now: datetime | None = None) -> Step:
        """Fire a timer, by default when it is due."""
        due = next((t.due for t in self.step.timers if t.key == key), NOW)
        self.now = now or max(self.now, due)
        return self._act("fire", key, {})

    def deliver(self, message: str, **payload: Any) -> Step:
        """Deliver a message."""
        return self._act("deliver", message, payload)

    @property
    def step(self) -> Step:
        """The last step."""
        assert self.last is not None
        return self.last

    @property
    def open(self) -> list[str]:
        """The keys of what is open: tasks, timers, waits."""
        step = self.step
        return [x.key for group in (step.tasks, step.timers, step.waits) for x in group]

    def _act(self, kind: str, key: str, values: dict[str, Any]) -> Step:
        state = self.last.state if self.last else b""
        step = act(self.release, state, kind, key, values, self.now, self.host)
        self.record.append({
            "kind": kind,
            "key": key,
            "values": values,
            "now": self.now.isoformat(),
            "calls": [[c.name, dict(c.parameters), c.result] for c in step.calls],
            "state": states(step),
        })  # fmt: skip
        self.last = step
        return step


def act(
    release: Release,
    state: bytes,
    kind: str,
    key: str,
    values: Mapping[str, Any],
    now: datetime,
    host: runner.Host,
) -> Step:
    """Do one act by its kind."""
    if kind == "start":
        return runner.start(release, key, values, now=now, host=host)
    if kind == "complete":
        return runner.complete(release, state, key, values, now=now, host=host)
    if kind == "deliver":
        return runner.deliver(release, state, key, values, now=now, host=host)
    if kind == "redate":
        asking = {"asking": frozenset(values["asking"])} if values else {}
        return runner.redate(release, state, now=now, host=host, **asking)
    return runner.fire(release, state, key, now=now, host=host)


def states(step: Step) -> list[str]:
    """The digest of a step's state, and the hash of its bytes."""
    return [step.digest, sha256(step.state).hexdigest()]


def replay(release: Release, record: list[dict[str, Any]]) -> list[list[str]]:
    """Execute a record again, answers from the record; return the states after each act."""
    state, found = b"", []
    for entry in record:
        host = Replaying([Call(*call) for call in entry["calls"]])
        now = datetime.fromisoformat(entry["now"])
        step = act(release, state, entry["kind"], entry["key"], entry["values"], now, host)
        assert host.left == [], "calls left over"
        state = step.state
        found.append(states(step))
    return found
