"""¶ 6–8: the schedule is drafted by one body, returned or approved by another, and versioned."""

from __future__ import annotations

from datetime import date

import pytest

from app.demo import appeal
from app.domain.refusals import Conflict, FieldError, Invalid, NotAllowed
from app.models.facts import Letter, ScheduleDraft, ScheduleOrder
from app.services import case_page, cases, schedules, task_page
from app.services.incidents import CaseIncident
from tests.journeys.plot import Stage

DRAFTER, SIGNATORY = appeal.DRAFTER, appeal.SIGNATORY
REASONS = "Шағымдарға жеткілікті уақыт қалдырылсын."
NOTE = "Жоба алдыңғы жылдың тәжірибесіне негізделген."
APPROVAL = {"decision": "approve", "order_number": "18-01-7.2", "order_date": "2018-01-10"}


def draft(stage: Stage, **changed: str) -> int:
    """A schedule whose draft is at the signatory."""
    case = stage.play.start(DRAFTER, "schedule", "mne", year=2017)
    stage.play.do(DRAFTER, case, "draft", {**appeal.TERMS, **changed})
    return case


def start(stage: Stage, login: str, organisation: str) -> None:
    cases.start(
        process="schedule",
        organisation=organisation,
        actor=stage.actor(login),
        answers={"year": 2017},
        now=stage.play.now,
    )


def test_a_returned_draft_comes_back_with_its_dates_and_the_reasons(stage: Stage) -> None:
    case = stage.play.start(DRAFTER, "schedule", "mne", year=2017)
    stage.play.do(DRAFTER, case, "draft", {**appeal.TERMS, "note": NOTE})
    stage.play.do(SIGNATORY, case, "approve", {"decision": "return", "reasons": REASONS})
    page = task_page.task_page(
        task_id=stage.task(case, "draft"), actor=stage.actor(DRAFTER), now=stage.play.now
    )
    assert page.returned == REASONS and page.saved_at is None
    assert dict(page.values) == {**appeal.TERMS, "note": NOTE}
    assert stage.all(ScheduleOrder) == []
    stage.play.do(DRAFTER, case, "draft", page.values)
    stage.play.do(SIGNATORY, case, "approve", APPROVAL)
    assert [row.report_3 for row in stage.all(ScheduleDraft)] == [date(2018, 2, 20)] * 2
    stage.verified()


def test_an_approved_schedule_is_in_force_and_every_body_is_told(stage: Stage) -> None:
    case = draft(stage)
    assert stage.all(ScheduleDraft)[0].author == stage.play.code(DRAFTER)
    stage.play.do(SIGNATORY, case, "approve", APPROVAL)
    [order] = stage.all(ScheduleOrder)
    assert (order.number, order.order_number) == (1, "18-01-7.2")
    assert order.approved_by == stage.play.code(SIGNATORY)
    horizon = schedules.horizon(now=stage.play.now)
    assert horizon is not None and horizon.year == 2017
    assert [mark.day.isoformat() for mark in horizon.marks] == [
        "2018-02-20", "2018-03-30", "2018-05-11", "2018-05-25", "2018-06-15",
    ]  # fmt: skip
    told = {letter.recipient for letter in stage.all(Letter, kind="schedule/approved")}
    assert {"akmola", "mof", "ap"} <= told and len(told) == len(stage.all(Letter))
    seen = case_page.case_page(
        case_id=case, actor=stage.actor("akmola.officer1"), now=stage.play.now
    )
    assert seen.case.status == "ended" and seen.about.schedules[0].in_force
    stage.verified()


@pytest.mark.parametrize("missing", ["report_2", "to_president"])
def test_a_draft_without_one_of_the_terms_is_refused(stage: Stage, missing: str) -> None:
    case = stage.play.start(DRAFTER, "schedule", "mne", year=2017)
    terms = {name: day for name, day in appeal.TERMS.items() if name != missing}
    with pytest.raises(Invalid) as refused:
        stage.complete(DRAFTER, stage.task(case, "draft"), **terms)
    assert refused.value.fields == (FieldError(missing, "form.required"),)
    assert stage.all(ScheduleDraft) == [] and stage.tasks(case) == ["draft"]


def test_terms_out_of_order_are_refused_by_paragraph_7(stage: Stage) -> None:
    case = stage.play.start(DRAFTER, "schedule", "mne", year=2017)
    terms = {**appeal.TERMS, "after_appeals": "2018-03-29", "to_president": "2018-05-24"}
    with pytest.raises(Invalid, match=r"schedule\.out_of_order") as refused:
        stage.complete(DRAFTER, stage.task(case, "draft"), **terms)
    assert refused.value.paragraph == "7"
    assert [(f.field, f.code) for f in refused.value.fields] == [
        ("after_appeals", "schedule.out_of_order"),
        ("to_president", "schedule.out_of_order"),
    ]
    body = stage.events("act.refused")[-1]
    assert body["facts"] == {
        "code": "schedule.out_of_order", "paragraph": "7", "attempted": "task.complete"
    }  # fmt: skip
    assert body["case_id"] == case and body["paragraphs"] == ["7"]
    assert body["actor"]["person"] == stage.play.code(DRAFTER)
    # Nothing is half done, and the case goes on.
    assert stage.case(case).version == 1 and stage.all(ScheduleDraft) == []
    stage.complete(DRAFTER, stage.task(case, "draft"), **appeal.TERMS)
    assert stage.tasks(case) == ["approve"]
    stage.verified()


def test_an_order_of_tomorrow_or_of_before_the_decree_is_refused(stage: Stage) -> None:
    case = draft(stage)
    task = stage.task(case, "approve")
    for day, code in (
        ("2018-01-11", "order.date_in_future"),
        ("2016-12-31", "decree.before_in_force"),
    ):
        with pytest.raises(Invalid, match=code) as refused:
            stage.complete(SIGNATORY, task, **{**APPROVAL, "order_date": day})
        assert refused.value.fields == (FieldError("order_date", code),)
    assert stage.all(ScheduleOrder) == [] and stage.refused()["attempted"] == "task.complete"


def test_today_is_the_day_of_astana_and_not_of_greenwich(stage: Stage) -> None:
    case = draft(stage)
    stage.play.now = appeal.at("2018-01-11T00:30")
    stage.play.do(SIGNATORY, case, "approve", {**APPROVAL, "order_date": "2018-01-11"})
    assert stage.all(ScheduleOrder)[0].order_date == date(2018, 1, 11)


def test_a_later_order_is_a_new_version_and_the_old_one_stays(stage: Stage) -> None:
    first = draft(stage)
    stage.play.do(SIGNATORY, first, "approve", APPROVAL)
    second = draft(stage, overall="2018-05-28")
    assert (
        second != first
        and stage.events("case.started", second)[0]["facts"]["data"]["changes"] == first
    )
    stage.play.do(SIGNATORY, second, "approve", {**APPROVAL, "order_number": "18-01-7.9"})
    assert [(o.number, o.order_number) for o in stage.all(ScheduleOrder)] == [
        (1, "18-01-7.2"), (2, "18-01-7.9"),
    ]  # fmt: skip
    horizon = schedules.horizon(now=stage.play.now)
    assert horizon is not None and date(2018, 5, 28) in [mark.day for mark in horizon.marks]
    old = case_page.case_page(case_id=first, actor=stage.actor("auditor"), now=stage.play.now)
    assert [view.in_force for view in old.about.schedules] == [False]
    stage.verified()


def test_two_drafts_of_one_year_do_not_run_side_by_side(stage: Stage) -> None:
    draft(stage)
    with pytest.raises(Conflict, match=r"schedule\.under_way"):
        start(stage, DRAFTER, "mne")


@pytest.mark.parametrize(
    ("login", "organisation", "code", "paragraph"),
    [
        ("mof.officer1", "mof", "schedule.not_planning", "8"),
        ("akmola.officer1", "akmola", "schedule.not_planning", "8"),
        ("mof.officer1", "mne", "permission.denied", None),
        ("mne.head", "mne", "permission.denied", None),
        ("auditor", "mne", "permission.denied", None),
        ("admin", "mne", "permission.denied", None),
    ],
)
def test_nobody_else_starts_a_schedule(
    stage: Stage, login: str, organisation: str, code: str, paragraph: str | None
) -> None:
    with pytest.raises(NotAllowed, match=code) as refused:
        start(stage, login, organisation)
    assert refused.value.paragraph == paragraph
    assert stage.refused()["attempted"] == "schedule.start"
    assert stage.events("case.started") == []


@pytest.mark.parametrize("login", ["mne.officer1", "mne.head", "akmola.head", "admin", "auditor"])
def test_nobody_but_the_head_of_the_administration_approves(stage: Stage, login: str) -> None:
    case = draft(stage)
    with pytest.raises(NotAllowed, match=r"task\.not_yours"):
        stage.complete(login, stage.task(case, "approve"), **APPROVAL)
    assert stage.all(ScheduleOrder) == []


def test_a_return_without_reasons_is_refused(stage: Stage) -> None:
    case = draft(stage)
    with pytest.raises(Invalid) as refused:
        stage.complete(SIGNATORY, stage.task(case, "approve"), decision="return")
    assert not isinstance(refused.value, CaseIncident)
    assert refused.value.fields == (FieldError("reasons", "form.required"),)
