"""What failed is tried again, or done otherwise once two people agree; never by halves."""

from __future__ import annotations

from typing import Any

import pytest

from app.db import reading
from app.domain.calendar import local_day
from app.domain.refusals import Conflict, NotAllowed
from app.models.cases import CaseFile, Incident
from app.operations import OPERATIONS
from app.services import case_page, incident_page, releases, repairs
from tests.journeys.plot import Stage
from tests.services.faulty import FIRST, OFFICER, SECOND, Fault
from tests.services.test_together import to_correct
from tests.services.together import together

MOVED = {"late": "timer.fired", "listener": "message.delivered", "asked": "task.completed"}


@pytest.mark.parametrize("process", MOVED)
def test_what_was_mended_is_tried_again_and_done(fault: Fault, process: str) -> None:
    case = fault.failing(process)
    failed = fault.incident
    again = fault.retry()
    assert again.what == ("waiting" if process == "asked" else "failed")
    if process != "asked":
        assert again.incident == fault.incident.id != failed.id
        assert fault.incident.attempt == 2
        fault.broken = False
        assert fault.retry().what == "done"
    else:
        fault.broken = False
        fault.answer(case, number=2)
    assert fault.called == 1 and fault.stage.tasks(case) == ["see"]
    [moved] = fault.stage.events(MOVED[process], case)
    assert "repair" not in moved["facts"]
    rows = fault.stage.all(Incident, case_id=case)
    assert {(row.state, row.how) for row in rows} == {("resolved", "retry")}
    fault.stage.verified()


@pytest.mark.parametrize("process", MOVED)
def test_a_skipped_operation_is_not_called_and_its_result_is_given(
    fault: Fault, process: str
) -> None:
    case = fault.failing(process)
    row = fault.propose(skip=True, result={"number": 7})
    assert row.state == "open" and row.proposed_by == fault.stage.play.code(FIRST)
    outcome = fault.approve(row)
    if process == "asked":
        assert outcome.what == "waiting" and fault.stage.tasks(case) == ["ask"]
        fault.answer(case, number=3)
    else:
        assert outcome.what == "done"
    assert fault.called == 0 and fault.stage.tasks(case) == ["see"]
    [moved] = fault.stage.events(MOVED[process], case)
    expected = {"skip": {"job": {"number": 7}}, "data": {}, "incident_seq": row.opened_seq}
    assert moved["facts"]["repair"] == expected
    assert all(call[0] != "faulty.work" for call in moved.get("calls", []))
    [closed] = fault.stage.all(Incident, id=row.id)
    assert (closed.state, closed.how) == ("resolved", "skip")
    fault.stage.verified()


def test_the_events_of_a_repair_say_who_what_and_by_which_paragraph(fault: Fault) -> None:
    case = fault.failing("late")
    fault.reject(fault.propose(skip=True), reason="Құпия себеп")
    row = fault.propose(data={"number": 4})
    fault.approve(row)
    proposed, second = fault.stage.events("incident.repair_proposed", case)
    [rejected] = fault.stage.events("incident.repair_rejected", case)
    [approved] = fault.stage.events("incident.repair_approved", case)
    assert proposed["facts"]["skip"] == {"job": None} and proposed["facts"]["data"] == {}
    assert second["facts"]["data"] == {"number": {"old": 1, "new": 4}}
    assert approved["facts"] == {
        "act": "timer pause",
        "opened_seq": row.opened_seq,
        "proposed_seq": second["seq"],
        "proposed_by": fault.stage.play.code(FIRST),
    }
    for event, login in (
        (proposed, FIRST),
        (rejected, SECOND),
        (second, FIRST),
        (approved, SECOND),
    ):
        assert event["actor"]["person"] == fault.stage.play.code(login)
        assert event["actor"]["role"] == "administrator" and event["paragraphs"] == ["57"]
    for event in (proposed, rejected, second):
        assert set(event["facts"]["reason"]) == {"sealed"}
    assert "Құпия" not in str(rejected)
    # The operation still fails: the corrected attempt did, and a new incident stands.
    assert fault.incident.id != row.id and fault.incident.attempt == 2
    fault.stage.verified()


def test_a_repaired_attempt_that_fails_is_undone_and_its_repair_is_spent(fault: Fault) -> None:
    case = fault.start("count", number=0)
    fault.fire()
    assert fault.incident.code == "zero_division"
    before = fault.stage.case(case)
    outcome = fault.approve(fault.propose(data={"number": "no number"}))
    assert outcome.what == "failed" and outcome.incident == fault.incident.id
    assert fault.stage.case(case).state == before.state
    assert fault.stage.events("timer.fired", case) == [] and fault.incident.code == "type"
    # Tried again as it is, it is tried with what the case has.
    assert fault.retry().what == "failed" and fault.incident.code == "zero_division"
    fault.stage.verified()
    assert fault.approve(fault.propose(data={"number": 5})).what == "done"
    page = case_page.case_page(case_id=case, actor=fault.actor(OFFICER), now=fault.now)
    told = {chapter.kind: chapter.repair for chapter in page.story if chapter.repair}
    done = told["timer.fired"]
    assert done.done
    assert [(c.label["en"], c.old, c.new) for c in done.changed] == [("the number", "0", "5")]
    fault.stage.verified()


def test_a_script_is_skipped_without_a_result(fault: Fault) -> None:
    case = fault.start("count", number=0)
    fault.fire()
    fault.refused("repair.no_result", fault.propose, skip=True, result=1)
    assert fault.approve(fault.propose(skip=True)).what == "done"
    assert fault.stage.tasks(case) == ["see"]
    fault.stage.verified()


def test_a_conflict_where_branches_meet_is_settled_by_a_correction(fault: Fault) -> None:
    case = fault.start("forked")
    fault.answer(case, "one")
    fault.fails(case, "two", total=2)
    row = fault.incident
    assert (row.element, row.code, row.act) == ("join", "parallel_conflict", "task two")
    fault.refused("repair.not_skippable", fault.propose, skip=True)
    fault.approve(fault.propose(data={"total": 3}))
    fault.answer(case, "two", total=2)
    assert fault.stage.tasks(case) == ["see"]
    [moved] = [
        event
        for event in fault.stage.events("task.completed", case)
        if event["facts"]["element"] == "two"
    ]
    assert moved["facts"]["repair"]["data"] == {"total": 3}
    fault.stage.verified()


def test_a_case_that_could_not_be_started_is_started_with_a_repair(fault: Fault) -> None:
    parent = fault.start("parent")
    row = fault.incident
    assert row.case_id == parent and row.process == "child"
    assert fault.approve(fault.propose(skip=True)).what == "done"
    [child] = fault.stage.all(CaseFile, process="child")
    [started] = fault.stage.events("case.started", child.id)
    assert started["facts"]["repair"]["incident_seq"] == row.opened_seq
    assert fault.stage.tasks(child.id) == ["see"]
    fault.stage.verified()


def test_nobody_decides_alone(fault: Fault) -> None:
    fault.failing("late")
    row = fault.propose(skip=True)
    fault.refused("repair.same_person", fault.approve, row, FIRST)
    fault.refused("repair.same_person", fault.reject, row, FIRST)
    fault.refused("repair.not_yours", fault.withdraw, row, SECOND)
    fault.refused("repair.proposed_already", fault.propose, SECOND, skip=True)
    assert fault.incident.proposed_seq == row.proposed_seq
    assert fault.stage.refused()["attempted"] == "incident.propose"
    fault.withdraw(row)
    assert fault.incident.proposed_seq is None
    # What was taken back can be approved by nobody; nor what somebody read of another proposal.
    fault.refused("repair.changed", fault.approve, row)
    newer = fault.propose(SECOND, data={"number": 2})
    fault.refused("repair.changed", fault.approve, row, FIRST)
    fault.refused("repair.same_person", fault.approve, newer, SECOND)
    assert [
        event["facts"]["proposed_seq"] for event in fault.stage.events("incident.repair_withdrawn")
    ] == [row.proposed_seq]
    fault.stage.verified()


@pytest.mark.parametrize("login", [OFFICER, "mne.head", "auditor", "owner"])
def test_whoever_may_not_resolve_errors_decides_nothing(fault: Fault, login: str) -> None:
    fault.failing("late")
    fault.refused("permission.denied", fault.propose, login, skip=True)
    row = fault.propose(skip=True)
    for act in (fault.approve, fault.reject, fault.withdraw):
        assert isinstance(fault.refused("permission.denied", act, row, login), NotAllowed)
    assert fault.incident.proposed_seq == row.proposed_seq


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"skip": True, "reason": " "}, "repair.reason_missing"),
        ({"skip": True, "reason": "а" * 4001}, "form.too_long"),
        ({}, "repair.empty"),
        ({"data": {"nobody_knows": 1}}, "repair.unknown_field"),
        ({"data": {"case": 1}}, "repair.unknown_field"),
        ({"data": {"why": "free text"}}, "repair.unknown_field"),
        ({"data": {"number": 0.5}}, "repair.not_a_value"),
        ({"skip": True, "result": {"x": [0.5]}}, "repair.not_a_value"),
    ],
)
def test_what_no_case_can_take_is_not_proposed(
    fault: Fault, given: dict[str, Any], code: str
) -> None:
    fault.failing("late")
    fault.refused(code, fault.propose, **given)
    assert fault.incident.proposed_seq is None
    assert fault.stage.events("incident.repair_proposed") == []


def test_of_two_who_approve_one_does_and_the_act_is_done_once(fault: Fault) -> None:
    case = fault.failing("late")
    row = fault.propose(skip=True)
    outcomes = together(fault.stage, [lambda: fault.approve(row)] * 4)
    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert all(isinstance(o, Conflict) for o in outcomes if isinstance(o, Exception))
    assert len(fault.stage.events("incident.repair_approved", case)) == 1
    assert len(fault.stage.events("timer.fired", case)) == 1
    fault.stage.verified()


def test_a_proposal_ends_with_its_incident(fault: Fault) -> None:
    """The act was tried again as it is, or done by its person meanwhile."""
    fault.failing("late")
    row = fault.propose(skip=True)
    fault.retry(row)
    assert fault.incident.proposed_seq is None
    fault.refused("incident.closed", fault.approve, row)
    fault.broken = False
    fault.retry()
    fault.broken = True
    case = fault.failing("asked")
    row = fault.propose(skip=True)
    fault.broken = False
    fault.answer(case, number=2)
    [closed] = fault.stage.all(Incident, id=row.id)
    assert (closed.state, closed.how, closed.repair) == ("over", "done", None)
    fault.refused("incident.closed", fault.approve, row)
    fault.stage.verified()


def test_after_the_commission_has_decided_nothing_is_skipped_or_corrected(
    received: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """¶ 60: its outcome is not subject to review; to try again is not to review."""
    fault = Fault(received)
    case = to_correct(received, "1.1.1")
    work = OPERATIONS["conclusion.correct"]
    monkeypatch.setitem(OPERATIONS, "conclusion.correct", fault.work)
    corrections = {"corrections": {"1.1.1": {"value": "99", "points": "29.5"}}}
    fault.fails(case, "correct", **corrections)
    told = fault.refused("repair.decided", fault.propose, skip=True)
    assert told.paragraph == "60" and isinstance(told, Conflict)
    fault.refused("repair.decided", fault.propose, data={"outcome": "rejected"})
    assert received.refused()["paragraph"] == "60"
    page = incident_page.incident_page(
        incident_id=fault.incident.id, actor=fault.actor(FIRST), now=fault.now
    )
    assert page.decided and page.may_resolve
    monkeypatch.setitem(OPERATIONS, "conclusion.correct", work)
    assert fault.retry().what == "waiting"
    fault.answer(case, "correct", **corrections)
    assert received.case(case).status == "ended"
    received.verified()


@pytest.mark.parametrize(
    ("process", "element"), [("commission", "record"), ("objection", "decide")]
)
def test_what_counts_and_records_a_decision_is_never_skipped(
    received: Stage, process: str, element: str
) -> None:
    """¶ 59–60: two people may not put a result in the place of the commission's."""
    with reading() as session:
        release = releases.in_force(session, local_day(received.play.now))
    failing = Incident(process=process, element=element, act="task x")
    assert release.processes[process].elements[element].kind == "serviceTask"
    assert repairs.skippable(release, failing) is None
    with pytest.raises(Conflict, match=r"repair\.deciding"):
        repairs._skipped(release, failing, None)
