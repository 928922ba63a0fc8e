"""¶ 17-18, 20, 22, 26, 33, 39: a methodology is drafted, agreed by two, approved, versioned."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from app.db import reading
from app.demo import methodologies as demo
from app.demo.accounts import SYSTEM
from app.demo.player import NothingToDo
from app.domain.refusals import Conflict, Invalid, NotAllowed, NotFound
from app.models.cases import CaseFile
from app.models.evaluation import Methodology
from app.models.facts import Letter
from app.operations import methodologies
from app.services import letters, roles, starts, task_page
from tests.journeys.plot import Stage

REASONS = "1.1.1 көрсеткішінің анықтамасы анық емес."
APPROVAL = {"decision": "approve", "order_number": "12/34", "order_date": "2018-01-10"}
AGREE_PLANNING = {"planning_decision": "agree"}
AGREE_WORKING = {"working_body_decision": "agree"}
OFFICER = {0: "mne.officer1", 1: "mne.officer1", 2: "acsa.officer1", 3: "mic.officer1"}


def example(block: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(demo.example(block, 2017))
    return found


def begin(stage: Stage, block: int = 1) -> int:
    body = demo.AUTHORS[block]
    return stage.play.start(OFFICER[block], "methodology", body, year=2017, block=str(block))


def hand_in(stage: Stage, case: int, content: Any, block: int = 1, **changed: Any) -> None:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    demo.draft(stage.play, stage.store, OFFICER[block], case, raw, **changed)


def in_force(block: int = 1) -> Methodology:
    with reading() as session:
        row, _ = methodologies.in_force(session, 2017, block)
        session.expunge(row)
        return row


def test_the_four_examples_are_brought_in_by_the_process(stage: Stage) -> None:
    cases = demo.play(stage.play, stage.store, year=2017)
    assert sorted(cases) == [0, 1, 2, 3]
    rows = {row.block: row for row in stage.all(Methodology)}
    assert all(row.example and row.number == 1 and row.year == 2017 for row in rows.values())
    assert rows[2].approved_by == stage.play.code("acsa.head")
    assert (rows[1].order_number, rows[1].order_date) == ("2017-1-ә", date(2018, 1, 10))
    with reading() as session:
        for block, row in rows.items():
            found, content = methodologies.in_force(session, 2017, block)
            assert found.id == row.id and content.block == block
            assert methodologies.by_id(session, row.id)[1] is content
    # Canonical: the very bytes that the hash is of, without the blanks of the file.
    assert rows[1].content.startswith(b'{"block":1,"criteria":[')
    told = stage.all(Letter, kind="methodology/approved", case_id=cases[1])
    assert "akmola" in {row.recipient for row in told}
    assert "mia" not in {row.recipient for row in told}  # evaluated by block 2 alone
    assert "mia" in {r.recipient for r in stage.all(Letter, case_id=cases[2])}
    case = stage.case(cases[3])
    assert (case.number[:2], case.status, case.block) == ("Ә3", "ended", 3)
    stage.verified()


def test_the_letter_names_the_methodology_in_both_languages(stage: Stage) -> None:
    case = demo.play(stage.play, stage.store, year=2017, blocks=(2,))[2]
    row = next(r for r in stage.all(Letter, case_id=case) if r.recipient == "akmola")
    reader = stage.actor("akmola.officer1")
    kazakh = letters.letter(letter_id=row.id, actor=reader, language="kk").html
    russian = letters.letter(letter_id=row.id, actor=reader, language="ru").html
    assert "ҮЛГІ" in kazakh and "2017-2-ә" in kazakh and "көрсеткіштер саны: 9" in kazakh
    assert "ПРИМЕР" in russian and "Редакция 1, показателей: 9" in russian


def test_the_planning_authority_does_not_agree_with_itself(stage: Stage) -> None:
    case = begin(stage)
    hand_in(stage, case, example())
    assert stage.tasks(case) == ["agree_working_body"]
    other = begin(stage, 2)
    hand_in(stage, other, example(2), block=2)
    assert sorted(stage.tasks(other)) == ["agree_planning", "agree_working_body"]


@pytest.mark.parametrize(
    ("block", "login", "organisation", "paragraph"),
    [
        (1, "acsa.officer1", "acsa", "26"),
        (2, "mne.officer1", "mne", "33"),
        (3, "mne.officer1", "mne", "39"),
        (0, "mic.officer1", "mic", "11"),
        (1, "mof.officer1", "mof", "26"),
    ],
)
def test_a_block_has_one_lead_author(
    stage: Stage, block: int, login: str, organisation: str, paragraph: str
) -> None:
    with pytest.raises(NotAllowed, match=rf"methodology\.author_block_{block}") as refused:
        stage.play.start(login, "methodology", organisation, year=2017, block=str(block))
    assert refused.value.paragraph == paragraph
    assert stage.all(CaseFile) == []


def test_only_lead_authors_are_offered_to_start_one(stage: Stage) -> None:
    def offered(login: str) -> bool:
        found = starts.starts(actor=stage.actor(login), now=stage.play.now)
        return "methodology" in {start.process for start in found}

    assert offered("mne.officer1") and offered("acsa.officer1") and offered("mic.officer1")
    assert not offered("mof.officer1") and not offered("akmola.officer1")
    with pytest.raises(NotFound):
        starts.start_of(
            process="methodology",
            organisation="mof",
            actor=stage.actor("mof.officer1"),
            now=stage.play.now,
        )


def test_two_drafts_of_one_block_do_not_run_side_by_side(stage: Stage) -> None:
    begin(stage)
    with pytest.raises(Conflict, match=r"methodology\.under_way"):
        begin(stage)
    begin(stage, 0)
    begin(stage, 2)


def test_whoever_returns_it_is_heard(stage: Stage) -> None:
    case = begin(stage, 2)
    hand_in(stage, case, example(2), block=2)
    play = stage.play
    play.do("mne.head", case, "agree_planning", {"planning_decision": "return", "reasons": REASONS})
    play.do("ap.working", case, "agree_working_body", AGREE_WORKING)
    page = task_page.task_page(
        task_id=stage.task(case, "draft"), actor=stage.actor(OFFICER[2]), now=play.now
    )
    assert page.returned == REASONS
    assert page.values["requirement_4"] == demo.REQUIREMENTS["requirement_4"]
    stage.complete(OFFICER[2], stage.task(case, "draft"), **page.values)
    play.do("mne.head", case, "agree_planning", AGREE_PLANNING)
    working = {"working_body_decision": "return", "reasons": "Салмақтар негізделсін."}
    play.do("ap.working", case, "agree_working_body", working)
    stage.complete(OFFICER[2], stage.task(case, "draft"), **page.values)
    play.do("ap.working", case, "agree_working_body", AGREE_WORKING)
    play.do("mne.head", case, "agree_planning", AGREE_PLANNING)
    play.do("acsa.head", case, "approve", {"decision": "return", "reasons": "Бұйрық дайын емес."})
    assert stage.tasks(case) == ["draft"] and stage.all(Methodology) == []
    stage.complete(OFFICER[2], stage.task(case, "draft"), **page.values)
    demo.agree(play, case)
    play.do("acsa.head", case, "approve", APPROVAL)
    assert in_force(2).number == 1
    stage.verified()


def test_nobody_approves_what_he_drafted(stage: Stage) -> None:
    roles.grant_role(
        person=stage.play.code("mne.officer1"),
        role="first_head",
        organisation="mne",
        starts_on=date(2018, 1, 10),
        acting=True,
        actor=SYSTEM,
        now=stage.play.now,
    )
    case = begin(stage)
    hand_in(stage, case, example())
    demo.agree(stage.play, case, asked=False)
    with pytest.raises(NotAllowed, match=r"methodology\.same_person"):
        stage.complete("mne.officer1", stage.task(case, "approve"), **APPROVAL)
    stage.play.do("mne.head", case, "approve", APPROVAL)
    assert in_force().approved_by == stage.play.code("mne.head")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"order_date": "2018-01-11"}, "order.date_in_future"),
        ({"order_date": "2016-12-31"}, "decree.before_in_force"),
    ],
)
def test_an_order_of_tomorrow_or_of_before_the_decree_is_refused(
    stage: Stage, changed: dict[str, str], code: str
) -> None:
    case = begin(stage)
    hand_in(stage, case, example())
    demo.agree(stage.play, case, asked=False)
    with pytest.raises(Invalid, match=code):
        stage.complete("mne.head", stage.task(case, "approve"), **{**APPROVAL, **changed})
    assert stage.all(Methodology) == []


def test_others_have_no_say(stage: Stage) -> None:
    case = begin(stage, 2)
    hand_in(stage, case, example(2), block=2)
    for login in ("mof.head", "acsa.head", "mne.officer1", "akmola.head"):
        with pytest.raises(NotAllowed, match=r"task\.not_yours"):
            stage.complete(login, stage.task(case, "agree_planning"), **AGREE_PLANNING)
    with pytest.raises(NothingToDo):
        stage.play.do("acsa.head", case, "approve", APPROVAL)


def test_version_2_is_in_force_and_version_1_stays_for_what_began_by_it(stage: Stage) -> None:
    demo.play(stage.play, stage.store, year=2017, blocks=(1,))
    first = in_force()
    before = stage.play.now
    stage.play.now += timedelta(days=1)
    changed = example()
    changed["criteria"][0]["indicators"][0]["weight"] = "20"
    changed["criteria"][0]["indicators"][1]["weight"] = "10"
    case = begin(stage)
    hand_in(stage, case, changed)
    demo.agree(stage.play, case, asked=False)
    stage.play.do("mne.head", case, "approve", APPROVAL)
    second = in_force()
    assert (first.number, second.number) == (1, 2) and first.sha256 != second.sha256
    with reading() as session:
        _, old = methodologies.by_id(session, first.id)
        assert str(old.indicator("1.1.1").weight) == "15"
        assert str(methodologies.by_id(session, second.id)[1].indicator("1.1.1").weight) == "20"
        # Before the second order the first one is in force, and another year has none.
        assert methodologies.in_force(session, 2017, 1, before)[0].id == first.id
        with pytest.raises(Invalid, match=r"methodology\.none") as refused:
            methodologies.in_force(session, 2018, 1)
    assert refused.value.paragraph == "17"
    stage.verified()


def test_a_content_that_was_changed_in_the_database_is_not_used(stage: Stage) -> None:
    demo.play(stage.play, stage.store, year=2017, blocks=(0,))
    row = in_force(0)
    changed = Methodology(
        year=2017, block=0, sha256="0" * 64, content=demo.example(0, 2017), number=9
    )
    with pytest.raises(Invalid, match=r"methodology\.damaged"):
        methodologies.of_row(changed)
    assert methodologies.of_row(row).block == 0
