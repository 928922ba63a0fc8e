"""Rows of calendar changes that hold by their hashes and break the rule of two people."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.audit import events
from app.db import transaction
from app.domain.actors import Actor
from app.models.cases import CaseFile
from app.models.registers import (
    CalendarConcern,
    CalendarDecision,
    CalendarProposal,
    CalendarRedating,
)
from app.models.trail import Fact
from app.services import acts, registers, verification
from app.services.calendar_days import change_of, row
from app.services.redatings import SYSTEM
from tests.journeys.plot import CONCLUSION, Stage
from tests.journeys.plot import received as received
from tests.services.calendars import OTHER, PROPOSER, confirm, day_of, propose

FRIDAY = day_of("2018-03-30")


def problems(stage: Stage) -> list[str]:
    found = verification.verify_trail(store=stage.store)
    return [problem.problem for problem in found.problems]


def write(stage: Stage, actor: Actor, rows: list[Fact], event: events.Event) -> None:
    with transaction() as session:
        registers.write(session, "calendar", rows, event, actor=actor, now=stage.play.now)


def decide(
    stage: Stage, outcome: str, login: str, *, by: str = "", entry: bool = True
) -> list[str]:
    """Write a decision as the services would not: by whom, and with the calendar's entry or not."""
    proposal = stage.all(CalendarProposal, id=propose(stage, FRIDAY))[0]
    actor = stage.actor(login)
    decided_by = stage.actor(by).person if by else actor.person
    decision = CalendarDecision(
        proposal_id=proposal.id, outcome=outcome, decided_by=decided_by, decided_at=stage.play.now
    )
    told: events.Event = events.ChangeConfirmed(
        register="calendar",
        entries={},
        basis=proposal.source,
        proposed_seq=proposal.seq,
        proposed_by=proposal.proposed_by,
        cases=0,
        terms=0,
    )
    if outcome == "withdrawn":
        told = events.ChangeWithdrawn(register="calendar", proposed_seq=proposal.seq)
    write(stage, actor, [decision, *([row(change_of(proposal))] if entry else [])], told)
    return problems(stage)


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda s: decide(s, "confirmed", PROPOSER), "decided by the wrong person"),
        (lambda s: decide(s, "withdrawn", OTHER, entry=False), "decided by the wrong person"),
        (lambda s: decide(s, "confirmed", PROPOSER, by=OTHER), "does not tell that it was decided"),
        (lambda s: decide(s, "confirmed", OTHER, entry=False), "the calendar does not follow it"),
        (lambda s: decide(s, "withdrawn", PROPOSER), "the calendar does not follow it"),
    ],
)
def test_a_decision_against_the_rule_is_found(
    received: Stage, act: Callable[[Stage], list[str]], told: str
) -> None:
    [found] = act(received)
    assert told in found


def test_a_decision_by_the_rule_is_right(received: Stage) -> None:
    assert decide(received, "confirmed", OTHER) == []


def redate(stage: Stage, concern: int | None) -> list[str]:
    """Write the act of a case that changes no date."""
    with transaction() as session:
        case = session.get_one(CaseFile, CONCLUSION)
        context = acts.context_for(session, case, actor=SYSTEM, now=stage.play.now)
        if concern is not None:
            context.write(CalendarRedating(concern_id=concern, case_id=CONCLUSION))
        told = events.CaseCalendarRedated(
            confirmed_seq=3,
            calendar=3,
            day=FRIDAY.day,
            change=events.Change(old="ordinary", new="day_off"),
            basis=FRIDAY.source,
        )
        acts.record(context, told)
    return problems(stage)


def test_a_case_is_re_dated_only_for_a_confirmed_change(received: Stage) -> None:
    [found] = redate(received, None)
    assert "that no change of the calendar names" in found


def test_a_case_is_re_dated_only_where_it_is_concerned(received: Stage) -> None:
    confirm(received, propose(received, FRIDAY))
    assert problems(received) == []
    proposal = received.all(CalendarProposal)[0]
    concern = CalendarConcern(proposal_id=proposal.id, case_id=1)
    told = events.ChangeWithdrawn(register="calendar", proposed_seq=proposal.seq)
    write(received, received.actor(PROPOSER), [concern], told)
    [unfounded] = problems(received)
    assert "nobody has confirmed what it rests on" in unfounded
    assert any("not the act of the case concerned" in one for one in redate(received, 2))
