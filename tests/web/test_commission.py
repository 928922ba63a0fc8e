"""A special commission that cannot go on as it is: what the head and its members are told."""

from __future__ import annotations

import re

from app.demo import appeal
from tests.journeys.plot import AKMOLA, Stage
from tests.services.test_commission import CLEAN, form, recuse, take_part
from tests.web.browser import Browser, words

HEAD = appeal.HEAD
A, B, C, D = CLEAN


def sitting(received: Stage) -> tuple[int, str]:
    """The case of an objection on which A, B and C sit, and the address of the head's task."""
    case = received.plot.object(AKMOLA)
    form(received, case, (A, B, C))
    return case, f"/tasks/{received.task(case, 'change')}"


def named(received: Stage, login: str) -> str:
    return received.actor(login).name


def test_the_head_is_told_who_is_barred_and_where_to_go(received: Stage) -> None:
    case, change = sitting(received)
    head = Browser(received.app, HEAD)
    assert "енді қатыса алмайды" not in words(head.get(f"/cases/{case}"))
    vote = received.play.find(B, case, "vote").task_id
    take_part(received, B)
    member = Browser(received.app, B)
    refused = member.get(f"/tasks/{vote}")
    assert refused.status_code == 403
    assert "комиссия құрамын қосымша бұйрықпен өзгертеді" in words(refused)
    answer = head.get(f"/cases/{case}")
    shown = words(answer)
    assert f"{named(received, B)}: бағалауға қатысты, комиссияда отыра алмайды" in shown
    note = answer.get_data(as_text=True).partition("енді қатыса алмайды")[2][:2000]
    assert f'href="{change}"' in note
    # Whoever may not change the commission is told of the head, and offered nothing.
    other = Browser(received.app, D).get(f"/cases/{case}").get_data(as_text=True)
    assert "қосымша бұйрықпен өзгертеді" in other and f'href="{change}"' not in other
    assert "енді қатыса алмайды" in words(head.get(change))


def test_a_recusal_is_told_with_its_reason(received: Stage) -> None:
    case, _change = sitting(received)
    recuse(received, B, case)
    shown = words(Browser(received.app, HEAD).get(f"/cases/{case}"))
    assert f"{named(received, B)}: өздігінен бас тартты" in shown
    assert appeal.RECUSAL["recusal_reason"] in shown


def test_a_refused_order_names_the_person_and_keeps_what_was_typed(received: Stage) -> None:
    _case, change = sitting(received)
    take_part(received, C)
    head = Browser(received.app, HEAD)
    page = head.get(change).get_data(as_text=True)
    # The chair is there to begin with, and nobody who is barred can be put in.
    chair = received.play.code(A)
    assert re.search(rf'name="chair" value="{chair}" checked', page)
    barred = received.play.code(appeal.EVALUATOR)
    assert not re.search(rf'name="added" value="{barred}"', page)
    asked = {"order_number": "6-к", "order_date": received.play.today(), "cause": "conflict"}
    asked |= {"explanation": "Хат № 3.", "chair": chair, "removed": received.play.code(B)}
    refused = head.post(f"{change}/complete", {**asked, "added": received.play.code(D)})
    assert refused.status_code == 403
    shown = words(refused)
    assert f"{named(received, C)} комиссияда енді отыра алмайды" in shown and "Хат № 3." in shown
    assert received.play.code(C) not in shown
    done = head.post(f"{change}/complete", {**asked, "removed": received.play.code(C),
                                            "added": received.play.code(D)})  # fmt: skip
    assert done.status_code == 302
    story = words(head.get(done.location))
    assert "Құрам туралы бұйрықтар" in story and "Хат № 3." in story
    assert f"Шығарылды: {named(received, C)}" in story
