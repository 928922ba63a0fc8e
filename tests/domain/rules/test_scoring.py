"""¶ 9(2), 20, 32, 38: who scores, checks and approves, and when a block may be concluded."""

from __future__ import annotations

import pytest

from app.domain.refusals import Invalid, NotAllowed
from app.domain.rules import scoring

SERVICES = {"authority": "ap", "paragraph": "30"}
COMPLAINTS = {"authority": "lsc", "paragraph": "28"}
ESERVICES = {"authority": "zerde", "paragraph": "28"}


def test_the_authority_that_concludes_checks_unless_it_is_the_body() -> None:
    parts = {"services": SERVICES, "complaints": COMPLAINTS, "eservices": ESERVICES}
    assert scoring.checker("acsa", "akmola", parts) == "acsa"
    # ¶ 30 gives a part to the Administration by an exception; it checks.
    assert scoring.checker("acsa", "acsa", parts) == "ap"
    general = {"complaints": COMPLAINTS, "eservices": ESERVICES}
    assert scoring.checker("acsa", "acsa", general) == "lsc"


def test_no_body_scores_itself_and_nobody_approves_their_own_scores() -> None:
    scoring.require_other_body("mof", "akmola")
    scoring.require_other_approver("p-1", "p-2")
    with pytest.raises(NotAllowed, match=r"conflict\.own_body"):
        scoring.require_other_body("mof", "mof")
    with pytest.raises(NotAllowed, match=r"score\.same_person"):
        scoring.require_other_approver("p-1", "p-1")


def test_what_is_left_out_is_explained() -> None:
    scoring.require_explanation([], "")
    scoring.require_explanation(["1.2"], "Статистика жоқ.")
    with pytest.raises(Invalid, match=r"score\.unexplained") as told:
        scoring.require_explanation(["1.2", "1.1"], " \n")
    assert told.value.params == {"indicator": "1.1"}
    with pytest.raises(Invalid, match=r"form\.invalid"):
        scoring.require_scores(["1.1"])


@pytest.mark.parametrize(
    ("block", "parts", "approved", "code", "paragraph"),
    [
        (1, ["budget", "goals"], ["goals"], "consolidation.part_missing", None),
        (2, ["complaints", "services"], ["services"], "consolidation.block_2", "32"),
        (2, ["complaints", "services"], ["complaints"], "consolidation.part_missing", None),
        (3, ["it", "personnel"], ["it"], "consolidation.block_3", "38"),
        (3, ["it", "personnel"], ["personnel"], "consolidation.part_missing", None),
    ],
)
def test_every_part_is_approved_before_the_block_is_concluded(
    block: int, parts: list[str], approved: list[str], code: str, paragraph: str | None
) -> None:
    scoring.require_every_part(block, parts, parts)
    with pytest.raises(Invalid) as told:
        scoring.require_every_part(block, parts, approved)
    assert (told.value.code, told.value.paragraph) == (code, paragraph)
