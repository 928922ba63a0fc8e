"""A case's page in pieces that its template only has to draw: stages, diagrams, what is next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.services.case_page import CasePage
from app.services.deadlines import Deadline
from app.services.inbox import InboxRow
from app.services.story import Stop
from app.web.filters import local_date, name, person_name

# What a person does; everything else in a diagram happens by itself.
STAGES = frozenset({"userTask", "callActivity"})


def stages(page: CasePage) -> list[dict[str, str]]:
    """The tasks of the case's own process as a strip, without those that were passed by.

    Of an ended case only what was done; of a running one nothing that lies open before what is
    done or now, for the case went another way: whatever the system did or waits for counts too.
    """
    stops = [(stop, _state(page, stop)) for stop in page.stops[page.case.process]]
    reached = max(
        (
            n
            for n, (stop, state) in enumerate(stops)
            # A border stands apart from the course: the diagram lists it after everything.
            if state != "next" and stop.kind != "boundaryEvent"
        ),
        default=-1,
    )
    ended = page.case.ended_at is not None
    return [
        {"label": name(stop.name), "state": state}
        for n, (stop, state) in enumerate(stops)
        if stop.kind in STAGES and (state != "next" or (n > reached and not ended))
    ]


def diagrams(page: CasePage) -> list[dict[str, Any]]:
    """The diagrams of the case, each with its marks and the same in words."""
    tasks = {task.element: task for task in page.tasks}
    return [
        {
            "process": process,
            "marks": _marks(page, process, tasks),
            "list": [_line(page, stop, tasks) for stop in page.stops[process]],
        }
        for process in page.diagrams
        if process == page.case.process or _begun(page, process)
    ]


def _begun(page: CasePage, process: str) -> bool:
    return bool(page.marks.done.get(process) or page.marks.now.get(process))


def _state(page: CasePage, stop: Stop) -> str:
    """The state of a stop; a call of another process is now while that one has a token."""
    within = stop.kind == "callActivity" and any(
        page.marks.now.get(process) for process in page.diagrams if process != stop.process
    )
    return "now" if within and stop.state == "next" else stop.state


def _marks(page: CasePage, process: str, tasks: Mapping[str, InboxRow]) -> dict[str, list[Any]]:
    """What to colour; a frame is left as paper, for its colour would lie under what is in it."""
    stops = page.stops[process]
    frames = {stop.element for stop in stops if stop.kind == "subProcess"}
    now = [s.element for s in stops if _state(page, s) == "now" and s.element not in frames]
    now += [element for element in page.marks.now.get(process, ()) if element not in now]
    plain = {*now, *frames}
    return {
        "done": [element for element in page.marks.done.get(process, ()) if element not in plain],
        "now": [_token(element, tasks.get(element)) for element in now],
    }


def _token(element: str, task: InboxRow | None) -> Any:
    if task is None:
        return element
    parts = [name(task.claimed_name) if task.claimed_name else "", _until(task)]
    note = " · ".join(part for part in parts if part)
    return {"id": element, "note": note} if note else element


def _until(task: InboxRow) -> str:
    if task.due is None:
        return ""
    return _("today") if task.days_left == 0 else local_date(task.due)


def _line(page: CasePage, stop: Stop, tasks: Mapping[str, InboxRow]) -> dict[str, Any]:
    state = _state(page, stop)
    task = tasks.get(stop.element) if state == "now" else None
    line: dict[str, Any] = {"label": name(stop.name), "state": state}
    if task is not None:
        line |= {"who": name(task.claimed_name), "due": task.due, "left": task.days_left}
    return line


def next_deadline(page: CasePage) -> Deadline | None:
    """The soonest date that still runs."""
    return next((found for found in page.deadlines if found.state == "running"), None)


def who(page: CasePage, code: str | None) -> str:
    """A person's name out of the page's names, empty where nobody is to be named."""
    return person_name(code, page.names) if code else ""
