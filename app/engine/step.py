"""What an act gives back: the new state and everything that people and other rooms need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.engine.values import Json


@dataclass(frozen=True, slots=True)
class HumanTask:
    """A task that a person can complete now.

    `key` names it within the case for good (`parts[goals]/score#2`); `role` and
    `organisation` (the code of a body) say whose people may act, `assignee` (a person's code)
    that only one of them may. `form` is a key of `Release.forms`; `due` is in UTC.
    """

    key: str
    element: str
    process: str
    role: str
    organisation: str
    assignee: str | None
    form: str
    due: datetime | None
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that waits; `due` is in UTC and may lie in the past."""

    key: str
    element: str
    process: str
    due: datetime
    expression: str


@dataclass(frozen=True, slots=True)
class Wait:
    """A place where the case waits for a message of that name."""

    key: str
    element: str
    process: str
    message: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operation, or a function handed in, and its answer; in the order they were called.

    An operation's `parameters` are by name; a function's stand in order under `arguments`.
    """

    name: str
    parameters: Mapping[str, Json]
    result: Json


@dataclass(frozen=True, slots=True)
class Sent:
    """A message to deliver after commit: to the case `to`, or to start the process `starts`."""

    message: str
    payload: dict[str, Json]
    to: str | None
    starts: str | None
    element: str


@dataclass(frozen=True, slots=True)
class Visit:
    """An element that was finished in this act."""

    element: str
    key: str
    process: str


@dataclass(frozen=True, slots=True)
class Step:
    """The outcome of one act.

    `state` is to be stored as bytes; `digest` (hex SHA-256) is equal wherever and whenever
    the same acts are executed again. `tasks`, `timers` and `waits` are all that are open now,
    in the order of their keys. `data` is what the process knew at its last finished element
    (once ended: its final data); it holds identifiers and decisions, never free text.
    """

    state: bytes
    digest: str
    ended: bool
    tasks: tuple[HumanTask, ...]
    timers: tuple[Timer, ...]
    waits: tuple[Wait, ...]
    calls: tuple[Call, ...]
    sent: tuple[Sent, ...]
    visits: tuple[Visit, ...]
    data: dict[str, Json]
