"""Lists and doors agree: the SQL filters mean the same as the predicates (¶ 9(2), 59)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.orm import Session

from app.db import Base
from app.domain.actors import Actor, Holding
from app.domain.permissions import GRANTED, TaskFacts, can_see_case, can_see_task
from app.models.cases import CaseFile, Party, Task
from app.services import case_page, visibility
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage

NOW = datetime(2018, 3, 28, tzinfo=UTC)
BODIES = ("mne", "akmola", "aktobe", "ap")
ROLES = (*GRANTED, "unknown_role")
PEOPLE = ("p-0001", "p-0002", "p-0003")
YEARS = (2016, 2017)
some = st.sampled_from
maybe = st.none()

actors = st.builds(
    Actor,
    person=some(PEOPLE),
    name=st.just("…"),
    language=st.just("kk"),
    holdings=st.lists(
        st.builds(Holding, role=some(ROLES), organisation=some(BODIES)), max_size=3
    ).map(tuple),
)
tasks = st.fixed_dictionaries({
    "role": some(ROLES),
    "organisation": maybe | some(BODIES),
    "assignee": maybe | some(PEOPLE),
    "claimed_by": maybe | some(PEOPLE),
    "state": some(("open", "open", "open", "done", "gone")),
})  # fmt: skip
cases = st.fixed_dictionaries({
    "evaluated_body": maybe | some(BODIES),
    "year": maybe | some(YEARS),
    "tasks": st.lists(tasks, min_size=1, max_size=4),
    "parties": st.sets(some(BODIES)),
})  # fmt: skip
worlds = st.lists(cases, min_size=1, max_size=4)
took_part = st.sets(st.tuples(some(YEARS), some(PEOPLE)))


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """The tables without their guards: what stands in them here is no act."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with engine.connect() as made:
        yield made


def fill(session: Session, world: list[dict[str, Any]]) -> None:
    keys = count(1)
    for number, case in enumerate(world, start=1):
        session.add(
            CaseFile(
                id=number, stream=f"case/{number}", version=1, process="objection", release="r",
                number=f"Қ-{number}", status="running", evaluated_body=case["evaluated_body"],
                year=case["year"], started_at=NOW, state=b"",
            )
        )  # fmt: skip
        session.add_all(
            Party(case_id=number, organisation=code, stream=f"case/{number}", seq=1)
            for code in case["parties"]
        )
        session.add_all(
            Task(
                case_id=number, key=f"k{next(keys)}", element="e", process="p", form="f",
                opened_at=NOW, opened_seq=1, year=case["year"],
                evaluated_body=case["evaluated_body"], **task,
            )
            for task in case["tasks"]
        )  # fmt: skip
    session.flush()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actor=actors, world=worlds, acted=took_part)
def test_the_filters_find_what_the_predicates_allow(
    connection: Connection,
    actor: Actor,
    world: list[dict[str, Any]],
    acted: set[tuple[int, str]],
) -> None:
    with Session(connection) as session:
        fill(session, world)
        years = frozenset(year for year, person in acted if person == actor.person)
        listed = session.scalars(select(Task).where(visibility.can_see_task(actor, years)))
        allowed = [
            row.Task.id
            for row in session.execute(select(Task, CaseFile).join(
                CaseFile, CaseFile.id == Task.case_id
            ))
            if can_see_task(actor, facts(row.Task, row.CaseFile, acted))
        ]  # fmt: skip
        assert sorted(task.id for task in listed) == sorted(allowed)
        seen = session.scalars(select(CaseFile.id).where(visibility.can_see_case(actor)))
        assert sorted(seen) == [
            number
            for number, case in enumerate(world, start=1)
            if can_see_case(actor, frozenset(case["parties"]))
        ]
        session.rollback()


def facts(task: Task, case: CaseFile, acted: set[tuple[int, str]]) -> TaskFacts:
    return TaskFacts(
        role=task.role,
        organisation=task.organisation,
        assignee=task.assignee,
        claimed_by=task.claimed_by,
        state=task.state,
        evaluated_body=case.evaluated_body,
        participants=frozenset(person for year, person in acted if year == case.year),
    )


def test_the_body_sees_the_outcome_and_neither_votes_nor_members(received: Stage) -> None:
    case = received.plot.object(AKMOLA)
    body = received.actor("akmola.officer1")

    def seen(of: int) -> case_page.CasePage:
        return case_page.case_page(case_id=of, actor=body, now=received.play.now)

    def objection(of: int) -> Any:
        [found] = seen(of).about.objections
        return found

    with pytest.raises(Exception, match=r"case\.not_found"):
        seen(case)
    received.plot.form_commission(case)
    received.plot.vote(case, AKMOLA)
    assert objection(CONCLUSION).commission is None
    received.plot.decide(case, AKMOLA)
    page = seen(case)
    found = page.about.objections[0]
    assert found.commission is None and found.decision is not None
    assert found.decision.outcome == "accepted"
    members = {received.play.code(login) for login in ("mne.officer3", "mne.officer4")}
    assert not members & page.names.keys() and not any(m in str(page) for m in members)
    assert "vote" not in {chapter.element for chapter in page.story}
    inside = case_page.case_page(
        case_id=case, actor=received.actor("mne.head"), now=received.play.now
    )
    commission = inside.about.objections[0].commission
    assert commission is not None and members < {m.person for m in commission.members}


@pytest.mark.parametrize(
    ("login", "may"),
    [("auditor", True), ("mne.officer8", True), ("akmola.head", True), ("ap.working", False),
     ("aktobe.officer1", False), ("mof.head", False), ("admin", False), ("owner", False)],
)  # fmt: skip
def test_who_opens_a_delivered_conclusion(received: Stage, login: str, may: bool) -> None:
    actor = received.actor(login)
    listed = {row.id for row in case_page.list_cases(actor=actor, process="conclusion")}
    assert listed == ({CONCLUSION} if may else set())
    if may:
        case_page.case_page(case_id=CONCLUSION, actor=actor, now=received.play.now)
    else:
        with pytest.raises(Exception, match=r"case\.not_found"):
            case_page.case_page(case_id=CONCLUSION, actor=actor, now=received.play.now)
