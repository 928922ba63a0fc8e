"""What an event of a case tells of the act behind it, read so that it can be executed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.audit import recheck
from app.audit.recheck import Broken
from app.engine.release import Release
from app.engine.repair import NONE, Repair
from app.engine.replaying import How, Recorded
from app.engine.rewriting import COUNTING
from app.engine.step import Call, HumanTask, Step, Timer, Wait
from app.services import outgoing, projections

HOW: Mapping[str, How] = {
    "case.started": "start",
    "task.completed": "complete",
    "timer.fired": "fire",
    "message.delivered": "deliver",
    "case.redated": "redate",
    "case.calendar_redated": "redate",
}
# The fact that names what was acted on, by kind.
_KEY = {
    "case.started": "process",
    "task.completed": "key",
    "timer.fired": "key",
    "message.delivered": "message",
}
_VALUES = {"case.started": "data", "task.completed": "answers", "message.delivered": "payload"}
# ¶ 8: a later order moves the dates that ask for the schedule, and no others; a changed
# calendar those that are counted over it.
_ASKING = {"case.redated": frozenset({"schedule"}), "case.calendar_redated": COUNTING}


@dataclass(frozen=True, slots=True)
class Act:
    """An act of a case, as its event tells it; `person` is who acted, None for the system."""

    how: How
    key: str
    element: str | None
    release: str
    values: Mapping[str, Any]
    now: datetime
    calls: tuple[Call, ...]
    form: str | None
    state_digest: str
    visits: list[Any]
    sent: list[Any]
    effects: dict[str, list[Any]]
    asking: frozenset[str] = frozenset()
    repair: Repair = NONE

    def recorded(self, release: Release) -> Recorded:
        """What the engine needs to do it again: of the answers those that enter the case."""
        values = dict(self.values)
        if self.how == "complete":
            form = release.forms.get(self.form or "")
            decisive = form.decisive if form is not None else frozenset[str]()
            values = {name: value for name, value in values.items() if name in decisive}
        return Recorded(self.how, self.key, values, self.now, self.calls, self.asking, self.repair)


def read(body: dict[str, Any]) -> Act | None:
    """The act of an event's body; None where the event moved no case.

    Raises:
        Broken: it says that it moved the case, and not how.
        LookupError, TypeError, ValueError: the same.
    """
    if "state_digest" not in body:
        return None
    kind, facts = body["kind"], body["facts"]
    if kind not in HOW:
        raise Broken("its kind moves no case")
    return Act(
        how=HOW[kind],
        key=str(facts[_KEY[kind]]) if kind in _KEY else "",
        element=facts.get("element"),
        release=str(body["release"]),
        values=facts[_VALUES[kind]] if kind in _VALUES else {},
        now=datetime.fromisoformat(body["at"]),
        calls=tuple(Call(*call) for call in recheck.calls(body)),
        form=facts.get("form"),
        state_digest=str(body["state_digest"]),
        visits=body.get("visits", []),
        sent=[sent for sent in body.get("sent", []) if sent.get("by") != "operation"],
        effects={name: _in_order(name, rows) for name, rows in body.get("effects", {}).items()},
        asking=_ASKING.get(kind, frozenset()),
        repair=_repair(facts.get("repair")),
    )


def _repair(told: dict[str, Any] | None) -> Repair:
    """What two people agreed that this attempt does otherwise."""
    return NONE if told is None else Repair(skip=told["skip"], data=told["data"])


def _in_order(name: str, rows: list[Any]) -> list[Any]:
    """Moved dates stand in the order of their rows, which only the database knows."""
    return sorted(rows, key=lambda row: row["key"]) if name.endswith("_moved") else rows


def told(before: Step | None, after: Step, act: Act) -> dict[str, Any]:
    """What the event of an act that led from `before` to `after` says besides the digest."""
    return {
        "visits": [[v.process, v.element, v.key] for v in after.visits],
        "sent": list(outgoing.told(after.sent, ())),
        "effects": _effects(before, after, act),
    }


def _effects(before: Step | None, after: Step, act: Act) -> dict[str, Any]:
    """What was opened, closed and given another date, from the two steps alone."""
    found: dict[str, list[Any]] = {}
    done = act.key if act.how == "complete" else None
    old = {t.key: t for t in before.tasks} if before else {}
    now = {t.key: t for t in after.tasks}
    found["tasks_closed"] = [
        {"key": key, "how": "done" if key == done else "gone"} for key in sorted(old.keys() - now)
    ]
    found["tasks_opened"] = [projections.told(task) for key, task in now.items() if key not in old]
    fired = act.key if act.how == "fire" else None
    _waiting(found, "timers", (before.timers if before else (), after.timers), fired, "fired")
    met = _met(before, act.key) if act.how == "deliver" else None
    _waiting(found, "waits", (before.waits if before else (), after.waits), met, "met")
    if act.how == "redate" and before is not None:
        found["tasks_moved"] = _moved(before.tasks, after.tasks)
        found["timers_moved"] = _moved(before.timers, after.timers)
    return {name: rows for name, rows in found.items() if rows}


def _met(before: Step | None, message: str) -> str | None:
    """The key of the wait that a message met: of several the first."""
    waits = before.waits if before else ()
    return min((wait.key for wait in waits if wait.message == message), default=None)


def _waiting(
    found: dict[str, list[Any]],
    name: str,
    steps: tuple[tuple[Timer | Wait, ...], tuple[Timer | Wait, ...]],
    done: str | None,
    word: str,
) -> None:
    old, now = ({item.key: item for item in items} for items in steps)
    found[f"{name}_gone"] = [
        {"key": key, "how": word if key == done else "gone"} for key in sorted(old.keys() - now)
    ]
    found[f"{name}_armed"] = [projections.armed(now[key]) for key in sorted(now.keys() - old)]


def _moved(
    before: tuple[HumanTask | Timer, ...], after: tuple[HumanTask | Timer, ...]
) -> list[dict[str, Any]]:
    """Those that were open and got another date, in the order of their keys."""
    was = {item.key: item.due for item in before}
    found = []
    for item in sorted(after, key=lambda item: item.key):
        old = was.get(item.key)
        if item.due is not None and old is not None and item.due != old:
            found.append(projections.moved(item.key, old, item.due))
    return found
