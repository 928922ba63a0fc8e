"""¶ 9(2), 59: a commission whose member or chair cannot act any more is composed anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.demo import accounts, appeal
from app.demo.player import NothingToDo
from app.domain.calendar import local_day
from app.domain.refusals import Invalid, NotAllowed
from app.models.cases import Timer
from app.models.facts import Ballot, Commission
from app.models.people import Grant
from app.services import case_page, roles, views
from tests.journeys.plot import AKMOLA, Stage
from tests.services.test_commission import CLEAN, form, give, recuse, sign, take_part, vote

HEAD = appeal.HEAD
A, B, C, D = CLEAN
E = "mne.officer7"
FOR, AGAINST = {"votes": {"1.1.1": "for"}}, {"votes": {"1.1.1": "against"}}
SECRET = "Мүше ауруханада, анықтама № 7."


@pytest.fixture
def sitting(received: Stage) -> tuple[Stage, int]:
    """Akmola has objected; a commission of A (the chair), B and C sits."""
    case = received.plot.object(AKMOLA)
    form(received, case, (A, B, C))
    return received, case


def change(stage: Stage, case: int, element: str = "change", **asked: Any) -> None:
    """Change the composition by a further order; people are given by their logins."""
    people = {
        name: [stage.play.code(login) for login in asked.pop(name, ())]
        for name in ("removed", "added")
    }
    answers = {
        "order_number": "6-к",
        "order_date": stage.play.today(),
        "cause": "absence",
        "explanation": SECRET,
        "chair": stage.play.code(asked.pop("chair", A)),
        **people,
        **asked,
    }
    stage.play.do(HEAD, case, element, answers)


def voters(stage: Stage, case: int) -> list[str]:
    """The logins who have a vote to cast."""
    found = []
    for login in (A, B, C, D, E):
        try:
            stage.play.find(login, case, "vote")
        except NothingToDo:
            continue
        found.append(login)
    return found


def commission(stage: Stage, case: int, login: str = HEAD) -> views.CommissionView:
    page = case_page.case_page(case_id=case, actor=stage.actor(login), now=stage.play.now)
    found = page.about.objections[-1].commission
    assert found is not None
    return found


def member(stage: Stage, case: int, login: str) -> views.MemberView:
    code = stage.play.code(login)
    return next(m for m in commission(stage, case).members if m.person == code)


def counted(stage: Stage) -> dict[str, str]:
    """The ballots of the newest composition, by the code of the member."""
    newest = stage.all(Commission)[-1]
    return {row.member: row.vote for row in stage.all(Ballot, commission_id=newest.id)}


def test_who_stays_has_voted_and_who_goes_has_not(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    vote(stage, A, case, **FOR)
    vote(stage, B, case, **AGAINST)
    timers = [(t.key, t.due_at, t.state) for t in stage.all(Timer, case_id=case)]
    due = stage.play.find(C, case, "vote").due_at
    stage.play.pass_time(stage.play.now + timedelta(days=2))
    change(stage, case, removed=[B], added=[D])
    assert voters(stage, case) == [C, D]
    # The fifteen days and the reminders run on as they were.
    assert [(t.key, t.due_at, t.state) for t in stage.all(Timer, case_id=case)] == timers
    assert {stage.play.find(login, case, "vote").due_at for login in (C, D)} == {due}
    vote(stage, C, case, **FOR)
    vote(stage, D, case, **FOR)
    code = stage.play.code
    assert counted(stage) == {code(A): "for", code(C): "for", code(D): "for"}
    # The vote of whoever was removed stays on the trail, and is counted nowhere.
    told = [e["facts"]["answers"]["votes"] for e in stage.events("task.completed", case)
            if e["facts"]["element"] == "vote" and e["actor"]["person"] == code(B)]  # fmt: skip
    assert told == [{"1.1.1": "against"}] and stage.all(Ballot, member=code(B)) == []
    sign(stage, A, case)
    assert stage.outcome(case) == "accepted"
    stage.verified()


def test_a_chair_who_falls_ill_after_the_count_hands_on_the_minutes_alone(
    sitting: tuple[Stage, int],
) -> None:
    stage, case = sitting
    for login in (A, B, C):
        vote(stage, login, case, **FOR)
    before = counted(stage)
    change(stage, case, chair=B)
    assert voters(stage, case) == [] and counted(stage) == before
    with pytest.raises(NothingToDo):
        stage.play.find(A, case, "minutes")
    sign(stage, B, case)
    assert stage.outcome(case) == "accepted"
    stage.verified()


def test_a_chair_who_comes_to_be_barred_before_the_minutes_is_replaced(
    sitting: tuple[Stage, int],
) -> None:
    stage, case = sitting
    for login in (A, B, C):
        vote(stage, login, case, **FOR)
    take_part(stage, A)
    with pytest.raises(NothingToDo):
        stage.play.find(A, case, "minutes")
    assert member(stage, case, A).barred == "commission.participated"
    change(stage, case, removed=[A], added=[D], chair=B, cause="conflict")
    assert voters(stage, case) == [D]
    vote(stage, D, case, **AGAINST)
    assert sorted(counted(stage).values()) == ["against", "for", "for"]
    sign(stage, B, case)
    assert stage.outcome(case) == "accepted"
    stage.verified()


def test_no_minutes_are_signed_while_a_member_is_barred(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    for login in (A, B, C):
        vote(stage, login, case, **FOR)
    take_part(stage, C)
    with pytest.raises(NotAllowed, match=r"commission\.member_barred") as refused:
        sign(stage, A, case)
    assert refused.value.paragraph == "59" and refused.value.params["person"] == stage.play.code(C)
    assert stage.tasks(case) == ["change", "minutes"]
    change(stage, case, removed=[C], added=[D], cause="conflict")
    vote(stage, D, case, **FOR)
    sign(stage, A, case)
    assert stage.outcome(case) == "accepted"


@pytest.mark.parametrize(
    "asked",
    [
        {"removed": [B], "added": [D]},
        {"removed": [B]},
        {"added": [D]},
    ],
)
def test_once_counted_nobody_chooses_the_votes(
    sitting: tuple[Stage, int], asked: dict[str, Any]
) -> None:
    stage, case = sitting
    change(stage, case, added=[E])
    for login in (A, B, C, E):
        vote(stage, login, case, **AGAINST)
    with pytest.raises(Invalid, match=r"commission\.counted"):
        change(stage, case, order_number="7-к", **asked)
    assert stage.tasks(case) == ["change", "minutes"]


def test_recusals_that_leave_a_quorum_hold_nobody_up(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    recuse(stage, A, case)
    assert voters(stage, case) == [B, C] and member(stage, case, A).recused
    for login in (B, C):
        vote(stage, login, case, **FOR)
    assert sorted(counted(stage).values()) == ["for", "for", "recused"]


def test_recusals_without_a_quorum_give_the_head_a_task_at_once(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    vote(stage, A, case, **AGAINST)
    recuse(stage, B, case)
    recuse(stage, C, case)
    assert stage.tasks(case) == ["replace"] and stage.all(Ballot) == []
    task = stage.play.find(HEAD, case, "replace")
    assert task.due_at is not None and task.name["en"] == "Restore the quorum"
    replaced = {"removed": [B, C], "added": [D, E], "cause": "recusal"}
    change(stage, case, "replace", **replaced)
    # Who had voted does not vote again.
    assert voters(stage, case) == [D, E]
    for login in (D, E):
        vote(stage, login, case, **FOR)
    assert sorted(counted(stage).values()) == ["against", "for", "for"]
    sign(stage, A, case)
    assert stage.outcome(case) == "accepted"
    stage.verified()


def test_two_recusals_of_three_do_not_wait_for_the_third(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    recuse(stage, A, case)
    recuse(stage, B, case)
    assert stage.tasks(case) == ["replace"]
    with pytest.raises(Invalid, match=r"commission\.too_many_recused"):
        change(stage, case, "replace", added=[D], chair=C)
    change(stage, case, "replace", removed=[A], added=[D, E], chair=C)
    assert voters(stage, case) == [C, D, E]


def test_who_is_put_back_votes_anew(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    vote(stage, B, case, **AGAINST)
    change(stage, case, removed=[B], added=[D])
    change(stage, case, added=[B], order_number="7-к")
    assert voters(stage, case) == [A, B, C, D] and not member(stage, case, B).voted
    for login in (A, B, C, D):
        vote(stage, login, case, **FOR)
    assert set(counted(stage).values()) == {"for"}


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({}, "commission.nothing_changed", "removed"),
        ({"removed": [B]}, "commission.too_small", "added"),
        ({"removed": [A], "added": [D]}, "commission.chair_not_member", "chair"),
        ({"chair": D}, "commission.chair_not_member", "chair"),
        ({"removed": [D], "added": [E]}, "form.invalid", "removed"),
        ({"removed": [B], "added": [C]}, "form.invalid", "added"),
        ({"removed": [B], "added": ["akmola.officer2"]}, "form.invalid", "added"),
        ({"removed": [B], "added": [appeal.EVALUATOR]}, "commission.participated", "added"),
        ({"removed": [B], "added": [HEAD]}, "commission.participated", "added"),
        ({"added": [D], "order_date": "2018-03-27"}, "commission.order_earlier", "order_date"),
        ({"added": [D], "order_date": "2018-03-29"}, "order.date_in_future", "order_date"),
        ({"added": [D], "cause": ""}, "form.invalid", "cause"),
        ({"added": [D], "explanation": ""}, "form.invalid", "explanation"),
    ],
)
def test_a_wrong_change_is_refused(
    sitting: tuple[Stage, int], asked: dict[str, Any], code: str, field: str
) -> None:
    stage, case = sitting
    with pytest.raises((Invalid, NotAllowed)) as refused:
        change(stage, case, **asked)
    assert refused.value.code == code
    assert [wrong.field for wrong in refused.value.fields] == [field]
    assert len(stage.all(Commission)) == 1 and voters(stage, case) == [A, B, C]


def test_a_barred_member_does_not_stay(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    take_part(stage, B)
    give(stage, C, "case_officer", "akmola")
    told = {m.person: m.barred for m in commission(stage, case).members}
    code = stage.play.code
    assert told == {code(A): "", code(B): "commission.participated", code(C): "conflict.own_body"}
    with pytest.raises(NotAllowed, match=r"commission\.member_barred") as refused:
        change(stage, case, removed=[B], added=[D])
    assert refused.value.params["person"] == code(C) and refused.value.paragraph == "9(2)"
    change(stage, case, removed=[B, C], added=[D, E], cause="conflict")
    assert voters(stage, case) == [A, D, E]


def test_who_left_office_is_told_and_may_be_removed(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    for grant in stage.all(Grant, person=stage.play.code(C)):
        yesterday = local_day(stage.play.now) - timedelta(days=1)
        roles.end_role(grant=grant.id, ends_on=yesterday, actor=accounts.SYSTEM, now=stage.play.now)
    assert member(stage, case, C).left
    assert not member(stage, case, B).left
    change(stage, case, removed=[C], added=[D], cause="left_office")
    assert voters(stage, case) == [A, B, D]


def test_only_the_head_who_forms_it_changes_it(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    task = stage.task(case, "change")
    for login in (A, D, appeal.EVALUATOR, "akmola.head", "mof.head", "admin", "auditor"):
        with pytest.raises(NotAllowed, match=r"task\.not_yours"):
            stage.complete(login, task, chair=stage.play.code(B))
    assert len(stage.all(Commission)) == 1
