"""¶ 57: the receipt of a conclusion, confirmed by the body or recorded by proof of delivery."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from app.demo import appeal
from app.demo.player import NothingToDo
from app.domain.calendar import local_day
from app.domain.refusals import Conflict, Invalid, NotAllowed
from app.models.facts import ConclusionMark, Letter, Objection
from app.services import case_page, letters, objections
from app.services.views import ConclusionView
from tests.journeys.plot import Stage

EVALUATOR, HEAD = appeal.EVALUATOR, appeal.HEAD
BODY, OFFICER = "aktobe", "aktobe.officer1"
PROOF = {"proof": "postal_notice", "proof_number": "АА 123", "received_on": "2018-03-28"}


@pytest.fixture
def delivered(received: Stage) -> tuple[Stage, int]:
    """A conclusion on Aktobe that was delivered on 28 March 2018, at 18:30 in Astana."""
    received.play.pass_time(appeal.at("2018-03-28T18:30"))
    return received, received.plot.conclude(BODY)


def prove(stage: Stage, case: int, login: str = EVALUATOR, **changed: Any) -> None:
    stage.play.do(login, case, "prove", {**PROOF, **changed}, evidence="Хабарлама.pdf")


def shown(stage: Stage, case: int, login: str) -> ConclusionView:
    page = case_page.case_page(case_id=case, actor=stage.actor(login), now=stage.play.now)
    assert page.about.conclusion is not None
    return page.about.conclusion


def test_the_authority_records_the_receipt_by_proof(delivered: tuple[Stage, int]) -> None:
    stage, case = delivered
    assert sorted(stage.tasks(case)) == ["prove", "receive"]
    receive = stage.task(case, "receive")
    stage.play.pass_time(appeal.at("2018-04-02T10:00"))
    prove(stage, case, received_on="2018-03-30")
    assert stage.tasks(case) == ["object"] and stage.tasks(case, "gone") == ["receive"]
    [mark] = stage.all(ConclusionMark, case_id=case, mark="received")
    assert local_day(mark.at) == date(2018, 3, 30) and mark.person == stage.play.code(EVALUATOR)
    # Five working days after Friday 30 March: not from the day on which it was recorded.
    assert mark.until == appeal.at("2018-04-07T00:00")
    with pytest.raises(Conflict, match=r"task\.gone"):
        stage.complete(OFFICER, receive, confirmed=True)
    stage.verified()


def test_the_body_that_confirms_first_closes_the_other_task(delivered: tuple[Stage, int]) -> None:
    stage, case = delivered
    task = stage.task(case, "prove")
    stage.plot.receive(BODY)
    assert stage.tasks(case) == ["object"] and stage.tasks(case, "gone") == ["prove"]
    with pytest.raises(Conflict, match=r"task\.gone"):
        stage.complete(EVALUATOR, task, **PROOF, documents=[])
    [mark] = stage.all(ConclusionMark, case_id=case, mark="received")
    assert mark.at == stage.play.now and mark.person == stage.play.code(OFFICER)
    assert stage.all(Letter, case_id=case, kind="conclusion/receipt") == []
    receipt = shown(stage, case, OFFICER).receipt
    assert receipt is not None and receipt.proof is None
    stage.verified()


@pytest.mark.parametrize(
    ("day", "code", "bound"),
    [
        ("2018-03-27", "receipt.before_delivery", "2018-03-28"),
        ("0001-01-01", "receipt.before_delivery", "2018-03-28"),
        ("2018-04-03", "receipt.in_future", "2018-04-02"),
        ("9999-12-31", "receipt.in_future", "2018-04-02"),
    ],
)
def test_the_day_lies_between_delivery_and_today(
    delivered: tuple[Stage, int], day: str, code: str, bound: str
) -> None:
    stage, case = delivered
    stage.play.pass_time(appeal.at("2018-04-02T10:00"))
    with pytest.raises(Invalid) as refused:
        prove(stage, case, received_on=day)
    assert (refused.value.code, refused.value.paragraph) == (code, "57")
    [wrong] = refused.value.fields
    assert (wrong.field, wrong.code, wrong.params) == ("received_on", code, (("date", bound),))
    assert stage.refused()["code"] == code
    assert sorted(stage.tasks(case)) == ["prove", "receive"]
    assert stage.all(ConclusionMark, case_id=case, mark="received") == []
    # Nothing was lost by it: the task is there, and another day will do.
    stage.complete(EVALUATOR, stage.task(case, "prove"), **PROOF, documents=given(stage, case))
    stage.verified()


def given(stage: Stage, case: int) -> list[int]:
    """The documents of a case, which were attached to the task at hand."""
    page = case_page.case_page(case_id=case, actor=stage.actor(EVALUATOR), now=stage.play.now)
    return [document.id for document in page.documents if "prove" in (document.task_key or "")]


def test_on_the_day_of_delivery_itself_the_receipt_is_not_before_it(
    delivered: tuple[Stage, int],
) -> None:
    stage, case = delivered
    sent = stage.play.now
    stage.play.pass_time(appeal.at("2018-03-28T19:00"))
    prove(stage, case, received_on="2018-03-28")
    [mark] = stage.all(ConclusionMark, case_id=case, mark="received")
    assert mark.at == sent and mark.until == appeal.at("2018-04-05T00:00")


@pytest.mark.parametrize("left_out", ["proof", "proof_number", "received_on", "documents"])
def test_a_receipt_is_not_recorded_without_evidence(
    delivered: tuple[Stage, int], left_out: str
) -> None:
    stage, case = delivered
    answers = {**PROOF, "documents": [], left_out: None}
    with pytest.raises(Invalid) as refused:
        stage.complete(EVALUATOR, stage.task(case, "prove"), **answers)
    codes = {error.field: error.code for error in refused.value.fields}
    assert codes == dict.fromkeys({left_out, "documents"}, "form.required")


def test_only_the_concluding_authority_records_it(delivered: tuple[Stage, int]) -> None:
    stage, case = delivered
    task = stage.task(case, "prove")
    for login in (OFFICER, "aktobe.head", "mof.officer1", HEAD, "auditor", "admin"):
        with pytest.raises(NotAllowed, match=r"task\.not_yours"):
            stage.complete(login, task, **PROOF, documents=[])
    with pytest.raises(NothingToDo):
        stage.play.find(OFFICER, case, "prove")


def test_the_body_sees_the_proof_and_which_authority_recorded_it(
    delivered: tuple[Stage, int],
) -> None:
    stage, case = delivered
    stage.play.pass_time(appeal.at("2018-03-30T10:00"))
    prove(stage, case)
    wrote = stage.play.code(EVALUATOR)
    for login, person in ((OFFICER, None), (HEAD, wrote), ("auditor", wrote)):
        receipt = shown(stage, case, login).receipt
        assert receipt is not None and receipt.proof is not None
        assert receipt.proof["en"] == "Postal notice of delivery" and receipt.number == "АА 123"
        assert (receipt.organisation, receipt.role) == ("mne", "case_officer")
        assert receipt.person == person and receipt.recorded_at == stage.play.now
        page = case_page.case_page(case_id=case, actor=stage.actor(login), now=stage.play.now)
        assert set(receipt.documents) <= {document.id for document in page.documents}
        assert len(receipt.documents) == 1
        assert (wrote in page.names) == (person is not None)
    [event] = [
        body
        for body in stage.events("task.completed", case)
        if body["facts"]["form"] == "conclusion/prove"
    ]
    # The number of a notice names nobody: it stands in clear, as evidence should.
    assert event["facts"]["answers"]["proof_number"] == "АА 123"


def test_the_body_is_told_by_letter(delivered: tuple[Stage, int]) -> None:
    stage, case = delivered
    stage.play.pass_time(appeal.at("2018-03-30T10:00"))
    prove(stage, case)
    [row] = stage.all(Letter, case_id=case, kind="conclusion/receipt")
    assert row.recipient == BODY

    def text(language: str) -> str:
        page = letters.letter(letter_id=row.id, actor=stage.actor(OFFICER), language=language)
        return page.html

    assert "2018 жылғы 28 наурыз" in text("kk") and "2018 жылғы 4 сәуір" in text("kk")
    assert "28 марта 2018 года" in text("ru") and "АА 123" in text("ru")
    assert "уже прошел" not in text("ru")
    assert "None" not in text("kk") and stage.actor(EVALUATOR).name not in text("kk")


def test_a_receipt_recorded_after_its_five_days_leaves_the_late_objection(
    delivered: tuple[Stage, int],
) -> None:
    stage, case = delivered
    stage.play.pass_time(appeal.at("2018-04-20T10:00"))
    prove(stage, case)
    [row] = stage.all(Letter, case_id=case, kind="conclusion/receipt")
    page = letters.letter(letter_id=row.id, actor=stage.actor(OFFICER), language="ru")
    assert "Этот срок уже прошел" in page.html
    stage.play.pass_time(appeal.at("2018-04-20T10:01"))
    assert stage.case(case).status == "ended" and stage.tasks(case) == []
    objections.file_late(
        case_id=case,
        actor=stage.actor(OFFICER),
        answers={"points": ["1.1.1"], "grounds": "Хат кеш жетті.", "proceed_without": True},
        now=stage.play.now,
    )
    [late] = stage.all(Objection)
    assert late.late and late.window_ended_at == appeal.at("2018-04-05T00:00")
    stage.verified()


def test_the_deadline_is_explained_from_the_day_on_the_proof(
    delivered: tuple[Stage, int],
) -> None:
    stage, case = delivered
    stage.play.pass_time(appeal.at("2018-03-30T10:00"))
    prove(stage, case)
    page = case_page.case_page(case_id=case, actor=stage.actor(OFFICER), now=stage.play.now)
    [deadline] = page.deadlines
    assert deadline.received is not None
    assert (local_day(deadline.received), deadline.due) == (date(2018, 3, 28), date(2018, 4, 4))
    assert json.dumps(stage.events("case.incident")) == "[]"
