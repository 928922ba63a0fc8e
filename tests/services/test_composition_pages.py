"""¶ 59: what pages tell of a commission that is composed anew, and what they keep secret."""

from __future__ import annotations

import json

import pytest

from app.demo import appeal
from app.domain.refusals import Conflict, Invalid
from app.models.facts import Commission, CommissionMember
from app.services import case_page, task_page, tasks
from tests.journeys.plot import Stage
from tests.services.test_commission import recuse, vote
from tests.services.test_composition import (
    AGAINST,
    FOR,
    HEAD,
    SECRET,
    A,
    B,
    C,
    D,
    E,
    change,
    commission,
    member,
    sitting,
)  # fmt: skip

__all__ = ["sitting"]


def test_the_further_order_is_kept_with_its_reason_and_its_text_sealed(
    sitting: tuple[Stage, int],
) -> None:
    stage, case = sitting
    change(stage, case, removed=[C], added=[D, E], cause="left_office")
    first, second = commission(stage, case).orders
    code = stage.play.code
    assert (first.number, first.cause, first.removed) == ("5-к", "", ())
    assert (second.number, second.cause) == ("6-к", "left_office")
    assert (second.removed, second.added, second.chair) == ((code(C),), (code(D), code(E)), code(A))
    event = stage.events("task.completed", case)[-1]
    assert event["facts"]["answers"]["explanation"].keys() == {"sealed"}
    assert SECRET not in json.dumps(event, ensure_ascii=False)
    page = case_page.case_page(case_id=case, actor=stage.actor(HEAD), now=stage.play.now)
    assert page.story[-1].texts == {"explanation": SECRET} and code(C) in page.names
    former, newest = stage.all(Commission)
    for row, people in ((former, (A, B, C)), (newest, (A, B, D, E))):
        rows = stage.all(CommissionMember, commission_id=row.id)
        assert [m.person for m in rows] == [code(login) for login in people]


def test_what_a_voter_had_typed_is_not_lost(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    old = stage.play.find(C, case, "vote").task_id
    typed = {"votes": {"1.1.1": "against"}, "dissent": "Келіспеймін, себебі…"}
    tasks.save_draft(task_id=old, actor=stage.actor(C), answers=typed, now=stage.play.now)
    change(stage, case, removed=[B], added=[D])
    with pytest.raises(Conflict, match=r"task\.gone"):
        stage.complete(C, old, **FOR)
    new = stage.play.find(C, case, "vote").task_id
    page = task_page.task_page(task_id=new, actor=stage.actor(C), now=stage.play.now)
    assert new != old and page.values == typed and page.refusal is None
    # Nobody else begins with it, nor with what another member handed in.
    vote(stage, A, case, **FOR)
    other = stage.play.find(D, case, "vote").task_id
    assert task_page.task_page(task_id=other, actor=stage.actor(D), now=stage.play.now).values == {}


def test_the_form_offers_members_newcomers_and_the_chair(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    code = stage.play.code

    def page() -> task_page.TaskPage:
        task = stage.task(case, "change")
        return task_page.task_page(task_id=task, actor=stage.actor(HEAD), now=stage.play.now)

    assert page().values == {"chair": code(A)} and page().task.due is None
    offered = page().offers.people
    assert [c.person for c in offered["removed"]] == [code(A), code(B), code(C)]
    added = {c.person: c.excluded for c in offered["added"]}
    assert not {code(A), code(B), code(C)} & added.keys() and added[code(D)] is None
    assert added[code(appeal.EVALUATOR)] == "commission.participated"
    change(stage, case, removed=[B], added=[D], chair=D)
    assert page().values == {"chair": code(D)}
    assert [c.person for c in page().offers.people["removed"]] == [code(A), code(C), code(D)]


def test_a_recusal_has_a_reason_that_only_the_authority_reads(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    task = stage.play.find(B, case, "vote").task_id
    with pytest.raises(Invalid, match=r"form\.invalid") as refused:
        stage.complete(B, task, recused=True)
    assert [wrong.field for wrong in refused.value.fields] == ["recusal_reason"]
    recuse(stage, B, case)
    event = stage.events("task.completed", case)[-1]
    assert event["facts"]["answers"]["recusal_reason"].keys() == {"sealed"}
    page = case_page.case_page(case_id=case, actor=stage.actor(HEAD), now=stage.play.now)
    assert page.story[-1].texts == {"recusal_reason": appeal.RECUSAL["recusal_reason"]}


def test_nobody_is_told_who_voted_how_before_the_count(sitting: tuple[Stage, int]) -> None:
    stage, case = sitting
    vote(stage, A, case, **AGAINST, dissent="Қате есептелген.")

    def told() -> tuple[dict[str, str], str, dict[str, str]]:
        page = case_page.case_page(case_id=case, actor=stage.actor(HEAD), now=stage.play.now)
        [chapter] = [c for c in page.story if c.person == stage.play.code(A)]
        found = member(stage, case, A)
        return dict(found.votes), found.dissent, dict(chapter.texts)

    assert told() == ({}, "", {}) and member(stage, case, A).voted
    for login in (B, C):
        vote(stage, login, case, **FOR)
    assert told() == (
        {"1.1.1": "against"},
        "Қате есептелген.",
        {"dissent": "Қате есептелген."},
    )
