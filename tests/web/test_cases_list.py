"""The list of cases: what is asked for in its address, however wrong."""

from __future__ import annotations

import pytest

from tests.journeys.plot import Stage
from tests.web.browser import Browser, words

HUGE = 99_999_999_999_999_999_999


def test_a_page_before_any_number(received: Stage) -> None:
    browser = Browser(received.app, "auditor")
    for number in (3, 2**31 - 1, 2**31, HUGE):
        assert "Б1-2017-0002" in words(browser.get(f"/cases?before={number}")), number
    for number in (2, 1, 0, -1, -HUGE):
        page = browser.get(f"/cases?before={number}")
        assert page.status_code == 200 and "Б1-2017-0002" not in words(page), number


@pytest.mark.parametrize("year", [0, -1, 2**31, HUGE, -HUGE])
def test_a_year_that_no_case_has(received: Stage, year: int) -> None:
    page = Browser(received.app, "auditor").get(f"/cases?year={year}")
    assert page.status_code == 200 and "Б1-2017-0002" not in words(page)
