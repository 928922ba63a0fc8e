"""¶ 7(3), 9(2), 20, 32, 38, 44, 46, 59: parts are put together, and the block ends."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.db import reading
from app.demo import appeal
from app.domain.refusals import Invalid, NotFound
from app.models.cases import Party
from app.models.evaluation import (
    ConclusionPart,
    IndicatorScore,
    PartScore,
    ReportMark,
    ScoreEvidence,
    Uncounted,
)
from app.models.facts import ConclusionIndicator, Letter
from app.operations.figures import before
from app.operations.overall_results import results
from app.operations.participation import participants
from app.services import documents, letters, messages, task_page, timers
from tests.domain.methods import overall
from tests.journeys.plot import AKMOLA, Stage
from tests.services.evaluating import (
    BUDGET,
    GOALS,
    Year,
    block_1,
    block_2,
    counted,
)
from tests.services.replayed import executed_again
from tests.services.together import together


def numbers(year: Year) -> dict[str, tuple[str, str | None, str | None]]:
    return {
        row.indicator: (row.status, row.points, row.max) for row in year.stage.all(IndicatorScore)
    }


def test_what_is_not_counted_or_does_not_apply_is_no_zero(year: Year) -> None:
    stage = year.stage
    year.open(("moa", 1))
    case = year.case_of("moa")
    year.report(case, {}, "moa.officer1")
    year.certify(case, login="moa.head")
    year.take_in(case)
    evidence = {"act_number": "1", "act_date": year.play.today(), "result": "confirmed"}
    year.play.do(
        "mne.officer2", case, "recheck", {**evidence, "findings": "Дұрыс."}, evidence="Акт.pdf"
    )
    document = year.attach("mof.officer1", case, "score")
    task = year.play.find("mof.officer1", case, "score").task_id
    given = {"2.1.1": counted(document, **BUDGET["2.1.1"]), "2.1.2": {"status": "not_counted"}}
    with pytest.raises(Invalid, match=r"score\.unexplained") as told:
        stage.complete("mof.officer1", task, scores=given)
    assert told.value.fields[0].field == "explanation"
    stage.complete("mof.officer1", task, scores=given, explanation="Статистика әлі жоқ.")
    # The whole weight of the part went to the one indicator that counts.
    assert numbers(year) == {
        "2.1.1": ("counted", "32.00", "40.00"),
        "2.1.2": ("not_counted", None, None),
        "2.1.3": ("not_applicable", None, None),
    }
    year.approve(case, "mof.head")
    # Nothing counts among the goals: their weight goes to the other part.
    all_out = {code: {"status": "not_applicable"} for code in GOALS}
    task = year.play.find("mne.officer1", case, "score").task_id
    stage.complete("mne.officer1", task, scores=all_out, explanation="Қызметіне жатпайды.")
    year.approve(case, "mne.head")
    year.deliver(case)
    [indicator] = stage.all(ConclusionIndicator)
    assert (indicator.code, indicator.points, indicator.max) == ("2.1.1", "80.00", "100.00")
    assert {(row.code, row.status) for row in stage.all(Uncounted)} == {
        ("2.1.2", "not_counted"),
        ("2.1.3", "not_applicable"),
        *((code, "not_applicable") for code in GOALS),
    }
    stage.verified()


def test_a_block_in_which_nothing_counts_is_concluded_without_a_result(year: Year) -> None:
    stage, play = year.stage, year.play
    case = year.reported()
    for login, codes in (("mne.officer1", GOALS), ("mof.officer1", BUDGET)):
        task = play.find(login, case, "score").task_id
        scores = {code: {"status": "not_counted"} for code in codes}
        stage.complete(login, task, scores=scores, explanation="Статистика әлі жоқ.")
        year.approve(case, f"{login[:3]}.head")
    assert stage.tasks(case) == ["no_result"]
    task = play.find("mne.officer2", case, "no_result").task_id
    page = task_page.task_page(task_id=task, actor=stage.actor("mne.officer2"), now=play.now)
    assert page.refusal is None and page.form.key == "block_evaluation/no_result"
    with pytest.raises(Invalid):
        stage.complete("mne.officer2", task, no_result_note="Жоқ.")
    reason = {"no_result_reason": "no_statistics", "no_result_note": "Сәуірде шығады."}
    stage.complete("mne.officer2", task, **reason)
    [*_, told] = stage.events("task.completed", case)
    assert told["facts"]["answers"]["no_result_reason"] == "no_statistics"
    assert told["facts"]["answers"]["no_result_note"].keys() == {"sealed"}
    year.conclude(case)
    assert stage.case(case).status == "ended" and stage.all(ConclusionIndicator) == []
    assert {row.status for row in stage.all(Uncounted)} == {"not_counted"}
    assert len(stage.all(Uncounted)) == 6 and len(stage.all(ConclusionPart)) == 2
    [conclusion] = stage.all(Letter, kind="conclusion/conclusion")
    [final] = stage.all(Letter, kind="block_evaluation/final")
    for letter, login in ((conclusion, "akmola.head"), (final, "mne.head")):
        for language in ("kk", "ru"):
            shown = letters.letter(
                letter_id=letter.id, actor=stage.actor(login), language=language
            ).html
            assert "None" not in shown and "<table" not in shown
    # No zero: the block has no result, and neither has a body that has no other block.
    with reading() as session:
        found = list(results(session, stage.case(case).opened_by_case or 0, overall()))
    assert [(row.block, row.points) for row in found] == [(1, None), (0, None)]
    assert found[0].conclusion is not None
    assert executed_again(case) == 13
    stage.verified()


def test_the_conclusion_is_put_together_and_goes_on_to_the_planning_authority(year: Year) -> None:
    stage, case = year.stage, year.scored()
    assert stage.tasks(case) == ["draft"]
    assert {row.kind for row in stage.all(Letter)} == {"schedule/approved"}
    year.conclude(case)
    rows = stage.all(ConclusionIndicator)
    assert [row.code for row in rows] == [*GOALS, *BUDGET]
    assert sum(Decimal(row.max) for row in rows) == 100
    assert rows[0].name == "Indicator 1.1.1 (қаз.)" and rows[0].value == "90.00"
    assert sum(Decimal(row.points) for row in rows) == Decimal("79.31")
    assert len(stage.all(ConclusionPart)) == 2 and stage.all(Uncounted) == []
    assert stage.case(case).status == "ended"
    [letter] = stage.all(Letter, kind="block_evaluation/final")
    assert letter.recipient == "mne"
    shown = letters.letter(letter_id=letter.id, actor=stage.actor("mne.head"), language="kk").html
    assert "79,31" in shown and "Үш." in shown
    # Now the working body sees it as well; the planning authority did as an evaluator.
    assert {row.organisation for row in stage.all(Party, case_id=case)} == {
        "akmola", "mne", "mof", "ap"
    }  # fmt: skip
    assert executed_again(case) == 12
    stage.verified()


def test_an_accepted_objection_corrects_the_conclusion_before_it_is_final(year: Year) -> None:
    stage, play, plot, case = year.stage, year.play, year.stage.plot, year.scored()
    year.deliver(case)
    plot.conclusions["akmola"] = case
    objection = plot.object(AKMOLA)
    assert stage.case(objection).opened_by_case == case
    play.pass_time(play.now + timedelta(days=14))
    # The term is over, and the block waits for the outcome.
    assert stage.case(case).status == "running" and stage.tasks(case) == []
    plot.form_commission(objection)
    plot.vote(objection, AKMOLA)
    minutes = {"minutes_number": "1", "minutes_date": play.today(), "reasons": "Иә."}
    play.do(appeal.MEMBERS[0], objection, "minutes", minutes)
    corrections = {"1.1.1": {"value": "100", "points": "21"}}
    play.do("mne.officer2", objection, "correct", {"corrections": corrections})
    assert stage.case(case).status == "ended"
    [letter] = stage.all(Letter, kind="block_evaluation/final")
    shown = letters.letter(letter_id=letter.id, actor=stage.actor("mne.head"), language="ru").html
    # 79.31 with 21 points instead of 18.90.
    assert "81,41" in shown and "исправлена по принятому возражению" in shown
    stage.verified()


def test_the_last_evaluation_tells_the_year(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    year = Year(stage, monkeypatch, tmp_path / "release")
    cycle = year.open(("akmola", 1), ("aktobe", 1), methodologies=[block_1()])
    cases = [year.scored(body) for body in ("akmola", "aktobe")]
    for case in cases:
        year.deliver(case)
    # The terms of both end at the same moment, and two workers see to it.
    now = timers.next_due()
    assert now is not None
    outcomes = together(
        stage, [lambda case=case: timers.run_due(now=now, case_id=case) for case in cases]
    )
    assert outcomes == [1, 1]
    messages.deliver_all(now=now)
    sent = [
        sent
        for event in stage.events("timer.fired")
        for sent in event.get("sent", ())
        if sent["message"] == "all_final"
    ]
    assert len(sent) == 1 and sent[0]["by"] == "operation"
    assert stage.case(cycle).status == "ended"
    stage.verified()


def test_a_body_that_concludes_on_itself_assembles_and_the_working_body_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    year = Year(stage, monkeypatch, tmp_path / "release")
    year.open(("acsa", 2), methodologies=[block_2()])
    case = year.case_of("acsa", 2)
    given = {f"2.{n}.1": {"values": {"fact": "9", "plan": "10"}} for n in (1, 2, 3)}
    year.report(case, given, "acsa.officer1")
    year.certify(case, login="acsa.head")
    year.take_in(case, login="ap.officer1")
    for number, organisation in enumerate(("ap", "lsc", "zerde"), start=1):
        login = f"{organisation}.officer1"
        document = year.attach(login, case, "score")
        score = {f"2.{number}.1": counted(document, fact="9", plan="10")}
        year.play.do(login, case, "score", {"scores": score})
        year.approve(case, f"{organisation}.head")
    [letter] = stage.all(Letter, kind="block_evaluation/self_consolidated")
    assert letter.recipient == "ap"
    shown = letters.letter(letter_id=letter.id, actor=stage.actor("ap.head"), language="ru").html
    assert "качество оказания государственных услуг" in shown
    year.deliver(case, "acsa.officer1", "acsa.head")
    assert sum(Decimal(row.points) for row in stage.all(ConclusionIndicator)) == 90
    with reading() as session:
        took_part = participants(session, 2017)
    # Who drafted and signed for the authority took part, although it is the evaluated body.
    assert year.play.code("acsa.officer1") in took_part
    assert year.play.code("acsa.head") in took_part
    assert year.play.code("lsc.head") in took_part
    stage.verified()


def test_everybody_who_evaluated_took_part(year: Year) -> None:
    case = year.scored()
    year.deliver(case)
    with reading() as session:
        found = participants(session, 2017)
    logins = ("mne.officer1", "mne.officer2", "mof.officer1", "mne.head", "mof.head")
    assert found == {year.play.code(login) for login in logins}


def test_the_body_reads_no_evidence_of_its_evaluators_before_the_conclusion(year: Year) -> None:
    stage, case = year.stage, year.reported()
    year.score(case, "mof.officer1")
    evidence = [row.document_id for row in stage.all(ScoreEvidence)]

    def read(login: str) -> None:
        documents.view(
            document_id=evidence[0],
            actor=stage.actor(login),
            now=year.play.now,
            store=stage.store,
        ).stream.close()

    read("mof.officer2")
    read("mne.officer1")
    with pytest.raises(NotFound):
        read("akmola.officer1")


def test_the_methodology_of_the_report_stays_that_of_the_case(year: Year) -> None:
    stage, case = year.stage, year.reported()
    changed = block_1()
    changed["parts"] = [{"code": "goals", "weight": "50"}, {"code": "budget", "weight": "50"}]
    year.open(("aktobe", 1), methodologies=[changed], number=2)
    year.score(case, "mne.officer1")
    assert [row.max for row in stage.all(PartScore)] == ["60.00"]
    year.reported("aktobe")
    year.score(year.case_of("aktobe"), "mne.officer1")
    assert [row.max for row in stage.all(PartScore)] == ["60.00", "50.00"]


def test_the_figures_of_the_year_before_are_those_that_were_accepted(year: Year) -> None:
    """Of that body and block, and of no other year."""
    year.reported()
    assert [row.mark for row in year.stage.all(ReportMark)][-1] == "accepted"
    with reading() as session:
        found = before(session, 2018, 1, "akmola")
        assert found["1.1.1", "fact"] == "90" and len(found) == 13
        assert before(session, 2018, 1, "aktobe") == {} and before(session, 2017, 1, "akmola") == {}
