"""The driver of the played year: day by day, whoever has work that day finds it and does it.

Whose turn it is comes from the plan and from what lies in the queues; what the person then
does comes from the person's own inbox, and goes through the form of the task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import select

from app.db import reading
from app.demo import accounts
from app.demo.answers import Answer
from app.demo.chance import chance
from app.demo.desk import Desk
from app.demo.duties import who
from app.demo.plan import Plan
from app.demo.player import NothingToDo, Player
from app.demo.work import Work, open_work
from app.demo.workdays import at
from app.documents.store import BlobStore
from app.domain.actors import Actor
from app.domain.calendar import local_day
from app.models.cases import Incident, Timer
from app.services import inbox, messages, tasks, timers

BETWEEN_ACTS = timedelta(seconds=75)


class Stopped(Exception):
    """The year cannot go on: something has failed, or nobody knows what to do."""


class Driver(Player):
    """Lets everybody do the work of one day after another."""

    def __init__(
        self, *, now: datetime, store: BlobStore, plan: Plan, answers: Mapping[str, Answer]
    ) -> None:
        """Begin at `now`; `answers` has a function for each form, by its key."""
        super().__init__(now, store)
        self.store, self.plan = store, plan
        self.done = 0
        self._answers = answers
        self.codes = accounts.logins()
        self._logins = {code: login for login, code in self.codes.items()}
        self._places = {login: place for place, login in enumerate(sorted(self.codes))}
        self._actors: dict[tuple[str, date], Actor] = {}

    def work_day(self, day: date) -> int:
        """Let time pass to the morning of `day`, and everybody work; how many tasks were done.

        Raises:
            Stopped: an act has failed.
            NothingToDo: somebody's inbox has not what lies in their queue.
        """
        self.pass_time(max(self.now, at(day)))
        before = self.done
        while turns := self._turns(day):
            for login, works in groupby(turns, key=lambda turn: turn[0]):
                self._turn(login, [work for _, work in works])
        self._require_no_incident()
        return self.done - before

    def pass_time(self, until: datetime) -> None:
        """Move the clock on; what becomes due on the way fires in its order, case by case."""
        while (found := _next_timer(until)) is not None:
            due, case = found
            self.now = max(self.now, due)
            if not timers.run_due(now=self.now, case_id=case):
                self._require_no_incident()
                raise Stopped(f"a timer of case {case} does not fire")
            messages.deliver_all(now=self.now)
        self.now = max(self.now, until)

    def person(self, login: str) -> Actor:
        """The person with this login, as one who acts today."""
        key = (login, local_day(self.now))
        if key not in self._actors:
            self._actors[key] = accounts.actor(login, self.now)
        return self._actors[key]

    def next_act(self, login: str) -> Actor:
        """Let a little time pass, and give whoever acts next."""
        self.now += BETWEEN_ACTS
        return self.person(login)

    def _turns(self, day: date) -> list[tuple[str, Work]]:
        """The work of the day: whose, in a fixed order of people."""
        turns = []
        for work in open_work():
            login = who(work, self._logins)
            planned = self.plan.day(work, login)
            if planned is not None and planned <= day:
                turns.append((login, work))
        return sorted(turns, key=lambda turn: (self._places[turn[0]], turn[1].case, turn[1].key))

    def _turn(self, login: str, works: Sequence[Work]) -> None:
        """One person looks into the inbox and does what is planned of what lies there."""
        person = self.person(login)
        seen = self._inbox(person, {work.task for work in works})
        for work in works:
            if work.task not in seen:
                raise NothingToDo(f"{login} does not see {work.form} of case {work.case}")
            self._do(login, person, work)

    def _inbox(self, person: Actor, wanted: set[int]) -> set[int]:
        """What of the wanted lies in the inbox; its pages are turned as far as is needed."""
        found: set[int] = set()
        after: str | None = None
        while True:
            page = inbox.inbox(actor=person, now=self.now, after=after)
            found |= wanted & {row.task_id for row in page.rows}
            if found == wanted or page.after is None:
                return found
            after = page.after

    def _do(self, login: str, person: Actor, work: Work) -> None:
        self.now += BETWEEN_ACTS
        desk = Desk(work, login, person, self.now, self.plan, self.store, self.codes)
        if work.assignee is None and self._claims(work):
            desk.claim()
        tasks.complete(
            task_id=work.task,
            actor=person,
            answers=self._answers[work.form](desk),
            now=self.now,
        )
        self.done += 1

    def _claims(self, work: Work) -> bool:
        """Whether the person takes the task first, as one in four does."""
        return chance(self.plan.seed, work.body, work.block, work.key, "claim").randrange(4) == 0

    def _require_no_incident(self) -> None:
        with reading() as session:
            found = session.scalars(
                select(Incident).where(Incident.state == "open").order_by(Incident.id).limit(1)
            ).one_or_none()
            if found is not None:
                raise Stopped(f"case {found.case_id}: {found.act}: {found.code} {found.detail}")


def _next_timer(until: datetime) -> tuple[datetime, int] | None:
    query = (
        select(Timer.due_at, Timer.case_id)
        .where(Timer.state == "waiting", Timer.due_at <= until)
        .order_by(Timer.due_at, Timer.case_id)
        .limit(1)
    )
    with reading() as session:
        row = session.execute(query).one_or_none()
    return None if row is None else (row.due_at, row.case_id)
