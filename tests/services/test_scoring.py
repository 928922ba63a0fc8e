"""¶ 4, 9(2)-(4), 20, 23-37, 32, 38, 41, 46: parts are scored, approved and put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.demo import accounts
from app.domain.refusals import Invalid, NotAllowed
from app.models.evaluation import (
    IndicatorScore,
    PartMark,
    PartScore,
    ScoreEvidence,
    ScoreInput,
)
from app.services import roles, task_page, tasks
from tests.services.evaluating import (
    ASKED,
    BUDGET,
    GOALS,
    Year,
    counted,
)
from tests.services.replayed import executed_again
from tests.services.together import together


def numbers(year: Year) -> dict[str, tuple[str, str | None, str | None]]:
    return {
        row.indicator: (row.status, row.points, row.max) for row in year.stage.all(IndicatorScore)
    }


def refused(year: Year, case: int, login: str, **changed: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as told:
        year.score(case, login, **changed)
    assert year.stage.all(PartScore) == []
    return {error.field: error.code for error in told.value.fields}


def test_a_part_is_computed_by_the_methodology(year: Year) -> None:
    stage, case = year.stage, year.reported()
    year.score(case, "mne.officer1")
    [row] = stage.all(PartScore)
    assert (row.part, row.number, row.authority) == ("goals", 1, "mne")
    # 21 · 0.9 + 21 · 0.5 + 18 · 0.995 of 60.
    assert (row.points, row.max) == ("47.31", "60.00")
    assert numbers(year) == {
        "1.1.1": ("counted", "18.90", "21.00"),
        "1.1.2": ("counted", "10.50", "21.00"),
        "1.2.1": ("counted", "17.91", "18.00"),
    }
    inputs = stage.all(ScoreInput)
    assert len(inputs) == 7 and all(i.reported == i.accepted for i in inputs)
    assert {row.source for row in stage.all(IndicatorScore)} == {"6"}
    assert len(stage.all(ScoreEvidence)) == 3
    year.approve(case, "mne.head")
    assert [mark.mark for mark in stage.all(PartMark)] == ["approved"]
    assert stage.tasks(case) == ["score"]
    assert executed_again(case) == 6
    stage.verified()


def test_what_the_evaluator_accepts_stands_beside_what_was_reported(year: Year) -> None:
    case = year.reported()
    document = year.attach("mof.officer1", case, "score")
    year.score(case, "mof.officer1", **{"2.1.1": counted(document, fact="70", plan="100")})
    found = {
        (row.variable, row.reported, row.accepted)
        for row in year.stage.all(ScoreInput)
        if row.accepted == "70"
    }
    assert found == {("fact", "80", "70")}


def test_parts_are_scored_by_their_evaluators_at_once(year: Year) -> None:
    stage, case = year.stage, year.reported()

    def scoring(login: str) -> Callable[[], Any]:
        document = year.attach(login, case, "score")
        given = {c: counted(document, **v) for c, v in ASKED[login[:3]].items()}
        task = year.play.find(login, case, "score").task_id
        person, now = stage.actor(login), year.play.now
        return lambda: tasks.complete(
            task_id=task, actor=person, answers={"scores": given}, now=now
        )

    def approving(login: str) -> Callable[[], Any]:
        task = year.play.find(login, case, "approve").task_id
        person, now, given = stage.actor(login), year.play.now, {"decision": "approve"}
        return lambda: tasks.complete(task_id=task, actor=person, answers=given, now=now)

    logins = ("mne.officer1", "mof.officer1")
    outcomes = together(stage, [scoring(login) for login in logins])
    assert all(isinstance(outcome, tasks.Completed) for outcome in outcomes), outcomes
    assert {row.part for row in stage.all(PartScore)} == {"goals", "budget"}
    together(stage, [approving(f"{who}.head") for who in ("mne", "mof")])
    assert stage.tasks(case) == ["draft"]
    stage.verified()


def test_of_twenty_who_score_one_part_one_wins(year: Year) -> None:
    stage, case = year.stage, year.reported()
    task = year.play.find("mof.officer1", case, "score").task_id
    document = year.attach("mof.officer1", case, "score")
    given = {"scores": {code: counted(document, **values) for code, values in BUDGET.items()}}
    person, now = stage.actor("mof.officer1"), year.play.now
    outcomes = together(
        stage,
        [lambda: tasks.complete(task_id=task, actor=person, answers=given, now=now)] * 20,
    )
    assert len([o for o in outcomes if isinstance(o, tasks.Completed)]) == 1
    assert len(stage.all(PartScore)) == 1
    stage.verified()


def test_each_sees_the_part_that_is_theirs(year: Year) -> None:
    case = year.reported()
    goals = year.play.find("mne.officer1", case, "score").task_id
    with pytest.raises(NotAllowed, match=r"task\.not_yours"):
        year.stage.complete("mof.officer1", goals, scores={})
    page = task_page.task_page(
        task_id=goals, actor=year.stage.actor("mne.officer1"), now=year.play.now
    )
    table, running = page.offers.table, page.offers.running
    assert table is not None and running is not None
    assert table.part == "goals" and [row.code for row in table.rows] == list(GOALS)
    [first, *_] = table.rows[0].cells
    assert (first.reported, first.before, first.accepted) == ("90", "80", None)
    # The report's documents may be named by the evaluator too.
    assert table.rows[0].reported_documents == table.may_be_named != ()
    # The form begins with what was reported.
    assert page.values["scores"]["1.1.1"]["values"]["fact"] == "90"
    assert (running.points, running.max) == ("47.31", "60.00")
    assert running.indicators["1.1.1"] == ("18.90", "21.00")


def test_points_run_as_the_form_is_filled_in(year: Year) -> None:
    case = year.reported()
    task = year.play.find("mne.officer1", case, "score").task_id
    person = year.stage.actor("mne.officer1")
    typed = {
        "1.1.1": {"status": "counted", "values": {"fact": "50", "plan": "100", "fact_before": "1"}},
        "1.1.2": {"status": "counted", "values": {"fact": "5", "plan": "0"}},
        "1.2.1": {"status": "not_counted"},
    }
    tasks.save_draft(task_id=task, actor=person, answers={"scores": typed}, now=year.play.now)
    page = task_page.task_page(task_id=task, actor=person, now=year.play.now)
    running = page.offers.running
    assert running is not None and (running.points, running.max) == ("15.00", "60.00")
    assert running.indicators["1.1.1"] == ("15.00", "30.00")
    assert {c: wrong.code for c, wrong in running.wrong.items()} == {"1.1.2": "score.zero_division"}


def test_the_author_does_not_approve(year: Year) -> None:
    stage, case = year.stage, year.reported()
    roles.grant_role(
        person=year.play.code("mof.officer1"),
        role="first_head",
        organisation="mof",
        starts_on=year.play.now.date(),
        acting=True,
        actor=accounts.SYSTEM,
        now=year.play.now,
    )
    year.score(case, "mof.officer1")
    task = stage.task(case, "approve")
    with pytest.raises(NotAllowed, match=r"score\.same_person") as told:
        stage.complete("mof.officer1", task, decision="approve")
    assert told.value.paragraph == "9(2)" and stage.all(PartMark) == []
    stage.complete("mof.head", task, decision="approve")
    stage.verified()


def test_nobody_scores_his_own_body(year: Year) -> None:
    """An officer of the evaluator who serves the evaluated body too is refused (¶ 9(2))."""
    stage, case = year.stage, year.reported()
    task = year.play.find("mof.officer2", case, "score").task_id
    roles.grant_role(
        person=year.play.code("mof.officer2"),
        role="case_officer",
        organisation="akmola",
        starts_on=year.play.now.date(),
        actor=accounts.SYSTEM,
        now=year.play.now,
    )
    with pytest.raises(NotAllowed, match=r"conflict\.own_body") as told:
        stage.complete("mof.officer2", task, scores={})
    assert told.value.paragraph == "9(2)"


def test_a_score_needs_evidence_and_a_source(year: Year) -> None:
    case = year.reported()
    bare = {"status": "counted", "values": {"fact": "1", "plan": "2"}}
    assert refused(year, case, "mof.officer1", **{"2.1.1": bare}) == {
        "scores-2.1.1-documents": "score.no_document",
        "scores-2.1.1-source": "source.type_missing",
    }
    odd = {**bare, "source": "11", "documents": [999]}
    assert refused(year, case, "mof.officer1", **{"2.1.1": odd}) == {
        "scores-2.1.1-documents": "form.unknown_document",
        "scores-2.1.1-source": "source.type_missing",
    }


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"status": "counted", "values": {"fact": "1"}}, {"plan": "figures.missing"}),
        (
            {"status": "counted", "values": {"fact": "1,5", "plan": "2"}},
            {"fact": "form.decimal_comma"},
        ),
        ({"status": "perhaps"}, {"status": "score.indicator_missing"}),
        ({}, {"status": "score.indicator_missing"}),
        (None, {"": "form.unknown_field"}),
    ],
)  # fmt: skip
def test_wrong_cells_of_scores(year: Year, row: Any, told: dict[str, str]) -> None:
    case = year.reported()
    document = year.attach("mof.officer1", case, "score")
    given = row if not row else {"source": "6", "documents": [document], **row}
    assert refused(year, case, "mof.officer1", **{"2.1.1": given}) == {
        f"scores-2.1.1-{cell}".rstrip("-"): code for cell, code in told.items()
    }


def test_every_indicator_of_the_part_must_be_there_and_no_other(year: Year) -> None:
    case = year.reported()
    document = year.attach("mof.officer1", case, "score")
    task = year.play.find("mof.officer1", case, "score").task_id
    given = {"2.1.1": counted(document, **BUDGET["2.1.1"]), "1.1.1": counted(document)}
    with pytest.raises(Invalid) as told:
        year.stage.complete("mof.officer1", task, scores=given)
    assert {error.field: error.code for error in told.value.fields} == {
        "scores-2.1.2-status": "score.indicator_missing",
        "scores-2.1.3-status": "score.indicator_missing",
        "scores-1.1.1": "figures.unknown_indicator",
    }
    with pytest.raises(Invalid) as told:
        year.stage.complete("mof.officer1", task, scores={})
    assert [error.code for error in told.value.fields] == ["form.required"]


def test_a_formula_that_gives_nothing_is_refused_with_its_indicator(year: Year) -> None:
    case = year.reported()
    document = year.attach("mof.officer1", case, "score")
    with pytest.raises(Invalid, match=r"score\.zero_division") as told:
        year.score(case, "mof.officer1", **{"2.1.1": counted(document, fact="1", plan="0")})
    assert told.value.params["indicator"] == "2.1.1"


def test_a_returned_part_comes_back_with_its_own_scores(year: Year) -> None:
    stage, case = year.stage, year.reported()
    year.score(case, "mof.officer1")
    year.score(case, "mne.officer1")
    year.approve(case, "mof.head", "return")
    task = year.play.find("mof.officer1", case, "score").task_id
    page = task_page.task_page(task_id=task, actor=stage.actor("mof.officer1"), now=year.play.now)
    assert page.returned == "Қайта қаралсын."
    assert set(page.values["scores"]) == set(BUDGET)
    assert page.offers.running is not None and page.offers.running.points == "32.00"
    stage.complete("mof.officer1", task, scores=page.values["scores"])
    assert [(row.part, row.number) for row in stage.all(PartScore)] == [
        ("budget", 1), ("goals", 1), ("budget", 2)
    ]  # fmt: skip
    year.approve(case, "mof.head")
    assert [mark.mark for mark in stage.all(PartMark)] == ["returned", "approved"]
    assert stage.tasks(case) == ["approve"]
    stage.verified()
