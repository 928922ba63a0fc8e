"""A year as pages: where bodies stand, its results, where a number comes from, the public page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from lxml import html

from app.demo import appeal
from app.models.cases import CaseFile
from app.models.facts import Letter
from app.services import result_tree
from tests.databases import Databases
from tests.journeys.plot import Stage, build_stage, staged
from tests.services import yearly
from tests.services.test_overall import checked, consented, submitted, to_the_check
from tests.services.test_result_tree import Real, corrected, record_the_others
from tests.services.yearly import APPROVED, FINAL, OFFICER, YEAR
from tests.web.browser import Browser, words

WITHHELD = {"2/moj": "state_secret"}


@pytest.fixture
def opened(databases: Databases, tmp_path: Path) -> Iterator[Stage]:
    """On 12 January 2018 the year was just opened; pages are the same on every database."""
    for found in staged(databases, "sqlite", yearly.build_opened, tmp_path):
        found.play.now = APPROVED
        yield clocked(found)


@pytest.fixture
def final(databases: Databases, tmp_path: Path) -> Iterator[Stage]:
    """On 2 May 2018 every conclusion is final and the overall results are computed."""
    for found in staged(databases, "sqlite", yearly.build_final, tmp_path):
        found.play.now = FINAL
        yield clocked(found)


@pytest.fixture
def whole(databases: Databases, tmp_path: Path) -> Iterator[Real]:
    """The year opened by the real release, with reports and scores still to come."""
    for found in staged(databases, "sqlite", build_stage, tmp_path):
        yield Real(found)


def clocked(stage: Stage) -> Stage:
    """The same, with the pages' clock at that of the plot."""
    stage.app.extensions["bagalau"].clock.at = stage.play.now
    return stage


def english(app: Flask, login: str | None = None) -> Browser:
    browser = Browser(app, login)
    browser.get("/language/en")
    return browser


def row(browser: Browser, path: str, name: str) -> str:
    """What the row of a body says."""
    found = re.findall(r"<tr>[\s\S]*?</tr>", browser.get(path).get_data(as_text=True))
    [line] = [one for one in found if name in one]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", line)).replace("\u00a0", " ")


def publish(stage: Stage) -> None:
    to_the_check(stage)
    checked(stage, WITHHELD)
    consented(stage)


def test_a_year_shows_every_body_by_block_and_leads_to_its_cases(opened: Stage) -> None:
    assert Browser(opened.app).get(f"/years/{YEAR}").location.startswith("/sign-in")
    browser = english(opened.app, OFFICER)
    listed = browser.get("/years").get_data(as_text=True)
    assert f'href="/years/{YEAR}"' in listed and 'href="/years" aria-current="page"' in listed
    page = browser.get(f"/years/{YEAR}")
    text = page.get_data(as_text=True)
    cases = [case.id for case in yearly.evaluations(opened)]
    shown = {int(found) for found in re.findall(r'<a href="/cases/(\d+)"><span', text)}
    assert len(cases) == 94 and shown and shown <= set(cases)
    assert text.count('scope="row"') == 32
    assert "Central state bodies 16" in words(page) and "Local executive bodies 16" in words(page)


def test_a_year_is_narrowed_by_name_kind_and_what_is_late(opened: Stage) -> None:
    browser = english(opened.app, OFFICER)
    local = browser.get(f"/years/{YEAR}?kind=local").get_data(as_text=True)
    assert local.count('scope="row"') == 16
    one = browser.get(f"/years/{YEAR}?q=akmola").get_data(as_text=True)
    assert one.count('scope="row"') == 1
    late = words(browser.get(f"/years/{YEAR}?late=1"))
    assert "No body answers to the filters" in late and "something overdue 0" in late


def test_who_has_no_part_in_a_year_learns_nothing_of_it(opened: Stage) -> None:
    browser = english(opened.app, "admin")
    assert "No year is being evaluated" in words(browser.get("/years"))
    assert browser.get(f"/years/{YEAR}").status_code == 404
    assert 'href="/years"' not in browser.get("/inbox").get_data(as_text=True)
    assert english(opened.app, OFFICER).get("/years/2031").status_code == 404


def test_there_are_no_results_before_they_are_computed(opened: Stage) -> None:
    assert english(opened.app, OFFICER).get(f"/years/{YEAR}/results").status_code == 404


def test_results_are_shown_to_those_who_may_see_them(final: Stage) -> None:
    path = f"/years/{YEAR}/results"
    body = english(final.app, "akmola.officer1")
    assert body.get(path).status_code == 404
    officer = english(final.app, OFFICER)
    page = words(officer.get(path))
    assert "An example." in page and "Computed" in page and "Public page" not in page
    assert final.case(yearly.CASE).year == YEAR
    found = result_tree.tree(year=YEAR, body="moj", actor=final.actor(OFFICER))
    line = row(officer, path, "/results/moj")
    assert found.overall.points is not None and found.overall.points in line
    assert "not evaluated" in row(officer, path, "/results/mia")
    # From the notice of ¶ 49 on a body sees its own result, and no other.
    submitted(final)
    own = body.get(path).get_data(as_text=True)
    assert own.count('scope="row"') == 1 and "/results/akmola" in own
    assert body.get(f"{path}/akmola").status_code == 200
    assert body.get(f"{path}/moj").status_code == 404


def test_the_public_reads_nothing_before_the_publication(final: Stage) -> None:
    to_the_check(final)
    checked(final, WITHHELD)
    visitor = english(final.app)
    empty = visitor.get("/results")
    assert empty.status_code == 200 and "Nothing is published yet" in words(empty)
    for year in (YEAR, 2031):
        answer = visitor.get(f"/results/{year}")
        assert answer.status_code == 404 and "are published" in words(answer)
        assert "<table" not in answer.get_data(as_text=True)


def test_the_public_reads_what_is_published_without_what_is_withheld(final: Stage) -> None:
    publish(final)
    tree = result_tree.tree(year=YEAR, body="moj", actor=final.actor(OFFICER))
    visitor = english(final.app)
    page = visitor.get("/results")
    told = words(page)
    assert "Figures of a demonstration." in told and "No office approved the methodology" in told
    assert "No. 12-3 of 2 May 2018" in told
    assert page.get_data(as_text=True).count('scope="row"') == 32
    line = row(visitor, f"/results/{YEAR}", "Ministry of Justice")
    first, second, third = tree.blocks
    assert all(str(one.result.points) in line for one in (first, third))
    assert line.count("not published") == 2
    for secret in (str(second.result.points), str(tree.overall.points)):
        assert f" {secret} " not in line
    for hint in ("state secret", "withheld", "lock-fill"):
        assert hint not in page.get_data(as_text=True)
    # Whoever may see the results sees what is withheld, and why.
    inside = words(english(final.app, OFFICER).get(f"/years/{YEAR}/results"))
    assert inside.count("withheld: state secret") == 2 and "Public page" in inside


def test_the_public_page_is_reached_by_everybody(final: Stage) -> None:
    link = 'href="/results"'
    assert link in Browser(final.app).get("/help").get_data(as_text=True)
    assert link in Browser(final.app, "akmola.officer1").get("/inbox").get_data(as_text=True)


def test_a_number_is_followed_down_on_its_page(whole: Real) -> None:
    stage = whole.stage
    case = whole.scored()
    whole.deliver(case)
    corrected(whole, case)
    stage.play.pass_time(appeal.at("2018-05-12T09:00"))
    clocked(stage)
    at_work = english(stage.app, OFFICER)
    assert "1 objection" in row(at_work, f"/years/{YEAR}?kind=local", f"/cases/{case}")
    late = words(at_work.get(f"/years/{YEAR}?late=1"))
    assert "overdue" in late and "No body answers" not in late
    # The evaluated body sees its own row alone.
    own = english(stage.app, "akmola.officer1").get(f"/years/{YEAR}").get_data(as_text=True)
    assert own.count('scope="row"') == 1 and f'href="/cases/{case}"' in own
    [year] = stage.all(CaseFile, process="cycle")
    # The case of the year itself is not shown to it, and so no link leads there.
    link = f'href="/cases/{year.id}"'
    assert link not in own and link in at_work.get(f"/years/{YEAR}").get_data(as_text=True)
    record_the_others(whole, year.id, case)
    course = words(at_work.get(f"/years/{YEAR}/commission"))
    assert course.count("another reason") == 93 and "no zero" in course
    page = at_work.get(f"/years/{YEAR}/results/akmola")
    told, text = words(page), page.get_data(as_text=True)
    assert "81.41" in told and f'href="/cases/{case}"' in text
    assert "18.90 → 21.00" in told and "fact_before" in told
    assert len(re.findall(r'class="ev" href="/documents/\d+"', text)) >= 2
    assert "No conclusion: another reason" in told
    tree = html.fromstring(text)
    assert tree.xpath("//details//details//details//details//code[contains(., 'fact')]")


def test_a_correction_tells_what_it_changed_and_by_which_objection(whole: Real) -> None:
    stage = whole.stage
    case = whole.scored()
    whole.deliver(case)
    [first] = stage.all(Letter, case_id=case, kind="conclusion/conclusion")
    corrected(whole, case)
    stage.play.pass_time(appeal.at("2018-05-12T09:00"))
    clocked(stage)
    [objection] = stage.all(CaseFile, process="objection")
    for login in ("mne.officer2", "akmola.officer1", "auditor"):
        browser = english(stage.app, login)
        page = browser.get(f"/cases/{case}")
        told, text = words(page), page.get_data(as_text=True)
        assert "What changed against version 1" in told, login
        assert f'href="/cases/{objection.id}">Objection {objection.number}' in text, login
        assert "Accepted" in told and "decision No. " in told
        changed = told.split("What changed against version 1")[2].split("At most")[0]
        assert re.search(r"1\.1\.1 .* 18\.90 21\.00 \+2\.10", changed), changed
        assert "All indicators 79.31 81.41 / 100.00 +2.10" in changed
        assert "value: 90 → 100" in changed.replace(".00", "") and "name:" not in changed
        assert "stayed as they were" in changed and "Parts written anew" not in changed
    # The letters of both versions stay as they were sent, the final one tells the difference.
    body = english(stage.app, "akmola.officer1")
    assert "→" not in words(body.get(f"/letters/{first.id}"))
    [final] = stage.all(Letter, case_id=case, kind="block_evaluation/final")
    sent = words(english(stage.app, "mne.head").get(f"/letters/{final.id}"))
    assert "18,90 → 21,00" in sent and "79,31 → 81,41" in sent
