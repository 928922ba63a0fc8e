"""¶ 9(2)–(4), 46–47, 57: a conclusion is written by one, signed by another, and then delivered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.demo import accounts, appeal
from app.domain.refusals import Conflict, Invalid, NotAllowed, NotFound
from app.models.facts import Conclusion, ConclusionMark, Objection, ObjectionDocument
from app.services import case_page, cases, documents, objections, roles, starts, task_page, tasks
from tests.journeys.plot import AKMOLA, CONCLUSION, SECOND, Stage

EVALUATOR, HEAD = appeal.EVALUATOR, appeal.HEAD
TEXTS = {"final_report": "Бір.", "recommendations_followed": "Екі.", "findings": "Үш."}
WINDOW_ENDS = appeal.at("2018-04-03T00:00")  # five working days after 26 March


def begun(stage: Stage, body: str = "akmola", login: str = EVALUATOR) -> int:
    """A conclusion on a body of 2017, whose schedule is in force; its case."""
    stage.begin_year()
    return stage.play.start(login, "conclusion", "mne", evaluated_body=body, block="1", year=2017)


def entered(stage: Stage, case: int, **changed: Any) -> None:
    answers = {"indicators": appeal.INDICATORS, **TEXTS, **changed}
    stage.play.do(EVALUATOR, case, "enter", answers, evidence="Есеп.pdf")


def test_the_author_does_not_sign_what_they_wrote(stage: Stage) -> None:
    case = begun(stage)
    roles.grant_role(
        person=stage.play.code(EVALUATOR),
        role="first_head",
        organisation="mne",
        starts_on=date(2018, 1, 1),
        acting=True,
        actor=accounts.SYSTEM,
        now=stage.play.now,
    )
    entered(stage, case)
    sign = stage.task(case, "sign")
    with pytest.raises(NotAllowed, match=r"conclusion\.same_person") as refused:
        stage.complete(EVALUATOR, sign, decision="sign")
    assert refused.value.paragraph == "9(2)"
    assert stage.all(ConclusionMark) == [] and stage.tasks(case) == ["sign"]
    stage.complete(HEAD, sign, decision="sign")
    assert {m.mark for m in stage.all(ConclusionMark)} == {"issued", "delivered"}
    stage.verified()


def test_a_returned_draft_comes_back_whole_with_the_reasons(stage: Stage) -> None:
    case = begun(stage)
    entered(stage, case)
    stage.play.do(HEAD, case, "sign", {"decision": "return", "reasons": "Дерек қосылсын."})
    page = task_page.task_page(
        task_id=stage.task(case, "enter"), actor=stage.actor(EVALUATOR), now=stage.play.now
    )
    assert page.returned == "Дерек қосылсын."
    assert page.values["indicators"] == appeal.INDICATORS
    assert {name: page.values[name] for name in TEXTS} == TEXTS
    # Its evidence too: it may be handed in again as it stands.
    assert [d.id for d in page.attached] == page.values["documents"]
    stage.play.do(EVALUATOR, case, "enter", page.values)
    assert [row.number for row in stage.all(Conclusion)] == [1, 2]
    stage.verified()


def test_the_body_sees_nothing_before_delivery_and_no_returned_draft_after(stage: Stage) -> None:
    case = begun(stage)
    entered(stage, case, final_report="Қайтарылған жоба.")
    body = stage.actor("akmola.officer1")

    def seen() -> case_page.CasePage:
        return case_page.case_page(case_id=case, actor=body, now=stage.play.now)

    with pytest.raises(NotFound):
        seen()
    stage.play.do(HEAD, case, "sign", {"decision": "return", "reasons": "Дерек қосылсын."})
    entered(stage, case)
    with pytest.raises(NotFound):
        seen()
    assert case_page.list_cases(actor=body, process="conclusion") == ()
    stage.play.do(HEAD, case, "sign", {"decision": "sign"})
    conclusion = seen().about.conclusion
    assert conclusion is not None and [v.number for v in conclusion.versions] == [2]
    assert "Қайтарылған" not in str(seen()) and "Дерек қосылсын" not in str(seen())
    inside = case_page.case_page(case_id=case, actor=stage.actor(HEAD), now=stage.play.now)
    assert inside.about.conclusion is not None
    assert [v.number for v in inside.about.conclusion.versions] == [2, 1]


def test_a_document_of_a_draft_is_hidden_from_the_other_side_until_handed_in(
    received: Stage,
) -> None:
    task = received.task(CONCLUSION, "object")
    body, other = received.actor("akmola.officer1"), received.actor(EVALUATOR)
    attached = documents.attach(
        task_id=task,
        actor=body,
        upload=documents.Upload("Дәлел.pdf", evidence()),
        source="1",
        origin="Кіріс хаты",
        now=received.play.now,
        store=received.store,
    )

    def view(actor: Any) -> None:
        documents.view(
            document_id=attached.id, actor=actor, now=received.play.now, store=received.store
        ).stream.close()

    def listed(actor: Any) -> set[int]:
        page = case_page.case_page(case_id=CONCLUSION, actor=actor, now=received.play.now)
        return {document.id for document in page.documents}

    view(body)
    assert attached.id in listed(body) and attached.id not in listed(other)
    with pytest.raises(NotFound):
        view(other)
    received.complete(
        "akmola.officer1", task, points=["1.1.1"], grounds="Міне.", documents=[attached.id]
    )
    view(other)
    assert attached.id in listed(other)
    assert [row.document_id for row in received.all(ObjectionDocument)] == [attached.id]


def evidence() -> Any:
    import io

    from app.demo.player import EVIDENCE

    return io.BytesIO(EVIDENCE)


def test_one_second_before_the_window_ends_is_in_time(received: Stage) -> None:
    received.play.now = WINDOW_ENDS - SECOND
    received.plot.object(AKMOLA)
    [objection] = received.all(Objection)
    assert not objection.late and objection.window_ended_at == WINDOW_ENDS


@pytest.mark.parametrize("after", [timedelta(0), SECOND])
def test_at_24_00_the_window_is_closed(received: Stage, after: timedelta) -> None:
    task = received.task(CONCLUSION, "object")
    received.play.now = WINDOW_ENDS + after
    with pytest.raises(Conflict, match=r"task\.gone"):
        received.complete(
            "akmola.officer1", task, points=["1.1.1"], grounds="Кеш.", proceed_without=True
        )
    assert received.all(Objection) == []
    # The timer went first, as an act of its own, and the conclusion is final.
    assert received.case(CONCLUSION).status == "ended"
    objections.file_late(
        case_id=CONCLUSION,
        actor=received.actor("akmola.officer1"),
        answers={"points": ["1.1.1"], "grounds": "Кеш.", "proceed_without": True},
        now=received.play.now,
    )
    assert [row.late for row in received.all(Objection)] == [True]
    received.verified()


def test_the_window_is_five_working_days_and_ends_at_midnight_of_astana(received: Stage) -> None:
    [mark] = received.all(ConclusionMark, mark="received")
    assert mark.at == appeal.at("2018-03-26T09:30") and mark.until == WINDOW_ENDS
    page = case_page.case_page(
        case_id=CONCLUSION, actor=received.actor("akmola.officer1"), now=received.play.now
    )
    assert [(d.due, d.count, d.state) for d in page.deadlines] == [(date(2018, 4, 2), 5, "running")]


def test_one_conclusion_for_a_body_a_block_and_a_year(stage: Stage) -> None:
    begun(stage)
    with pytest.raises(Conflict, match=r"conclusion\.exists") as refused:
        begun(stage, login="mne.officer1")
    assert refused.value.paragraph == "6"
    begun(stage, "aktobe")


@pytest.mark.parametrize(
    ("organisation", "body", "block", "code"),
    [
        ("akmola", "aktobe", "1", "conclusion.not_authorised"),
        ("mof", "akmola", "1", "conclusion.not_yours"),
        ("mne", "akmola", "2", "conclusion.not_yours"),
        ("mne", "mne", "1", "conclusion.not_yours"),
    ],
)
def test_only_the_concluding_authority_starts(
    stage: Stage, organisation: str, body: str, block: str, code: str
) -> None:
    with pytest.raises(NotAllowed, match=code):
        cases.start(
            process="conclusion",
            organisation=organisation,
            actor=stage.actor(f"{organisation}.officer1"),
            answers={"evaluated_body": body, "block": block, "year": 2017},
            now=stage.play.now,
        )
    assert stage.events("case.started") == []


def test_nothing_begins_before_the_schedule_of_its_year_is_in_force(stage: Stage) -> None:
    """¶ 8: not by an approved schedule of another year, nor by one that is still drafted."""
    stage.begin_year(2016)
    drafted = stage.play.start("mne.officer1", "schedule", "mne", year=2017)
    before = stage.events("case.started")
    with pytest.raises(Invalid, match=r"schedule\.not_in_force") as refused:
        stage.play.start(
            EVALUATOR, "conclusion", "mne", evaluated_body="akmola", block="1", year=2017
        )
    assert (refused.value.paragraph, refused.value.params) == ("8", {"year": 2017})
    assert [(error.field, error.code) for error in refused.value.fields] == [
        ("year", "schedule.not_in_force")
    ]
    assert stage.events("case.started") == before
    assert stage.refused() == {
        "code": "schedule.not_in_force", "paragraph": "8", "attempted": "conclusion.start"
    }  # fmt: skip
    stage.play.do("mne.officer1", drafted, "draft", appeal.TERMS)
    order = {"order_number": "1", "order_date": stage.play.today()}
    stage.play.do("ap.head", drafted, "approve", {"decision": "approve", **order})
    assert begun(stage)
    stage.verified()


def test_who_may_start_a_conclusion_is_told_of_which_years(stage: Stage) -> None:
    def years() -> tuple[int, ...] | None:
        found = starts.start_of(
            process="conclusion",
            organisation="mne",
            actor=stage.actor(EVALUATOR),
            now=stage.play.now,
        )
        return found.years

    assert years() == ()
    stage.begin_year()
    stage.begin_year(2016)
    assert years() == (2016, 2017)
    [schedule] = [
        found.years
        for found in starts.starts(actor=stage.actor(EVALUATOR), now=stage.play.now)
        if found.process == "schedule"
    ]
    assert schedule is None


def test_who_wrote_a_version_is_named_to_the_authority_and_to_auditors_only(
    received: Stage,
) -> None:
    wrote = received.play.code(EVALUATOR)

    def version(login: str) -> tuple[case_page.CasePage, Any]:
        page = case_page.case_page(
            case_id=CONCLUSION, actor=received.actor(login), now=received.play.now
        )
        assert page.about.conclusion is not None
        return page, page.about.conclusion.versions[0]

    for login in (HEAD, "auditor"):
        page, shown = version(login)
        assert shown.author == wrote and wrote in page.names
    for login in ("akmola.officer1", "akmola.head"):
        page, shown = version(login)
        assert (shown.author, shown.role) == (None, "case_officer")
        assert wrote not in page.names
        assert page.about.conclusion is not None and page.about.conclusion.authority == "mne"


def test_who_has_taken_a_task_of_the_authority_is_not_named_to_the_body(received: Stage) -> None:
    case = received.plot.conclude("aktobe")
    for login, element in ((EVALUATOR, "prove"), ("aktobe.officer1", "receive")):
        task = received.task(case, element)
        tasks.claim(task_id=task, actor=received.actor(login), now=received.play.now)

    def taken(login: str) -> dict[str, bool]:
        page = case_page.case_page(case_id=case, actor=received.actor(login), now=received.play.now)
        return {row.element: row.claimed_name is not None for row in page.tasks}

    assert taken(HEAD) == taken("auditor") == {"prove": True, "receive": True}
    assert taken("aktobe.officer1") == {"prove": False, "receive": True}
