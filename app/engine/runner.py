"""Acts: start, complete, fire, deliver, redate. State in, `Step` out.

Nothing is kept here between two acts and nothing is written anywhere. If an act raises, the
saved state it was given is still the case's state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from app.domain.refusals import Refusal
from app.engine import codec
from app.engine.digest import digest_of
from app.engine.errors import EngineError, NotWaiting, StateUnreadable, TaskGone
from app.engine.event_specs import DueDate, EventGateway, Message
from app.engine.expressions import compile_expression
from app.engine.keys import choice_key, element_of, key_of, process_of
from app.engine.release import Release
from app.engine.rewriting import HANDED_IN
from app.engine.script_engine import Act, Host, failure
from app.engine.specs import HumanTask as HumanTaskSpec
from app.engine.step import HumanTask, Step, Timer, Wait
from app.engine.values import Json, normalise_object
from app.engine.workflow import CaseTask, CaseWorkflow

__all__ = [
    "EngineError", "Host", "NotWaiting", "StateUnreadable", "TaskGone",
    "complete", "deliver", "digest", "fire", "redate", "start",
]  # fmt: skip


def start(
    release: Release, process: str, data: Mapping[str, Json], *, now: datetime, host: Host
) -> Step:
    """Start a case of `process`; `data` (decisive answers or a message's payload) is its first.

    A process with a message start begins as if the message had come.

    Raises:
        KeyError: the release has no such process.
        NotAValue: `data` holds something that a case cannot.
        EngineError, Refusal: the model failed, or a rule refused the act.
    """
    act = Act(host, now)
    case = CaseWorkflow(release.specs[release.processes[process].id], release.specs, act)
    case.begin(normalise_object(dict(data)))
    return _finish(release, case, act)


def complete(
    release: Release,
    state: bytes,
    task_key: str,
    answers: Mapping[str, Json],
    *,
    now: datetime,
    host: Host,
) -> Step:
    """Complete a person's task with the decisive answers to its form.

    A decisive field without an answer becomes null in the case's data: an expression may ask
    for it, and an answer of an earlier round does not linger.

    Raises:
        TaskGone: there is no such open task.
        ValueError: an answer that the form does not declare as decisive, or no JSON value.
        EngineError, Refusal: the model failed, or a rule refused the act.
    """
    case, act = _load(release, state, now, host)
    task = next((t for t in _human(case) if key_of(t) == task_key), None)
    if task is None:
        raise TaskGone(task_key)
    decisive = release.forms[task.task_spec.element.form].decisive
    if strange := sorted(set(answers) - decisive):
        raise ValueError(f"{strange[0]}: no decisive field of {task.task_spec.element.form}")
    given = normalise_object(dict(answers))
    task.data = {**task.data, **dict.fromkeys(sorted(decisive - given.keys())), **given}
    if task.triggered:  # an instance of a multi-instance task: what is collected of it
        task.internal_data["answers"] = sorted(decisive)
    task.run()
    return _finish(release, case, act)


def fire(release: Release, state: bytes, timer_key: str, *, now: datetime, host: Host) -> Step:
    """Let one timer fire that is due at `now`.

    Raises:
        TaskGone: no such timer waits.
        ValueError: it is not due yet.
        EngineError, Refusal: the model failed, or a rule refused the act.
    """
    case, act = _load(release, state, now, host)
    found = next((t for t in _timers(case) if t[0].key == timer_key), None)
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
    _go_on(task)
    return _finish(release, case, act)


def deliver(
    release: Release,
    state: bytes,
    message: str,
    payload: Mapping[str, Json],
    *,
    now: datetime,
    host: Host,
) -> Step:
    """Hand in a message; of several places that wait for it, the first by key gets it.

    Raises:
        NotWaiting: the case waits for no such message now.
        NotAValue: the payload holds something that a case cannot.
        EngineError, Refusal: the model failed, or a rule refused the act.
    """
    case, act = _load(release, state, now, host)
    waits = sorted(
        (w for w in _waits(case) if w[0].message == message), key=lambda found: found[0].key
    )
    if not waits:
        raise NotWaiting(message)
    wait, task = waits[0]
    content = normalise_object(dict(payload))
    if isinstance(task.task_spec, EventGateway):
        task.task_spec.choose(task, wait.element, content)
    else:
        task.task_spec.event_definition.receive(task, content)
    _go_on(task)
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
    for holder, key, task, expression in _terms(case):
        running = _instant(holder[key]) > act.now
        if running and compile_expression(expression).calls & asking:
            holder[key] = act.instant(task, expression)
    return _finish(release, case, act)


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


def _load(release: Release, state: bytes, now: datetime, host: Host) -> tuple[CaseWorkflow, Act]:
    act = Act(host, now)
    return codec.restore(codec.unpack(state), release.specs, act), act


def _go_on(task: CaseTask) -> None:
    """Let a waiting task see that what it waited for has come."""
    try:
        task.task_spec._update(task)
    except (EngineError, Refusal):
        raise
    except Exception as error:
        raise failure(task, "model", f"{type(error).__name__}: {error}") from error


def _finish(release: Release, case: CaseWorkflow, act: Act) -> Step:
    case.advance()
    content = codec.snapshot(case)
    return Step(
        state=codec.save(content),
        digest=digest_of(release.hash, content),
        ended=case.completed,
        tasks=_sorted(_human_task(t) for t in _human(case)),
        timers=_sorted(timer for timer, _, _ in _timers(case)),
        waits=_sorted(wait for wait, _ in _waits(case)),
        calls=tuple(act.calls),
        sent=tuple(act.sent),
        visits=tuple(act.visits),
        data=_data(case),
    )


def _sorted(items: Iterator[Any]) -> tuple[Any, ...]:
    return tuple(sorted(items, key=lambda item: item.key))


def _data(case: CaseWorkflow) -> dict[str, Json]:
    finished = [t for t in case.tasks.values() if t._state == TaskState.COMPLETED]
    last = max(finished, key=lambda t: t.last_state_change, default=case.task_tree)
    # A copy all through: what the receiver does to it does not reach the case.
    return normalise_object(last.data)


def _human(case: CaseWorkflow) -> Iterator[CaseTask]:
    for task in case.everything():
        if task._state == TaskState.READY and isinstance(task.task_spec, HumanTaskSpec):
            yield task


def _waiting(case: CaseWorkflow) -> Iterator[tuple[CaseTask, str, str, Any]]:
    """Every place that waits for an event: its task, key, element and what it waits for."""
    for task in case.everything():
        definition = getattr(task.task_spec, "event_definition", None)
        if task._state != TaskState.WAITING or definition is None:
            continue
        if isinstance(task.task_spec, EventGateway):
            for element, choice in task.task_spec.choices():
                yield task, choice_key(task, element.id), element.id, choice
        else:
            yield task, key_of(task), element_of(task), definition


def _timers(case: CaseWorkflow) -> Iterator[tuple[Timer, CaseTask, DueDate]]:
    for task, key, element, definition in _waiting(case):
        if isinstance(definition, DueDate):
            kept = task.internal_data
            due = _instant(kept["due"] if "due" in kept else kept["dues"][element])
            timer = Timer(key, element, process_of(task), due, definition.expression)
            yield timer, task, definition


def _waits(case: CaseWorkflow) -> Iterator[tuple[Wait, CaseTask]]:
    for task, key, element, definition in _waiting(case):
        if isinstance(definition, Message):
            yield Wait(key, element, process_of(task), str(definition.name)), task


def _terms(case: CaseWorkflow) -> Iterator[tuple[dict[str, str], str, CaseTask, str]]:
    """Where each date of an open term is kept, and the expression it came from."""
    found: list[tuple[dict[str, str], str, CaseTask, str]] = []
    for timer, task, definition in _timers(case):
        kept = task.internal_data
        holder, key = (kept, "due") if "due" in kept else (kept["dues"], timer.element)
        found.append((holder, key, task, definition.expression))
    for task in _human(case):
        if "due" in task.internal_data:
            found.append((task.internal_data, "due", task, task.task_spec.element.due))
    yield from sorted(found, key=lambda term: (key_of(term[2]), term[1]))


def _human_task(task: CaseTask) -> HumanTask:
    element, kept = task.task_spec.element, task.internal_data
    return HumanTask(
        key=key_of(task),
        element=element.id,
        process=process_of(task),
        role=element.role,
        organisation=kept["organisation"],
        assignee=kept.get("assignee"),
        form=element.form,
        due=_instant(kept["due"]) if "due" in kept else None,
        paragraphs=element.paragraphs,
    )


_Instant = Callable[[str], datetime]
_instant: _Instant = datetime.fromisoformat
