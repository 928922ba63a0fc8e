"""The inbox: everybody's own open tasks, soonest first, to the last one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert

from app.db import transaction
from app.demo import accounts, appeal
from app.demo.player import NothingToDo
from app.domain.refusals import Conflict
from app.models.cases import Task
from app.services import inbox, roles, tasks
from app.services.inbox import PAGE, InboxPage
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage


def look(stage: Stage, login: str, **wanted: Any) -> InboxPage:
    return inbox.inbox(actor=stage.actor(login), now=stage.play.now, **wanted)


def elements(stage: Stage, login: str, **wanted: Any) -> list[str]:
    return [row.element for row in look(stage, login, **wanted).rows]


def test_a_task_is_in_its_lane_and_nowhere_else(received: Stage) -> None:
    assert elements(received, "akmola.officer1") == elements(received, "akmola.officer2")
    assert elements(received, "akmola.officer1") == ["object"]
    for other in ("akmola.head", "aktobe.officer1", "mne.officer1", "admin", "auditor"):
        assert elements(received, other) == []


def test_a_row_says_what_is_due_when_and_by_which_paragraph(received: Stage) -> None:
    [row] = look(received, "akmola.officer1").rows
    assert (row.due, row.days_left, row.bucket) == (date(2018, 4, 2), 3, "later")
    assert row.paragraphs == ("57", "58") and row.case_id == CONCLUSION
    assert row.name["kk"] == "Қарсылық жіберу" and not row.mine and not row.personal
    received.play.now = appeal.at("2018-04-02T23:59")
    [row] = look(received, "akmola.officer1").rows
    assert (row.days_left, row.bucket) == (0, "today")
    received.play.now = appeal.at("2018-04-03T00:00")
    [row] = look(received, "akmola.officer1", view="overdue").rows
    assert (row.days_left, row.bucket) == (-1, "overdue")


def test_a_claimed_task_is_the_holders_until_it_is_given_back(received: Stage) -> None:
    task = received.task(CONCLUSION, "object")
    first, second = (received.actor(f"akmola.officer{n}") for n in (1, 2))
    tasks.claim(task_id=task, actor=first, now=received.play.now)
    assert elements(received, "akmola.officer1", view="mine") == ["object"]
    assert elements(received, "akmola.officer2", view="queue") == []
    [row] = look(received, "akmola.officer2").rows
    assert row.claimed_by == first.person and row.claimed_name is not None
    for act in (tasks.claim, tasks.release):
        with pytest.raises(Conflict, match=r"task\.claimed_by_other"):
            act(task_id=task, actor=second, now=received.play.now)
    tasks.release(task_id=task, actor=first, now=received.play.now)
    with pytest.raises(Conflict, match=r"task\.not_claimed"):
        tasks.release(task_id=task, actor=first, now=received.play.now)
    tasks.claim(task_id=task, actor=second, now=received.play.now)
    received.verified()


def test_a_ballot_is_in_the_box_of_its_member_only(received: Stage) -> None:
    case = received.plot.object(AKMOLA)
    received.plot.form_commission(case)
    assert elements(received, "mne.officer3", view="mine") == ["vote"]
    assert elements(received, "mne.officer6") == []
    with pytest.raises(NothingToDo):
        received.play.find("mne.head", case, "vote")


def test_a_new_role_and_its_end_reach_the_tasks_that_are_open(received: Stage) -> None:
    person = received.play.code("akmola.head")
    grant = roles.grant_role(
        person=person, role="case_officer", organisation="akmola",
        starts_on=date(2018, 3, 28), actor=accounts.SYSTEM, now=received.play.now,
    )  # fmt: skip
    task = received.task(CONCLUSION, "object")
    assert elements(received, "akmola.head") == ["object"]
    tasks.claim(task_id=task, actor=received.actor("akmola.head"), now=received.play.now)
    roles.end_role(
        grant=grant, ends_on=date(2018, 3, 28), actor=received.actor("admin"),
        now=received.play.now,
    )  # fmt: skip
    received.play.now = appeal.at("2018-03-29T09:00")
    assert elements(received, "akmola.head") == []


def test_every_task_is_found_however_many_there_are(received: Stage) -> None:
    """Not only the newest hundred."""
    row = {
        "case_id": CONCLUSION, "element": "object", "process": "conclusion",
        "role": "case_officer", "organisation": "akmola", "form": "conclusion/object",
        "paragraphs": "57", "opened_at": received.play.now, "opened_seq": 1, "state": "open",
    }  # fmt: skip
    dues = [None, received.play.now, appeal.at("2018-05-01T00:00")]
    with transaction() as session:
        session.execute(
            insert(Task), [{**row, "key": f"more{n}", "due_at": dues[n % 3]} for n in range(230)]
        )
    found: list[int] = []
    after: str | None = None
    while True:
        page = look(received, "akmola.officer1", after=after)
        assert len(page.rows) <= PAGE and page.counts["all"] == 231
        found += [row.task_id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert len(found) == len(set(found)) == 231
    dated = [row.due_at for row in look(received, "akmola.officer1").rows if row.due_at]
    assert dated == sorted(dated)


@pytest.mark.parametrize("after", ["", "~", "x~y", "2018-03-28~1", "~99999999999999999999", "'--"])
def test_a_cursor_that_makes_no_sense_is_ignored(received: Stage, after: str) -> None:
    assert isinstance(look(received, "akmola.officer1", after=after), InboxPage)


@pytest.mark.parametrize(
    ("search", "found"),
    [("ақмола", 1), ("АКМОЛ", 1), ("akmola", 1), ("қарсылық", 1), ("objection", 1), ("¶ 57", 1),
     ("57", 1), ("5", 0), ("б1-2017", 1), ("%", 0), ("_", 0), ("aktobe", 0)],
)  # fmt: skip
def test_a_search_finds_by_body_name_number_and_paragraph(
    received: Stage, search: str, found: int
) -> None:
    assert len(look(received, "akmola.officer1", search=search).rows) == found
