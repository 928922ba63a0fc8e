"""Two people on one task, two votes at one moment, a session that ended, a claim that is stale.

On 28 March 2018: six bodies have received their conclusions and may object; the commission
on Atyrau's objection votes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, Response, Route, expect

from app.demo import appeal, scene
from tests.conftest import KINDS, cloned
from tests.databases import Databases
from tests.journeys.person import Office, Person
from tests.journeys.plot import ATYRAU, build_stage, opened
from tests.journeys.site import Site

pytestmark = pytest.mark.journey

DONE = "Орындалды."
NEW_PASSWORD = "жаңа ұзын құпиясөз 2018"


@pytest.fixture(scope="module", params=KINDS)
def appeals(
    request: pytest.FixtureRequest,
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The site of this file, once for each kind of database; each test has a body of its own."""
    data = tmp_path_factory.mktemp("appeals")
    for url in cloned(databases, request.param, build_stage):
        with opened(url, data) as stage:
            stage.plot.schedule()
            appeal.deliver(stage.plot)
            stage.plot.form_commission(stage.plot.object(ATYRAU))
            scene.set_clock(stage.play.now)
        with Site(url, data) as site:
            yield site
            told = site.bagalau("trail", "verify")
            assert told["ok"], told["problems"]


@pytest.fixture
def office(browser: Browser, appeals: Site) -> Iterator[Office]:
    with Office(browser, appeals) as people:
        yield people
    assert people.troubles() == []


def object_without_documents(officer: Person, grounds: str) -> None:
    """Fill in an objection, up to the button."""
    officer.open_task("Қарсылық жіберу")
    officer.tick("1.1.2")
    officer.write("Негіздеме", grounds)
    officer.tick("Құжатсыз қарсылық қараусыз қалатынын білемін")


def at_once(button: str, *people: Person) -> list[Response]:
    """Press a button at every browser; the posts are let go when the last one has come."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)
        if len(held) == len(people):
            for each in held:
                each.continue_()

    with ExitStack() as waiting:
        answers = []
        for person in people:
            person.page.route(re.compile("/complete$"), hold)
            expected = person.page.expect_response(re.compile("/complete$"))
            answers.append(waiting.enter_context(expected))
        for person in people:
            place = person.page.get_by_role("button", name=button).last
            place.click(no_wait_after=True)
    for person in people:
        person.page.unroute_all()
    return [answer.value for answer in answers]


def test_of_two_who_complete_one_task_one_wins(office: Office) -> None:
    first, second = office["akmola.officer1"], office["akmola.officer2"]
    object_without_documents(first, "Бірінші негіздеме.")
    object_without_documents(second, "Екінші негіздеме.")
    answers = at_once("Қарсылық жіберу", first, second)

    assert sorted(answer.status for answer in answers) == [302, 409]
    lost = [answer.status for answer in answers].index(409)
    (loser, typed), (winner, _) = [
        (first, "Бірінші негіздеме."),
        (second, "Екінші негіздеме."),
    ][:: 1 if lost == 0 else -1]
    winner.reads(DONE)
    loser.reads("Бұл тапсырма орындалып қойған, оны қайта орындауға болмайды.")
    loser.reads("Ештеңе жазылмады. Жазғаныңыз төменде тұр және жоба болып сақталды.")
    expect(loser.page.get_by_label("Негіздеме")).to_have_value(typed)
    expect(loser.page.get_by_role("checkbox", name="1.1.2")).to_be_checked()

    # The case goes on: one objection came of it, and the loser may still file another.
    expect(winner.page.get_by_role("link", name="Қарсылық бойынша іс")).to_have_count(1)
    object_without_documents(loser, typed)
    loser.press("Қарсылық жіберу")
    loser.reads(DONE)


def test_two_members_vote_at_one_moment(office: Office) -> None:
    members = office["mne.officer3"], office["mne.officer4"]
    for member in members:
        member.open_task("Дауыс беру")
        member.choose("Қарсы")
    answers = at_once("Дауыс беру", *members)
    assert [answer.status for answer in answers] == [302, 302]
    for member in members:
        member.reads(DONE)


def test_who_signed_out_in_another_tab_loses_nothing(office: Office) -> None:
    officer = office["pavlodar.officer1"]
    object_without_documents(officer, "Есептеу қате.")
    other = officer.another_tab()
    other.goto("/")
    other.get_by_role("banner").locator("summary").click()
    other.get_by_role("button", name="Шығу").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Жүйеге кіру")

    sends_after_signing_in_again(officer, other)


def test_whose_session_was_ended_loses_nothing(office: Office) -> None:
    officer, admin = office["karaganda.officer1"], office["admin"]
    object_without_documents(officer, "Есептеу қате.")
    admin.go("Пайдаланушылар")
    admin.write("Аты, логині немесе органы бойынша іздеу", officer.login)
    admin.press("Қолдану")
    admin.page.get_by_role("link", name=officer.name).click()
    admin.write("Құпиясөз", NEW_PASSWORD)
    admin.press("Құпиясөзді орнату")
    admin.reads("Жаңа құпиясөз орнатылды.")

    officer.password = NEW_PASSWORD
    sends_after_signing_in_again(officer, officer.another_tab())


def sends_after_signing_in_again(officer: Person, other: Page) -> None:
    officer.press("Қарсылық жіберу")
    expect(officer.page.get_by_role("heading", level=1)).to_have_text("Сеансыңыз аяқталды")
    expect(officer.page.get_by_label("Негіздеме")).to_have_value("Есептеу қате.")
    officer.sign_in(other)
    officer.press("Тағы бір рет жіберу")
    officer.reads(DONE)


def test_a_task_that_somebody_took_meanwhile(office: Office) -> None:
    first, second = office["aktobe.officer1"], office["aktobe.officer2"]
    object_without_documents(first, "Ұзақ мәтін.")
    listed = first.another_tab()
    listed.goto("/inbox")
    second.open_task("Қарсылық жіберу")
    second.take()

    listed.get_by_role("button", name="Жұмысқа алу").click()
    refusal = listed.get_by_role("main")
    expect(refusal).to_contain_text("Бұл тапсырманы басқа қызметкер жұмысқа алған.")
    first.press("Қарсылық жіберу")
    first.reads("Бұл тапсырманы басқа қызметкер жұмысқа алған.")
    expect(first.page.get_by_label("Негіздеме")).to_have_value("Ұзақ мәтін.")

    second.press("Кезекке қайтару")
    second.reads("Тапсырма кезекке қайтарылды.")
    first.open_task("Қарсылық жіберу")
    expect(first.page.get_by_label("Негіздеме")).to_have_value("Ұзақ мәтін.")
    first.press("Қарсылық жіберу")
    first.reads(DONE)
