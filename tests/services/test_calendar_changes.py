"""A change of the calendar that moves open terms takes two people, and moves what was shown."""

from __future__ import annotations

import pytest

from app.demo import appeal
from app.domain.refusals import Conflict, Invalid, NotAllowed, NotFound
from app.models.registers import (
    CalendarConcern,
    CalendarDay,
    CalendarDecision,
    CalendarProposal,
)
from app.services import (
    calendar_changes,
    case_page,
    replay,
    timers,
)
from app.services.calendar_days import DayChange
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage
from tests.services.calendars import (
    NAMES,
    OTHER,
    PROPOSER,
    SOURCE,
    agreed,
    at_once,
    confirm,
    dates,
    day_of,
    propose,
    shown,
    told,
)
from tests.services.replayed import executed_again

# Akmola's conclusion was received on Monday, 26 March 2018: day 5 is Monday, 2 April.
FRIDAY = day_of("2018-03-30")
SATURDAY = day_of("2018-03-31", "working_day")


def test_a_day_that_moves_nothing_is_recorded_by_one(received: Stage) -> None:
    before = len(received.all(CalendarDay))
    for harmless in ("2018-04-04", "2018-03-23", "2026-12-31"):
        assert at_once(received, day_of(harmless)) == ()
    # A Saturday off is off all the same.
    assert at_once(received, day_of("2018-03-31")) == ()
    assert len(received.all(CalendarDay)) == before + 4
    assert len(received.events("register.changed")) == 4
    assert received.events("case.calendar_redated") == []


def test_a_day_that_moves_a_term_is_not_recorded_by_one(received: Stage) -> None:
    before, due = dates(received, CONCLUSION), timers.next_due()
    moved = at_once(received, FRIDAY)
    assert {one.was.isoformat() for one in moved} == {"2018-04-02"}
    assert {one.due.isoformat() for one in moved} == {"2018-04-03"}
    assert received.all(CalendarDay, seq=2) == [] and received.events("register.changed") == []
    assert dates(received, CONCLUSION) == before and timers.next_due() == due
    received.verified()


@pytest.mark.parametrize(("change", "due"), [(FRIDAY, "2018-04-03"), (SATURDAY, "2018-03-31")])
def test_what_was_shown_is_what_is_moved(received: Stage, change: DayChange, due: str) -> None:
    case = received.plot.object(AKMOLA)
    preview = at_once(received, change)
    moved = agreed(received, change)
    assert shown(preview) == shown(moved) == told(received) and preview
    assert set(dates(received, CONCLUSION).values()) == {due}
    assert {one.case_id for one in moved} == {CONCLUSION}
    [confirmed] = received.events("register.change_confirmed")
    assert confirmed["actor"]["role"] == "administrator"
    assert confirmed["facts"]["proposed_by"] != confirmed["actor"]["person"]
    [event] = received.events("case.calendar_redated")
    assert event["actor"] == {"system": "calendar"} and event["facts"]["basis"] == SOURCE
    assert event["facts"]["calendar"] == event["registers"]["calendar"] == 3
    assert event["facts"]["confirmed_seq"] == 3
    # ¶ 60 counts calendar days: a day in the middle moves none of the objection's.
    assert received.events("case.calendar_redated", case) == []
    executed_again(CONCLUSION)
    assert replay.replay().differences == []
    received.verified()


def test_a_term_of_calendar_days_rolls_on_over_a_day_off(received: Stage) -> None:
    """¶ 60: fifteen calendar days after 28 March end on Thursday, 12 April."""
    case = received.plot.object(AKMOLA)
    before = dates(received, case)
    assert max(before.values()) == "2018-04-12"
    moved = agreed(received, day_of("2018-04-12"))
    assert {one.case_id for one in moved} == {case} and shown(moved) == told(received)
    assert max(dates(received, case).values()) == "2018-04-13"
    # The reminders of day 10 and 14 stand.
    assert min(dates(received, case).values()) == min(before.values())
    received.verified()


def test_the_case_shows_the_moved_date_with_its_cause(received: Stage) -> None:
    agreed(received, FRIDAY)
    actor = received.actor("akmola.officer1")
    page = case_page.case_page(case_id=CONCLUSION, actor=actor, now=received.play.now)
    [found] = [one for one in page.deadlines if one.counted == "working_days_after"]
    assert found.was == appeal.at("2018-04-02T09:00").date() and found.term is not None
    assert found.due == found.term.due
    assert found.changed == FRIDAY.day and found.basis == SOURCE and found.order is None
    [day] = [one for one in found.term.days if one.date == FRIDAY.day]
    assert not day.counted and day.why == "day_off"
    assert "case.calendar_redated" in [chapter.kind for chapter in page.story]


def test_a_term_that_has_run_out_stays_and_is_explained_as_it_was(received: Stage) -> None:
    """The notice of ¶ 60 on the last day is past, the commission's task is still open."""
    case = received.plot.object(AKMOLA)
    received.play.pass_time(appeal.at("2018-04-16T09:00"))
    before = dates(received, case)
    assert set(before.values()) == {"2018-04-12"}
    assert at_once(received, day_of("2018-04-12")) == ()
    assert dates(received, case) == before
    actor = received.actor("mne.officer1")
    page = case_page.case_page(case_id=case, actor=actor, now=received.play.now)
    for found in page.deadlines:
        # By the calendar of then: by the new one the 12th would not be its last day.
        assert found.term is not None and found.term.due == found.due and found.basis is None
    received.verified()


def test_who_proposed_does_not_decide(received: Stage) -> None:
    proposal = propose(received, FRIDAY)
    with pytest.raises(NotAllowed, match=r"calendar\.same_person"):
        confirm(received, proposal, PROPOSER)
    with pytest.raises(NotAllowed, match=r"calendar\.same_person"):
        calendar_changes.reject(
            proposal_id=proposal, reason="…", actor=received.actor(PROPOSER), now=received.play.now
        )
    assert received.refused()["attempted"] == "register.reject"
    assert received.all(CalendarDecision) == []
    assert set(dates(received, CONCLUSION).values()) == {"2018-04-02"}


@pytest.mark.parametrize("login", ["auditor", "owner", "mne.officer1"])
def test_whoever_may_not_edit_the_calendar_may_none_of_it(received: Stage, login: str) -> None:
    proposal, actor, now = propose(received, FRIDAY), received.actor(login), received.play.now
    acts = [
        lambda: calendar_changes.change_day(change=SATURDAY, actor=actor, now=now),
        lambda: calendar_changes.propose(change=SATURDAY, actor=actor, now=now),
        lambda: calendar_changes.confirm(proposal_id=proposal, actor=actor, now=now),
        lambda: calendar_changes.reject(proposal_id=proposal, reason="…", actor=actor, now=now),
        lambda: calendar_changes.withdraw(proposal_id=proposal, actor=actor, now=now),
    ]
    for act in acts:
        with pytest.raises(NotAllowed, match=r"permission\.denied"):
            act()
    assert len(received.all(CalendarProposal)) == 1 and received.all(CalendarDecision) == []


def test_a_proposal_is_withdrawn_by_whoever_made_it_and_rejected_by_another(
    received: Stage,
) -> None:
    now = received.play.now
    admin, other = received.actor(PROPOSER), received.actor(OTHER)
    first = propose(received, FRIDAY)
    with pytest.raises(Conflict, match=r"calendar\.proposed_already"):
        propose(received, FRIDAY)
    with pytest.raises(Conflict, match=r"calendar\.proposed_already"):
        at_once(received, FRIDAY)
    with pytest.raises(NotAllowed, match=r"calendar\.not_yours"):
        calendar_changes.withdraw(proposal_id=first, actor=other, now=now)
    calendar_changes.withdraw(proposal_id=first, actor=admin, now=now)
    second = propose(received, FRIDAY)
    with pytest.raises(Invalid):
        calendar_changes.reject(proposal_id=second, reason=" ", actor=other, now=now)
    calendar_changes.reject(proposal_id=second, reason="Қаулы жоқ.", actor=other, now=now)
    for proposal in (first, second):
        with pytest.raises(Conflict, match=r"calendar\.decided"):
            confirm(received, proposal)
    with pytest.raises(NotFound):
        confirm(received, 99)
    assert [row.outcome for row in received.all(CalendarDecision)] == ["withdrawn", "rejected"]
    assert set(dates(received, CONCLUSION).values()) == {"2018-04-02"}
    assert received.all(CalendarConcern) == []
    received.verified()


def test_what_no_calendar_holds_is_refused(received: Stage) -> None:
    for wrong, code in (
        (day_of("2018-03-30", source=" "), "calendar.source_missing"),
        (day_of("2018-03-30", "feast"), "calendar.bad_day"),
        (DayChange(FRIDAY.day, "holiday", {"kk": "Мереке"}, SOURCE), "form.required"),
        (DayChange(FRIDAY.day, "holiday", {**NAMES, "kk": "а" * 201}, SOURCE), "form.too_long"),
    ):
        for act in (at_once, propose):
            with pytest.raises(Invalid, match=code):
                act(received, wrong)
    assert received.all(CalendarDay, seq=2) == [] and received.all(CalendarProposal) == []
