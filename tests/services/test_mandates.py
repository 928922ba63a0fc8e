"""A role passes to another body: as an act on the trail, and open cases stay where they are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.db import reading
from app.domain.refusals import Invalid, NotAllowed
from app.operations.registers import Registers
from app.services import registers, starts
from app.services.mandates_page import mandates_page
from tests.journeys.plot import CONCLUSION, Stage
from tests.services.together import together

ACT = "Жарлық № 15, 2018 жылғы 27 наурыз"
# The day after that of the stage.
FROM = date(2018, 3, 29)


def change(stage: Stage, login: str = "admin", **given: Any) -> None:
    usual: dict[str, Any] = {
        "role": "state_planning",
        "holder": "moj",
        "starts_on": FROM,
        "basis": f" {ACT} ",
    }
    registers.change_mandate(actor=stage.actor(login), now=stage.play.now, **(usual | given))


def holder(role: str, day: date) -> str:
    with reading() as session:
        return Registers(session).mandates.holder(role, day)


def test_a_change_is_an_act_and_ends_the_mandate_before(received: Stage) -> None:
    change(received)
    assert holder("state_planning", date(2018, 3, 28)) == "mne"
    assert holder("state_planning", FROM) == "moj"
    [event] = received.events("mandate.changed")
    assert event["facts"] == {
        "role": "state_planning",
        "holder": {"old": "mne", "new": "moj"},
        "starts_on": "2018-03-29",
        "basis": ACT,
    }
    assert event["actor"]["person"] == received.actor("admin").person
    assert sorted(event["rows"]) == ["mandate/10", "mandate/11", "register/3"]
    received.verified()


def test_new_cases_follow_and_open_ones_stay(received: Stage) -> None:
    now = received.play.now
    assert starts.starts(actor=received.actor("mne.officer1"), now=now)
    change(received, starts_on=date(2018, 3, 28))
    planner = starts.starts(actor=received.actor("mne.officer1"), now=now)
    assert "schedule" not in {start.process for start in planner}
    newcomer = starts.starts(actor=received.actor("moj.officer1"), now=now)
    assert "schedule" in {start.process for start in newcomer}
    assert received.case(CONCLUSION).authority == "mne"
    # An objection to a conclusion goes to whoever made it.
    received.complete(
        "akmola.officer1",
        received.task(CONCLUSION, "object"),
        points=["1.1.1"],
        grounds="Статистика.",
        proceed_without=True,
    )
    [objection] = [row for row in received.all(type(received.case(2))) if row.subject]
    assert objection.authority == "mne"
    received.verified()


def test_the_page_tells_then_now_and_planned(received: Stage) -> None:
    change(received, holder="mia", starts_on=date(2018, 3, 28))
    change(received)
    page = mandates_page(actor=received.actor("admin"), now=received.play.now)
    assert [held.paragraph for held in page.roles] == [f"10({n})" for n in range(1, 9)] + ["12"]
    planning = next(held for held in page.roles if held.role == "state_planning")
    assert planning.present is not None
    assert (planning.present.holder, planning.present.until) == ("mia", date(2018, 3, 28))
    assert [row.holder for row in planning.planned] == ["moj"]
    assert [(row.holder, row.until) for row in planning.past] == [("mne", date(2018, 3, 27))]


def test_who_may_edit_is_told_which_open_cases_stay(received: Stage) -> None:
    [kept] = mandates_page(actor=received.actor("admin"), now=received.play.now).kept
    # An administrator opens no case: the numbers are not for them.
    assert (kept.authority, dict(kept.counts), kept.cases) == ("mne", {"conclusion": 1}, ())
    assert mandates_page(actor=received.actor("mne.head"), now=received.play.now).kept == ()


def test_what_was_planned_may_be_taken_back(received: Stage) -> None:
    change(received, starts_on=date(2108, 3, 29))
    change(received, holder="mia", starts_on=FROM)
    assert holder("state_planning", date(2200, 1, 1)) == "mia"
    page = mandates_page(actor=received.actor("admin"), now=received.play.now)
    planning = next(held for held in page.roles if held.role == "state_planning")
    assert [row.holder for row in planning.planned] == ["mia"]
    received.verified()


def test_only_who_edits_mandates_may_and_the_refusal_is_told(received: Stage) -> None:
    with pytest.raises(NotAllowed, match="permission.denied"):
        change(received, "mne.head")
    with pytest.raises(Invalid, match="mandate.role_unknown"):
        change(received, role="internal_audit")
    facts = [event["facts"] for event in received.events("act.refused")]
    assert [(told["attempted"], told["code"]) for told in facts[-2:]] == [
        ("mandate.change", "permission.denied"),
        ("mandate.change", "mandate.role_unknown"),
    ]
    assert holder("state_planning", FROM) == "mne"
    assert received.events("mandate.changed") == []


def test_two_changes_at_once_leave_one_holder(received: Stage) -> None:
    actor, now = received.actor("admin"), received.play.now

    def call(body: str) -> Any:
        return lambda: registers.change_mandate(
            role="state_planning",
            holder=body,
            starts_on=date(2018, 3, 28),
            basis=ACT,
            actor=actor,
            now=now,
        )

    outcomes = together(received, [call(body) for body in ("moj", "mia", "mof", "moj")])
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert len(refused) == 3
    assert all(isinstance(told, Invalid) and told.code == "mandate.not_later" for told in refused)
    assert holder("state_planning", date(2018, 3, 27)) == "mne"
    assert len(received.events("mandate.changed")) == 1
    received.verified()
