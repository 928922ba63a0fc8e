"""Many people at once: of two who want the same thing one gets it, and nobody is in the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from app.audit.kinds import Event
from app.db import db, transaction
from app.demo import appeal
from app.demo.appeal import Appeal
from app.domain.refusals import Conflict
from app.models.cases import CaseFile, Draft, Message, Timer
from app.models.facts import Ballot, Conclusion, ConclusionIndicator, Letter, Objection
from app.operations.context import Context
from app.services import acts, cases, messages, tasks, timers
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage
from tests.services.together import PATIENCE, together

OBJECTION = {"points": ["1.1.1"], "grounds": "Статистика.", "proceed_without": True}
MEMBERS = appeal.MEMBERS


def won(outcomes: list[Any]) -> list[Any]:
    """What the winners got; every loser must have been told of a conflict."""
    losers = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert all(isinstance(loser, Conflict) for loser in losers), losers
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]


def by(stage: Stage, login: str, act: Callable[..., Any], **given: Any) -> Callable[[], Any]:
    person, now = stage.actor(login), stage.play.now
    return lambda: act(actor=person, now=now, **given)


def test_of_fifty_who_complete_one_task_one_wins_and_the_case_goes_on(received: Stage) -> None:
    task = received.task(CONCLUSION, "object")
    mine = by(received, "akmola.officer1", tasks.complete, task_id=task, answers=OBJECTION)
    other = by(received, "akmola.officer2", tasks.complete, task_id=task, answers=OBJECTION)
    assert len(won(together(received, [mine, other] * 25))) == 1
    assert len(received.all(Objection)) == 1
    assert len(received.events("task.completed", CONCLUSION)) == 4  # enter, sign, receive, object
    refused = [event["facts"]["code"] for event in received.events("act.refused")]
    assert len(refused) == 49 and set(refused) <= {"task.already_done", "task.gone"}
    # Nobody's second click has hurt it: the next objection may be sent.
    received.complete("akmola.officer1", received.task(CONCLUSION, "object"), **OBJECTION)
    assert len(received.all(Objection)) == 2
    received.verified()


def test_members_who_vote_at_once_all_succeed(received: Stage) -> None:
    case = received.plot.object(AKMOLA)
    received.plot.form_commission(case)
    calls = [
        by(
            received,
            login,
            tasks.complete,
            task_id=received.play.find(login, case, "vote").task_id,
            answers={"votes": {"1.1.1": "for"}},
        )
        for login in MEMBERS
    ]
    assert len(won(together(received, calls))) == 3
    assert [ballot.vote for ballot in received.all(Ballot)] == ["for"] * 3
    assert received.tasks(case) == ["change", "minutes"]
    received.verified()


def test_of_many_who_claim_a_task_one_holds_it(received: Stage) -> None:
    task = received.task(CONCLUSION, "object")
    calls = [
        by(received, f"akmola.officer{n}", tasks.claim, task_id=task) for n in (1, 2, 1, 2, 1, 2)
    ]
    outcomes = together(received, calls)
    [claimed] = [e for e in received.events("task.claimed") if e["facts"]["element"] == "object"]
    holder = claimed["actor"]["person"]
    winner = 0 if holder == received.play.code("akmola.officer1") else 1
    for place, outcome in enumerate(outcomes):
        if place % 2 == winner:
            assert outcome is None  # to claim what one holds already is no conflict
        else:
            assert isinstance(outcome, Conflict) and outcome.code == "task.claimed_by_other"
    received.verified()


def test_a_draft_saved_twice_at_once_is_one_draft(received: Stage) -> None:
    task = received.task(CONCLUSION, "object")
    save = by(received, "akmola.officer1", tasks.save_draft, task_id=task, answers={"grounds": "…"})
    outcomes = together(received, [save] * 10)
    assert outcomes == [None] * 10
    assert len(received.all(Draft)) == 1


def test_one_conclusion_is_started_by_ten_at_once(received: Stage) -> None:
    answers = {"evaluated_body": "moa", "block": "1", "year": 2017}
    given = {"process": "conclusion", "organisation": "mne", "answers": answers}
    calls = [by(received, f"mne.officer{n % 8 + 1}", cases.start, **given) for n in range(10)]
    assert len(won(together(received, calls))) == 1
    assert len(received.all(CaseFile, evaluated_body="moa", process="conclusion")) == 1
    received.verified()


def test_timers_fire_once_however_many_workers_there_are(received: Stage) -> None:
    received.plot.object(AKMOLA)
    received.plot.object(Appeal("akmola", "", ("1.1.2",)))
    later = appeal.at("2018-04-20T10:00")
    outcomes = together(received, [lambda: timers.run_due(now=later)] * 6)
    # A case that another worker holds is left to it; what it did not see is done at the next tick.
    outcomes.append(timers.run_due(now=later))
    fired = received.all(Timer, state="fired")
    assert sum(outcomes) == len(fired) == len(received.events("timer.fired")) == 1 + 2 * 3
    assert received.all(Timer, state="waiting") == []
    assert len(received.all(Letter, kind="objection/reminder")) == 2 * (2 + 2)
    received.verified()


def test_messages_are_delivered_once_however_many_workers_there_are(received: Stage) -> None:
    sent = hold_back(received, 3)
    outcomes = together(received, [lambda: messages.deliver_all(now=received.play.now)] * 6)
    outcomes.append(messages.deliver_all(now=received.play.now))
    assert sum(outcomes) == len(sent) == 3
    assert {row.state for row in received.all(Message)} == {"delivered"}
    started = received.all(CaseFile, process="objection")
    assert sorted(row.subject for row in started) == [row.id for row in received.all(Objection)]
    received.verified()


def hold_back(stage: Stage, count: int) -> list[Message]:
    """Send as many objections as if the process ended between each act and its delivery."""
    for _ in range(count):
        task = stage.task(CONCLUSION, "object")
        actor = stage.actor("akmola.officer1")
        tasks._complete(task, actor, OBJECTION, stage.play.now)
    pending: list[Message] = stage.all(Message, state="pending")
    return pending


def test_two_corrections_at_once_are_two_versions_and_none_is_lost(received: Stage) -> None:
    first = to_correct(received, "1.1.1")
    second = to_correct(received, "1.2.1")
    calls = [
        by(
            received,
            login,
            tasks.complete,
            task_id=received.task(case, "correct"),
            answers={"corrections": {point: {"value": "99", "points": "29.5"}}},
        )
        for login, case, point in (
            ("mne.officer1", first, "1.1.1"),
            ("mne.officer2", second, "1.2.1"),
        )
    ]
    assert len(won(together(received, calls))) == 2
    versions = received.all(Conclusion, case_id=CONCLUSION)
    assert [row.number for row in versions] == [1, 2, 3]
    rows = received.all(ConclusionIndicator, conclusion_id=versions[-1].id)
    assert [row.points for row in rows] == ["29.5", "25", "29.5"]
    received.verified()


def to_correct(stage: Stage, point: str) -> int:
    case = stage.plot.object(Appeal("akmola", "accepted", (point,), ({point: "for"},) * 3))
    stage.plot.form_commission(case)
    stage.plot.vote(case, Appeal("akmola", "", (point,), ({point: "for"},) * 3))
    minutes = {"minutes_number": "1", "minutes_date": stage.play.today(), "reasons": "Иә."}
    stage.play.do(MEMBERS[0], case, "minutes", minutes)
    return case


@pytest.mark.parametrize("received", ["postgresql"], indirect=True)
def test_a_due_timer_goes_first_even_if_the_case_is_held_at_that_moment(received: Stage) -> None:
    """A colleague's act holds the case while ours begins after the end of the window."""
    task = received.task(CONCLUSION, "object")
    received.play.now = appeal.at("2018-04-03T00:00")
    late = by(received, "akmola.officer1", tasks.complete, task_id=task, answers=OBJECTION)

    def hold() -> None:
        with transaction() as session:
            session.execute(text(f"SELECT 1 FROM case_file WHERE id = {CONCLUSION} FOR UPDATE"))
            session.execute(text("SELECT pg_sleep(1)"))
        db.session.remove()

    outcomes = together(received, [hold, late])
    assert isinstance(outcomes[1], Conflict) and outcomes[1].code == "task.gone"
    assert received.all(Objection) == []


@pytest.mark.parametrize("received", ["postgresql"], indirect=True)
def test_an_act_that_waited_for_another_goes_on_from_what_that_left(
    received: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement that waits for the case has read everything else before the other's act."""
    case = received.plot.object(AKMOLA)
    received.plot.form_commission(case)
    one, other = (received.play.find(login, case, "vote").task_id for login in MEMBERS[:2])
    claim = by(received, MEMBERS[0], tasks.claim, task_id=one)
    answers = {"votes": {"1.1.1": "for"}}
    vote = by(received, MEMBERS[1], tasks.complete, task_id=other, answers=answers)
    claiming, record = threading.Event(), acts.record

    def slowly(context: Context, event: Event, **more: Any) -> None:
        record(context, event, **more)
        if event.kind == "task.claimed":
            claiming.set()
            context.session.execute(text("SELECT pg_sleep(1)"))

    def vote_meanwhile() -> Any:
        assert claiming.wait(PATIENCE)
        return vote()

    monkeypatch.setattr(acts, "record", slowly)
    assert len(won(together(received, [claim, vote_meanwhile]))) == 2
    claimed, voted = (
        received.events(kind, case)[-1]["seq"] for kind in ("task.claimed", "task.completed")
    )
    assert voted == claimed + 1
    received.verified()
