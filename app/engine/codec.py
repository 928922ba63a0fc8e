"""The saved state of a case: small, canonical, and nothing in it but the case.

One byte for the version of this codec, then a zstd frame of JSON. The definitions are not in
it (they are the release's), nor forecasts, random ids or times; tasks are rows in the order
of the tree, and a task's data is what it changed against its parent. Two executions of the
same acts give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
import zstandard
from SpiffWorkflow.version import __version__ as library  # the saved state names it

from app.engine.bounds import MOST_STATE
from app.engine.errors import EngineError, StateTooLarge, StateUnreadable
from app.engine.merge import changes
from app.engine.script_engine import Act
from app.engine.values import Json
from app.engine.workflow import CaseTask, CaseWorkflow, SubCase

VERSION: Final = 1
# Bytes of an unpacked state that may be read; more than `MOST_STATE`, which may be written.
LARGEST: Final = 64 * 1024 * 1024

# A task's row: spec, index of the parent in its workflow (-1: none), state, triggered, visit,
# rank among the last changes of state, data set, data dropped, internal data.
Row = list[Json]
Content = dict[str, Json]


def save(content: Content) -> bytes:
    """Pack a snapshot.

    Raises:
        StateTooLarge: it has more than `MOST_STATE` bytes.
    """
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    if len(text) > MOST_STATE:
        raise StateTooLarge(f"{len(text)} bytes, more than {MOST_STATE}")
    return bytes([VERSION]) + zstandard.ZstdCompressor(level=3).compress(text)


def unpack(state: bytes) -> Content:
    """Unpack saved bytes into a snapshot.

    Raises:
        StateUnreadable: not the bytes of this codec.
    """
    if not state or state[0] != VERSION:
        raise StateUnreadable(f"codec version {state[:1].hex() or 'none'}")
    try:
        # The size stands in the frame: a damaged one must not fill the memory.
        if not 0 <= zstandard.frame_content_size(state[1:]) <= LARGEST:
            raise StateUnreadable("the frame tells no fair size")
        content = orjson.loads(zstandard.ZstdDecompressor().decompress(state[1:]))
    except (zstandard.ZstdError, orjson.JSONDecodeError, MemoryError) as error:
        raise StateUnreadable(str(error)) from None
    if not isinstance(content, dict) or not isinstance(content.get("flows"), list):
        raise StateUnreadable("no workflows in it")
    return content


def snapshot(case: CaseWorkflow) -> Content:
    """Describe a case as plain JSON, the same for every way the case came about."""
    ticks = sorted(t.last_state_change for t in case.everything())
    ranks = {tick: rank for rank, tick in enumerate(ticks)}
    subs: dict[int, SubCase] = case.subprocesses
    flows: list[Json] = []
    waiting: list[tuple[Any, list[int] | None]] = [(case, None)]
    for flow, attached in waiting:
        order = _preorder(flow.task_tree)
        places = {task.id: place for place, task in enumerate(order)}
        inner = ((t, subs[t.id]) for t in order if t.id in subs)
        waiting.extend((sub, [len(flows), places[t.id]]) for t, sub in inner)
        flows.append({
            "spec": flow.spec.name,
            "at": attached,
            "completed": flow.completed,
            "success": flow.success,
            "tasks": [_row(task, places, ranks) for task in order],
        })  # fmt: skip
    return {"library": library, "flows": flows}


def restore(content: Content, specs: Mapping[str, Any], act: Act) -> CaseWorkflow:
    """Build the case again from a snapshot; `act` is the act that is about to happen.

    Raises:
        StateUnreadable: the release has no such process or element.
    """
    flows = content["flows"]
    try:
        case = CaseWorkflow(specs[flows[0]["spec"]], specs, act)
        built: list[list[CaseTask]] = [_fill(case, flows[0], case)]
        for saved in flows[1:]:
            flow_index, place = saved["at"]
            holder = built[flow_index][place]
            sub = case.create_subprocess(holder, saved["spec"])
            built.append(_fill(sub, saved, case))
            sub.completed_event.connect(holder.task_spec._on_subworkflow_completed, holder)
    except (LookupError, TypeError, ValueError, AttributeError, EngineError) as error:
        # An EngineError: more workflows within one another than any case has.
        raise StateUnreadable(f"{type(error).__name__}: {error}") from None
    case.continue_from(sum(map(len, built)), max(t.last_state_change for t in case.everything()))
    return case


def _preorder(root: CaseTask) -> list[CaseTask]:
    order, stack = [], [root]
    while stack:
        task = stack.pop()
        order.append(task)
        stack.extend(reversed(task.children))
    return order


def _row(task: CaseTask, places: Mapping[int, int], ranks: Mapping[int, int]) -> Row:
    parent = task.parent
    fresh, dropped = (task.data, []) if parent is None else changes(parent.data, task.data)
    return [
        task.task_spec.name,
        places[parent.id] if parent is not None else -1,
        task._state,
        1 if task.triggered else 0,
        task.visit,
        ranks[task.last_state_change],
        fresh,
        dropped,
        task.internal_data,
    ]


def _fill(flow: Any, saved: Content, case: CaseWorkflow) -> list[CaseTask]:
    """Make the tasks of one workflow; its visits are counted again."""
    flow.completed, flow.success = saved["completed"], saved["success"]
    tasks: list[CaseTask] = []
    for row in saved["tasks"]:
        tasks.append(_task(flow, row, tasks, case.next_id()))
    flow.task_tree = tasks[0]
    return tasks


def _task(flow: Any, row: Row, before: list[CaseTask], ident: int) -> CaseTask:
    name, parent, state, triggered, visit, rank, fresh, dropped, internal = row
    task = CaseTask.__new__(CaseTask)  # __init__ would count and ask the parent again
    task.id, task.workflow, task.task_spec = ident, flow, flow.spec.task_specs[name]
    task._state, task.triggered, task.visit = state, bool(triggered), visit
    task.last_state_change, task.thread_id = rank + 1, 0
    task._children, task._parent, task.data = [], None, fresh
    task.internal_data = internal
    if parent >= 0:
        above = before[parent]
        task._parent = above.id
        above._children.append(ident)
        task.data = {**above.data, **fresh}
        for key in dropped:
            task.data.pop(key, None)
    flow.tasks[ident] = task
    if visit:
        place = (name, internal.get("key_or_index"))
        flow.visits[place] = max(visit, flow.visits.get(place, 0))
    return task
