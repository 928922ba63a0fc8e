"""The evaluation of a block walked to its end: report, re-check, parts, conclusion."""

from __future__ import annotations

from typing import Any

from tests.conventions.test_walks import NOW, Host, Walk

PARTS = {
    code: {"code": code, "authority": authority, "paragraph": "23"}
    for code, authority in (("budget", "mof"), ("goals", "mne"))
}
OPENED = {
    "year": 2016,
    "block": 1,
    "evaluated_body": "mes",
    "authority": "mne",
    "planning": "mne",
    "working_body": "ap",
    "cycle_case": 3,
    "parts": PARTS,
    "parts_count": 2,
    "self_consolidated": False,
    "case": 9,
}


def evaluation(*, counted: tuple[str, ...] = ("budget", "goals"), **risk: Any) -> Walk:
    """A block evaluation that has just been opened, with the signs of risk to come.

    `counted` are the parts in which something is going to be counted.
    """
    numbers = iter(range(1, 9))
    host = Host(
        report__open={"term": "report_1", "checker": "mne", "version": 0},
        report__submit=lambda given: given["report"] | {"id": next(numbers)},
        report__risk={"days_late": 0, "missing": 0, "returned": 0, "change": None} | risk,
        part__score=1,
        part__approve=lambda given: {
            "part": given["part"],
            "version": 1,
            "counted": given["part"] in counted,
        },
        evaluation__assemble=True,
        conclusion__issue=1,
        conclusion__deliver=NOW.isoformat(),
        conclusion__receive=NOW.isoformat(),
        conclusion__count_open=0,
    )
    return Walk("block_evaluation", OPENED, host)


def taken_in(walk: Walk) -> Walk:
    walk.complete("report").complete("certify", decision="certify")
    return walk.complete("intake", decision="accept")


def test_a_report_goes_back_and_forth_until_it_is_accepted() -> None:
    walk = evaluation()
    assert [(t.role, t.organisation) for t in walk.step.tasks] == [("case_officer", "mes")]
    # The reminder takes nothing away.
    assert walk.fire().open == ["report"]
    walk.complete("report").complete("certify", decision="return")
    walk.complete("report#2").complete("certify#2", decision="certify")
    walk.complete("intake", decision="return").complete("report#3")
    walk.complete("certify#3", decision="certify").complete("intake#2", decision="accept")
    assert walk.open == ["score_parts[budget]/score", "score_parts[goals]/score"]
    assert [t.organisation for t in walk.step.tasks] == ["mof", "mne"]
    assert len(walk.host.parameters_of("report.return")) == 1
    assert walk.host.parameters_of("report.choose")[0]["chosen"] is False


def test_a_chosen_report_is_re_checked_before_it_is_scored() -> None:
    walk = taken_in(evaluation(missing=2))
    assert walk.open == ["recheck"]
    walk.complete("recheck", act_number="7", act_date="2017-02-01", result="confirmed")
    assert len(walk.open) == 2 and walk.host.parameters_of("report.recheck")


def test_the_parts_lead_to_the_conclusion_and_on_to_the_planning_authority() -> None:
    walk = taken_in(evaluation())
    walk.complete("score_parts[goals]/score").complete(
        "score_parts[goals]/approve", decision="return"
    )
    walk.complete("score_parts[goals]/score#2")
    walk.complete("score_parts[goals]/approve#2", decision="approve")
    walk.complete("score_parts[budget]/score")
    assert walk.complete("score_parts[budget]/approve", decision="approve").open == [
        "conclude/draft"
    ]
    walk.complete("conclude/draft").complete("conclude/sign", decision="sign")
    walk.complete("conclude/receipt_stage/receive", confirmed=True).fire()
    assert walk.step.ended
    (sent,) = walk.host.parameters_of("evaluation.finish")
    assert (sent["planning"], sent["cycle_case"]) == ("mne", 3)


def test_a_block_in_which_nothing_counts_is_concluded_with_the_reason() -> None:
    for counted, then in ((("goals",), "conclude/draft"), ((), "no_result")):
        walk = taken_in(evaluation(counted=counted))
        for part in ("budget", "goals"):
            walk.complete(f"score_parts[{part}]/score")
            walk.complete(f"score_parts[{part}]/approve", decision="approve")
        assert walk.open == [then]
    assert [(t.role, t.organisation) for t in walk.step.tasks] == [("case_officer", "mne")]
    assert walk.complete("no_result", no_result_reason="no_data").open == ["conclude/draft"]
