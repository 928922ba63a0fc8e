"""The pages of a whole year in a real browser: at its reports, its objections, published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.journeys import looks, year_scenes
from tests.journeys.person import Person
from tests.journeys.scenes import Shown
from tests.journeys.site import Site
from tests.journeys.test_pages import LANGUAGES, faults
from tests.played import KEPT, Years

pytestmark = pytest.mark.journey

DAYS = (*KEPT.values(), "objections", "published")
# On the other days, and of cases and letters, Kazakh alone: other scenes have them in all.
IN_ALL = ("objections", "published")


@dataclass(frozen=True, slots=True)
class Day:
    """The site of the year on one day, and the pages that are opened there."""

    name: str
    site: Site
    pages: list[Shown]


@pytest.fixture(scope="module", params=DAYS)
def day(request: pytest.FixtureRequest, years: Years) -> Iterator[Day]:
    played = years("sqlite")
    pages = year_scenes.pages(played, request.param)
    url, _moment = played.kept.get(request.param, (played.url, None))
    with Site(url, played.data) as site:
        yield Day(request.param, site, pages)


def languages(day: Day, shown: Shown) -> tuple[str, ...]:
    whole = day.name in IN_ALL and not shown.path.startswith(("/cases/", "/letters/"))
    return LANGUAGES if whole else LANGUAGES[:1]


def test_every_page_of_the_year(browser: Browser, day: Day) -> None:
    assert day.name != "published" or not year_scenes.promised(day.pages)
    wrong: list[str] = []
    for login in sorted({shown.login for shown in day.pages}):
        with Person(browser, day.site, login) as reader:
            complaints = looks.watched(reader.page.context)
            for language in LANGUAGES:
                reader.page.goto(f"/language/{language}?next=/help")
                for shown in day.pages:
                    if shown.login == login and language in languages(day, shown):
                        complaints.clear()
                        found = [*faults(reader, shown, language), *complaints]
                        wrong += [f"{shown.name} in {language}, {fault}" for fault in found]
    assert not wrong, "\n".join(wrong)
