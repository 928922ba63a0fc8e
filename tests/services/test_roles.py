"""Roles of people: from which day to which, once at a time, and what ends with them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db import reading
from app.domain.actors import Actor, Holding, SystemActor
from app.domain.refusals import Conflict, Invalid, NotFound
from app.models.cases import Task
from app.services import handover, people, tasks
from tests.appcontext import NOON, SYSTEM, add_person, open_case, run, trail
from tests.services.staff import TODAY, create, grant, held


def test_roles_hold_from_their_first_day_to_their_last(installation: Flask) -> None:
    person = create()
    grant(person, starts_on=TODAY, ends_on=TODAY + timedelta(days=9), acting=True, basis="№ 5")
    holding = (Holding("case_officer", "mne", acting=True),)
    assert held(person, TODAY - timedelta(days=1)) == ()
    assert held(person) == held(person, TODAY + timedelta(days=9)) == holding
    assert held(person, TODAY + timedelta(days=10)) == ()
    # The day is Astana's: 23:30 in Astana is still the 28th, 0:30 the 29th.
    late = NOON.replace(hour=17, minute=30)
    grant(person, "first_head", starts_on=TODAY + timedelta(days=1))
    with reading() as session:
        assert len(people.actor_of(session, person, late).holdings) == 1
        assert len(people.actor_of(session, person, late + timedelta(hours=1)).holdings) == 2


def test_a_grant_is_on_the_person_s_stream(installation: Flask) -> None:
    person = create()
    number = grant(person, basis="2017 жылғы № 5 бұйрық")
    people.end_role(grant=number, ends_on=TODAY, actor=SYSTEM, now=NOON, basis="№ 6")
    (granted,), (ended,) = trail("role.granted"), trail("role.ended")
    assert (granted.stream, granted.seq, ended.seq) == (f"person/{person}", 2, 3)
    facts = json.loads(granted.body)["facts"]
    assert (facts["grant"], facts["role"], facts["starts_on"]) == (
        number,
        "case_officer",
        "2017-04-28",
    )
    assert set(facts["basis"]) == {"sealed"}
    assert set(json.loads(granted.body)["rows"]) == {f"role_grant/{number}", "person/1"}
    assert json.loads(ended.body)["facts"]["ends_on"] == "2017-04-28"
    assert held(person) and not held(person, TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"role": "king"}, "role.unknown"),
        ({"body": "atlantis"}, "body.unknown"),
        ({"ends_on": TODAY - timedelta(days=1)}, "role.dates_bad"),
    ],
)
def test_grants_that_will_not_do(installation: Flask, given: dict[str, Any], code: str) -> None:
    person = create()
    with pytest.raises(Invalid) as refused:
        grant(person, **given)
    assert refused.value.code == code
    assert held(person) == ()


def test_a_role_is_held_once_at_a_time(installation: Flask) -> None:
    person = create()
    grant(person, starts_on=TODAY, ends_on=TODAY + timedelta(days=9))
    for starts, ends in ((5, None), (-5, 0), (9, 20), (-5, None)):
        with pytest.raises(Conflict, match="role.held_already"):
            grant(
                person,
                starts_on=TODAY + timedelta(days=starts),
                ends_on=None if ends is None else TODAY + timedelta(days=ends),
            )
    grant(person, body="akmola")
    grant(person, starts_on=TODAY + timedelta(days=10))
    grant(person, starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=1))


def test_an_end_is_one_and_within_the_grant(installation: Flask) -> None:
    person = create()
    number = grant(person, ends_on=TODAY + timedelta(days=9))
    for days in (-2, 10):
        with pytest.raises(Invalid, match="role.dates_bad"):
            people.end_role(
                grant=number, ends_on=TODAY + timedelta(days=days), actor=SYSTEM, now=NOON
            )
    # Given by mistake: it was never in force.
    people.end_role(grant=number, ends_on=TODAY - timedelta(days=1), actor=SYSTEM, now=NOON)
    assert held(person) == ()
    with pytest.raises(Conflict, match="role.ended_already"):
        people.end_role(grant=number, ends_on=TODAY, actor=SYSTEM, now=NOON)
    for unknown in (999, 2**70):
        with pytest.raises(NotFound):
            people.end_role(grant=unknown, ends_on=TODAY, actor=SYSTEM, now=NOON)
    grant(person)


def test_a_role_that_ended_gives_its_tasks_back(installation: Flask) -> None:
    asel = add_person("asel")
    leaving = grant(asel.person)
    staying = open_case(organisation="akmola", parties=("akmola",))
    grant(asel.person, body="akmola")
    case = open_case()
    with reading() as session:
        actor = people.actor_of(session, asel.person, NOON)
    tasks.claim(task_id=staying.task, actor=actor, now=NOON)
    # ¶ 9(2) bars her from her own body's case; here it is enough that it was claimed before.
    run(update(Task).where(Task.id == case.task).values(claimed_by=asel.person))
    people.end_role(grant=leaving, ends_on=TODAY, actor=SYSTEM, now=NOON)
    assert trail("task.released") == []
    assert handover.give_back(actor=SystemActor("timer"), now=NOON + timedelta(days=1)) == 1
    (row,) = trail("task.released")
    assert row.case_id == case.id
    with reading() as session:
        assert session.scalar(select(Task.claimed_by).where(Task.id == staying.task))


def test_somebody_stays_to_manage_people(installation: Flask, admin: Actor) -> None:
    with pytest.raises(Conflict, match="person.last_administrator"):
        people.deactivate(person=admin.person, actor=admin, now=NOON)
    with pytest.raises(Conflict, match="person.last_administrator"):
        people.end_role(grant=1, ends_on=TODAY, actor=admin, now=NOON)
    second = add_person("second", ("administrator", "mne"))
    people.deactivate(person=admin.person, actor=admin, now=NOON)
    with pytest.raises(Conflict, match="person.last_administrator"):
        people.deactivate(person=second.person, actor=second, now=NOON)
