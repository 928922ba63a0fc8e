"""The life of a case as a small model, and the real one beside it; `test_case_life` has the acts.

After each step the database holds what the model holds, and at the end the trail verifies and
its replay is equal.
"""

from __future__ import annotations

import io
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import func, select

from app.db import reading
from app.demo import appeal
from app.demo.player import EVIDENCE
from app.domain.refusals import Conflict, Invalid, Refusal
from app.models.cases import CaseFile, Incident, Message, Task
from app.models.facts import Objection
from app.models.trail import EventRow
from app.services import documents, tasks
from tests.databases import Databases
from tests.journeys.plot import CONCLUSION, RECEIVED_FROM, build_received, opened

OFFICERS = ("akmola.officer1", "akmola.officer2")
CLOSES = appeal.at("2018-04-03T00:00")
COUNTED = ("task.completed", "task.claimed", "task.released", "act.refused", "objection.filed_late")


class Life(RuleBasedStateMachine):
    """One installation with Akmola's conclusion, received on 26 March 2018, and its model."""

    def __init__(self, databases: Databases, kind: str) -> None:
        super().__init__()
        self._databases, self._things = databases, ExitStack()
        data = Path(self._things.enter_context(tempfile.TemporaryDirectory()))
        url = databases.clone(kind, build_received)
        self._things.callback(databases.drop, url)
        self.stage = self._things.enter_context(opened(url, data))
        self.stage.play.now = RECEIVED_FROM
        # The model: is the window open, who has taken the task, and what each case has open.
        self.window, self.holder = True, ""
        self.open: dict[int, list[str]] = {}
        self.votes: Counter[int] = Counter()
        self.done: list[tuple[str, int]] = []
        self.events = Counter({kind: self._count(kind) for kind in COUNTED})

    def teardown(self) -> None:
        try:
            self.stage.verified()
        finally:
            self._things.close()

    # What must hold after each step

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        stage = self.stage
        assert stage.tasks(CONCLUSION) == ["object"] * self.window
        if self.window:
            task = stage.all(Task, id=self._object)[0]
            assert task.claimed_by == (stage.play.code(self.holder) if self.holder else None)
        for case, elements in self.open.items():
            assert sorted(stage.tasks(case)) == elements, case
            assert (stage.case(case).status == "ended") == (elements == [])
        assert len(stage.all(Objection)) == len(self.open)
        assert {kind: self._count(kind) for kind in COUNTED} == dict(self.events)
        assert stage.all(Incident) == []
        waiting = {row.name for row in stage.all(Message, state="pending")}
        assert waiting <= {"objection_decided"}

    # How it is done

    @property
    def _object(self) -> int:
        return self.stage.task(CONCLUSION, "object")

    @property
    def _today(self) -> str:
        return self.stage.play.today()

    def _having(self, element: str) -> list[int]:
        return sorted(case for case, elements in self.open.items() if element in elements)

    def _by(self, who: str) -> dict[str, Any]:
        return {"actor": self.stage.actor(who), "now": self.stage.play.now}

    def _hold(self, act: Callable[..., None], who: str) -> Callable[[], None]:
        task, given = self._object, self._by(who)
        return lambda: act(task_id=task, **given)

    def _completing(self, who: str, task: int, **answers: Any) -> Callable[[], tasks.Completed]:
        given = self._by(who)
        return lambda: tasks.complete(task_id=task, answers=answers, **given)

    def _objecting(self, who: str, proved: bool) -> Callable[[], tasks.Completed]:
        if not proved or self.holder not in ("", who):
            return self._completing(who, self._object, **unproved())
        attached = documents.attach(
            task_id=self._object,
            upload=documents.Upload("Статистика.pdf", io.BytesIO(EVIDENCE)),
            source="1",
            origin="Бюро",
            store=self.stage.store,
            **self._by(who),
        )
        answers = {"points": ["1.1.1"], "grounds": "Негіз.", "documents": [attached.id]}
        return self._completing(who, self._object, **answers)

    def _objected(self, who: str, task: int) -> None:
        """An objection was sent: its case begins, and another one may be sent."""
        self.events["task.completed"] += 1
        self.done.append((who, task))
        self.holder = ""
        self._came(set(self.open))

    def _came(self, before: set[int]) -> None:
        [row] = [r for r in self.stage.all(CaseFile, process="objection") if r.id not in before]
        [objection] = self.stage.all(Objection, id=row.subject)
        proved = "form" in self.stage.tasks(row.id)
        self.open[row.id] = ["form"] if proved else ["close"]
        assert objection.conclusion_case == CONCLUSION

    def _do(
        self, who: str, case: int, element: str, after: list[str], task: int = 0, **answers: Any
    ) -> None:
        task = task or self.stage.task(case, element)
        self._completing(who, task, **answers)()
        self.events["task.completed"] += 1
        self.done.append((who, task))
        self.open[case] = after

    def _refused(
        self,
        code: str | None,
        act: Callable[[], Any],
        kinds: type[Refusal] | tuple[type[Refusal], ...] = (Conflict, Invalid),
    ) -> None:
        try:
            act()
        except kinds as refusal:
            assert code in (None, refusal.code), refusal
            self.events["act.refused"] += 1
        else:
            raise AssertionError("not refused")

    def _count(self, kind: str) -> int:
        with reading() as session:
            query = select(func.count()).select_from(EventRow).where(EventRow.kind == kind)
            return session.scalar(query) or 0


def unproved() -> dict[str, Any]:
    return {"points": ["1.1.1"], "grounds": "Негіз.", "proceed_without": True}
