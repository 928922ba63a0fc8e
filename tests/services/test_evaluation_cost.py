"""What the acts of a block evaluation cost: statements, commits, bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.audit.canonical import canonical
from app.bench.counting import Counter
from app.db import db
from app.models.trail import MAX_BODY
from app.services import task_page, tasks
from tests.domain import methods
from tests.journeys.plot import Stage
from tests.services.evaluating import (
    TEXTS,
    Year,
    counted,
)


def big(count: int) -> dict[str, Any]:
    """Block 1 with many indicators of goals and one of the budget."""
    each = f"{Decimal(100) / count:f}"
    return methods.document(
        criteria=[
            methods.criterion(
                "1.1", "goals", "100", [methods.indicator(f"1.1.{n}", each) for n in range(count)]
            ),
            methods.criterion("2.1", "budget", "100", [methods.indicator("2.1.1", "100")]),
        ]
    )


@dataclass
class Acts:
    """Counts what each act of a case costs."""

    year: Year
    case: int
    spent: list[tuple[str, int, int, int]] = field(default_factory=list)

    def act(self, login: str, element: str, **answers: Any) -> None:
        """Complete a task, and note statements, commits and the bytes of the saved state."""
        play, stage = self.year.play, self.year.stage
        task, person = play.find(login, self.case, element).task_id, stage.actor(login)
        with Counter(db.engine) as counter:
            tasks.complete(task_id=task, actor=person, answers=answers, now=play.now)
        size = len(stage.case(self.case).state)
        self.spent.append((element, counter.statements, counter.commits, size))

    def score(self, login: str, codes: Sequence[str]) -> None:
        """Score a part on one document."""
        evidence = self.year.attach(login, self.case, "score")
        self.act(login, "score", scores={code: counted(evidence, **VALUES) for code in codes})


VALUES = {"fact": "80", "plan": "100"}


def test_acts_take_few_statements_and_little_room(
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At most fifteen statements and one commit an act, with a hundred indicators too."""
    year = Year(stage, monkeypatch, tmp_path / "release")
    year.open(("akmola", 1), methodologies=[big(100)])
    acts = Acts(year, year.case_of("akmola"))
    # A process reads a methodology once and keeps it; the page comes before the act.
    task, reporter = stage.task(acts.case, "report"), stage.actor("akmola.officer1")
    task_page.task_page(task_id=task, actor=reporter, now=year.play.now)
    document = year.attach("akmola.officer1", acts.case, "report")
    codes = [f"1.1.{n}" for n in range(100)]
    row = {"values": VALUES, "no_data": [], "documents": [document]}
    acts.act("akmola.officer1", "report", figures=dict.fromkeys((*codes, "2.1.1"), row))
    acts.act("akmola.head", "certify", decision="certify")
    acts.act("mne.officer2", "intake", decision="accept")
    acts.score("mne.officer1", codes)
    acts.act("mne.head", "approve", decision="approve")
    acts.score("mof.officer1", ["2.1.1"])
    acts.act("mof.head", "approve", decision="approve")
    acts.act("mne.officer2", "draft", **TEXTS)
    events = stage.events("task.completed", acts.case)
    largest = max(len(canonical(event)) for event in events)
    with capsys.disabled():
        print()
        for line in acts.spent:
            print("  {:8} {:3} statements {:2} commits, state {:5} bytes".format(*line))
        print("  largest event", largest, "of", MAX_BODY)
    assert all(statements <= 15 for _, statements, _, _ in acts.spent), acts.spent
    assert all(commits == 1 for _, _, commits, _ in acts.spent), acts.spent
    assert max(size for *_, size in acts.spent) < 4_000 and largest < MAX_BODY / 2
    stage.verified()
