"""Methodologies as pages: the list, one as a tree, what is different, and who may read them."""

from __future__ import annotations

import json

import pytest

from app.demo import methodologies as demo
from tests.journeys.plot import Stage
from tests.web.browser import Browser, words

APPROVAL = {"decision": "approve", "order_number": "2/5", "order_date": "2018-01-10"}


@pytest.fixture
def approved(untouched: Stage) -> Stage:
    """The examples of block 1 and of the overall formula are approved: ids 1 and 2."""
    demo.play(untouched.play, untouched.store, year=2017, blocks=(1, 0))
    return untouched


def second(stage: Stage) -> int:
    """Version 2 of block 1, with other weights, handed in for agreement; the case."""
    found = json.loads(demo.example(1, 2017))
    found["criteria"][0]["indicators"][0]["weight"] = "20"
    found["criteria"][0]["indicators"][1]["weight"] = "10"
    case = stage.play.start("mne.officer1", "methodology", "mne", year=2017, block="1")
    raw = json.dumps(found, ensure_ascii=False).encode()
    demo.draft(stage.play, stage.store, "mne.officer1", case, raw)
    return case


def test_the_list_tells_what_is_in_force_and_what_is_missing(approved: Stage) -> None:
    assert Browser(approved.app).get("/methodologies").location.startswith("/sign-in")
    browser = Browser(approved.app, "akmola.officer1")
    assert 'href="/methodologies"' in browser.get("/inbox").get_data(as_text=True)
    browser.get("/language/en")
    page = words(browser.get("/methodologies"))
    assert "Reporting year 2017" in page and "No. 2017-1-ә of 10 January 2018" in page
    assert page.count("not approved yet") == 2 and page.count("example") == 2
    assert "in force" in page


@pytest.mark.parametrize("login", ["admin", "owner"])
def test_who_sees_no_cases_sees_no_methodologies(approved: Stage, login: str) -> None:
    browser = Browser(approved.app, login)
    assert 'href="/methodologies"' not in browser.get("/inbox").get_data(as_text=True)
    for path in ("/methodologies", "/methodologies/1", "/methodologies/1/file"):
        assert browser.get(path).status_code == 403


def test_a_methodology_reads_as_a_tree(approved: Stage) -> None:
    browser = Browser(approved.app, "moa.officer1")
    kazakh = words(browser.get("/methodologies/1"))
    assert "Ана өлімі" in kazakh and "жергілікті атқарушы органдарға" in kazakh
    browser.get("/language/en")
    page = words(browser.get("/methodologies/1"))
    assert "Maternal mortality" in page and "100 if fact <= plan else plan / fact * 100" in page
    # 15 per cent of 60 per cent of 60 points; the ministry of health besides all regions.
    assert "5.4" in page and "local executive bodies," in page and "lower is better" in page
    assert "An example." in page and "60% of the block" in page
    overall = words(browser.get("/methodologies/2"))
    assert "Weights of the blocks" in overall and "50" in overall
    assert browser.get("/methodologies/9").status_code == 404


def test_the_file_is_handed_out_as_it_was_approved(approved: Stage) -> None:
    answer = Browser(approved.app, "auditor").get("/methodologies/1/file")
    assert answer.mimetype == "application/json"
    assert "methodology-2017-1-1.json" in answer.headers["Content-Disposition"]
    assert json.loads(answer.data) == json.loads(demo.example(1, 2017))


def test_whoever_agrees_reads_the_draft_and_what_is_different(approved: Stage) -> None:
    case = second(approved)
    browser = Browser(approved.app, "ap.working")
    browser.get("/language/en")
    task = approved.task(case, "agree_working_body")
    link = f'href="/cases/{case}/methodology"'
    assert link in browser.get(f"/tasks/{task}").get_data(as_text=True)
    page = words(browser.get(f"/cases/{case}/methodology"))
    assert "A draft." in page and "What is different from version 1 of 2017" in page
    assert "Indicator 1.1.1 Maternal mortality changed" in page and "1.1.2" in page
    assert "How the six requirements are met" in page
    assert demo.REQUIREMENTS["requirement_6"] in page
    assert Browser(approved.app, "akmola.officer1").get(
        f"/cases/{case}/methodology"
    ).status_code == 404  # fmt: skip


def test_the_case_leads_to_what_was_approved_of_it(approved: Stage) -> None:
    case = second(approved)
    demo.agree(approved.play, case, asked=False)
    approved.play.do("mne.head", case, "approve", APPROVAL)
    browser = Browser(approved.app, "mne.officer2")
    browser.get("/language/ru")
    assert browser.get(f"/cases/{case}/methodology").location == "/methodologies/3"
    page = words(browser.get("/methodologies/3"))
    assert ("Отличия от редакции 1 за 2017 год" in page and "Редакция 2" in page) or "2" in page
    old = words(browser.get("/methodologies/1"))
    assert "прежняя редакция" in old
    turned = words(browser.get("/methodologies/1?against=3"))
    assert "Отличия от редакции 2 за 2017 год" in turned


def test_before_anything_was_handed_in_the_page_says_so(untouched: Stage) -> None:
    case = untouched.play.start("mne.officer1", "methodology", "mne", year=2017, block="1")
    browser = Browser(untouched.app, "mne.officer1")
    browser.get("/language/en")
    assert "Nothing was handed in yet" in words(browser.get(f"/cases/{case}/methodology"))
    assert "No methodology is approved yet" in words(browser.get("/methodologies"))
