"""Cases re-dated by a changed calendar: once, after a crash too, and whatever goes on beside it."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.audit.kinds import Event
from app.demo import appeal
from app.domain.refusals import Conflict, Refusal
from app.models.cases import CaseFile, Incident
from app.models.registers import (
    CalendarRedating,
)
from app.operations.context import Context
from app.services import (
    acts,
    calendar_changes,
    messages,
    redatings,
    retrying,
    timers,
)
from tests.journeys.plot import CONCLUSION, SECOND, Stage
from tests.services.calendars import (
    OTHER,
    confirm,
    dates,
    day_of,
    propose,
)
from tests.services.test_together import hold_back
from tests.services.together import PATIENCE, together

# Akmola's conclusion was received on Monday, 26 March 2018: day 5 is Monday, 2 April.
FRIDAY = day_of("2018-03-30")


def test_of_two_who_confirm_at_once_one_does(received: Stage) -> None:
    proposal, now = propose(received, FRIDAY), received.play.now
    actor = received.actor(OTHER)
    calls = [lambda: calendar_changes.confirm(proposal_id=proposal, actor=actor, now=now)] * 4
    outcomes = together(received, calls)
    lost = [one for one in outcomes if isinstance(one, Exception)]
    assert len(lost) == 3 and all(isinstance(one, Conflict) for one in lost), lost
    assert len(received.events("register.change_confirmed")) == 1
    assert redatings.deliver_all(now=now) == 1
    received.verified()


def test_what_was_not_moved_before_a_crash_is_moved_later_and_once(received: Stage) -> None:
    confirm(received, propose(received, FRIDAY))
    assert set(dates(received, CONCLUSION).values()) == {"2018-04-02"}
    received.verified()
    now = received.play.now + timedelta(hours=2)
    outcomes = together(received, [lambda: messages.deliver_all(now=now)] * 4)
    outcomes.append(messages.deliver_all(now=now))
    assert sum(outcomes) == 1 and messages.deliver_all(now=now) == 0
    assert set(dates(received, CONCLUSION).values()) == {"2018-04-03"}
    assert len(received.all(CalendarRedating)) == 1
    assert len(received.events("case.calendar_redated")) == 1
    received.verified()


def test_a_case_that_went_on_meanwhile_is_worked_out_again(received: Stage) -> None:
    """The term runs out between the confirmation and the act: it does not move any more."""
    confirm(received, propose(received, FRIDAY))
    received.play.now = appeal.at("2018-04-03T00:00") + SECOND
    assert redatings.deliver_all(now=received.play.now) == 1
    [event] = received.events("case.calendar_redated")
    assert "effects" not in event and "calls" not in event
    assert set(dates(received, CONCLUSION).values()) == {"2018-04-02"}
    received.verified()


def test_a_case_that_has_ended_is_left_alone(received: Stage) -> None:
    confirm(received, propose(received, FRIDAY))
    received.play.now = appeal.at("2018-04-03T00:00") + SECOND
    timers.run_due(now=received.play.now)
    assert received.case(CONCLUSION).status == "ended"
    assert redatings.deliver_all(now=received.play.now) == 0
    assert received.events("case.calendar_redated") == []
    received.verified()


def test_an_act_that_fails_is_an_incident_and_is_done_again(
    received: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm(received, propose(received, FRIDAY))
    now = received.play.now

    def broken(*_: object, **__: object) -> None:
        raise Refusal("calendar.out_of_range", day="2018-04-03")

    with monkeypatch.context() as patch:
        patch.setattr("app.services.redatings.runner.redate", broken)
        assert messages.deliver_all(now=now) == 0
    [incident] = received.all(Incident)
    assert incident.act == "calendar 1" and messages.deliver_all(now=now) == 0
    found = retrying.retry(incident_id=incident.id, actor=received.actor("admin"), now=now)
    assert found.what == "done" and set(dates(received, CONCLUSION).values()) == {"2018-04-03"}
    received.verified()


@pytest.mark.parametrize("received", ["postgresql"], indirect=True)
def test_a_term_that_is_being_counted_while_the_calendar_changes_moves_too(
    received: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """¶ 60: the objection's case begins by the old calendar, and is written after the change."""
    [sent] = hold_back(received, 1)
    proposal, now = propose(received, day_of("2018-04-12")), received.play.now
    actor, counted, record = received.actor(OTHER), threading.Event(), acts.record

    def slowly(context: Context, event: Event, **more: Any) -> None:
        if event.kind == "case.started":
            counted.set()
            context.session.execute(text("SELECT pg_sleep(1)"))
        record(context, event, **more)

    def change() -> Any:
        assert counted.wait(PATIENCE)
        return calendar_changes.confirm(proposal_id=proposal, actor=actor, now=now)

    monkeypatch.setattr(acts, "record", slowly)
    outcomes = together(received, [lambda: messages.deliver(message_id=sent.id, now=now), change])
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    messages.deliver_all(now=now)
    [case] = received.all(CaseFile, process="objection")
    assert max(dates(received, case.id).values()) == "2018-04-13"
    received.verified()
