"""What is folded from the trail: tasks, timers and waits, rebuilt and compared.

An event that moves a case carries `effects`: what it closed, then what it opened. Folding
them in order gives the rows that the tables `task`, `timer` and `wait` must hold, closed
ones too. Who has claimed a task comes from `task.claimed` and `task.released`; it is
compared while the task is open.

Shares no code with what writes the tables or the trail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.engine import Connection

from app.audit.recheck import PAGE, Broken, moment, parse
from app.audit.report import Problem


@dataclass(frozen=True)
class _Kind:
    """A table of projections: the effects that feed it, its states, and its columns.

    `columns` gives for each compared column the name of its value in an effect.
    """

    table: str
    opened: str
    closed: str
    open_state: str
    columns: dict[str, str]


_SAME = ("element", "process")
_KINDS = (
    _Kind(
        "task",
        "tasks_opened",
        "tasks_closed",
        "open",
        {n: n for n in (*_SAME, "role", "organisation", "assignee", "form")} | {"due_at": "due"},
    ),
    _Kind(
        "timer",
        "timers_armed",
        "timers_gone",
        "waiting",
        {n: n for n in (*_SAME, "expression")} | {"due_at": "due"},
    ),
    _Kind("wait", "waits_armed", "waits_gone", "waiting", {n: n for n in (*_SAME, "message")}),
)
_HOW = {"task": ("done", "gone"), "timer": ("fired", "gone"), "wait": ("met", "gone")}

Place = tuple[str, int]
"""What tells rows of a case apart: their key and the number of the event that opened them."""


@dataclass
class _Folded:
    """The rows that a case's events lead to: open ones by key, closed ones by place."""

    open: dict[str, dict[str, Any]] = field(default_factory=dict)
    closed: dict[Place, dict[str, Any]] = field(default_factory=dict)


def verify_projections(connection: Connection) -> Iterator[Problem]:
    """Yield what is wrong with `task`, `timer` and `wait`, case by case.

    On PostgreSQL read in one snapshot (REPEATABLE READ), or an act that commits meanwhile
    looks like a mistake. Bodies that cannot be read are left to `verify`.
    """
    after = -(2**63)
    cases = text(
        "SELECT DISTINCT case_id FROM event WHERE case_id > :after ORDER BY case_id LIMIT :page"
    )
    while ids := connection.scalars(cases, {"after": after, "page": PAGE}).all():
        for case_id in ids:
            yield from _case(connection, case_id)
        after = ids[-1]
    for kind in _KINDS:
        strays = text(
            f'SELECT p.id FROM "{kind.table}" p WHERE NOT EXISTS '
            "(SELECT 1 FROM event e WHERE e.case_id = p.case_id) LIMIT 10"
        )
        for [number] in connection.execute(strays):
            yield Problem(None, f"{kind.table}/{number} is of a case without events.")


def _case(connection: Connection, case_id: int) -> Iterator[Problem]:
    folded = {kind.table: _Folded() for kind in _KINDS}
    events = text(
        "SELECT id, stream, seq, body FROM event WHERE case_id = :case AND seq IS NOT NULL"
        " AND id > :after ORDER BY id LIMIT :page"
    )
    after, stream = -(2**63), ""
    while rows := connection.execute(events, {"case": case_id, "after": after, "page": PAGE}).all():
        for row in rows:
            try:
                body = parse(row.body)
                _fold(body, folded)
            except (Broken, KeyError, TypeError, AttributeError) as broken:
                label = f"{row.stream} #{row.seq}"
                yield Problem(label, f"Event {label}: its effects do not follow ({broken}).")
        after, stream = rows[-1].id, rows[-1].stream
    for kind in _KINDS:
        for opened, problem in _compare(connection, kind, case_id, folded[kind.table]):
            yield Problem(f"{stream} #{opened}", f"{problem} ({stream} #{opened}).")


def _fold(body: dict[str, Any], folded: dict[str, _Folded]) -> None:
    seq, effects = body["seq"], body.get("effects", {})
    person = body["actor"].get("person")
    tasks = folded["task"].open
    if body["kind"] == "task.claimed":
        _at(tasks, body["facts"]["key"])["claimed_by"] = person
    if body["kind"] == "task.released":
        _at(tasks, body["facts"]["key"])["claimed_by"] = None
    for kind in _KINDS:
        into = folded[kind.table]
        for gone in effects.get(kind.closed, ()):
            row = _at(into.open, gone["key"])
            del into.open[gone["key"]]
            if gone["how"] not in _HOW[kind.table]:
                raise Broken(f"{gone['key']} cannot end as {gone['how']}")
            row |= {"state": gone["how"], "closed_seq": seq}
            if kind.table == "task":
                row["completed_by"] = person if gone["how"] == "done" else None
            into.closed[gone["key"], row["opened_seq"]] = row
        for armed in effects.get(kind.opened, ()):
            if armed["key"] in into.open:
                raise Broken(f"{armed['key']} is open already")
            into.open[armed["key"]] = _opened(kind, armed, seq)


def _at(rows: dict[str, dict[str, Any]], key: str) -> dict[str, Any]:
    if key not in rows:
        raise Broken(f"{key} is not open")
    return rows[key]


def _opened(kind: _Kind, armed: dict[str, Any], seq: int) -> dict[str, Any]:
    row = {column: armed.get(name) for column, name in kind.columns.items()}
    row |= {"opened_seq": seq, "state": kind.open_state, "closed_seq": None}
    if "due_at" in row:
        row["due_at"] = _due(row["due_at"])
    if kind.table == "task":
        row |= {"claimed_by": None, "completed_by": None}
    return row


def _due(due: object) -> str | None:
    """The instant of an effect in the form in which a column is given."""
    return None if due is None else moment(datetime.fromisoformat(str(due)))


def _compare(
    connection: Connection, kind: _Kind, case_id: int, folded: _Folded
) -> Iterator[tuple[int, str]]:
    """What is wrong with the rows of a case, with the number of the event that opened each."""
    expected = dict(folded.closed)
    expected |= {(key, row["opened_seq"]): row for key, row in folded.open.items()}
    stored = text(f'SELECT * FROM "{kind.table}" WHERE case_id = :case ORDER BY id')
    for row in connection.execute(stored, {"case": case_id}):
        name = f"{kind.table}/{row.id}, {row.key}"
        right = expected.pop((row.key, row.opened_seq), None)
        if right is None:
            yield row.opened_seq, f"{name}: the event did not open it"
            continue
        wrong = [column for column in right if _differs(row, column, right)]
        if wrong:
            yield row.opened_seq, f"{name}: {', '.join(wrong)} not as the events say"
    for key, opened in expected:
        yield opened, f"{kind.table} {key}: it is not there"


def _differs(row: Row[Any], column: str, right: dict[str, Any]) -> bool:
    if column == "claimed_by" and right["state"] != "open":
        return False
    value = getattr(row, column)
    if column == "due_at" and value is not None:
        value = moment(value)
    return bool(value != right[column])
