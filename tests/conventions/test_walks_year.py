"""The year's diagrams walked to their ends: opened by a schedule, and the overall evaluation."""

from __future__ import annotations

from typing import Any

from tests.conventions.test_walks import APPROVED, Host, Walk


def test_a_later_order_opens_no_year() -> None:
    host = Host(schedule__check={"warnings": []}, schedule__approve=APPROVED | {"opens": False})
    data = {"case": 1, "year": 2016, "authority": "mne", "administration": "ap", "changes": 1}
    walk = Walk("schedule", data, host)
    walk.complete("draft").complete("approve", decision="approve")
    assert walk.step.ended and walk.step.sent == ()


YEAR = {"year": 2016, "authority": "mne", "planning": "mne", "working_body": "ap", "case": 3}
YEAR |= {"administration": "ap"}


def year(*still_open: int) -> Walk:
    counted = iter(still_open)
    host = Host(
        cycle__open_evaluations={"evaluations": 94, "parts": 220, "left": 0},
        cycle__count_open=lambda _: next(counted),
        cycle__record_missing=1,
        overall__methodology=True,
        overall__compute={"id": 1, "number": 1},
    )
    return Walk("cycle", YEAR, host)


def test_a_year_is_opened_in_as_many_acts_as_it_needs() -> None:
    left = iter((846, 752, 0))

    def opening(_: Any) -> dict[str, int]:
        return {"evaluations": 94, "parts": 220, "left": next(left)}

    walk = Walk("cycle", YEAR, Host(cycle__open_evaluations=opening))
    for _ in range(2):
        [sent] = walk.step.sent
        assert (sent.message, sent.to, sent.payload) == ("opening_goes_on", "3", {})
        assert [wait.message for wait in walk.step.waits] == ["opening_goes_on"]
        walk.deliver("opening_goes_on")
    assert [wait.message for wait in walk.step.waits] == ["all_final"]


def test_a_year_leads_to_the_overall_evaluation_when_everything_is_final() -> None:
    walk = year(0).deliver("all_final")
    assert walk.open == ["overall_evaluation/draft_overall"] and not walk.step.timers
    assert walk.step.tasks[0].organisation == "mne"


def test_a_year_waits_for_what_is_open_after_its_term_or_records_it() -> None:
    waiting = year(2, 0).fire()
    assert waiting.open == ["missing"]
    assert waiting.deliver("all_final").open == ["overall_evaluation/draft_overall"]
    recorded = year(2).fire().complete("missing")
    assert recorded.open == ["overall_evaluation/draft_overall"]


def test_without_an_overall_methodology_somebody_is_told_before_anything_is_computed() -> None:
    walk = year(0)
    walk.host.answers["overall.methodology"] = False
    assert walk.deliver("all_final").open == ["overall_evaluation/await_methodology"]
    assert walk.step.tasks[0].organisation == "mne" and walk.step.tasks[0].due is not None
    walk.complete("overall_evaluation/await_methodology", approved=True)
    assert walk.open == ["overall_evaluation/draft_overall"]


def test_the_overall_evaluation_goes_back_where_it_is_returned() -> None:
    walk = year(0).deliver("all_final")
    within = "overall_evaluation/{}".format
    walk.complete(within("draft_overall"), anew=True)
    walk.complete(within("draft_overall#2")).complete(within("sign_overall"), decision="return")
    walk.complete(within("draft_overall#3")).complete(within("sign_overall#2"), decision="sign")
    assert walk.step.tasks[0].role == "working_body_officer"
    walk.complete(within("commission"), conclusion_number="1", conclusion_date="2017-06-01")
    walk.complete(within("instruct"), bodies=[]).complete(within("secrecy"), checked=True)
    walk.complete(within("consent"), decision="refuse").complete(within("secrecy#2"), checked=True)
    walk.complete(within("consent#2"), decision="consent", consent_number="1", consent_date="x")
    assert walk.step.ended
    called = [name for name, _ in walk.host.called if name.startswith("overall.")]
    assert called == [
        "overall.methodology", "overall.compute", "overall.compute", "overall.draft",
        "overall.return", "overall.draft",
        "overall.sign", "overall.submit", "overall.present", "overall.instruct", "overall.check",
        "overall.refuse", "overall.check", "overall.consent", "overall.publish",
    ]  # fmt: skip
