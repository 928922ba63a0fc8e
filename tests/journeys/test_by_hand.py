"""A schedule, a conclusion and two objections, done by hand in the browser, in Kazakh.

The clock stands on 10 January 2018 at first; the figures are invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.beginnings import (
    AKMOLA,
    AKTOBE,
    ORIGIN,
    SOURCE,
    approve_schedule,
    cannot_sign,
    draft_again,
    draft_schedule,
    enter_conclusion,
    pdf,
    return_schedule,
    sign,
)
from tests.journeys.person import Office, Person
from tests.journeys.site import Site

pytestmark = pytest.mark.journey

GROUNDS = "Есептеуде соңғы статистика ескерілмеген."
DISCUSSED = "Комиссия ұсынылған құжаттарды қарап, статистиканы негізді деп тапты."
CLOSED = "Қарсылық 2 сәуірде біткен мерзімнен кейін келді."


@pytest.fixture
def office(browser: Browser, fresh: Site) -> Iterator[Office]:
    with Office(browser, fresh) as people:
        yield people


def test_a_year_by_hand(fresh: Site, office: Office) -> None:
    draft_schedule(office["mne.officer1"])
    return_schedule(office["ap.head"])
    draft_again(office["mne.officer1"])
    approve_schedule(office["ap.head"])

    fresh.pass_time("2018-03-20T10:00")
    for body in (AKMOLA, AKTOBE):
        enter_conclusion(office["mne.officer2"], body)
    cannot_sign(office["mne.officer2"], office["mne.head"])
    for body in (AKMOLA, AKTOBE):
        sign(office["mne.head"], body)

    fresh.pass_time("2018-03-26T09:30")
    receive(office["akmola.officer1"])
    receive(office["aktobe.officer1"])
    object_with_documents(office["akmola.officer1"])
    form_commission(office)
    vote(office)
    draw_up_minutes(office["mne.officer3"])
    read_outcome(office["akmola.officer1"])
    read_outcome(office["ap.working"])
    correct(office["mne.officer2"])
    see_new_version(office["akmola.officer1"])

    fresh.pass_time("2018-04-05T10:00")
    object_late(office["aktobe.officer1"])
    close(office["mne.head"])
    read_closed(office["aktobe.officer1"])

    told = fresh.bagalau("trail", "verify")
    assert told["ok"], told["problems"]
    assert office.troubles() == []


def receive(officer: Person) -> None:
    """¶ 57: the letter is there, receipt is confirmed, and the term is shown day by day."""
    officer.go("Хаттар")
    officer.page.get_by_role("link", name="Бағалау нәтижелері туралы қорытынды").click()
    expect(officer.page.get_by_role("article")).to_contain_text("бес жұмыс күні")
    officer.open_task("Қорытындыны алғанын растау")
    officer.take()
    officer.tick("Қорытынды алынды")
    officer.press("Алғанын растау")
    officer.reads("Орындалды.")
    officer.open_task("Қарсылық жіберу")
    days = officer.page.get_by_role("region", name="Күн сайын")
    expect(days).to_contain_text("2018 жылғы 2 сәуір, Астана уақытымен сағат 24:00-ге дейін")
    counted = days.get_by_role("listitem")
    # Received on Monday 26 March; the 31st and the 1st are a weekend.
    expect(counted).to_have_count(8)
    expect(counted.first).to_contain_text("26дсалынды")
    expect(counted.nth(1)).to_contain_text("27сс1")
    expect(counted.nth(5)).to_contain_text("саналмайды")
    expect(counted.last).to_contain_text("5 · 24:00")


def object_with_documents(officer: Person) -> None:
    """¶ 57–58: without documents one is warned; with one the objection is considered."""
    officer.open_task("Қарсылық жіберу")
    officer.take()
    officer.tick("1.1.1")
    officer.write("Негіздеме", GROUNDS)
    officer.press("Қарсылық жіберу")
    refusal = officer.page.get_by_role("alert")
    expect(refusal).to_contain_text("58-тармағына сәйкес")
    expect(officer.page.get_by_role("checkbox", name="1.1.1")).to_be_checked()
    expect(officer.page.get_by_label("Негіздеме")).to_have_value(GROUNDS)
    officer.attach(pdf("Статистика.pdf"), SOURCE, ORIGIN)
    expect(officer.page.get_by_role("checkbox", name="Статистика.pdf")).to_be_checked()
    officer.press("Қарсылық жіберу")
    officer.reads("Орындалды.")


def form_commission(office: Office) -> None:
    """¶ 59: who took part in the evaluation is struck through and cannot be chosen."""
    head = office["mne.head"]
    head.open_task("Комиссия құру", AKMOLA)
    head.take()
    for login in ("mne.officer2", "mne.head"):
        barred = head.page.get_by_role("listitem").filter(has_text=office[login].name).first
        expect(barred.get_by_role("checkbox")).to_be_disabled()
        expect(barred).to_contain_text("бағалауға қатысқан")
        struck = barred.get_by_text(office[login].name)
        expect(struck).to_have_css("text-decoration-line", "line-through")
    head.write("Бұйрықтың нөмірі", "12-к")
    head.write("Бұйрықтың күні", "2018-03-26")
    for login in MEMBERS:
        head.tick(office[login].name)
    head.choose(office[MEMBERS[0]].name)
    head.press("Комиссия құру")
    head.reads("Орындалды.")


MEMBERS = ("mne.officer3", "mne.officer4", "mne.officer5")


def vote(office: Office) -> None:
    """Each member at a browser of their own; two for, one against."""
    for login, ballot in zip(MEMBERS, ("Жақтап", "Жақтап", "Қарсы"), strict=True):
        member = office[login]
        member.open_task("Дауыс беру", AKMOLA)
        member.reads(GROUNDS)
        member.choose(ballot)
        member.press("Дауыс беру")
        member.reads("Орындалды.")


def draw_up_minutes(chair: Person) -> None:
    chair.open_task("Хаттаманы ресімдеу", AKMOLA)
    chair.write("Хаттаманың нөмірі", "3-х")
    chair.write("Хаттаманың күні", "2018-03-26")
    chair.write("Шешімнің негіздемесі", DISCUSSED)
    chair.press("Хаттамаға қол қою")
    chair.reads("Орындалды.")


def read_outcome(reader: Person) -> None:
    """¶ 60: the letter goes to both addressees, with the outcome and its reasons."""
    reader.go("Хаттар")
    reader.page.get_by_role("link", name="Шағым нәтижесі").click()
    letter = reader.page.get_by_role("article")
    expect(letter).to_contain_text(DISCUSSED)
    expect(letter).to_contain_text("1.1.1")


def correct(officer: Person) -> None:
    """¶ 61: the accepted indicator gets its new figures."""
    officer.open_task("Қорытындыға түзетулер енгізу", AKMOLA)
    officer.take()
    officer.write("1.1.1 Жаңа мән", "96,0")
    officer.write("1.1.1 Жаңа балл", "39,5")
    officer.press("Түзетулерді тіркеу")
    officer.reads("Орындалды.")


def see_new_version(officer: Person) -> None:
    officer.go("Істер")
    officer.page.get_by_role("row").filter(has_text="Блок").get_by_role("link").first.click()
    officer.reads(re.compile("2-нұсқа"))
    officer.reads("қарсылық бойынша түзетілді")
    changed = officer.page.get_by_role("region", name="1-нұсқадан не өзгерді")
    row = changed.get_by_role("row").filter(has_text="1.1.1")
    for was, now in (("92,4", "96,0"), ("36,5", "39,5")):
        expect(row).to_contain_text(was)
        expect(row).to_contain_text(now)


def object_late(officer: Person) -> None:
    """¶ 57: after the window the objection is registered with a mark, and never lost."""
    officer.go("Істер")
    officer.page.get_by_role("row").filter(has_text="Блок").get_by_role("link").first.click()
    officer.page.get_by_role("link", name="Мерзімі өткен қарсылық жіберу").click()
    officer.reads("2018 жылғы 2 сәуір күні аяқталды")
    officer.tick("1.2.1")
    officer.write("Негіздеме", GROUNDS)
    officer.attach(pdf("Статистика.pdf"), SOURCE, ORIGIN)
    expect(officer.page.get_by_role("checkbox", name="Статистика.pdf")).to_be_checked()
    officer.press("Қарсылық жіберу")
    officer.reads("Қарсылық мерзімі өткеннен кейін жіберілген болып тіркелді.")


def close(head: Person) -> None:
    head.open_task("Қараусыз қалдыру туралы шешім", AKTOBE)
    head.take()
    head.reads("мерзімі өткен")
    head.write("Шешімнің нөмірі", "4-ш")
    head.write("Шешімнің күні", "2018-04-05")
    head.write("Шешімнің негіздемесі", CLOSED)
    head.press("Шешімді тіркеу")
    head.reads("Орындалды.")
    head.reads("Қараусыз қалдырылды: мерзімі өткеннен кейін жіберілді")


def read_closed(officer: Person) -> None:
    officer.go("Хаттар")
    officer.page.get_by_role("link", name="Қарсылық қараусыз қалдырылды").click()
    expect(officer.page.get_by_role("article")).to_contain_text(CLOSED)
