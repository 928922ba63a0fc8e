"""Messages between cases against both ends: what was sent, and what became of it.

The row of a message is written by the act that sends it and changed by the act that
receives it, on another case. Cases are folded one after another in the order of their
numbers; the rows are read beside them in the same order, once by sender and once by
receiver, so that no more than one case is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.engine import Connection

from app.audit.columns import wrong_columns
from app.audit.fold import Columns, Folded
from app.audit.recheck import PAGE
from app.audit.report import Problem

_SETTLED = ("state", "delivered_at", "delivered_to")
_SENDING = ("from_case", "from_seq", "name")
_SENT = text(
    "SELECT id FROM message WHERE from_case = :from_case AND from_seq = :from_seq"
    " AND name = :name ORDER BY id LIMIT 10"
)
_BY_SENDER = "SELECT from_case AS of_case, m.* FROM message m ORDER BY from_case, from_seq, id"
# Whoever settled it: 0, which is no case, where a row does not say.
_BY_RECEIVER = (
    "SELECT COALESCE(CASE state WHEN 'unclaimed' THEN to_case ELSE delivered_to END, 0)"
    " AS of_case, m.* FROM message m WHERE state <> 'pending' OR delivered_to IS NOT NULL"
    " OR delivered_at IS NOT NULL ORDER BY 1, from_case, from_seq, id"
)


class _ByCase:
    """The rows of a query in the order of `of_case`, handed out case by case."""

    def __init__(self, connection: Connection, query: str) -> None:
        streaming = {"stream_results": True, "yield_per": PAGE}
        self._rows = iter(connection.execute(text(query), execution_options=streaming))
        self._next = next(self._rows, None)

    def take(self, upto: int | None) -> Iterator[Row[Any]]:
        """The rows of cases up to this number, or all that are left; each is given once."""
        while self._next is not None and (upto is None or self._next.of_case <= upto):
            row, self._next = self._next, next(self._rows, None)
            yield row


class Messages:
    """The table `message`, beside the cases as they are folded in the order of their numbers."""

    def __init__(self, connection: Connection) -> None:
        """Begin to read, in the transaction of `connection`."""
        self._connection = connection
        self._sent = _ByCase(connection, _BY_SENDER)
        self._settled = _ByCase(connection, _BY_RECEIVER)

    def of(self, folded: Folded, stream: str) -> Iterator[Problem]:
        """What is wrong with the messages that this case has sent or taken in."""
        yield from self._sender(folded, stream)
        yield from self._receiver(folded, stream)

    def rest(self) -> Iterator[Problem]:
        """The rows of no case that has events; to be called after the last one."""
        for row in self._sent.take(None):
            yield _unsent(row)
        for row in self._settled.take(None):
            yield _unsettled(row)

    def _sender(self, folded: Folded, stream: str) -> Iterator[Problem]:
        # Messages of one act were numbered in the order in which it sent them.
        expected: dict[int, list[Columns]] = {}
        for sent in folded.sent:
            expected.setdefault(sent["from_seq"], []).append(sent)
        for row in self._sent.take(folded.case_id):
            of_act = expected.get(row.from_seq, []) if row.of_case == folded.case_id else []
            if not of_act:
                yield _unsent(row)
            elif wrong := wrong_columns(_without(row, _SETTLED), of_act.pop(0)):
                label = f"{stream} #{row.from_seq}"
                yield Problem(
                    label, f"message/{row.id}: {wrong} not as the event sent it ({label})."
                )
        for seq, of_act in expected.items():
            for sent in of_act:
                label = f"{stream} #{seq}"
                yield Problem(label, f"message {sent['name']}: it is not there ({label}).")

    def _receiver(self, folded: Folded, stream: str) -> Iterator[Problem]:
        expected: dict[tuple[Any, ...], list[Columns]] = {}
        for settled in folded.settled:
            key = tuple(settled[name] for name in _SENDING)
            expected.setdefault(key, []).append(settled)
        for row in self._settled.take(folded.case_id):
            key = tuple(getattr(row, name) for name in _SENDING)
            same = expected.get(key, []) if row.of_case == folded.case_id else []
            right = next((one for one in same if not _settled_otherwise(row, one)), None)
            if right is not None:
                same.remove(right)
            else:
                yield _unsettled(row)
        for settled in (one for left in expected.values() for one in left):
            label = f"{stream} #{settled['seq']}"
            asked = {name: settled[name] for name in _SENDING}
            names = [f"message/{number}" for number in self._connection.scalars(_SENT, asked)]
            what = " or ".join(names) or f"message {settled['name']}"
            yield Problem(
                label, f"{what} was {settled['state']}: its row says otherwise ({label})."
            )


def _settled_otherwise(row: Row[Any], settled: Columns) -> str:
    kept = {name: row._mapping[name] for name in _SETTLED}
    return wrong_columns(kept, {name: settled[name] for name in _SETTLED})


def _without(row: Row[Any], names: tuple[str, ...]) -> Mapping[str, Any]:
    return {n: value for n, value in row._asdict().items() if n not in names and n != "of_case"}


def _unsent(row: Row[Any]) -> Problem:
    return Problem(None, f"message/{row.id}: no event sent it.")


def _unsettled(row: Row[Any]) -> Problem:
    return Problem(None, f"message/{row.id}: no event tells what became of it.")
