"""A task in the hands of a scripted person: what its page offers, and what can be done with it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from sqlalchemy.orm import Session

from app.db import reading
from app.demo.chance import chance
from app.demo.papers import Paper
from app.demo.plan import Plan
from app.demo.work import Work
from app.documents.store import BlobStore
from app.domain.actors import Actor
from app.domain.calendar import local_day
from app.models.cases import CaseFile
from app.services import documents, figures_asked, figures_page, sources, tasks
from app.services.figures_page import Row
from app.services.sources import Indicator


@dataclass
class Desk:
    """The task, whoever does it, and when; `logins` is by the code of the person."""

    work: Work
    login: str
    person: Actor
    now: datetime
    plan: Plan
    store: BlobStore
    codes: dict[str, str]
    attached: list[int] = field(default_factory=list)

    def table(self) -> Sequence[Row]:
        """What the page of a report or of the scores of a part asks for, row by row."""
        with self._case() as (session, case):
            shown = figures_page.table(session, case, self.work.part or None)
        assert shown is not None
        return shown.rows

    def indicators(self) -> Sequence[Indicator]:
        """The indicators that the form offers: to object to, to vote on, to correct."""
        with self._case() as (session, case):
            return sources.current_indicators(session, case)

    def results(self) -> list[str]:
        """The results by block that the check for secrets lists, as `<block>/<body>`; sorted."""
        with self._case() as (session, case):
            rows = figures_asked.listed(session, case, "secrecy")
        return sorted(f"{row.block}/{row.body}" for row in rows if row.block)

    @contextmanager
    def _case(self) -> Iterator[tuple[Session, CaseFile]]:
        with reading() as session:
            yield session, session.get_one(CaseFile, self.work.case)

    @property
    def today(self) -> date:
        """The day in Astana."""
        return local_day(self.now)

    def chance(self, *key: object) -> Random:
        """A generator that belongs to this task, and to `key` in it."""
        work = self.work
        return chance(self.plan.seed, work.body, work.block, work.part, work.form, work.visit, *key)

    def number(self, mark: str) -> str:
        """The invented number of a paper: the case's, the visit, and a mark."""
        visit = f"-{self.work.visit}" if self.work.visit > 1 else ""
        return f"{self.work.case}{visit}-{mark}"

    def attach(self, paper: Paper) -> int:
        """Attach a document to the task; its id."""
        attached = documents.attach(
            task_id=self.work.task,
            actor=self.person,
            upload=documents.Upload(paper.name, io.BytesIO(paper.content)),
            source=paper.source,
            origin=paper.origin,
            now=self.now,
            store=self.store,
            limit=len(paper.content),
        )
        self.attached.append(attached.id)
        return attached.id

    def claim(self) -> None:
        """Take the task, so that no colleague does it meanwhile."""
        tasks.claim(task_id=self.work.task, actor=self.person, now=self.now)
