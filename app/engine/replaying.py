"""Executing an act again from its record alone: nothing is asked but what was recorded.

Operations are not run and functions are not called: each answers as it did, in the order in
which they were called. An act that asks for anything else than its record says, or that the
diagram does not allow, deviates.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.engine import runner
from app.engine.errors import EngineError, NotWaiting, StateUnreadable, TaskGone
from app.engine.merge import same
from app.engine.release import Release
from app.engine.repair import NONE, Repair
from app.engine.rewriting import HANDED_IN
from app.engine.step import Call, Step
from app.engine.values import Json, NotAValue

How = Literal["start", "complete", "fire", "deliver", "redate"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An act as its record tells it.

    `key` names the process that was started, the task, the timer or the message; `values` are
    the first data, the decisive answers or the payload. `asking` are the functions whose dates
    an act of the kind `redate` works out again; `repair` is what an attempt did otherwise than
    its diagram says.
    """

    how: How
    key: str
    values: Mapping[str, Json]
    now: datetime
    calls: Sequence[Call]
    asking: frozenset[str] = frozenset()
    repair: Repair = NONE


class Deviation(Exception):
    """An act that cannot have happened as it is recorded.

    `field` is what does not fit: `step` (the diagram does not allow it), `calls` (it asks for
    something else), `answers` (a case cannot hold them) or `model` (the diagram fails).
    `element` is where, None where that is not known.
    """

    def __init__(self, field: str, element: str | None, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field, self.element, self.detail = field, element, detail


def again(release: Release, state: bytes, act: Recorded) -> Step:
    """Execute a recorded act on the state before it (no bytes for a start).

    Raises:
        Deviation: it does not come about as it is recorded.
    """
    host = _Answers(act.calls)
    try:
        step = _DO[act.how](release, state, act, host)
    except EngineError as error:
        field = "calls" if host.differs else "model"
        raise Deviation(field, error.element or None, host.differs or str(error)) from None
    except (TaskGone, NotWaiting, KeyError) as error:
        raise Deviation("step", None, f"{type(error).__name__}: {error}") from None
    except NotAValue as error:
        raise Deviation("answers", None, str(error)) from None
    except StateUnreadable as error:
        raise Deviation("model", None, str(error)) from None
    except ValueError as error:
        # Not due yet, or an answer that the form does not have.
        field = "step" if act.how == "fire" else "answers"
        raise Deviation(field, None, str(error)) from None
    if host.left:
        raise Deviation("calls", None, f"{host.left[0].name} was not asked for")
    return step


class _Answers:
    """A host that knows nothing but the calls of one act."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self.left = deque(calls)
        self.differs = ""
        self.functions: Mapping[str, Callable[..., Json]] = {
            name: self._function(name) for name in HANDED_IN
        }

    def operate(self, name: str, parameters: Mapping[str, Json]) -> Json:
        """The recorded answer of an operation."""
        return self._next(name, dict(parameters))

    def _function(self, name: str) -> Callable[..., Json]:
        return lambda *arguments: self._next(name, {"arguments": list(arguments)})

    def _next(self, name: str, parameters: dict[str, Json]) -> Json:
        call = self.left.popleft() if self.left else None
        if call is None or call.name != name or not same(dict(call.parameters), parameters):
            told = "nothing" if call is None else call.name
            self.differs = self.differs or f"{name} was asked for, {told} is recorded"
            raise LookupError(name)  # the engine adds the element that asked
        return call.result


_Do = Callable[[Release, bytes, Recorded, runner.Host], Step]


def _start(release: Release, _state: bytes, act: Recorded, host: runner.Host) -> Step:
    return runner.start(release, act.key, act.values, now=act.now, host=host, repair=act.repair)


def _complete(release: Release, state: bytes, act: Recorded, host: runner.Host) -> Step:
    return runner.complete(
        release, state, act.key, act.values, now=act.now, host=host, repair=act.repair
    )


def _fire(release: Release, state: bytes, act: Recorded, host: runner.Host) -> Step:
    return runner.fire(release, state, act.key, now=act.now, host=host, repair=act.repair)


def _deliver(release: Release, state: bytes, act: Recorded, host: runner.Host) -> Step:
    return runner.deliver(
        release, state, act.key, act.values, now=act.now, host=host, repair=act.repair
    )


def _redate(release: Release, state: bytes, act: Recorded, host: runner.Host) -> Step:
    return runner.redate(release, state, now=act.now, host=host, asking=act.asking)


_DO: Mapping[How, _Do] = {
    "start": _start,
    "complete": _complete,
    "fire": _fire,
    "deliver": _deliver,
    "redate": _redate,
}
