"""¶ 7(1), 9, 40-42, 64: report information of a body, from the figures to the re-check."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.db import reading
from app.demo import accounts, appeal
from app.domain.refusals import Invalid, NotAllowed
from app.engine.release import compile_release, read_files
from app.engine.tables import look_up
from app.models.cases import Party
from app.models.evaluation import (
    Recheck,
    Report,
    ReportEvidence,
    ReportItem,
    ReportMark,
    Risk,
)
from app.models.facts import Letter
from app.operations.participation import participants
from app.services import letters, roles, task_page
from config.settings import ROOT
from tests.services.evaluating import Year, block_2, figures
from tests.services.replayed import executed_again

# The term of block 1 is 15 February 2018, to its end in Astana.
TERM_ENDS = appeal.at("2018-02-16T00:00")


def marks(year: Year) -> list[str]:
    return [row.mark for row in year.stage.all(ReportMark)]


def test_a_whole_report_in_time(year: Year) -> None:
    stage, case = year.stage, year.case_of("akmola")
    assert stage.tasks(case) == ["report"]
    assert {row.organisation for row in stage.all(Party, case_id=case)} == {"akmola", "mne", "mof"}
    document = year.attach("akmola.officer1", case, "report")
    year.report(case, figures(document))
    [row] = stage.all(Report)
    assert (row.number, row.days_late, row.missing) == (1, 0, 0)
    assert len(stage.all(ReportItem)) == 13 and len(stage.all(ReportEvidence)) == 6
    year.certify(case)
    year.take_in(case)
    assert marks(year) == ["certified", "accepted"]
    [risk] = stage.all(Risk)
    # 90 against the 80 that the report itself tells of the year before.
    assert (risk.chosen, risk.change) == (False, 13)
    assert stage.tasks(case) == ["score", "score"]
    assert executed_again(case) == 4
    stage.verified()


def test_a_late_report_is_marked_reminded_of_and_taken_in(year: Year) -> None:
    stage, case = year.stage, year.case_of("akmola")
    year.play.pass_time(TERM_ENDS - timedelta(seconds=1))
    assert marks(year) == []
    year.play.pass_time(TERM_ENDS + timedelta(days=11))
    assert marks(year) == ["overdue"]
    [letter] = stage.all(Letter, kind="block_evaluation/overdue")
    shown = letters.letter(
        letter_id=letter.id, actor=stage.actor("akmola.head"), language="ru"
    ).html
    assert "15 февраля 2018 года" in shown and "по блоку 1" in shown
    year.report(case, figures())
    [row] = stage.all(Report)
    assert row.days_late == 12
    year.certify(case)
    year.take_in(case)
    [risk] = stage.all(Risk)
    assert risk.chosen and risk.days_late == 12 and stage.tasks(case) == ["recheck"]
    # A report that comes back after the term does not make it overdue once more.
    assert marks(year) == ["overdue", "certified", "accepted"]
    stage.verified()


def test_one_second_before_the_end_of_the_term_is_in_time(year: Year) -> None:
    year.play.pass_time(TERM_ENDS - timedelta(seconds=1))
    year.report(year.case_of("akmola"), figures())
    assert [row.days_late for row in year.stage.all(Report)] == [0]


def test_an_incomplete_report_is_returned_and_then_accepted(year: Year) -> None:
    stage, case = year.stage, year.case_of("akmola")
    document = year.attach("akmola.officer1", case, "report")
    given = figures(document, **{"1.1.2": {"values": {"fact": "50"}}})
    del given["2.1.3"]
    year.report(case, given)
    year.certify(case)
    year.take_in(case, "return")
    assert stage.tasks(case) == ["report"]
    page = task_page.task_page(
        task_id=stage.task(case, "report"),
        actor=stage.actor("akmola.officer2"),
        now=year.play.now,
    )
    # What was handed in comes back with the reasons and its documents, for a colleague too.
    assert page.returned == "Жоспар жоқ."
    assert page.values["figures"]["1.1.1"]["documents"] == [document]
    assert [view.id for view in page.attached] == [document]
    year.report(case, figures(document), "akmola.officer2")
    year.certify(case)
    year.take_in(case)
    assert [(row.number, row.missing) for row in stage.all(Report)] == [(1, 3), (2, 0)]
    assert marks(year) == ["certified", "incomplete", "certified", "accepted"]
    assert stage.all(Risk)[0].returned == 1
    stage.verified()


def test_a_report_returned_after_the_term_is_not_overdue(year: Year) -> None:
    case = year.case_of("akmola")
    year.report(case, figures())
    year.certify(case)
    year.play.pass_time(TERM_ENDS + timedelta(days=1))
    year.take_in(case, "return")
    year.play.pass_time(TERM_ENDS + timedelta(days=2))
    assert marks(year) == ["certified", "incomplete"]
    assert year.stage.all(Letter, kind="block_evaluation/overdue") == []


def test_the_head_sends_it_back_and_nobody_certifies_their_own(year: Year) -> None:
    stage, case = year.stage, year.case_of("akmola")
    year.report(case, figures())
    year.certify(case, "return")
    assert marks(year) == ["sent_back"] and stage.tasks(case) == ["report"]
    roles.grant_role(
        person=year.play.code("akmola.officer1"),
        role="first_head",
        organisation="akmola",
        starts_on=date(2018, 1, 1),
        acting=True,
        actor=accounts.SYSTEM,
        now=year.play.now,
    )
    year.report(case, figures())
    with pytest.raises(NotAllowed, match=r"report\.same_person") as told:
        stage.complete("akmola.officer1", stage.task(case, "certify"), decision="certify")
    assert told.value.paragraph == "64" and marks(year) == ["sent_back"]
    year.certify(case)
    assert stage.tasks(case) == ["intake"]
    stage.verified()


def test_a_chosen_report_is_re_checked(year: Year) -> None:
    stage, case = year.stage, year.case_of("akmola")
    year.report(case, figures(**{"1.1.1": {"values": {"fact": "90", "fact_before": "10"}}}))
    year.certify(case)
    year.take_in(case)
    [risk] = stage.all(Risk)
    assert (risk.chosen, risk.change, risk.missing) == (True, 800, 1)
    act = {"act_number": "7", "result": "deviations", "findings": "Бір дерек басқа."}
    with pytest.raises(Invalid, match=r"form\.invalid|order\.date_in_future"):
        year.play.do(
            "mne.officer2", case, "recheck", {**act, "act_date": "2019-01-01"}, evidence="Акт.pdf"
        )
    with pytest.raises(Invalid):
        stage.complete("mne.officer2", stage.task(case, "recheck"), **act, act_date="2018-01-20")
    year.stage.complete(
        "mne.officer2",
        stage.task(case, "recheck"),
        **act,
        act_date="2018-01-19",
        documents=[year.attach("mne.officer2", case, "recheck")],
    )
    [row] = stage.all(Recheck)
    assert (row.act_number, row.result) == ("7", "deviations")
    assert stage.tasks(case) == ["score", "score"]
    stage.verified()


@pytest.mark.parametrize(
    ("risk", "told"),
    [
        ({}, (False, "none")),
        ({"days_late": 10}, (False, "none")),
        ({"days_late": 11}, (True, "late")),
        ({"missing": 1}, (True, "gaps")),
        ({"returned": 1}, (False, "none")),
        ({"returned": 2}, (True, "returned")),
        ({"change": 50}, (False, "none")),
        ({"change": 51}, (True, "change")),
        ({"change": None}, (False, "none")),
    ],
)
def test_the_table_chooses(risk: dict[str, Any], told: tuple[bool, str]) -> None:
    table = compile_release(read_files(ROOT / "bpmn")).tables["recheck"]
    given = {"days_late": 0, "missing": 0, "returned": 0, "change": None} | risk
    found = look_up(table, {"risk": given})
    assert (found["recheck_chosen"], found["recheck_reason"]) == told


def test_a_body_that_concludes_on_itself_is_checked_by_another(year: Year) -> None:
    """In block 2 of the civil service authority ¶ 30 gives a part to the Administration."""
    stage = year.stage
    year.open(("acsa", 2), methodologies=[block_2()])
    case = year.case_of("acsa", 2)
    year.report(case, {}, "acsa.officer1")
    year.certify(case, login="acsa.head")
    with reading() as session:
        assert participants(session, 2017) == frozenset()
    task = stage.task(case, "intake")
    with pytest.raises(NotAllowed, match=r"task\.not_yours"):
        stage.complete("acsa.officer1", task, decision="accept")
    year.take_in(case, login="ap.officer1")
    assert stage.tasks(case) == ["recheck"]


def test_who_certifies_for_the_body_took_no_part(year: Year) -> None:
    case = year.case_of("akmola")
    year.report(case, figures())
    year.certify(case)
    with reading() as session:
        assert participants(session, 2017) == frozenset()
    year.take_in(case)
    with reading() as session:
        assert participants(session, 2017) == {year.play.code("mne.officer2")}
