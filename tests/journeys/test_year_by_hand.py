"""A whole year of one body by hand in the browser, in Kazakh: from its report to the publication.

The clock stands on 10 January 2018 at first; the figures are invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import KINDS, cloned
from tests.databases import Databases
from tests.journeys import publishing, reporting
from tests.journeys.beginnings import AKMOLA, PARTS, sign
from tests.journeys.person import Office, Person
from tests.journeys.site import Site
from tests.journeys.test_by_hand import (
    draw_up_minutes,
    form_commission,
    object_with_documents,
    read_outcome,
    receive,
    vote,
)
from tests.journeys.year_opened import build_year, furnish

pytestmark = pytest.mark.journey

EVALUATION = "Блок бойынша бағалау"
BEFORE, AFTER, OTHER = "93,15", "94,23", "85,95"


@pytest.fixture(params=KINDS)
def fresh(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Site]:
    """A demonstration whose year 2017 has just been opened, on 10 January 2018; served."""
    for url in cloned(databases, request.param, build_year):
        furnish(url, tmp_path)
        with Site(url, tmp_path) as site:
            yield site


@pytest.fixture
def office(browser: Browser, fresh: Site) -> Iterator[Office]:
    with Office(browser, fresh) as people:
        yield people


def test_a_body_through_the_whole_year(fresh: Site, office: Office) -> None:
    reporting.report(office["akmola.officer1"])
    reporting.certify(office["akmola.head"])
    reporting.take_in(office["mne.officer2"])
    reporting.score_goals(office["mne.officer1"])
    reporting.score_budget(office["mof.officer1"])
    reporting.approve(office, "mne.officer1", "mne.head")
    reporting.approve(office, "mof.officer1", "mof.head")

    fresh.pass_time("2018-03-20T10:00")
    write_conclusion(office["mne.officer2"])
    sign(office["mne.head"], AKMOLA)
    fresh.pass_time("2018-03-26T09:30")
    receive(office["akmola.officer1"])
    object_with_documents(office["akmola.officer1"])
    form_commission(office)
    vote(office)
    draw_up_minutes(office["mne.officer3"])
    read_outcome(office["akmola.officer1"])
    correct(office["mne.officer2"])
    see_difference(office["akmola.officer1"])

    fresh.pass_time("2018-05-12T10:00")
    publishing.record_missing(office["mne.officer1"], final=2)
    publishing.sign_results(office, AFTER)
    publishing.record_commission(office["ap.working"], "2018-05-12")
    publishing.check_secrets(office["mne.officer1"])
    publishing.consent(office["ap.working"], "2018-05-12")
    publishing.read_published(office[""], AFTER, OTHER)
    publishing.read_tree(office["akmola.officer1"], AFTER, "12,5", reporting.REPORT)

    told = fresh.bagalau("trail", "verify")
    assert told["ok"], told["problems"]
    assert office.troubles() == []


def write_conclusion(officer: Person) -> None:
    """¶ 47: the indicators are the approved ones; the officer writes the three parts."""
    officer.open_task("Қорытынды мәтінін дайындау", AKMOLA)
    officer.take()
    officer.reads(re.compile(BEFORE))
    for label, text in PARTS.items():
        officer.write(label, text)
    officer.press("Қол қоюға жіберу")
    officer.reads("Орындалды.")


def correct(officer: Person) -> None:
    """¶ 61: the accepted indicator gets its greatest points."""
    officer.open_task("Қорытындыға түзетулер енгізу", AKMOLA)
    officer.take()
    officer.write("1.1.1 Жаңа мән", "100")
    officer.write("1.1.1 Жаңа балл", "5,40")
    officer.press("Түзетулерді тіркеу")
    officer.reads("Орындалды.")


def see_difference(officer: Person) -> None:
    """The second version of the conclusion, and what is different from the first."""
    officer.go("Істер")
    case = officer.page.get_by_role("row").filter(has_text="1-блок").filter(has_text=EVALUATION)
    case.get_by_role("link").first.click()
    officer.reads("қарсылық бойынша түзетілді")
    officer.reads("1-нұсқадан не өзгерді")
    rows = officer.page.get_by_role("row").filter(has_text="1.1.1")
    changed = rows.filter(has_text=re.compile(r"\+1,08"))
    expect(changed).to_contain_text(re.compile(r"4,32\s*5,40"))
