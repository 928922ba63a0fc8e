"""An act that fails in the model is undone whole, shown, and may be tried again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo import appeal
from app.domain.refusals import Conflict, NotAllowed
from app.jobs import ticker
from app.models.cases import CaseFile, Draft, Incident, Message, Task, Timer
from app.services import case_page, incidents, messages, tasks, timers
from app.services.incidents import CaseIncident
from tests.journeys.plot import Stage
from tests.services import trial
from tests.services.together import together

SECRET = "Құпия себеп 7f3a"


@pytest.fixture
def broken(stage: Stage, tmp_path: Path) -> Iterator[Stage]:
    """An installation whose newest release has a process that fails."""
    trial.adopt(stage, tmp_path / "release")
    yield stage


def choose(stage: Stage, branch: int) -> int:
    """A case whose first task was answered so that it takes this branch."""
    case = trial.begin(stage)
    stage.complete(trial.OFFICER, stage.task(case, "first"), number=branch, why=SECRET)
    return case


@pytest.mark.parametrize(
    ("branch", "element", "code"),
    [(trial.CRASH, "crash", None), (trial.CIRCLE, None, "too_many_steps")],
)
def test_a_persons_act_that_fails_is_undone_whole_and_told(
    broken: Stage, branch: int, element: str | None, code: str | None
) -> None:
    case = trial.begin(broken)
    task = broken.task(case, "first")
    before = broken.case(case)
    tasks.save_draft(
        task_id=task, actor=broken.actor(trial.OFFICER), answers={"why": "…"}, now=broken.play.now
    )
    with pytest.raises(CaseIncident) as told:
        broken.complete(trial.OFFICER, task, number=branch, why=SECRET)
    assert (told.value.code, told.value.status) == ("case.incident", 500)
    after = broken.case(case)
    assert after.state == before.state and after.version == before.version + 1
    assert broken.tasks(case) == ["first"] and broken.events("task.completed", case) == []
    assert len(broken.all(Draft)) == 1
    [row] = broken.all(Incident)
    assert row.case_id == case and row.state == "open" and row.process == "trial"
    assert element is None or row.element == element
    assert code is None or row.code == code
    [event] = broken.events("case.incident", case)
    assert event["facts"]["code"] == row.code and event["seq"] == row.opened_seq
    assert event["actor"]["person"] == broken.play.code(trial.OFFICER)
    # The detail is for whoever mends the diagram, and not on the event in clear.
    assert set(event["facts"]["detail"]) == {"sealed"} and SECRET not in row.detail
    # The same failure once more is the same incident.
    with pytest.raises(CaseIncident):
        broken.complete(trial.OFFICER, task, number=branch)
    assert len(broken.all(Incident)) == 1
    # Another answer takes another way: the case goes on.
    assert broken.complete(trial.OFFICER, task, number=0).ended
    # And what stands no more in its way is open no more.
    [row] = broken.all(Incident)
    assert (row.state, row.how, row.closed_seq) == ("over", "done", broken.case(case).version)
    broken.verified()


def test_a_timer_that_fails_is_blocked_until_somebody_resolves_it(broken: Stage) -> None:
    case, other = choose(broken, trial.LATE_CRASH), choose(broken, trial.LATE_CRASH)
    assert timers.run_due(now=broken.play.now) == 0
    first, second = broken.all(Incident)
    assert {first.case_id, second.case_id} == {case, other}
    assert first.act.startswith("timer ")
    events = len(broken.events("case.incident"))
    assert timers.run_due(now=broken.play.now) == 0 and timers.next_due() is None
    assert len(broken.events("case.incident")) == events == 2
    assert [t.state for t in broken.all(Timer)] == ["waiting", "waiting"]
    assert resolve(broken, first.id) == case
    [event] = broken.events("case.incident_resolved")
    assert event["facts"]["opened_seq"] == first.opened_seq
    assert timers.next_due() == broken.all(Timer, case_id=case)[0].due_at
    # It fails again: another incident, of the same act.
    timers.run_due(now=broken.play.now)
    assert [row.state for row in broken.all(Incident, case_id=case)] == ["resolved", "open"]
    broken.verified()


def resolve(stage: Stage, incident: int, login: str = "admin") -> int:
    return incidents.resolve(incident_id=incident, actor=stage.actor(login), now=stage.play.now)


@pytest.mark.parametrize("login", ["mne.officer1", "mne.head", "auditor", "owner", "ap.head"])
def test_only_an_administrator_resolves(broken: Stage, login: str) -> None:
    choose(broken, trial.LATE_CRASH)
    timers.run_due(now=broken.play.now)
    [row] = broken.all(Incident)
    with pytest.raises(NotAllowed, match=r"permission\.denied"):
        resolve(broken, row.id, login)
    assert broken.refused()["attempted"] == "incident.resolve"
    assert broken.all(Incident)[0].state == "open"


def test_an_incident_is_resolved_once(broken: Stage) -> None:
    choose(broken, trial.LATE_CRASH)
    timers.run_due(now=broken.play.now)
    [row] = broken.all(Incident)
    outcomes = together(broken, [lambda: resolve(broken, row.id)] * 6)
    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert all(isinstance(o, Conflict) for o in outcomes if isinstance(o, Exception))
    assert len(broken.events("case.incident_resolved")) == 1
    broken.verified()


def test_a_timer_whose_act_is_refused_is_an_incident_and_goes_on_once_cured(
    broken: Stage,
) -> None:
    case, other = choose(broken, trial.SCHEDULED), choose(broken, trial.LATE_CRASH)
    # Without a schedule there is no date for the task after the timer (¶ 8).
    assert timers.run_due(now=broken.play.now) == 0
    row = next(i for i in broken.all(Incident) if i.case_id == case)
    assert row.code == "schedule.order_missing"
    assert {i.case_id for i in broken.all(Incident)} == {case, other}
    broken.plot.schedule()
    resolve(broken, row.id)
    assert timers.run_due(now=broken.play.now) == 1
    assert broken.tasks(case) == ["dated"]
    [task] = broken.all(Task, case_id=case, element="dated")
    assert task.due_at == appeal.at("2018-02-16T00:00")
    broken.verified()


@pytest.mark.parametrize("branch", [trial.CHILD, trial.CHILD_REFUSED])
def test_a_message_whose_act_fails_does_not_undo_the_senders(broken: Stage, branch: int) -> None:
    case = choose(broken, branch)
    assert broken.case(case).status == "ended"
    [message] = broken.all(Message)
    [row] = broken.all(Incident)
    assert message.state == "pending" and row.act == f"message {message.id}"
    assert len(broken.all(CaseFile)) == 1 and row.case_id == case
    # The ticker goes by it, and delivers what others sent.
    assert messages.deliver_all(now=broken.play.now) == 0
    assert ticker.tick(broken.app) == 0 and len(broken.all(Incident)) == 1
    broken.verified()
    if branch == trial.CHILD_REFUSED:
        broken.plot.schedule()
        resolve(broken, row.id)
        assert messages.deliver_all(now=broken.play.now) == 1
        assert broken.all(Message)[0].state == "delivered"
        broken.verified()


def test_a_message_to_no_case_is_a_failure_of_the_model(broken: Stage) -> None:
    case = trial.begin(broken)
    with pytest.raises(CaseIncident):
        broken.complete(trial.OFFICER, broken.task(case, "first"), number=trial.ASTRAY)
    [row] = broken.all(Incident)
    assert row.element == "astray" and row.code == "not_a_case"
    assert broken.tasks(case) == ["first"] and broken.all(Message) == []


def test_who_sees_an_incident(broken: Stage) -> None:
    case = choose(broken, trial.LATE_CRASH)
    timers.run_due(now=broken.play.now)

    def seen(login: str) -> int:
        page = case_page.case_page(case_id=case, actor=broken.actor(login), now=broken.play.now)
        return len(page.incidents)

    assert seen("mne.officer1") == 1 and seen("auditor") == 1
