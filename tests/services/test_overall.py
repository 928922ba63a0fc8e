"""¶ 11, 48-53: the overall results are drafted, signed, submitted, checked and published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.actors import SystemActor
from app.domain.refusals import FieldError, Invalid, NotAllowed, NotFound
from app.models.facts import Conclusion, ConclusionIndicator, Letter
from app.models.overall import Overall, OverallMark, OverallResult, SecrecyCheck
from app.services import letters, people, publication, result_tree, results, task_page
from tests.appcontext import SYSTEM
from tests.journeys.plot import Stage
from tests.services.replayed import executed_again
from tests.services.yearly import CASE, HEAD, OFFICER, WORKING, YEAR, final_year

__all__ = ["final_year"]

TEXT = "Органдардың көпшілігі мақсаттарына жетті."
INSTRUCTIONS = "Кемшіліктер 1 қыркүйекке дейін жойылсын."
OPERATOR = SystemActor("operator")


def draft(stage: Stage, login: str = OFFICER) -> None:
    stage.play.do(login, CASE, "draft_overall", {"text": TEXT})


def sign(stage: Stage, login: str = HEAD, **changed: Any) -> None:
    stage.play.do(login, CASE, "sign_overall", {"decision": "sign", **changed})


def submitted(stage: Stage) -> None:
    draft(stage)
    sign(stage)


def concluded(stage: Stage, **changed: Any) -> None:
    today = stage.play.today()
    given = {"conclusion_number": "7", "conclusion_date": today, "programmes": "none"}
    stage.play.do(WORKING, CASE, "commission", {**given, **changed})


def instructed(stage: Stage, *bodies: str) -> None:
    given = {"instructions": INSTRUCTIONS, "bodies": list(bodies)}
    stage.play.do(WORKING, CASE, "instruct", given)


def checked(stage: Stage, withheld: Mapping[str, str] | None = None) -> None:
    given = {"secrecy": dict(withheld or {}), "checked": True}
    stage.play.do(OFFICER, CASE, "secrecy", given)


def consented(stage: Stage, login: str = WORKING) -> None:
    given = {"consent_number": "12-3", "consent_date": stage.play.today()}
    stage.play.do(login, CASE, "consent", {"decision": "consent", **given})


def to_the_check(stage: Stage) -> None:
    submitted(stage)
    concluded(stage)
    instructed(stage)


def marks(stage: Stage) -> list[str]:
    return [row.mark for row in stage.all(OverallMark)]


def result(stage: Stage, body: str, block: int) -> Any:
    return stage.all(OverallResult, evaluated_body=body, block=block)[-1]


def test_from_the_draft_to_the_publication(final_year: Stage) -> None:
    stage = final_year
    to_the_check(stage)
    checked(stage)
    consented(stage)
    assert marks(stage) == [
        "drafted", "signed", "submitted", "concluded", "presented", "instructed", "checked",
        "consented", "published",
    ]  # fmt: skip
    assert stage.case(CASE).status == "ended"
    found = publication.of_year(year=YEAR)
    assert found is not None and publication.years() == (YEAR,)
    assert len(found.bodies) == 32 and found.example
    assert (found.consent_number, found.consent_date) == ("12-3", date(2018, 5, 2))
    moj = next(row for row in found.bodies if row.body == "moj")
    assert moj.blocks[1].points == result(stage, "moj", 1).points
    assert moj.overall is not None and moj.overall.points == result(stage, "moj", 0).points
    assert TEXT not in str(stage.events("task.completed", CASE))
    assert executed_again(CASE) == 8
    stage.verified()


def test_whoever_drafted_does_not_sign(final_year: Stage) -> None:
    stage = final_year
    people.grant_role(
        person=stage.play.code(HEAD),
        role="case_officer",
        organisation="mne",
        starts_on=date(2018, 1, 1),
        actor=SYSTEM,
        now=stage.play.now,
    )
    draft(stage, HEAD)
    with pytest.raises(NotAllowed, match=r"overall\.same_person") as refused:
        sign(stage)
    assert refused.value.paragraph == "9(2)"
    assert stage.refused()["code"] == "overall.same_person"
    # Returned, drafted by somebody else, signed.
    reasons = {"decision": "return", "reasons": "Өңірлерді салыстыру қосылсын."}
    sign(stage, **reasons)
    task = stage.task(CASE, "draft_overall")
    page = task_page.task_page(task_id=task, actor=stage.actor(OFFICER), now=stage.play.now)
    assert page.returned == reasons["reasons"]
    submitted(stage)
    assert marks(stage) == ["drafted", "returned", "drafted", "signed", "submitted"]


def test_computing_anew_is_a_new_version_and_the_old_one_stays(final_year: Stage) -> None:
    stage = final_year
    stage.play.do(OFFICER, CASE, "draft_overall", {"anew": True})
    first, second = stage.all(Overall)
    assert (first.number, second.number) == (1, 2)
    assert second.author == stage.play.code(OFFICER) and first.author == "message"
    assert stage.tasks(CASE) == ["draft_overall"]
    assert len(stage.all(OverallResult)) == 2 * 126
    submitted(stage)
    assert {row.overall_id for row in stage.all(OverallMark)} == {second.id}


def test_the_submission_and_every_notice_are_one_act(final_year: Stage) -> None:
    stage = final_year
    submitted(stage)
    to_all = stage.all(Letter, kind="overall/notice")
    [to_commission] = stage.all(Letter, kind="overall/results")
    assert len(to_all) == 32 and to_commission.recipient == "ap"
    assert {(row.stream, row.seq) for row in to_all} == {(to_commission.stream, to_commission.seq)}
    assert {row.recipient for row in to_all} == {
        row.evaluated_body for row in stage.all(OverallResult)
    }


@pytest.mark.parametrize(
    ("language", "second_appeal", "whole"),
    [("kk", "жаңа шағымдану құқығын туғызбайды", "Жалпы нәтиже"),
     ("ru", "не дает права на новое обжалование", "Общий результат")],
)  # fmt: skip
def test_the_notice_tells_the_results_and_opens_no_second_appeal(
    final_year: Stage, language: str, second_appeal: str, whole: str
) -> None:
    stage = final_year
    submitted(stage)
    [row] = stage.all(Letter, kind="overall/notice", recipient="moj")
    reader = stage.actor("moj.head")
    html = letters.letter(letter_id=row.id, actor=reader, language=language).html
    assert second_appeal in html and whole in html
    for block in (0, 1, 2, 3):
        assert str(result(stage, "moj", block).points).replace(".", ",") in html
    with pytest.raises(NotFound):
        letters.letter(letter_id=row.id, actor=stage.actor("mof.head"), language=language)
    [told] = stage.all(Letter, kind="overall/results")
    html = letters.letter(letter_id=told.id, actor=stage.actor(WORKING), language=language).html
    assert TEXT in html and str(result(stage, "mia", 2).points).replace(".", ",") in html


def test_the_president_gets_results_after_the_commission_has_concluded(
    final_year: Stage,
) -> None:
    stage = final_year
    submitted(stage)
    for dated, code in (("2018-05-01", "paper.too_early"), ("2018-05-03", "order.date_in_future")):
        with pytest.raises(Invalid) as refused:
            concluded(stage, conclusion_date=dated)
        assert refused.value.code == code
        assert refused.value.fields[0].field == "conclusion_date"
    with pytest.raises(Invalid) as empty:
        concluded(stage, programmes="attached")
    assert empty.value.fields == (FieldError("documents", "form.required"),)
    concluded(stage)
    [conclusion] = stage.all(OverallMark, mark="concluded")
    assert (conclusion.number, conclusion.dated) == ("7", date(2018, 5, 2))
    with pytest.raises(NotAllowed, match=r"task\.not_yours"):
        stage.complete(OFFICER, stage.task(CASE, "instruct"), instructions=INSTRUCTIONS)
    instructed(stage, "moj", "mof")
    sent = stage.all(Letter, kind="overall/instructions")
    assert [row.recipient for row in sent] == ["moj", "mof"]
    html = letters.letter(letter_id=sent[0].id, actor=stage.actor("moj.head"), language="ru").html
    assert INSTRUCTIONS in html and "№ 7 от 2 мая 2018 года" in html


def test_what_is_withheld_is_not_published_nor_can_it_be_worked_out(final_year: Stage) -> None:
    stage = final_year
    to_the_check(stage)
    checked(stage, {"2/moj": "state_secret"})
    kept = [row for row in stage.all(SecrecyCheck) if row.withheld]
    assert {(row.block, row.evaluated_body, row.ground) for row in kept} == {
        (2, "moj", "state_secret"),
        (0, "moj", "state_secret"),
    }
    assert len(stage.all(SecrecyCheck)) == 126
    # Refused, one more is withheld, and only then agreed.
    refusal = {"decision": "refuse", "reasons": "3/mof да тексерілсін."}
    stage.play.do(WORKING, CASE, "consent", refusal)
    task = stage.task(CASE, "secrecy")
    page = task_page.task_page(task_id=task, actor=stage.actor(OFFICER), now=stage.play.now)
    assert page.returned == refusal["reasons"] and len(page.offers.listed) == 126
    assert publication.of_year(year=YEAR) is None
    checked(stage, {"2/moj": "state_secret", "3/mof": "official"})
    consented(stage)
    found = publication.of_year(year=YEAR)
    assert found is not None
    by_code = {row.body: row for row in found.bodies}
    assert set(by_code["moj"].blocks) == {1, 3} and by_code["moj"].overall is None
    assert set(by_code["mof"].blocks) == {1, 2} and by_code["mof"].overall is None
    assert set(by_code["moa"].blocks) == {1, 2, 3} and by_code["moa"].overall is not None
    secret = str(result(stage, "moj", 2).points)
    assert secret not in str(by_code["moj"])
    # Who may see everything is told what is withheld and why.
    whole = results.of_year(year=YEAR, actor=stage.actor("auditor"))
    moj = next(row for row in whole.bodies if row.body == "moj")
    assert (moj.blocks[2].points, moj.blocks[2].withheld) == (secret, True)
    assert (moj.overall.withheld, moj.overall.ground) == (True, "state_secret")
    assert not moj.blocks[1].withheld and whole.stage == "published"


def test_whoever_made_the_check_does_not_consent(final_year: Stage) -> None:
    stage = final_year
    to_the_check(stage)
    people.grant_role(
        person=stage.play.code(OFFICER),
        role="working_body_officer",
        organisation="ap",
        starts_on=date(2018, 1, 1),
        actor=SYSTEM,
        now=stage.play.now,
    )
    with pytest.raises(Invalid) as unconfirmed:
        stage.complete(OFFICER, stage.task(CASE, "secrecy"), secrecy={})
    assert unconfirmed.value.fields == (FieldError("checked", "form.required"),)
    checked(stage)
    with pytest.raises(NotAllowed, match=r"publication\.same_person") as refused:
        consented(stage, OFFICER)
    assert refused.value.paragraph == "53"
    assert publication.of_year(year=YEAR) is None


def test_a_secret_of_a_result_that_is_not_there_is_refused(final_year: Stage) -> None:
    stage = final_year
    to_the_check(stage)
    with pytest.raises(Invalid):
        checked(stage, {"1/mia": "official"})
    assert stage.all(SecrecyCheck) == []


def test_who_sees_the_results_before_they_are_published(final_year: Stage) -> None:
    stage = final_year

    def seen(login: str) -> list[str]:
        found = results.of_year(year=YEAR, actor=stage.actor(login))
        return [row.body for row in found.bodies]

    for login in ("auditor", OFFICER, WORKING):
        assert len(seen(login)) == 32
    for login in ("moj.head", "lsc.officer1", "admin"):
        with pytest.raises(NotFound, match=r"results\.none"):
            seen(login)
    submitted(stage)
    # From the notice on a body sees its own, and nothing of another.
    assert seen("moj.head") == ["moj"]
    with pytest.raises(NotFound):
        seen("lsc.officer1")
    with pytest.raises(NotFound):
        result_tree.tree(year=YEAR, body="mof", actor=stage.actor("moj.head"))
    with pytest.raises(NotFound):
        results.of_year(year=2016, actor=OPERATOR)


def test_a_number_is_followed_down_to_its_indicators(final_year: Stage) -> None:
    stage = final_year
    tree = result_tree.tree(year=YEAR, body="moj", actor=OPERATOR)
    assert [block.weight for block in tree.blocks] == ["50", "25", "25"]
    assert tree.overall.points == result(stage, "moj", 0).points and tree.example
    for block in tree.blocks:
        assert block.inside and block.parts == ()
        total = sum(Decimal(row.points or 0) for row in block.loose)
        assert format(total, "f") == block.result.points
    [version] = stage.all(Conclusion, id=result(stage, "moj", 1).conclusion_id)
    assert version.case_id == tree.blocks[0].case_id
    assert len(stage.all(ConclusionIndicator, conclusion_id=version.id)) == 2
    assert "block 1 (50 %)" in result_tree.text(tree)
    # The body sees its numbers, and what is in them only where the evaluation is shown to it.
    submitted(stage)
    own = result_tree.tree(year=YEAR, body="moj", actor=stage.actor("moj.head"))
    assert [block.inside for block in own.blocks] == [False] * 3
    assert own.overall == tree.overall
