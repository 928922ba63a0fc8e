"""Nothing typed is lost: drafts whose task is gone stay for their author, and not for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.demo import appeal
from app.jobs import ticker
from app.models.cases import Draft
from app.services import case_page, drafts, objections, task_page, tasks
from tests.journeys.plot import CONCLUSION, Stage

OFFICER, COLLEAGUE, EVALUATOR = "akmola.officer1", "akmola.officer2", appeal.EVALUATOR
AFTER = appeal.at("2018-04-03T09:00")
TYPED = {"points": ["1.1.1"], "grounds": "Статистика ескерілмеген.", "documents": []}


def type_in(stage: Stage, login: str, task: int, answers: dict[str, Any]) -> None:
    tasks.save_draft(task_id=task, actor=stage.actor(login), answers=answers, now=stage.play.now)


def kept(stage: Stage, login: str, case: int = CONCLUSION) -> tuple[drafts.LeftOver, ...]:
    page = case_page.case_page(case_id=case, actor=stage.actor(login), now=stage.play.now)
    return page.left_over


@pytest.fixture
def run_out(received: Stage) -> tuple[Stage, int]:
    """The five days ended while Akmola's officer was typing an objection; and that task."""
    task = received.task(CONCLUSION, "object")
    type_in(received, OFFICER, task, TYPED)
    assert kept(received, OFFICER) == ()
    received.play.pass_time(AFTER)
    return received, task


def test_what_a_timer_took_away_is_shown_to_its_author_alone(run_out: tuple[Stage, int]) -> None:
    stage, task = run_out
    [found] = kept(stage, OFFICER)
    assert (found.task_id, found.name["en"]) == (task, "File an objection")
    assert found.closed_at == appeal.at("2018-04-03T00:00")
    assert found.forgotten_at == found.closed_at + drafts.KEPT
    page = task_page.task_page(task_id=task, actor=stage.actor(OFFICER), now=stage.play.now)
    assert dict(page.values) == TYPED
    assert page.refusal is not None and page.refusal.code == "task.gone"
    for login in (COLLEAGUE, EVALUATOR, "auditor", "akmola.head"):
        assert kept(stage, login) == ()
    stage.verified()


def test_a_late_objection_begins_with_what_was_typed_in_time(run_out: tuple[Stage, int]) -> None:
    stage, _ = run_out
    about = {"case_id": CONCLUSION, "form": objections.FORM}
    typed = drafts.typed(**about, actor=stage.actor(OFFICER))
    assert typed == {"points": ["1.1.1"], "grounds": "Статистика ескерілмеген."}
    assert drafts.typed(**about, actor=stage.actor(COLLEAGUE)) == {}
    objections.file_late(
        case_id=CONCLUSION,
        actor=stage.actor(OFFICER),
        answers={**typed, "proceed_without": True},
        now=stage.play.now,
    )
    # Handed in: it lies sealed on the trail now.
    assert stage.all(Draft) == [] and kept(stage, OFFICER) == ()
    stage.verified()


def test_what_another_path_took_away_is_kept(received: Stage) -> None:
    """The body confirms receipt while the authority is typing the number of the notice."""
    case = received.plot.conclude("aktobe")
    task = received.task(case, "prove")
    type_in(received, EVALUATOR, task, {"proof_number": "АА 12"})
    received.plot.receive("aktobe")
    assert [found.task_id for found in kept(received, EVALUATOR, case)] == [task]
    assert kept(received, "aktobe.officer1", case) == ()


def test_what_a_colleague_handed_in_first_is_kept_for_who_typed_too(received: Stage) -> None:
    task = received.task(CONCLUSION, "object")
    type_in(received, OFFICER, task, TYPED)
    type_in(received, COLLEAGUE, task, {"grounds": "Менікі."})
    received.complete(COLLEAGUE, task, points=["1.1.2"], grounds="Менікі.", proceed_without=True)
    [draft] = received.all(Draft)
    assert draft.person == received.play.code(OFFICER)
    assert [found.task_id for found in kept(received, OFFICER)] == [task]
    assert kept(received, COLLEAGUE) == ()
    # The next objection is one of its own and begins empty.
    again = received.task(CONCLUSION, "object")
    page = task_page.task_page(task_id=again, actor=received.actor(OFFICER), now=received.play.now)
    assert again != task and dict(page.values) == {}


def test_a_draft_is_forgotten_thirty_days_after_its_task(run_out: tuple[Stage, int]) -> None:
    stage, _ = run_out
    task = stage.task(stage.plot.conclude("aktobe"), "receive")
    type_in(stage, "aktobe.officer1", task, {"confirmed": True})
    [found] = kept(stage, OFFICER)
    assert found.forgotten_at is not None
    assert drafts.tidy(now=found.forgotten_at) == 0
    assert drafts.tidy(now=found.forgotten_at + timedelta(seconds=1)) == 1
    # That of an open task stays, however old.
    assert drafts.tidy(now=found.forgotten_at + timedelta(days=4000)) == 0
    assert [draft.task_id for draft in stage.all(Draft)] == [task]
    assert kept(stage, OFFICER) == ()


def test_the_ticker_tidies(run_out: tuple[Stage, int]) -> None:
    stage, _ = run_out
    stage.app.extensions["bagalau"].clock.at = stage.play.now + timedelta(days=40)
    ticker.tidy(stage.app)
    assert stage.all(Draft) == []
