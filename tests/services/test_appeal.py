"""¶ 57–61: an appeal with every outcome, from the objection to the corrected conclusion."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.db import transaction
from app.demo import appeal
from app.demo.appeal import Appeal
from app.domain.refusals import Conflict, Invalid, NotAllowed
from app.models.facts import (
    Conclusion,
    ConclusionIndicator,
    ConclusionMark,
    Decision,
    DecisionPoint,
    Letter,
    Objection,
)
from app.services import objections
from tests.journeys.plot import AKMOLA, AKTOBE, ATYRAU, CONCLUSION, KARAGANDA, PAVLODAR, Stage

HEAD, EVALUATOR = appeal.HEAD, appeal.EVALUATOR
OBJECTION = {"points": ["1.1.1"], "grounds": "Статистика ескерілмеген.", "proceed_without": True}


def of_akmola(appealed: Appeal) -> Appeal:
    """The same appeal, made by Akmola, whose conclusion the fixture has."""
    return Appeal("akmola", appealed.outcome, appealed.points, appealed.votes, appealed.evidence)


def decided(stage: Stage, appealed: Appeal) -> int:
    """Object, and let the objection be decided (not yet corrected); its case."""
    case = stage.plot.object(appealed)
    if not appealed.votes:
        stage.plot.close(case)
        return case
    stage.plot.form_commission(case)
    stage.plot.vote(case, appealed)
    stage.play.do(
        appeal.MEMBERS[0],
        case,
        "minutes",
        {"minutes_number": "7-х", "minutes_date": stage.play.today(), "reasons": "Құжаттар."},
    )
    return case


def points_of(stage: Stage) -> dict[int, dict[str, str]]:
    """The points of every version of the conclusion, by its number and the indicator's code."""
    numbers = {row.id: row.number for row in stage.all(Conclusion, case_id=CONCLUSION)}
    found: dict[int, dict[str, str]] = {number: {} for number in numbers.values()}
    for row in stage.all(ConclusionIndicator):
        found[numbers[row.conclusion_id]][row.code] = row.points
    return found


FIRST = {"1.1.1": "36.5", "1.1.2": "25", "1.2.1": "27.75"}
OUTCOMES = [of_akmola(a) for a in (AKMOLA, AKTOBE, ATYRAU, PAVLODAR)]


@pytest.mark.parametrize("appealed", OUTCOMES, ids=lambda a: a.outcome)
def test_every_outcome_reaches_both_addressees_in_one_act(
    received: Stage, appealed: Appeal
) -> None:
    case = decided(received, appealed)
    [decision] = received.all(Decision)
    assert decision.outcome == appealed.outcome and decision.case_id == case
    kind = "objection/decision" if appealed.votes else "objection/closed"
    letters = received.all(Letter, case_id=case)
    assert {(row.kind, row.recipient) for row in letters} == {(kind, "akmola"), (kind, "ap")}
    # ¶ 60: one act, the very one that decided.
    assert {row.seq for row in letters} == {decision.seq}
    assert all(row.subject == decision.id for row in letters)
    corrected = appealed.outcome in ("accepted", "partly")
    assert received.tasks(case) == (["correct"] if corrected else [])
    assert received.case(case).status == ("running" if corrected else "ended")
    received.verified()


@pytest.mark.parametrize("appealed", OUTCOMES[:2], ids=lambda a: a.outcome)
def test_a_correction_touches_exactly_the_accepted_indicators(
    received: Stage, appealed: Appeal
) -> None:
    case = decided(received, appealed)
    correct = received.task(case, "correct")
    new = {"value": "96.0", "points": "38"}
    for wrong in ({"1.1.2": new}, {"1.1.1": new, "1.1.2": new}):
        with pytest.raises(Invalid):
            received.complete(EVALUATOR, correct, corrections=wrong)
    with pytest.raises(Invalid):  # more than the indicator can have
        received.complete(EVALUATOR, correct, corrections={"1.1.1": {"value": "1", "points": "41"}})
    assert points_of(received) == {1: FIRST}
    received.complete(EVALUATOR, correct, corrections={"1.1.1": new})
    assert points_of(received) == {1: FIRST, 2: {**FIRST, "1.1.1": "38"}}
    first, second = received.all(Conclusion, case_id=CONCLUSION)
    assert second.corrects == first.id
    sent = [row.subject for row in received.all(Letter, kind="conclusion/conclusion")]
    assert sent == [first.id, second.id]
    received.verified()


def test_an_accepted_indicator_may_not_be_left_out_of_the_correction(received: Stage) -> None:
    both = ({"1.1.1": "for", "1.2.1": "for"},) * 3
    case = decided(received, Appeal("akmola", "accepted", ("1.1.1", "1.2.1"), both))
    with pytest.raises(Invalid, match=r"correction\.missing") as refused:
        received.complete(
            EVALUATOR,
            received.task(case, "correct"),
            corrections={"1.1.1": {"value": "96", "points": "38"}},
        )
    assert refused.value.paragraph == "61"
    assert points_of(received) == {1: FIRST}


def test_a_decision_says_what_was_decided_on_each_point(received: Stage) -> None:
    decided(received, of_akmola(AKTOBE))
    points = {row.indicator: row.accepted for row in received.all(DecisionPoint)}
    assert points == {"1.1.1": True, "1.2.1": False}


def test_a_decision_is_final(received: Stage) -> None:
    case = decided(received, of_akmola(ATYRAU))
    [decision] = received.all(Decision)
    with pytest.raises(Conflict, match=r"task\.already_done"):
        received.complete(
            appeal.MEMBERS[0],
            received.task(case, "minutes", "done"),
            minutes_number="8-х",
            minutes_date=received.play.today(),
            reasons="Қайта.",
        )
    for statement in (
        "UPDATE decision SET outcome = 'accepted'",
        "DELETE FROM decision",
    ):
        with pytest.raises(Exception, match=r"(?i)decision"), transaction() as session:
            session.execute(text(statement))
    assert [row.outcome for row in received.all(Decision)] == [decision.outcome]


def test_a_second_objection_against_a_corrected_version_builds_on_it(received: Stage) -> None:
    first = decided(received, of_akmola(AKMOLA))
    new = {"value": "96", "points": "38"}
    received.complete(EVALUATOR, received.task(first, "correct"), corrections={"1.1.1": new})
    second = decided(received, Appeal("akmola", "", ("1.2.1",), ({"1.2.1": "for"},) * 3))
    received.complete(
        EVALUATOR, received.task(second, "correct"), corrections={"1.2.1": new | {"points": "29"}}
    )
    assert points_of(received)[3] == {"1.1.1": "38", "1.1.2": "25", "1.2.1": "29"}
    received.verified()


def test_a_conclusion_is_final_only_when_every_objection_is_decided(received: Stage) -> None:
    accepted, rejected = (
        received.plot.object(of_akmola(AKMOLA)),
        received.plot.object(of_akmola(ATYRAU)),
    )
    received.play.pass_time(appeal.at("2018-04-03T09:00"))
    assert received.tasks(CONCLUSION) == [] and received.all(ConclusionMark, mark="final") == []
    for case, appealed in ((rejected, ATYRAU), (accepted, AKMOLA)):
        received.plot.form_commission(case)
        received.plot.vote(case, appealed)
        assert received.case(CONCLUSION).status == "running"
        received.plot.decide(case, of_akmola(appealed))
    [final] = received.all(ConclusionMark, mark="final")
    newest = received.all(Conclusion, case_id=CONCLUSION)[-1]
    assert final.conclusion_id == newest.id and newest.number == 2
    assert received.case(CONCLUSION).status == "ended"
    received.verified()


def test_a_body_that_does_not_object_has_a_final_conclusion_after_the_window(
    received: Stage,
) -> None:
    received.play.pass_time(appeal.at("2018-04-03T09:00"))
    [final] = received.all(ConclusionMark, mark="final")
    assert final.person == "timer" and received.case(CONCLUSION).status == "ended"
    assert received.all(Objection) == []
    received.verified()


def test_a_late_objection_is_registered_and_closed_after_the_case_has_ended(
    received: Stage,
) -> None:
    received.play.pass_time(appeal.at("2018-04-10T10:00"))
    assert received.case(CONCLUSION).status == "ended"
    case = received.plot.object(Appeal("akmola", "late", KARAGANDA.points, late=True))
    [objection] = received.all(Objection)
    assert objection.late and objection.filed_at == received.play.now
    assert received.tasks(case) == ["close"]
    with pytest.raises(NotAllowed):
        received.complete(EVALUATOR, received.task(case, "close"), decision_number="1")
    received.plot.close(case)
    assert received.outcome(case) == "late" and received.case(case).status == "ended"
    assert {row.recipient for row in received.all(Letter, case_id=case)} == {"akmola", "ap"}
    # The ended conclusion is as it was: what came too late does not move it.
    assert received.case(CONCLUSION).status == "ended"
    assert len(received.all(ConclusionMark, mark="final")) == 1
    received.verified()


@pytest.mark.parametrize("login", ["aktobe.officer1", "akmola.head", "mne.officer1", "auditor"])
def test_nobody_else_files_a_late_objection(received: Stage, login: str) -> None:
    received.play.pass_time(appeal.at("2018-04-10T10:00"))
    with pytest.raises(NotAllowed) as refused:
        objections.file_late(
            case_id=CONCLUSION,
            actor=received.actor(login),
            answers=OBJECTION,
            now=received.play.now,
        )
    assert refused.value.paragraph == "57" and received.all(Objection) == []


def test_without_documents_the_person_is_warned_first(received: Stage) -> None:
    task = received.task(CONCLUSION, "object")
    with pytest.raises(Invalid, match=r"objection\.no_documents") as refused:
        received.complete("akmola.officer1", task, points=["1.1.1"], grounds="Жоқ.")
    assert refused.value.paragraph == "58"
    assert [f.field for f in refused.value.fields] == ["proceed_without"]
    received.complete("akmola.officer1", task, **OBJECTION)
    [objection] = received.all(Objection)
    assert not objection.late
