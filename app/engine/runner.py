"""Acts: start, complete, fire, deliver, redate. State in, `Step` out.

Nothing is kept here between two acts and nothing is written anywhere. If an act raises, the
saved state it was given is still the case's state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from SpiffWorkflow.util.task import TaskState

from app.domain.refusals import Refusal
from app.engine import codec, places
from app.engine.digest import digest_of
from app.engine.errors import EngineError, NotWaiting, StateTooLarge, StateUnreadable, TaskGone
from app.engine.event_specs import EventGateway
from app.engine.expressions import compile_expression
from app.engine.keys import key_of
from app.engine.release import Release
from app.engine.repair import Repair
from app.engine.rewriting import HANDED_IN
from app.engine.script_engine import Act, Host, failure
from app.engine.step import Step
from app.engine.values import Json, NotAValue, normalise_object
from app.engine.workflow import CaseTask, CaseWorkflow

__all__ = [
    "EngineError", "Host", "NotWaiting", "Repair", "StateUnreadable", "TaskGone",
    "complete", "data_at", "deliver", "digest", "fire", "redate", "start",
]  # fmt: skip


def start(
    release: Release,
    process: str,
    data: Mapping[str, Json],
    *,
    now: datetime,
    host: Host,
    repair: Repair | None = None,
) -> Step:
    """Start a case of `process`; `data` (decisive answers or a message's payload) is its first.

    A process with a message start begins as if the message had come.

    Raises:
        KeyError: the release has no such process.
        NotAValue: `data` holds something that a case cannot.
        EngineError, Refusal: the model failed, or a rule refused the act.
    """
    act = Act(host, now, repair)
    case = CaseWorkflow(release.specs[release.processes[process].id], release.specs, act)
    case.begin(normalise_object({**data, **act.repair.data}))
    return _finish(release, case, act)


def complete(
    release: Release,
    state: bytes,
    task_key: str,
    answers: Mapping[str, Json],
    *,
    now: datetime,
    host: Host,
    repair: Repair | None = None,
) -> Step:
    """Complete a person's task with the decisive answers to its form.

    A decisive field without an answer becomes null in the case's data: an expression may ask
    for it, and an answer of an earlier round does not linger.

    Raises:
        TaskGone: there is no such open task.
        ValueError: an answer that the form does not declare as decisive, or no JSON value.
        EngineError, Refusal: the model failed, or a rule refused the act.
    """
    case, act = _load(release, state, now, host, repair)
    task = next((t for t in places.human(case) if key_of(t) == task_key), None)
    if task is None:
        raise TaskGone(task_key)
    decisive = release.forms[task.task_spec.element.form].decisive
    if strange := sorted(set(answers) - decisive):
        raise ValueError(f"{strange[0]}: no decisive field of {task.task_spec.element.form}")
    given = normalise_object(dict(answers))
    given = {**dict.fromkeys(sorted(decisive - given.keys())), **given, **act.given()}
    task.data = {**task.data, **given}
    if task.triggered:  # an instance of a multi-instance task: what is collected of it
        task.internal_data["answers"] = sorted(decisive)
    task.run()
    return _finish(release, case, act)


def fire(
    release: Release,
    state: bytes,
    timer_key: str,
    *,
    now: datetime,
    host: Host,
    repair: Repair | None = None,
) -> Step:
    """Let one timer fire that is due at `now`.

    Raises:
        TaskGone: no such timer waits.
        ValueError: it is not due yet.
        EngineError, Refusal: the model failed, or a rule refused the act.
    """
    case, act = _load(release, state, now, host, repair)
    found = next((t for t in places.timers(case) if t[0].key == timer_key), None)
    if found is None:
        raise TaskGone(timer_key)
    timer, task, _ = found
    if timer.due > act.now:
        raise ValueError(f"{timer_key} is due at {timer.due.isoformat()}")
    definition = task.task_spec.event_definition
    if isinstance(task.task_spec, EventGateway):
        task.task_spec.choose(task, timer.element)
    else:
        definition.fire(task)
    _go_on(task, act)
    return _finish(release, case, act)


def deliver(
    release: Release,
    state: bytes,
    message: str,
    payload: Mapping[str, Json],
    *,
    now: datetime,
    host: Host,
    repair: Repair | None = None,
) -> Step:
    """Hand in a message; of several places that wait for it, the first by key gets it.

    Raises:
        NotWaiting: the case waits for no such message now.
        NotAValue: the payload holds something that a case cannot.
        EngineError, Refusal: the model failed, or a rule refused the act.
    """
    case, act = _load(release, state, now, host, repair)
    waits = sorted(
        (w for w in places.waits(case) if w[0].message == message), key=lambda found: found[0].key
    )
    if not waits:
        raise NotWaiting(message)
    wait, task = waits[0]
    content = normalise_object(dict(payload))
    stored = release.processes[wait.process].elements[wait.element].result
    if stored is not None and stored in act.repair.data:
        content = act.given()[stored]
    if isinstance(task.task_spec, EventGateway):
        task.task_spec.choose(task, wait.element, content)
    else:
        task.task_spec.event_definition.receive(task, content)
    _go_on(task, act)
    return _finish(release, case, act)


def redate(
    release: Release,
    state: bytes,
    *,
    now: datetime,
    host: Host,
    asking: frozenset[str] = HANDED_IN,
) -> Step:
    """Work out again the terms that hang on the schedule or the calendar.

    Timers and tasks whose expression calls one of the functions `asking`, all of them handed
    in, get their new date; a term that has run out at `now` is never moved.

    Raises:
        EngineError, Refusal: the model failed, or a rule refused the act.
    """
    case, act = _load(release, state, now, host)
    for holder, key, task, expression in places.terms(case):
        running = places.instant(holder[key]) > act.now
        if running and compile_expression(expression).calls & asking:
            holder[key] = act.instant(task, expression)
    return _finish(release, case, act)


def data_at(release: Release, state: bytes, key: str | None = None) -> dict[str, Json]:
    """What the case knows where a task, a timer or a wait with this key is open.

    Without one, what it knew at its last finished element.

    Raises:
        StateUnreadable: no state of this codec.
    """
    case, _ = _load(release, state, _NO_TIME, _NOBODY)
    held = {key_of(task): task for task in places.human(case)}
    held |= {at: task for task, at, _, _ in places.waiting(case)}
    return normalise_object(held[key].data) if key in held else _data(case)


def digest(release: Release, state: bytes) -> str:
    """The digest (hex) of a saved state, as `Step.digest` gave it.

    Raises:
        StateUnreadable: no state of this codec.
    """
    content = codec.unpack(state)
    try:
        return digest_of(release.hash, content)
    except (LookupError, TypeError, AttributeError) as error:
        raise StateUnreadable(f"{type(error).__name__}: {error}") from None


def _load(
    release: Release, state: bytes, now: datetime, host: Host, repair: Repair | None = None
) -> tuple[CaseWorkflow, Act]:
    act = Act(host, now, repair)
    return codec.restore(codec.unpack(state), release.specs, act), act


def _go_on(task: CaseTask, act: Act) -> None:
    """Let a waiting task see that what it waited for has come; it goes on with what is given."""
    try:
        task.task_spec._update(task)
    except (EngineError, Refusal):
        raise
    except Exception as error:
        raise failure(task, "model", f"{type(error).__name__}: {error}") from error
    # Only now: a task that waits takes its parent's data again when it looks.
    if act.repair.data:
        task.data = {**task.data, **act.given()}


def _finish(release: Release, case: CaseWorkflow, act: Act) -> Step:
    case.advance()
    content = codec.snapshot(case)
    try:
        state, data = codec.save(content), _data(case)
    except (StateTooLarge, NotAValue) as error:
        at = max((t for t in case.everything() if t.task_spec.bpmn_id), key=_tick)
        raise failure(at, "too_large", str(error)) from None
    return Step(
        state=state,
        digest=digest_of(release.hash, content),
        ended=case.completed,
        tasks=_sorted(places.human_task(t) for t in places.human(case)),
        timers=_sorted(timer for timer, _, _ in places.timers(case)),
        waits=_sorted(wait for wait, _ in places.waits(case)),
        calls=tuple(act.calls),
        sent=tuple(act.sent),
        visits=tuple(act.visits),
        data=data,
    )


def _sorted(items: Iterator[Any]) -> tuple[Any, ...]:
    return tuple(sorted(items, key=lambda item: item.key))


def _last(case: CaseWorkflow) -> CaseTask:
    finished = [t for t in case.tasks.values() if t._state == TaskState.COMPLETED]
    return max(finished, key=_tick, default=case.task_tree)


def _tick(task: CaseTask) -> int:
    tick: int = task.last_state_change
    return tick


def _data(case: CaseWorkflow) -> dict[str, Json]:
    # A copy all through: what the receiver does to it does not reach the case.
    return normalise_object(_last(case).data)


class _Nobody:
    """A host for a state that is only read."""

    functions: Mapping[str, Callable[..., Json]] = MappingProxyType({})

    def operate(self, name: str, parameters: Mapping[str, Json]) -> Json:
        """Nothing is operated."""
        raise LookupError(name)


_NOBODY: Final = _Nobody()
_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
