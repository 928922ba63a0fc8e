from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import Conflict, Invalid, Refusal
from app.domain.rules import overall

DAY = date(2018, 5, 21)
RESULTS = [(block, body) for body in ("moj", "mof") for block in (1, 2, 3, 0)]


def test_every_conclusion_is_final_or_missing_with_a_reason() -> None:
    overall.require_every_conclusion([(1, "moj"), (2, "moj")], [(1, "moj"), (2, "moj")])
    with pytest.raises(Conflict, match=r"overall\.conclusions_missing") as refused:
        overall.require_every_conclusion([(1, "moj"), (2, "moj")], [(2, "moj")])
    assert (refused.value.paragraph, refused.value.params["count"]) == ("11", 1)


@pytest.mark.parametrize(
    ("rule", "code", "paragraph"),
    [
        (lambda: overall.require_other_signer("p", "p"), "overall.same_person", "9(2)"),
        (lambda: overall.require_signed(False), "overall.not_signed", "49"),
        (lambda: overall.require_notices(["a", "b"], ["a"]), "overall.notice_missing", "49"),
        (lambda: overall.require_submitted(False), "results.before_commission", "51"),
        (lambda: overall.require_check(False), "publication.not_checked", "53"),
        (lambda: overall.require_checked_by_another("p", "p"), "publication.same_person", "53"),
        (
            lambda: overall.require_publishable(RESULTS, RESULTS[:-1], consented=True),
            "publication.not_checked",
            "53",
        ),
        (
            lambda: overall.require_publishable(RESULTS, RESULTS, consented=False),
            "publication.no_consent",
            "53",
        ),
    ],
)
def test_what_is_refused(rule: object, code: str, paragraph: str) -> None:
    assert callable(rule)
    with pytest.raises(Refusal) as refused:
        rule()
    assert (refused.value.code, refused.value.paragraph) == (code, paragraph)


def test_what_goes_on() -> None:
    overall.require_other_signer("p", "q")
    overall.require_other_signer(None, "q")
    overall.require_notices(["a"], ["a", "b"])
    overall.require_checked_by_another("p", "q")
    overall.require_publishable(RESULTS, RESULTS, consented=True)
    overall.require_paper("7", DAY, field="conclusion_date", today=DAY, since=DAY)


@pytest.mark.parametrize(
    ("number", "dated", "code"),
    [
        (" ", DAY, "form.required"),
        ("7", date(2018, 5, 22), "order.date_in_future"),
        ("7", date(2018, 5, 20), "paper.too_early"),
        ("7", date(2016, 12, 31), "decree.before_in_force"),
    ],
)
def test_a_paper_has_a_number_and_a_possible_date(number: str, dated: date, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        overall.require_paper(number, dated, field="d", today=DAY, since=DAY)
    [error] = refused.value.fields
    assert (error.field, error.code) == ("d", code)


@given(
    st.dictionaries(st.sampled_from(RESULTS), st.sampled_from(overall.GROUNDS)),
)
def test_no_withheld_result_can_be_worked_out(chosen: dict[tuple[int, str], str]) -> None:
    blocks = {body for block, body in chosen if block}
    if any(body not in blocks for block, body in chosen if not block):
        # The overall result alone: the blocks, which are open, give it away.
        with pytest.raises(Invalid, match=r"publication\.worked_out"):
            overall.withheld(RESULTS, chosen)
        return
    kept = overall.withheld(RESULTS, chosen)
    assert chosen.items() <= kept.items()
    for _, body in ((block, body) for block, body in chosen if block):
        assert (0, body) in kept
    # Nothing else of anybody is withheld.
    assert {key for key in kept if key not in chosen} <= {(0, body) for _, body in chosen}


def test_only_what_there_is_can_be_withheld() -> None:
    with pytest.raises(Invalid):
        overall.withheld(RESULTS, {(1, "mia"): "official"})
    # A body by one block alone: both of its results go.
    assert overall.withheld([(2, "mia"), (0, "mia")], {(2, "mia"): "other"}) == {
        (2, "mia"): "other",
        (0, "mia"): "other",
    }
