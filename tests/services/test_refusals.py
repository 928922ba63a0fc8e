"""Answers that a form does not take: refused whole, told by field, kept for the person."""

from __future__ import annotations

import json
from typing import Any

import pytest
import zstandard
from sqlalchemy import select, text

from app.db import reading
from app.demo import appeal
from app.domain.refusals import FieldError, Invalid, NotAllowed, NotFound, Refusal, TooLarge
from app.engine import codec
from app.models.cases import CaseFile, Draft, Message
from app.models.facts import Conclusion, ConclusionIndicator, ScheduleDraft
from app.models.trail import EventRow, OpeningRow
from app.services import cases, task_page, tasks
from tests.journeys.plot import CONCLUSION, Stage

DRAFTER, EVALUATOR = appeal.DRAFTER, appeal.EVALUATOR
TEXTS = {"final_report": "Бір.", "recommendations_followed": "Екі.", "findings": "Үш."}
ROW = appeal.INDICATORS[0]


def refused(stage: Stage, login: str, task: int, **answers: Any) -> dict[str, str]:
    """The codes of a refusal by field; the case must be as it was."""
    before = stage.events("task.completed")
    with pytest.raises(Invalid) as told:
        stage.complete(login, task, **answers)
    assert stage.events("task.completed") == before
    return {error.field: error.code for error in told.value.fields}


def drafting(stage: Stage) -> int:
    case = stage.play.start(DRAFTER, "schedule", "mne", year=2017)
    return stage.task(case, "draft")


def entering(stage: Stage) -> int:
    stage.begin_year()
    case = stage.play.start(
        EVALUATOR, "conclusion", "mne", evaluated_body="akmola", block="1", year=2017
    )
    return stage.task(case, "enter")


def test_a_field_that_the_form_does_not_have_is_refused(stage: Stage) -> None:
    """What a clerk posts beside the form must never become data of the case."""
    task = drafting(stage)
    for name in ("decision", "authority", "case", "administration", "__class__", "", "REPORT_1"):
        codes = refused(stage, DRAFTER, task, **{**appeal.TERMS, name: "approve"})
        assert codes == {name: "form.unknown_field"}
    assert stage.all(ScheduleDraft) == []
    stage.verified()


def test_a_field_of_another_branch_is_not_taken(stage: Stage) -> None:
    task = drafting(stage)
    stage.complete(DRAFTER, task, **appeal.TERMS)
    case = stage.all(CaseFile)[0].id
    # `order_number` is shown for an approval only: what is sent with a return is left out.
    stage.complete(
        appeal.SIGNATORY, stage.task(case, "approve"),
        decision="return", reasons="Жоқ.", order_number="1", order_date="2018-01-10",
    )  # fmt: skip
    told = stage.events("task.completed", case)[-1]["facts"]["answers"]
    assert told["decision"] == "return" and told["order_number"] is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"report_1": "жақында"}, "form.not_a_date"),
        ({"report_1": "2018-02-30"}, "form.not_a_date"),
        ({"report_1": ["2018-02-15"]}, "form.not_a_date"),
        ({"report_1": {"$gt": ""}}, "form.not_a_date"),
        ({"report_1": True}, "form.not_a_date"),
        ({"note": 7}, "form.not_a_choice"),
        ({"note": "а" * 4001}, "form.too_long"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(
    stage: Stage, changed: dict[str, Any], code: str
) -> None:
    task = drafting(stage)
    [field] = changed
    assert refused(stage, DRAFTER, task, **{**appeal.TERMS, **changed}) == {field: code}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"points": "отыз"}, "form.not_a_number"),
        ({"points": ""}, "form.not_a_number"),
        ({"points": 36.5}, "form.not_a_number"),  # a JSON number with a fraction is not exact
        ({"points": "NaN"}, "form.not_a_number"),
        ({"points": "Infinity"}, "form.not_a_number"),
        ({"points": "1e400"}, "form.not_a_number"),
        ({"points": "36.1234567"}, "form.not_a_number"),
        ({"points": "41"}, "form.too_large"),
        ({"weight": "3"}, "form.unknown_field"),
        ({"code": ""}, "form.unknown_indicator"),
    ],
)
def test_text_where_a_number_is_due_is_refused(
    stage: Stage, row: dict[str, Any], code: str
) -> None:
    codes = refused(
        stage, EVALUATOR, entering(stage), indicators=[{**ROW, **row}], documents=[], **TEXTS
    )
    assert codes == {"indicators": code, "documents": "form.required"}


@pytest.mark.parametrize("documents", [["999"], [True], [{}], "x", ["1 OR 1=1"]])
def test_a_document_that_is_not_attached_there_is_refused(stage: Stage, documents: Any) -> None:
    task = entering(stage)
    codes = refused(
        stage, EVALUATOR, task, indicators=appeal.INDICATORS, documents=documents, **TEXTS
    )
    assert codes == {"documents": "form.unknown_document"}


@pytest.mark.parametrize("bad", ["а\x00б", "а\ud800б", "\x1b[31m"])
@pytest.mark.parametrize("field", ["order_number", "reasons"])
def test_characters_that_no_database_keeps_are_refused(stage: Stage, field: str, bad: str) -> None:
    task = drafting(stage)
    case = stage.complete(DRAFTER, task, **appeal.TERMS).case_id
    answers = {"decision": "approve", "order_number": "1", "order_date": "2018-01-10"}
    if field == "reasons":
        answers = {"decision": "return", "reasons": "…"}
    codes = refused(stage, appeal.SIGNATORY, stage.task(case, "approve"), **{**answers, field: bad})
    assert codes == {field: "form.bad_characters"}
    # And in the draft that is kept of what was typed.
    tasks.keep_refused(
        task_id=stage.task(case, "approve"),
        actor=stage.actor(appeal.SIGNATORY),
        answers={**answers, field: bad},
        now=stage.play.now,
    )
    stage.verified()


def test_more_than_one_event_holds_is_refused_with_a_sentence(stage: Stage) -> None:
    task = entering(stage)
    rows = [{**ROW, "code": f"1.{n}", "name": f"Көрсеткіш {n} " + "ұ" * 480} for n in range(150)]
    with pytest.raises(TooLarge, match=r"act\.too_large"):
        entered(stage, task, rows)
    assert stage.all(Conclusion) == [] and stage.refused()["code"] == "act.too_large"
    entered(stage, task, [{**row, "name": row["name"][:60]} for row in rows[:100]])
    assert len(stage.all(ConclusionIndicator)) == 100
    stage.verified()


def entered(stage: Stage, task: int, rows: list[dict[str, str]]) -> None:
    case = tasks.case_of(task)
    answers = {"indicators": rows, **TEXTS}
    stage.play.do(EVALUATOR, case, "enter", answers, evidence="Есеп.pdf")


def test_what_was_typed_is_kept_when_it_is_refused(stage: Stage) -> None:
    task = drafting(stage)
    typed = {**appeal.TERMS, "overall": "ертең", "note": "Жазып қойдым."}
    person = stage.actor(DRAFTER)
    refused(stage, DRAFTER, task, **typed)
    tasks.keep_refused(task_id=task, actor=person, answers=typed, now=stage.play.now)
    page = task_page.task_page(task_id=task, actor=person, now=stage.play.now)
    assert dict(page.values) == typed and page.saved_at == stage.play.now
    # Nobody else sees it, not even a colleague who may do the task.
    other = task_page.task_page(task_id=task, actor=stage.actor("mne.officer2"), now=stage.play.now)
    assert dict(other.values) == {} and other.saved_at is None
    stage.complete(DRAFTER, task, **appeal.TERMS)
    assert stage.all(Draft) == []


@pytest.mark.parametrize("login", ["akmola.officer1", "admin", "auditor", "mne.head"])
def test_who_may_not_do_a_task_may_not_draft_it(stage: Stage, login: str) -> None:
    task = drafting(stage)
    person = stage.actor(login)
    with pytest.raises(NotAllowed):
        tasks.save_draft(task_id=task, actor=person, answers={"note": "x"}, now=stage.play.now)
    with pytest.raises(NotAllowed):
        task_page.task_page(task_id=task, actor=person, now=stage.play.now)
    with pytest.raises(NotAllowed):
        tasks.claim(task_id=task, actor=person, now=stage.play.now)
    assert stage.all(Draft) == []


@pytest.mark.parametrize("task", [0, -1, 10**9, 2**40])
def test_a_task_that_is_not_there_is_not_found(stage: Stage, task: int) -> None:
    with pytest.raises(NotFound):
        stage.complete(DRAFTER, task)
    with pytest.raises(NotFound):
        tasks.claim(task_id=task, actor=stage.actor(DRAFTER), now=stage.play.now)


@pytest.mark.parametrize(
    "answers",
    [{}, {"year": "2015"}, {"year": "2017.5"}, {"year": "1e9"}, {"year": 2017, "x": 1}],
)
def test_a_start_form_is_checked_like_any_other(stage: Stage, answers: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as told:
        cases.start(
            process="schedule",
            organisation="mne",
            actor=stage.actor(DRAFTER),
            answers=answers,
            now=stage.play.now,
        )
    assert all(isinstance(error, FieldError) for error in told.value.fields)
    assert stage.all(CaseFile) == [] and isinstance(told.value, Refusal)


SECRETS = ("Құпия негіздеме Ж1", "Құпия атау Ж2", "Құпия шығу Ж3", "Құпия қорытынды Ж4")


def test_sealed_text_is_in_its_opening_and_nowhere_else(received: Stage) -> None:
    """¶ none: the bytes of states, events and messages are searched for what was typed."""
    from tests.services.test_conclusion import begun
    from tests.services.test_conclusion import entered as write

    grounds, _, _, findings = SECRETS
    write(received, begun(received, "aktobe"), findings=findings)
    received.complete(
        "akmola.officer1", received.task(CONCLUSION, "object"),
        points=["1.1.1"], grounds=grounds, proceed_without=True,
    )  # fmt: skip
    with reading() as session:
        states = [json.dumps(codec.unpack(s)) for s in session.scalars(select(CaseFile.state))]
        raw = [zstandard.decompress(s[1:]) for s in session.scalars(select(CaseFile.state))]
        bodies = list(session.scalars(select(EventRow.body)))
        payloads = list(session.scalars(select(Message.payload)))
        values = b"\n".join(session.scalars(select(OpeningRow.value)))
        tables = [
            name
            for name in CaseFile.metadata.tables
            if name not in ("opening", "draft", "event", "case_file", "message")
        ]
        cells = [
            str(row) for name in tables for row in session.execute(text(f'SELECT * FROM "{name}"'))
        ]
    for secret in (grounds, findings):
        assert secret.encode() in values
        escaped = json.dumps(secret).strip('"')
        assert not any(secret in state or escaped in state for state in states)
        assert not any(secret.encode() in blob for blob in (*raw, *bodies, *payloads))
        assert not any(secret in cell for cell in cells)
