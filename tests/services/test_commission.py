"""¶ 9(2), 59: who may not sit on a special commission, at every door; quorum and recusal."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.demo import accounts, appeal
from app.demo.player import NothingToDo
from app.domain.refusals import Invalid, NotAllowed
from app.models.facts import Ballot, Commission
from app.services import cases, roles, task_page, tasks
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage

HEAD, EVALUATOR = appeal.HEAD, appeal.EVALUATOR
MEMBERS = appeal.MEMBERS
CLEAN = ("mne.officer3", "mne.officer4", "mne.officer5", "mne.officer6")


def form(stage: Stage, case: int, members: tuple[str, ...], chair: str | None = None) -> None:
    codes = [stage.play.code(login) for login in members]
    stage.complete(
        HEAD,
        stage.task(case, "form"),
        order_number="5-к",
        order_date=stage.play.today(),
        members=codes,
        chair=stage.play.code(chair) if chair else codes[0],
    )


def vote(stage: Stage, login: str, case: int, **answers: Any) -> None:
    stage.play.do(login, case, "vote", answers)


def recuse(stage: Stage, login: str, case: int) -> None:
    stage.play.do(login, case, "vote", appeal.RECUSAL)


def sign(stage: Stage, login: str, case: int) -> None:
    """Draw up the minutes as the chair."""
    minutes = {"minutes_number": "9-х", "minutes_date": stage.play.today(), "reasons": "Жоқ."}
    stage.play.do(login, case, "minutes", minutes)


@pytest.fixture
def objected(received: Stage) -> tuple[Stage, int]:
    """Akmola has objected to 1.1.1; the commission is to be formed."""
    return received, received.plot.object(AKMOLA)


@pytest.mark.parametrize("barred", [EVALUATOR, HEAD])
def test_who_took_part_is_not_named_a_member(objected: tuple[Stage, int], barred: str) -> None:
    stage, case = objected
    with pytest.raises(NotAllowed, match=r"commission\.participated") as refused:
        form(stage, case, (*CLEAN[:2], barred))
    assert refused.value.paragraph == "59" and refused.value.params == {
        "person": stage.play.code(barred)
    }
    assert [field.field for field in refused.value.fields] == ["members"]
    assert stage.refused()["code"] == "commission.participated"
    assert stage.all(Commission) == [] and stage.tasks(case) == ["form"]


def test_the_form_says_who_is_barred_and_by_which_act(objected: tuple[Stage, int]) -> None:
    stage, case = objected
    page = task_page.task_page(
        task_id=stage.task(case, "form"), actor=stage.actor(HEAD), now=stage.play.now
    )
    barred = {c.person: c for c in page.offers.candidates if c.excluded}
    assert barred.keys() == {stage.play.code(EVALUATOR), stage.play.code(HEAD)}
    because = {act.element for act in barred[stage.play.code(EVALUATOR)].because}
    assert "enter" in because
    assert {act.case_id for c in barred.values() for act in c.because} == {CONCLUSION}


@pytest.mark.parametrize(
    ("members", "chair", "code"),
    [
        (CLEAN[:2], None, "commission.too_small"),
        (CLEAN[:3], "mne.officer7", "commission.chair_not_member"),
        ((*CLEAN[:2], "mof.officer1"), None, "form.invalid"),
        ((*CLEAN[:2], "akmola.officer2"), None, "form.invalid"),
    ],
)
def test_a_wrong_commission_is_refused(
    objected: tuple[Stage, int], members: tuple[str, ...], chair: str | None, code: str
) -> None:
    stage, case = objected
    with pytest.raises(Invalid, match=code):
        form(stage, case, members, chair)
    assert stage.all(Commission) == []


def test_somebody_who_also_serves_the_evaluated_body_is_not_named(
    objected: tuple[Stage, int],
) -> None:
    stage, case = objected
    give(stage, CLEAN[2], "case_officer", "akmola")
    with pytest.raises(NotAllowed, match=r"conflict\.own_body") as refused:
        form(stage, case, CLEAN[:3])
    assert refused.value.paragraph == "9(2)"


def give(stage: Stage, login: str, role: str, organisation: str) -> None:
    roles.grant_role(
        person=stage.play.code(login),
        role=role,
        organisation=organisation,
        starts_on=date(2018, 1, 1),
        actor=accounts.SYSTEM,
        now=stage.play.now,
    )


def take_part(stage: Stage, login: str) -> None:
    """Let a person begin to evaluate another body in the same year."""
    cases.start(
        process="conclusion",
        organisation="mne",
        actor=stage.actor(login),
        answers={"evaluated_body": "moa", "block": "1", "year": 2017},
        now=stage.play.now,
    )


@pytest.mark.parametrize("administrator", [False, True])
def test_a_member_who_takes_part_later_is_barred_at_every_door(
    objected: tuple[Stage, int], administrator: bool
) -> None:
    stage, case = objected
    form(stage, case, CLEAN[:3])
    barred = CLEAN[1]
    mine = stage.play.find(barred, case, "vote").task_id
    take_part(stage, barred)
    if administrator:
        give(stage, barred, "administrator", "ap")
        give(stage, barred, "commission_member", "mne")
    with pytest.raises(NothingToDo):
        stage.play.find(barred, case, "vote")
    doors = (
        lambda who: tasks.claim(task_id=mine, actor=who, now=stage.play.now),
        lambda who: tasks.save_draft(task_id=mine, actor=who, answers={}, now=stage.play.now),
        lambda who: task_page.task_page(task_id=mine, actor=who, now=stage.play.now),
        lambda who: tasks.complete(
            task_id=mine, actor=who, answers={"votes": {"1.1.1": "for"}}, now=stage.play.now
        ),
    )
    for door in doors:
        with pytest.raises(NotAllowed, match=r"conflict\.participated") as refused:
            door(stage.actor(barred))
        assert refused.value.paragraph == "59"
    assert stage.refused() == {
        "code": "conflict.participated", "paragraph": "59", "attempted": "task.complete"
    }  # fmt: skip
    # The others are not held up by it.
    vote(stage, CLEAN[0], case, votes={"1.1.1": "for"})
    assert stage.tasks(case).count("vote") == 2
    stage.verified()


def test_who_evaluated_another_year_may_sit(objected: tuple[Stage, int]) -> None:
    stage, case = objected
    schedule = stage.play.start(appeal.DRAFTER, "schedule", appeal.AUTHORITY, year=2016)
    stage.play.do(appeal.DRAFTER, schedule, "draft", appeal.TERMS)
    order = {"decision": "approve", "order_number": "1", "order_date": stage.play.today()}
    stage.play.do(appeal.SIGNATORY, schedule, "approve", order)
    cases.start(
        process="conclusion",
        organisation="mne",
        actor=stage.actor(CLEAN[0]),
        answers={"evaluated_body": "moa", "block": "1", "year": 2016},
        now=stage.play.now,
    )
    form(stage, case, CLEAN[:3])
    vote(stage, CLEAN[0], case, votes={"1.1.1": "for"})


def test_nobody_votes_for_somebody_else(objected: tuple[Stage, int]) -> None:
    stage, case = objected
    form(stage, case, CLEAN[:3])
    mine = stage.play.find(CLEAN[0], case, "vote").task_id
    for other in (CLEAN[1], CLEAN[3], HEAD, "akmola.officer1", "admin", "auditor"):
        with pytest.raises(NotAllowed, match=r"task\.not_yours"):
            stage.complete(other, mine, votes={"1.1.1": "for"})
    assert stage.all(Ballot) == []


@pytest.mark.parametrize("votes", [{}, {"1.1.2": "for"}, {"1.1.1": "perhaps"}, {"1.1.1": ""}])
def test_a_ballot_is_for_every_point_and_no_other(
    objected: tuple[Stage, int], votes: dict[str, str]
) -> None:
    stage, case = objected
    form(stage, case, CLEAN[:3])
    mine = stage.play.find(CLEAN[0], case, "vote").task_id
    with pytest.raises(Invalid):
        stage.complete(CLEAN[0], mine, votes=votes)
    assert stage.tasks(case).count("vote") == 3


@pytest.mark.parametrize(
    ("votes", "outcome"),
    [
        (("for", "against", None), "rejected"),  # a tie does not accept
        (("for", "abstained", "abstained"), "accepted"),
        (("abstained", "abstained", "abstained"), "rejected"),
    ],
)
def test_votes_are_counted_point_by_point(
    objected: tuple[Stage, int], votes: tuple[str | None, ...], outcome: str
) -> None:
    stage, case = objected
    form(stage, case, CLEAN[:3])
    for login, choice in zip(CLEAN[:3], votes, strict=True):
        given = {"votes": {"1.1.1": choice}} if choice else appeal.RECUSAL
        vote(stage, login, case, **given)
    sign(stage, CLEAN[0], case)
    assert stage.outcome(case) == outcome
