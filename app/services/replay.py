"""Replay: every case executed again from the trail alone, and compared act by act.

An act's event holds all that it depended on: the answers, the time, the message, what the
operations returned, the release. Executed again it must arrive at the recorded digest, finish
the same elements, send the same messages and open and close the same tasks, timers and waits.
Only at the end is the case's own row looked at: its state must be the one that the acts lead to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from app.audit import recheck, verify
from app.audit.recheck import Broken
from app.db import db
from app.domain.refusals import NotFound
from app.engine import replaying, runner
from app.engine.errors import StateUnreadable
from app.engine.release import Release
from app.engine.replaying import Deviation
from app.engine.step import Step
from app.models.cases import CaseFile
from app.models.trail import EVENT
from app.services import acts, releases
from app.services.recorded import Act, read, told

Progress = Callable[[int, int], None]
"""Is told how many cases are done, and of how many."""
Known = Callable[[str], Release | None]
"""Finds the release with a hash, None where it is not there or not whole."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What does not come about as it is recorded.

    `case` is its id and `act` the number of the act's event; `element` is where on the
    diagram, None where that is not known. `field` is what differs: `event` or `chain` (the
    record itself is damaged), `release`, `step` (the diagram does not allow it), `answers`,
    `calls`, `model`, `state_digest`, `visits`, `sent`, `effects`, or of the case's own row
    `case` and `state`.
    """

    case: int
    act: int
    element: str | None
    field: str


@dataclass(slots=True)
class Replayed:
    """A replay: cases, acts executed, digests compared, and what differs."""

    cases: int = 0
    acts: int = 0
    compared: int = 0
    differences: list[Difference] = field(default_factory=list)


def replay(*, case: str | None = None, progress: Progress | None = None) -> Replayed:
    """Execute one case again (by id or number), or all; reads only, at one moment.

    Raises:
        NotFound: `case.not_found`, the trail knows no such case.
    """
    with verify.snapshot(db.engine) as connection:
        found = _ids(connection) if case is None else [_id_of(connection, case)]
        return again(connection, found, progress)


def again(
    connection: Connection, ids: Sequence[int] | None = None, progress: Progress | None = None
) -> Replayed:
    """Execute the cases `ids` again, or all, from what `connection` (a snapshot) reads."""
    ids = _ids(connection) if ids is None else ids
    result = Replayed(cases=len(ids))
    known: Known = cache(partial(releases.whole, connection))
    for number, case_id in enumerate(ids, start=1):
        _Case(connection, known, case_id, result).replay()
        if progress is not None:
            progress(number, len(ids))
    return result


def _ids(connection: Connection) -> list[int]:
    """Every case that the trail or a row knows: a row without acts is a difference, too."""
    there = select(CaseFile.id)
    on_trail = select(EVENT.c.case_id).where(EVENT.c.kind == "case.started")
    return sorted(set(connection.scalars(on_trail)) | set(connection.scalars(there)))


def _id_of(connection: Connection, case: str) -> int:
    if case.isascii() and case.isdecimal() and len(case) <= acts.MOST_DIGITS:
        found = connection.scalar(
            select(EVENT.c.case_id)
            .where(EVENT.c.case_id == int(case), EVENT.c.kind == "case.started")
            .limit(1)
        )
    else:
        found = connection.scalar(select(CaseFile.id).where(CaseFile.number == case))
    if found is None:
        raise NotFound("case.not_found")
    return int(found)


class _Case:
    """One case on its way through its acts."""

    def __init__(
        self, connection: Connection, known: Known, case_id: int, result: Replayed
    ) -> None:
        self.connection, self.known, self.id, self.result = connection, known, case_id, result
        self.release: Release | None = None
        self.step: Step | None = None
        self.seq = 0
        self._prev: bytes | None = None
        self._before: bytes | None = None

    def replay(self) -> None:
        """Go through the acts as far as they come about, then look at the row."""
        for seq, hashed, body in self._events():
            if not self._intact(seq, hashed, body):
                return
            self.seq = seq or 0
            if not self._act(body):
                return
        self._row()

    def _events(self) -> Iterator[Row[int | None, bytes, bytes]]:
        query = (
            select(EVENT.c.seq, EVENT.c.hash, EVENT.c.body)
            .where(EVENT.c.stream == f"case/{self.id}")
            .order_by(EVENT.c.seq)
        )
        yield from self.connection.execute(query)

    def _intact(self, seq: int | None, hashed: bytes, body: bytes) -> bool:
        """Whether the event is the next one and has the hash that it ought to have."""
        if seq != self.seq + 1:
            return self._differs("chain", act=self.seq + 1)
        if bytes.fromhex(recheck.sha256(b"\x00" + bytes(body))) != bytes(hashed):
            return self._differs("event", act=seq)
        self._before, self._prev = self._prev, bytes(hashed)
        return True

    def _act(self, body: bytes) -> bool:
        """Execute one event's act and compare; False where the case cannot go on from it."""
        try:
            content = recheck.parse(bytes(body))
            prev = self._before.hex() if self._before else None
            if content.get("prev") != prev:
                return self._differs("chain")
            found = read(content)
        except (Broken, LookupError, TypeError, ValueError, AttributeError):
            return self._differs("event")
        if found is None:  # no movement: somebody took a task, a document was attached
            return True
        if not self._of_one_release(found):
            return self._differs("release", found.element)
        assert self.release is not None
        self.result.acts += 1
        try:
            step = replaying.again(
                self.release,
                self.step.state if self.step else b"",
                found.recorded(self.release),
            )
        except Deviation as deviation:
            return self._differs(deviation.field, deviation.element or found.element)
        return self._compare(found, step)

    def _of_one_release(self, act: Act) -> bool:
        """A case stays with the release that it began with."""
        if self.release is None:
            self.release = self.known(act.release)
        return self.release is not None and self.release.hash == act.release

    def _compare(self, act: Act, step: Step) -> bool:
        self.result.compared += 1
        if step.digest != act.state_digest:
            return self._differs("state_digest", act.element)
        for name, value in told(self.step, step, act).items():
            if value != getattr(act, name):
                self._differs(name, act.element)
        self.step = step
        return True

    def _row(self) -> None:
        """The case's own row against what its acts lead to: it may have been moved by hand."""
        row = self.connection.execute(
            select(
                CaseFile.state, CaseFile.version, CaseFile.status, CaseFile.release,
                CaseFile.process,
            ).where(CaseFile.id == self.id)
        ).one_or_none()  # fmt: skip
        if row is None or self.step is None or self.release is None:
            self._differs("case")
            return
        if row.release != self.release.hash:
            self._differs("release")
        if row.version != self.seq or (row.status == "ended") != self.step.ended:
            self._differs("case")
        try:
            same = runner.digest(self.release, row.state) == self.step.digest
        except StateUnreadable:
            same = False
        if not same:
            self._differs("state")

    def _differs(self, what: str, element: str | None = None, *, act: int | None = None) -> bool:
        number = self.seq if act is None else act
        self.result.differences.append(Difference(self.id, number, element, what))
        return False
