"""The events of one case, folded in their order: the rows that its projections must hold.

An event that moves a case carries `effects`: what it closed, then what it opened, in the
tables `task`, `timer` and `wait`; and whose date it moved. Who has claimed a task comes from
`task.claimed` and `task.released`; incidents are folded in `fold_incidents`; messages come from
what an event has `sent` on one side, and from what the receiver says of it on the other.

Shares no code with what writes the tables or the trail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.audit import fold_incidents
from app.audit.fold_rows import Columns, Rows
from app.audit.recheck import Broken, json_bytes, moment

__all__ = ["KINDS", "Columns", "Folded", "Paragraphs", "Rows"]

Paragraphs = Callable[[str, str, str], object]
"""The paragraphs of an element by release, process and element: `"58 59"`.

They stand in the release, which an event names, and not on the event. `columns.UNKNOWN`
where the release cannot be read; raises Broken where it has no such element.
"""


@dataclass(frozen=True)
class Kind:
    """A table folded from effects: what feeds it, the words of its states, and its columns.

    `columns` gives for each column the name of its value in an effect; `done` is the state
    of what happened, other than `gone`; `moved` names the effects that change a date.
    """

    table: str
    opened: str
    closed: str
    state: str
    done: str
    columns: dict[str, str]
    moved: str = ""


_SAME = ("key", "element", "process")
# What a task has of its case, from the data that the case began with.
_ABOUT = ("year", "block", "evaluated_body")
KINDS = (
    Kind(
        "task",
        "tasks_opened",
        "tasks_closed",
        "open",
        "done",
        {n: n for n in (*_SAME, "role", "organisation", "assignee", "form")} | {"due_at": "due"},
        "tasks_moved",
    ),
    Kind(
        "timer",
        "timers_armed",
        "timers_gone",
        "waiting",
        "fired",
        {n: n for n in (*_SAME, "expression")} | {"due_at": "due"},
        "timers_moved",
    ),
    Kind(
        "wait",
        "waits_armed",
        "waits_gone",
        "waiting",
        "met",
        {n: n for n in (*_SAME, "message")},
    ),
)


@dataclass
class Folded:
    """What the events of a case lead to, as far as they were folded.

    `sent` are the rows of `message` that the case wrote, without what became of them, in
    their order; `settled` what this case says became of messages of other cases; `about` is
    what the case is about, as each of its tasks has it.
    """

    case_id: int
    paragraphs: Paragraphs
    tables: dict[str, Rows] = field(
        default_factory=lambda: {name: Rows() for name in ("task", "timer", "wait", "incident")}
    )
    sent: list[Columns] = field(default_factory=list)
    settled: list[Columns] = field(default_factory=list)
    about: Columns = field(default_factory=lambda: dict.fromkeys(_ABOUT))

    def fold(self, body: dict[str, Any]) -> None:
        """Fold one more event.

        Raises Broken, or KeyError, TypeError, AttributeError, ValueError for a body that
        does not have the form of its kind.
        """
        if body["kind"] == "case.started":
            # With a repair the case began with what two people agreed on.
            given = body["facts"].get("repair", {"data": {}})["data"]
            data = {**body["facts"]["data"], **given}
            self.about = {name: data.get(name) for name in _ABOUT}
        self._message(body)
        fold_incidents.fold(self.tables["incident"], self.case_id, body)
        self._claim(body)
        effects = body.get("effects", {})
        for kind in KINDS:
            rows = self.tables[kind.table]
            for gone in effects.get(kind.closed, ()):
                rows.close(gone["key"], **_ended(kind, gone, body))
            for armed in effects.get(kind.opened, ()):
                rows.add(armed["key"], self._opened(kind, armed, body))
            for moved in effects.get(kind.moved, ()):
                row = rows.at(moved["key"])
                if row["due_at"] != _due(moved["was"]):
                    raise Broken(f"{moved['key']} was not due at {moved['was']}")
                row["due_at"] = _due(moved["due"])
        fold_incidents.over(self.tables["incident"], body)

    def _opened(self, kind: Kind, armed: dict[str, Any], body: dict[str, Any]) -> Columns:
        row = {column: armed.get(name) for column, name in kind.columns.items()}
        row |= {"case_id": self.case_id, "opened_seq": body["seq"]}
        row |= {"state": kind.state, "closed_seq": None}
        if "due_at" in row:
            row["due_at"] = _due(row["due_at"])
        if kind.table == "task":
            told = self.paragraphs(body["release"], armed["process"], armed["element"])
            row |= {"paragraphs": told, "opened_at": body["at"], "closed_at": None}
            row |= {"claimed_by": None, "completed_by": None} | self.about
        return row

    def _claim(self, body: dict[str, Any]) -> None:
        if body["kind"] in ("task.claimed", "task.released"):
            task = self.tables["task"].at(body["facts"]["key"])
            claimed = body["kind"] == "task.claimed"
            task["claimed_by"] = body["actor"].get("person") if claimed else None

    def _message(self, body: dict[str, Any]) -> None:
        facts = body["facts"]
        for sent in body.get("sent") or facts.get("sent") or ():
            to = sent.get("to")
            # The same message to several cases stands once.
            for address in to if isinstance(to, list) else [to]:
                self.sent.append({
                    "from_case": self.case_id,
                    "from_seq": body["seq"],
                    "name": sent["message"],
                    "payload": json_bytes(sent["payload"]),
                    "to_case": None if address is None else int(address),
                    "starts": sent.get("starts"),
                    "sent_at": body["at"],
                })  # fmt: skip
        if facts.get("from_case") is None:
            return
        settled = {name: facts[name] for name in ("from_case", "from_seq")}
        settled |= {"name": facts["message"], "seq": body["seq"]}
        if body["kind"] == "message.unclaimed":
            settled |= {"state": "unclaimed", "delivered_at": None, "delivered_to": None}
        else:
            settled |= {"state": "delivered", "delivered_at": body["at"]}
            settled |= {"delivered_to": self.case_id}
        self.settled.append(settled)


def _ended(kind: Kind, gone: dict[str, Any], body: dict[str, Any]) -> Columns:
    how = gone["how"]
    if how not in (kind.done, "gone"):
        raise Broken(f"{gone['key']} cannot end as {how}")
    last: Columns = {"state": how, "closed_seq": body["seq"]}
    if kind.table == "task":
        person = body["actor"].get("person") if how == "done" else None
        last |= {"closed_at": body["at"], "completed_by": person}
    return last


def _due(due: object) -> str | None:
    """The instant of an effect in the form in which a column is given."""
    return None if due is None else moment(datetime.fromisoformat(str(due)))
