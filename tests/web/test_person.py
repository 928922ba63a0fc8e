"""A person's page: what is wrong with one of its small forms stands in that form."""

from __future__ import annotations

import re

from app.models.people import Grant
from tests.journeys.plot import Stage
from tests.web.browser import Browser, words

PERSON, ADMIN = "mne.officer2", "admin"


def page_of(stage: Stage) -> str:
    return f"/people/{stage.play.code(PERSON)}"


def test_a_role_that_cannot_end_says_so_beside_its_day(received: Stage) -> None:
    [grant] = received.all(Grant, person=received.play.code(PERSON))
    browser = Browser(received.app, ADMIN)
    for day in ("2016-01-01", ""):
        answer = browser.post(f"{page_of(received)}/roles/{grant.id}/end", ends_on=day)
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        place = f"f-end-{grant.id}"
        assert f'href="#{place}"' in page
        control = re.search(rf'<input[^>]* id="{place}"[^>]*>', page)
        assert control is not None
        assert f'value="{day}"' in control[0]
        assert f'aria-describedby="{place}-e"' in control[0]
        assert f'id="{place}-e"' in page
        # The form that gives a role has a last day too, and nothing is wrong with that one.
        assert 'id="f-ends_on-e"' not in page


def test_a_password_that_is_too_short_says_so_beside_it(received: Stage) -> None:
    answer = Browser(received.app, ADMIN).post(f"{page_of(received)}/password", password="қысқа")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'id="f-password-e"' in page
    assert 'href="#f-password"' in page
    assert "қысқа" not in page.split('id="f-password"')[1][:200]


def test_a_role_without_anything_tells_all_that_is_missing(received: Stage) -> None:
    answer = Browser(received.app, ADMIN).post(f"{page_of(received)}/roles", role="", starts_on="")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    for name in ("role", "organisation", "starts_on"):
        assert f'id="f-{name}-e"' in page, name
    assert words(answer).count("Міндетті өріс толтырылмаған") == 6
