"""The list of people: page by page, with the filter kept, found by name, login and body."""

from __future__ import annotations

import re
from urllib.parse import quote

from app.services.people import create_person
from app.services.people_page import PAGE
from tests.journeys.plot import Stage
from tests.web.browser import Browser, words

ADMIN = "admin"
CODE = re.compile(r'href="/people/(p-\d+)"')
BESIDE = re.compile(r'rel="(prev|next)" href="([^"]+)"')


def listed(browser: Browser, path: str) -> tuple[list[str], dict[str, str]]:
    """The codes on a page, and the pages beside it."""
    page = browser.get(path).get_data(as_text=True)
    return CODE.findall(page), {
        name: url.replace("&amp;", "&") for name, url in BESIDE.findall(page)
    }


def through(browser: Browser, path: str) -> list[list[str]]:
    """Every page from `path` on."""
    pages = []
    while path:
        codes, beside = listed(browser, path)
        pages.append(codes)
        path = beside.get("next", "")
    return pages


def test_everybody_is_on_one_page_and_none_twice(received: Stage) -> None:
    browser = Browser(received.app, ADMIN)
    pages = through(browser, "/people")
    assert len(pages) > 2
    assert [len(codes) for codes in pages[:-1]] == [PAGE] * (len(pages) - 1)
    everybody = [code for codes in pages for code in codes]
    assert everybody == sorted(set(everybody))
    assert f"{len(everybody)} адамның {PAGE} көрсетілді" in words(browser.get("/people"))


def test_the_way_back_shows_the_same_pages(received: Stage) -> None:
    browser = Browser(received.app, ADMIN)
    first, beside = listed(browser, "/people")
    assert "prev" not in beside
    second, beside = listed(browser, beside["next"])
    third, last = listed(browser, beside["next"])
    assert third
    assert listed(browser, last["prev"])[0] == second
    back, ends = listed(browser, beside["prev"])
    assert back == first
    assert "prev" not in ends
    assert listed(browser, ends["next"])[0] == second


def test_the_filter_is_kept_from_page_to_page(received: Stage) -> None:
    browser = Browser(received.app, ADMIN)
    codes, beside = listed(browser, "/people?q=officer1")
    assert len(codes) < PAGE or "q=officer1" in beside["next"]
    pages = through(browser, "/people?q=officer")
    assert len(pages) > 1
    everybody = {code for codes in through(browser, "/people") for code in codes}
    assert {code for codes in pages for code in codes} < everybody
    _, beside = listed(browser, "/people?q=officer")
    assert "q=officer" in beside["next"]
    shown = browser.get(beside["next"]).get_data(as_text=True)
    assert 'name="q" type="search" value="officer"' in shown


def test_people_are_found_by_login_name_and_body(received: Stage) -> None:
    person = create_person(
        login="Zhanna@mail.kz",
        names={"kk": "Жанна ӘЛІМҚЫЗЫ", "ru": "Жанна Алимовна", "en": "Zhanna Alimova"},
        password="бір ұзақ құпиясөз",
        actor=received.actor(ADMIN),
        now=received.play.now,
    )
    browser = Browser(received.app, ADMIN)
    for sought in ("zhanna@", "ЖАННА әлімқызы", "алимовна", "alimova zhanna", person):
        assert listed(browser, f"/people?q={quote(sought)}")[0] == [person], sought
    assert listed(browser, "/people?q=nobody-of-that-name")[0] == []
    akmola = [received.actor(f"akmola.{who}").person for who in ("officer1", "officer2", "head")]
    for sought in ("Ақмола облысының әкімдігі", "акимат акмолинской", "AKMOLA region"):
        assert listed(browser, f"/people?q={quote(sought)}")[0] == sorted(akmola), sought
    # A percent sign or a stroke is a sign like any other.
    assert listed(browser, "/people?q=%25")[0] == []


def test_a_refused_person_keeps_the_filter_and_what_was_typed(received: Stage) -> None:
    browser = Browser(received.app, ADMIN)
    page = browser.get("/people?q=akmola").get_data(as_text=True)
    action = re.search(r'method="post" action="(/people[^"]*)"', page)
    assert action is not None
    refused = browser.post(action[1], login="x", name_kk="Жаңа Адам")
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert 'value="Жаңа Адам"' in page
    assert 'type="search" value="akmola"' in page
    assert len(CODE.findall(page)) == 3


def test_an_address_out_of_all_bounds_is_an_empty_page(received: Stage) -> None:
    browser = Browser(received.app, ADMIN)
    for wrong in ("after=99999999999999999999", "before=0", "before=-9", "after=999999"):
        assert listed(browser, f"/people?{wrong}") == ([], {})
    assert len(listed(browser, "/people?after=x")[0]) == PAGE


def test_others_see_no_list(received: Stage) -> None:
    for login in ("akmola.officer1", "auditor"):
        assert Browser(received.app, login).get("/people?q=a&after=1").status_code == 403
