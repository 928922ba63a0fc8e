"""¶ 6-8, 11: the first schedule opens a year; the year waits for its conclusions."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.db import transaction
from app.demo import appeal, methodologies
from app.domain.actors import SystemActor
from app.domain.refusals import Conflict, FieldError, Invalid, NotFound
from app.models.cases import CaseFile, Incident, Message, Task
from app.models.facts import ScheduleOrder
from app.models.overall import MissingConclusion, Overall, OverallResult
from app.services import (
    beginnings,
    case_page,
    evaluators,
    task_page,
    years,
)
from tests.journeys.plot import Stage
from tests.services import yearly
from tests.services.replayed import executed_again
from tests.services.yearly import CASE, OFFICER, YEAR, final_year, opened_year

__all__ = ["final_year", "opened_year"]


def test_the_first_schedule_opens_every_evaluation_as_an_act_of_its_own(
    opened_year: Stage,
) -> None:
    year = opened_year.case(CASE)
    assert (year.process, year.year, year.authority) == ("cycle", YEAR, "mne")
    assert year.number.startswith("Ж-2017-")
    opened = yearly.evaluations(opened_year)
    assert len(opened) == 94 and {case.opened_by_case for case in opened} == {CASE}
    began = [event for event in opened_year.events("case.started") if "from_case" in event["facts"]]
    assert len(began) == 95 and {event["stream"] for event in began} == {
        f"case/{case.id}" for case in [year, *opened]
    }
    assert {event["actor"]["system"] for event in began} == {"message"}
    assert sum(event["facts"]["data"].get("parts_count", 0) for event in began) == 220
    # What the table says is what was opened.
    for row in evaluators.of_year(year=YEAR, now=opened_year.play.now).rows:
        [data] = [
            event["facts"]["data"]
            for event in began
            if event["facts"]["data"].get("evaluated_body") == row.body
            and event["facts"]["data"].get("block") == row.block
        ]
        assert data["authority"] == row.consolidator
        assert data["parts"][row.part] == {
            "code": row.part, "authority": row.authority, "paragraph": row.paragraph
        }  # fmt: skip
    opened_year.verified()


def test_an_evaluation_begins_with_exactly_what_it_needs(opened_year: Stage) -> None:
    [case] = opened_year.all(CaseFile, evaluated_body="acsa", block=2)
    [started] = opened_year.events("case.started", case.id)
    assert started["facts"]["data"] == {
        "case": case.id, "year": 2017, "block": 2, "evaluated_body": "acsa",
        "authority": "acsa", "planning": "mne", "working_body": "ap", "cycle_case": CASE,
        "parts": {
            "services": {"code": "services", "authority": "ap", "paragraph": "30"},
            "complaints": {"code": "complaints", "authority": "lsc", "paragraph": "28"},
            "eservices": {"code": "eservices", "authority": "zerde", "paragraph": "28"},
        },
        "parts_count": 3, "self_consolidated": True,
    }  # fmt: skip


def test_the_year_is_executed_again_from_its_events(final_year: Stage) -> None:
    assert executed_again(CASE) == 2


def test_a_later_order_changes_the_dates_and_opens_nothing(opened_year: Stage) -> None:
    opened_year.play.now += timedelta(days=1)
    yearly.approve(opened_year, "18-01-9", after_appeals="2018-05-14")
    assert [row.number for row in opened_year.all(ScheduleOrder)] == [1, 2]
    assert len(opened_year.all(CaseFile, process="cycle")) == 1
    assert len(yearly.evaluations(opened_year)) == 94


def begin(stage: Stage, year: int) -> None:
    """Start the case of a year by hand, past the schedule."""
    data = {
        "year": year, "authority": "mne", "planning": "mne", "working_body": "ap",
        "administration": "ap",
    }  # fmt: skip
    [*_, message] = stage.all(Message, starts="cycle")
    with transaction() as session:
        beginnings.begin(
            session,
            process="cycle",
            data=data,
            actor=SystemActor("message"),
            now=stage.play.now,
            message=message,
        )


def test_a_second_case_for_a_year_and_one_without_a_schedule_are_refused(
    opened_year: Stage,
) -> None:
    with pytest.raises(Conflict, match=r"cycle\.exists") as second:
        begin(opened_year, YEAR)
    assert second.value.paragraph == "6"
    with pytest.raises(Invalid, match=r"schedule\.not_in_force") as without:
        begin(opened_year, 2018)
    assert without.value.paragraph == "8"
    assert len(opened_year.all(CaseFile, process="cycle")) == 1


def test_when_the_last_conclusion_is_final_the_overall_evaluation_begins(
    opened_year: Stage,
) -> None:
    stage = opened_year
    stage.play.pass_time(yearly.FINAL)
    *most, last = yearly.evaluations(stage)
    yearly.conclude(stage, most)
    assert stage.tasks(CASE) == [] and stage.all(Overall) == []
    yearly.conclude(stage, [last])
    assert stage.tasks(CASE) == ["draft_overall"]
    [message] = stage.all(Message, name="all_final")
    assert (message.from_case, message.to_case, message.state) == (last.id, CASE, "delivered")
    [task] = stage.all(Task, case_id=CASE)
    assert (task.role, task.organisation) == ("case_officer", "mne")
    stage.verified()


def test_the_results_are_those_of_the_conclusions_by_the_formula(final_year: Stage) -> None:
    rows = {(row.evaluated_body, row.block): row for row in final_year.all(OverallResult)}
    assert len(rows) == 94 + 32
    points: dict[str, dict[int, float]] = {}
    for case in yearly.evaluations(final_year):
        row = rows[case.evaluated_body or "", case.block or 0]
        goals, budget = map(float, yearly.points_of(case))
        assert (float(row.points), row.max) == (goals + budget, "100")
        points.setdefault(case.evaluated_body or "", {})[case.block or 0] = goals + budget
    moj = points["moj"]
    expected = (moj[1] * 50 + moj[2] * 25 + moj[3] * 25) / 100
    assert abs(float(rows["moj", 0].points) - expected) <= 0.005
    # By block 2 alone: the mean of one is that one.
    assert float(rows["mia", 0].points) == points["mia"][2]


def test_nothing_is_missing_before_the_term_and_everything_open_afterwards(
    opened_year: Stage,
) -> None:
    stage = opened_year
    cases = yearly.evaluations(stage)
    late = [case for case in cases if case.evaluated_body in ("mia", "moj")]
    yearly.conclude(stage, [case for case in cases if case not in late])
    stage.play.pass_time(appeal.at("2018-05-11T23:00"))
    assert stage.tasks(CASE) == []
    stage.play.pass_time(appeal.at("2018-05-12T09:00"))
    assert stage.tasks(CASE) == ["missing"]
    reasons = {f"{case.block}/{case.evaluated_body}": "conclusion_late" for case in late}
    assert sorted(reasons) == ["1/moj", "2/mia", "2/moj", "3/moj"]
    task = stage.task(CASE, "missing")
    with pytest.raises(Invalid) as left_out:
        stage.complete(OFFICER, task, missing={"2/mia": "not_evaluated"})
    assert FieldError("missing-1-moj", "missing.no_reason", ()) in left_out.value.fields
    with pytest.raises(Invalid):
        stage.complete(OFFICER, task, missing={**reasons, "1/mof": "other"})
    assert stage.all(MissingConclusion) == []
    note = "Әділет министрлігі есепті кеш берді."
    stage.complete(OFFICER, task, missing=reasons, note=note)
    assert {(m.block, m.evaluated_body, m.reason) for m in stage.all(MissingConclusion)} == {
        (case.block, case.evaluated_body, "conclusion_late") for case in late
    }
    assert stage.tasks(CASE) == ["draft_overall"]
    rows = {(row.evaluated_body, row.block): row for row in stage.all(OverallResult)}
    # Missing is no zero: there is no result, and none over the blocks.
    assert [rows["moj", block].points for block in (0, 1, 2, 3)] == [None] * 4
    assert rows["mof", 0].points is not None
    told = stage.events("task.completed", CASE)[-1]
    assert note not in str(told) and told["facts"]["answers"]["missing"] == reasons
    assert stage.case(CASE).version and executed_again(CASE) == 3
    stage.verified()


def test_what_becomes_final_meanwhile_closes_the_task(opened_year: Stage) -> None:
    stage = opened_year
    *most, last = yearly.evaluations(stage)
    yearly.conclude(stage, most)
    stage.play.pass_time(appeal.at("2018-05-12T09:00"))
    assert stage.tasks(CASE) == ["missing"]
    yearly.conclude(stage, [last])
    assert stage.tasks(CASE) == ["draft_overall"]
    assert stage.all(MissingConclusion) == []
    stage.verified()


def test_without_the_formula_the_results_wait_for_it(stage: Stage, tmp_path: Path) -> None:
    stage.play.now = yearly.APPROVED
    yearly.adopt(stage, tmp_path)
    yearly.approve(stage)
    year = stage.all(CaseFile, process="cycle")[0].id
    yearly.conclude(stage, yearly.evaluations(stage))
    # Nobody meets an error: the task says what is to be done first (¶ 17).
    assert stage.all(Incident) == [] and stage.all(Overall) == []
    assert stage.tasks(year) == ["await_methodology"]
    task = stage.task(year, "await_methodology")
    page = task_page.task_page(task_id=task, actor=stage.actor(OFFICER), now=stage.play.now)
    assert page.form.key == "overall/methodology"
    with pytest.raises(Invalid, match=r"methodology\.none") as early:
        stage.complete(OFFICER, task, approved=True)
    assert early.value.paragraph == "17"
    [*_, refused] = stage.events("act.refused")
    assert refused["facts"]["code"] == "methodology.none" and refused["case_id"] == year
    methodologies.play(stage.play, stage.store, year=YEAR, blocks=(0,))
    stage.complete(OFFICER, task, approved=True)
    assert stage.tasks(year) == ["draft_overall"] and len(stage.all(Overall)) == 1
    assert executed_again(year) == 3
    stage.verified()


def test_an_evaluation_that_could_not_begin_is_open(stage: Stage, tmp_path: Path) -> None:
    stage.play.now = yearly.APPROVED
    yearly.adopt(stage, tmp_path, crash='evaluated_body == "mia"')
    yearly.approve(stage)
    [year] = stage.all(CaseFile, process="cycle")
    cases = yearly.evaluations(stage)
    assert len(cases) == 93
    [stopped] = stage.all(Incident, case_id=year.id)
    assert stopped.state == "open"
    yearly.conclude(stage, cases)
    # The others are final, and it is missed all the same.
    assert stage.all(Message, name="all_final") == []
    page = years.year_page(year=YEAR, actor=stage.actor(OFFICER), now=stage.play.now)
    [mia] = [row for row in page.rows if row.body == "mia"]
    assert mia.cells[2].stage == "not_begun" and page.counts == {"final": 93, "not_begun": 1}
    stage.play.pass_time(appeal.at("2018-05-12T09:00"))
    stage.complete(OFFICER, stage.task(year.id, "missing"), missing={"2/mia": "not_evaluated"})
    methodologies.play(stage.play, stage.store, year=YEAR, blocks=(0,))
    stage.complete(OFFICER, stage.task(year.id, "await_methodology"), approved=True)
    assert [row.evaluated_body for row in stage.all(MissingConclusion)] == ["mia"]
    assert stage.tasks(year.id) == ["draft_overall"]


def test_who_sees_what_of_a_year(opened_year: Stage) -> None:
    stage, now = opened_year, opened_year.play.now
    planning = years.year_page(year=YEAR, actor=stage.actor(OFFICER), now=now)
    assert len(planning.rows) == 32 and planning.marks[2].paragraph == "7(3)"
    moj = next(row for row in planning.rows if row.body == "moj")
    # Its own block from within; of the others only that they are open (¶ 44).
    assert moj.cells[1].standing is not None and moj.cells[1].standing.stage == "conclusion"
    assert moj.cells[3].standing is None and moj.cells[3].stage == "open"
    assert moj.cells[3].case_id is None
    assert years.years(actor=stage.actor(OFFICER)) == {YEAR: False}
    auditor = years.year_page(year=YEAR, actor=stage.actor("auditor"), now=now)
    assert all(cell.standing for row in auditor.rows for cell in row.cells.values())
    mic = years.year_page(year=YEAR, actor=stage.actor("mic.officer1"), now=now)
    assert {block for row in mic.rows for block in row.cells} == {3}
    with pytest.raises(NotFound):
        years.year_page(year=YEAR, actor=stage.actor("admin"), now=now)
    with pytest.raises(NotFound):
        years.year_page(year=2016, actor=stage.actor("auditor"), now=now)


def test_a_final_year_shows_its_points(final_year: Stage) -> None:
    page = years.year_page(year=YEAR, actor=final_year.actor(OFFICER), now=final_year.play.now)
    assert page.counts == {"final": 94} and page.late == 0
    [case] = final_year.all(CaseFile, evaluated_body="moj", block=1)
    cell = next(row for row in page.rows if row.body == "moj").cells[1]
    assert cell.standing is not None and cell.case_id == case.id
    assert (cell.standing.objections, cell.standing.undecided) == (0, 0)


def test_the_pages_of_a_year_open(final_year: Stage) -> None:
    stage, now = final_year, final_year.play.now
    page = case_page.case_page(case_id=CASE, actor=stage.actor(OFFICER), now=now)
    assert (page.case.process, page.case.status) == ("cycle", "running")
    for login in ("moj.head", "acsa.officer1"):
        with pytest.raises(NotFound):
            case_page.case_page(case_id=CASE, actor=stage.actor(login), now=now)
    row = stage.play.find(OFFICER, CASE, "draft_overall")
    found = task_page.task_page(task_id=row.task_id, actor=stage.actor(OFFICER), now=now)
    assert found.form.key == "overall/draft" and found.refusal is None
