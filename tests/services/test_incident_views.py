"""What is shown of errors, to whom; and that their rows say what the events say."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.db import transaction
from app.models.cases import Incident
from app.services import case_page, incident_page, verification
from tests.services.faulty import FIRST, OFFICER, Fault


def test_the_list_shows_open_ones_oldest_first_and_keeps_the_closed(fault: Fault) -> None:
    first, second = fault.failing("late"), fault.start("late")
    fault.fire()
    listed = fault.listed("auditor", "open")
    assert [row.case_id for row in listed.rows] == [first, second]
    assert (listed.open, listed.closed, listed.next) == (2, 0, None)
    assert listed.rows[0].may_open and not fault.listed(FIRST, "open").rows[0].may_open
    view = listed.rows[0]
    assert view.act.kind == "timer" and view.act.name == dict.fromkeys(("kk", "ru", "en"), "pause")
    assert (view.element, view.process, view.attempt) == (
        dict.fromkeys(("kk", "ru", "en"), "job"), "late", 1,
    )  # fmt: skip
    fault.refused("permission.denied", fault.listed, OFFICER, "open")
    fault.broken = False
    [row] = [row for row in fault.stage.all(Incident) if row.case_id == first]
    fault.retry(row)
    assert [row.case_id for row in fault.listed("owner", "closed").rows] == [first]
    page = incident_page.incident_page(
        incident_id=row.id, actor=fault.actor("auditor"), now=fault.now
    )
    assert [past.kind for past in page.history] == ["case.incident", "case.incident_resolved"]
    assert not page.may_resolve and page.fields == ()


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ("proposed_by = 'p-0001'", "proposed_by"),
        ("proposed_seq = 1", "proposed_seq"),
        ("attempt = 7", "attempt"),
        ("how = 'retry'", "how"),
    ],
)
def test_who_proposed_what_cannot_be_changed_past_the_events(
    fault: Fault, change: str, column: str
) -> None:
    fault.failing("late")
    fault.propose(skip=True, result=1)
    fault.stage.verified()
    with transaction() as session:
        session.execute(text(f"UPDATE incident SET {change}"))
    result = verification.verify_trail(store=fault.stage.store)
    assert [problem for problem in result.problems if column in problem.problem] != []


def test_whoever_works_on_the_case_sees_its_error_and_its_history(fault: Fault) -> None:
    case = fault.failing("late")
    page = case_page.case_page(case_id=case, actor=fault.actor(OFFICER), now=fault.now)
    assert [row.code for row in page.incidents] == ["operation_failed"]
    assert not page.sees_incidents
    row = fault.propose(skip=True, reason="Принтер жанып кетті.")
    fault.approve(row)
    page = case_page.case_page(case_id=case, actor=fault.actor(OFFICER), now=fault.now)
    assert page.incidents == ()
    told = {chapter.kind: chapter for chapter in page.story}
    assert told["incident.repair_proposed"].texts == {"reason": "Принтер жанып кетті."}
    proposed, done = (told[kind].repair for kind in ("incident.repair_proposed", "timer.fired"))
    assert proposed is not None and done is not None
    assert (proposed.done, done.done) == (False, True)
    assert proposed.skipped == done.skipped == (dict.fromkeys(("kk", "ru", "en"), "job"),)
    # The history of the closed one stays, with who, how and why, and the act it ended in.
    shown = incident_page.incident_page(incident_id=row.id, actor=fault.actor(FIRST), now=fault.now)
    assert [past.kind for past in shown.history] == [
        "case.incident",
        "incident.repair_proposed",
        "incident.repair_approved",
        "timer.fired",
    ]
    assert shown.history[1].reason == "Принтер жанып кетті." and not shown.waits


def test_an_approved_repair_of_a_task_waits_for_its_person(fault: Fault) -> None:
    case = fault.failing("asked")
    row = fault.propose(skip=True)
    fault.approve(row)

    def waits() -> bool:
        page = incident_page.incident_page(
            incident_id=row.id, actor=fault.actor(FIRST), now=fault.now
        )
        return page.waits

    assert waits()
    fault.answer(case, number=2)
    assert not waits()
