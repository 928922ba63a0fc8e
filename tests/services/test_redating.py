"""¶ 8: a later order moves the dates of the open cases of its year, each by an act of its own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.demo import appeal
from app.domain.calendar import due_day
from app.models.cases import Message, Task, Timer
from app.operations.schedule import CHANGED
from app.services import case_page, messages, task_page, timers
from tests.journeys.plot import Stage
from tests.services import yearly
from tests.services.evaluating import Year, block_1
from tests.services.replayed import executed_again

LATER = {"report_1": "2018-03-01", "conclusions": "2018-03-22"}


@pytest.fixture
def year(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Year:
    """Three evaluations of block 1 are under way on 22 January 2018, reports due on 15 February."""
    found = Year(stage, monkeypatch, tmp_path / "release")
    found.open(("akmola", 1), ("aktobe", 1), ("zhambyl", 1), methodologies=[block_1()])
    return found


def dates(stage: Stage, case: int) -> dict[str, str]:
    """The dates of what a case has open, by key."""
    tasks = [row for row in stage.all(Task, case_id=case, state="open") if row.due_at]
    waiting = stage.all(Timer, case_id=case, state="waiting")
    return {row.key: due_day(row.due_at).isoformat() for row in (*tasks, *waiting)}


def order(stage: Stage, number: str = "18-01-9", **terms: str) -> None:
    stage.play.now += timedelta(hours=1)
    yearly.approve(stage, number, **(terms or LATER))


def test_a_later_order_moves_the_dates_of_open_cases(year: Year) -> None:
    stage, case = year.stage, year.case_of("akmola")
    was = appeal.TERMS["report_1"]
    assert dates(stage, case) == {"report": was, "term_over": was}
    order(stage)
    for body in ("akmola", "aktobe", "zhambyl"):
        moved = year.case_of(body)
        assert dates(stage, moved) == {"report": "2018-03-01", "term_over": "2018-03-01"}
        [told] = stage.events("case.redated", moved)
        assert told["facts"]["order_number"] == "18-01-9" and told["paragraphs"] == ["8"]
        assert told["actor"] == {"system": "message"}
        assert [one["key"] for one in told["effects"]["tasks_moved"]] == ["report"]
        assert [one["key"] for one in told["effects"]["timers_moved"]] == ["term_over"]
        assert [call[0] for call in told["calls"]] == ["schedule", "schedule"]
        assert executed_again(moved) == 2
    stage.verified()


def test_the_approval_tells_the_message_once_for_all_cases(year: Year) -> None:
    stage = year.stage
    order(stage)
    sent = stage.all(Message, name=CHANGED)
    cases = sorted(year.case_of(body) for body in ("akmola", "aktobe", "zhambyl"))
    assert [(row.to_case, row.state) for row in sent] == [(case, "delivered") for case in cases]
    [*_, approved] = [e for e in stage.events("task.completed") if e.get("sent")]
    [told] = [one for one in approved["sent"] if one["message"] == CHANGED]
    assert told["to"] == [str(case) for case in cases] and told["by"] == "operation"


def test_what_has_run_out_is_not_moved_and_the_rest_fires_on_its_new_day(year: Year) -> None:
    stage, case = year.stage, year.case_of("akmola")
    done = year.reported("aktobe")
    assert dates(stage, done) == {
        f"score_parts[{part}]/score": appeal.TERMS["conclusions"] for part in ("budget", "goals")
    }
    stage.play.pass_time(appeal.at(f"{appeal.TERMS['report_1']}T12:00") + timedelta(days=1))
    order(stage)
    # The report's term is over: it stays late by the day that it had.
    assert dates(stage, case) == {"report": appeal.TERMS["report_1"]}
    assert stage.events("case.redated", case) == []
    assert set(dates(stage, done).values()) == {"2018-03-22"}
    stage.verified()


def test_a_timer_that_was_moved_fires_on_the_new_day(year: Year) -> None:
    stage, case = year.stage, year.case_of("akmola")
    order(stage)
    assert timers.run_due(now=appeal.at("2018-02-28T12:00")) == 0
    assert timers.run_due(now=appeal.at("2018-03-02T00:00"), case_id=case) == 1
    # The reminder is the second visit of nobody: the task is where it was.
    assert dates(stage, case) == {"report": "2018-03-01"}
    # An earlier day is possible, too: a third order.
    other = year.case_of("aktobe")
    stage.play.now = appeal.at("2018-02-01T10:00")
    order(stage, "18-02-1", report_1="2018-02-05")
    assert set(dates(stage, other).values()) == {"2018-02-05"}
    assert executed_again(other) == 3
    stage.verified()


def test_the_page_of_the_case_says_which_order_moved_a_date(year: Year) -> None:
    stage, case = year.stage, year.case_of("akmola")
    order(stage)
    actor, now = stage.actor("akmola.officer1"), stage.play.now
    page = case_page.case_page(case_id=case, actor=actor, now=now)
    for found in page.deadlines:
        assert (found.order, found.due.isoformat()) == ("18-01-9", "2018-03-01")
        assert found.was is not None and found.was.isoformat() == appeal.TERMS["report_1"]
    assert page.deadlines and "case.redated" in [chapter.kind for chapter in page.story]
    task = task_page.task_page(task_id=stage.task(case, "report"), actor=actor, now=now)
    assert task.deadline is not None and task.deadline.order == "18-01-9"


def test_a_first_order_and_other_years_move_nothing(year: Year) -> None:
    stage = year.stage
    assert stage.events("case.redated") == []
    case = stage.play.start("mne.officer1", "schedule", "mne", year=2018)
    terms = {name: day.replace("2018", "2019") for name, day in appeal.TERMS.items()}
    stage.play.do("mne.officer1", case, "draft", terms)
    paper = {"order_number": "19-1", "order_date": stage.play.today()}
    stage.play.do("ap.head", case, "approve", {"decision": "approve", **paper})
    assert stage.events("case.redated") == []


def test_a_change_that_was_not_delivered_is_delivered_later(year: Year) -> None:
    """A crash between the approval and what follows: whoever comes next goes on."""
    stage, case = year.stage, year.case_of("akmola")
    was = dates(stage, case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "deliver_from", lambda **_: 0)
        order(stage)
    assert dates(stage, case) == was
    assert {row.state for row in stage.all(Message, name=CHANGED)} == {"pending"}
    assert messages.deliver_all(now=stage.play.now) == 3
    assert dates(stage, case) != was and messages.deliver_all(now=stage.play.now) == 0
    stage.verified()
