"""A scripted person: finds work by the inbox and hands in the real forms."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.demo import accounts
from app.documents.store import BlobStore
from app.domain.calendar import local_day
from app.services import cases, documents, inbox, objections, tasks, timers
from app.services.inbox import InboxRow

EVIDENCE = b"%PDF-1.4\n% An invented document of a demonstration.\n%%EOF\n"


class NothingToDo(Exception):
    """The script expects a task that is not in the person's inbox."""


class Player:
    """Acts as the demonstration's people at a clock that the script sets."""

    def __init__(self, now: datetime, store: BlobStore) -> None:
        """Begin at `now`; evidence goes into `store`."""
        self.now = now
        self._store = store

    def pass_time(self, until: datetime) -> None:
        """Move the clock on; what becomes due on the way fires in its order."""
        while (due := timers.next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            timers.run_due(now=self.now)
        self.now = until

    def start(self, login: str, process: str, organisation: str, **answers: Any) -> int:
        """Start a case as `login`; its id."""
        started = cases.start(
            process=process,
            organisation=organisation,
            actor=accounts.actor(login, self.now),
            answers=answers,
            now=self.now,
        )
        return started.id

    def find(self, login: str, case_id: int, name: str) -> InboxRow:
        """The task called `name` in English, of that case, in the person's inbox.

        Raises:
            NothingToDo: the inbox has no such task.
        """
        after: str | None = None
        person = accounts.actor(login, self.now)
        while True:
            page = inbox.inbox(actor=person, now=self.now, after=after)
            for row in page.rows:
                if row.case_id == case_id and row.element == name:
                    return row
            if page.after is None:
                raise NothingToDo(f"{login} has no task {name!r} in case {case_id}")
            after = page.after

    def do(
        self,
        login: str,
        case_id: int,
        element: str,
        answers: Mapping[str, Any],
        *,
        evidence: str | None = None,
    ) -> None:
        """Claim the task in the inbox, attach evidence, and hand in the form."""
        person = accounts.actor(login, self.now)
        task = self.find(login, case_id, element)
        if not task.personal:
            tasks.claim(task_id=task.task_id, actor=person, now=self.now)
        given = dict(answers)
        if evidence is not None:
            attached = documents.attach(
                task_id=task.task_id,
                actor=person,
                upload=documents.Upload(evidence, io.BytesIO(EVIDENCE)),
                source="1",
                origin="Көрсетілім: ойдан шығарылған құжат",
                now=self.now,
                store=self._store,
                limit=len(EVIDENCE),
            )
            given["documents"] = [attached.id]
        tasks.complete(task_id=task.task_id, actor=person, answers=given, now=self.now)

    def object_late(
        self, login: str, case_id: int, answers: Mapping[str, Any], *, evidence: str
    ) -> None:
        """Send an objection after the window, with a document attached to the case."""
        person = accounts.actor(login, self.now)
        attached = documents.attach_late(
            case_id=case_id,
            actor=person,
            upload=documents.Upload(evidence, io.BytesIO(EVIDENCE)),
            source="1",
            origin="Көрсетілім: ойдан шығарылған құжат",
            now=self.now,
            store=self._store,
        )
        objections.file_late(
            case_id=case_id,
            actor=person,
            answers={**answers, "documents": [attached.id]},
            now=self.now,
        )

    def code(self, login: str) -> str:
        """The code of the person with this login."""
        return accounts.actor(login, self.now).person

    def today(self) -> str:
        """The day in Astana on which the clock stands, ISO."""
        return local_day(self.now).isoformat()
