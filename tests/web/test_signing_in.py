"""Signing in and out, what a finished session leaves to whoever was typing, the language."""

from __future__ import annotations

import pytest

from tests.journeys.plot import Stage
from tests.web.browser import Browser, words

OFFICER = "akmola.officer1"


def test_a_stranger_is_led_to_the_sign_in_and_back(received: Stage) -> None:
    browser = Browser(received.app)
    answer = browser.get("/cases?year=2017")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/cases?year%3D2017"
    back = browser.sign_in(OFFICER, next="/cases?year=2017")
    assert back.location == "/cases?year=2017"
    assert browser.get("/cases").status_code == 200


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x"]
)
def test_signing_in_leads_nowhere_else(received: Stage, wanted: str) -> None:
    assert Browser(received.app).sign_in(OFFICER, next=wanted).location == "/"


def test_a_wrong_password_is_a_sentence_and_keeps_the_login(received: Stage) -> None:
    answer = Browser(received.app).sign_in(OFFICER, "wrong password", next="/letters")
    assert answer.status_code == 403
    page = answer.get_data(as_text=True)
    assert f'value="{OFFICER}"' in page
    assert 'name="next" value="/letters"' in page
    assert "wrong password" not in page


def test_signing_out_ends_the_session(received: Stage) -> None:
    browser = Browser(received.app, OFFICER)
    assert browser.post("/sign-out").status_code == 302
    assert browser.get("/cases").status_code == 302


def test_what_was_typed_outlives_the_session(received: Stage) -> None:
    browser, task = Browser(received.app, OFFICER), received.task(2, "object")
    browser.get(f"/tasks/{task}")
    typed = {"points": "1.1.1", "grounds": "Есептеу қате", "proceed_without": "yes"}
    browser.post("/sign-out")
    answer = browser.post(f"/tasks/{task}/complete", typed)
    assert answer.status_code == 401
    page = answer.get_data(as_text=True)
    assert "Есептеу қате" in page
    assert f'action="/tasks/{task}/complete"' in page
    assert 'name="points" value="1.1.1"' in page
    assert received.tasks(2) == ["object"]
    # Signed in again in another tab, the very same form goes through.
    browser.sign_in(OFFICER)
    assert browser.post(f"/tasks/{task}/complete", typed).status_code == 302


def test_a_form_without_a_token_does_nothing(received: Stage) -> None:
    browser, task = Browser(received.app, OFFICER), received.task(2, "object")
    typed = {"points": "1.1.1", "grounds": "Есептеу қате", "proceed_without": "yes"}
    own = browser.forged(f"/tasks/{task}/complete", typed, **{"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 400
    assert 'class="row again"' in own.get_data(as_text=True)
    # From another site it is not offered to be sent once more: one press would do its will.
    foreign = browser.forged(f"/tasks/{task}/complete", typed, **{"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 400
    assert 'class="row again"' not in foreign.get_data(as_text=True)
    assert received.tasks(2) == ["object"]


def test_a_piece_of_a_page_goes_to_the_sign_in_whole(received: Stage) -> None:
    answer = Browser(received.app).get("/inbox", **{"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/inbox"


def test_the_language_is_kazakh_first_and_then_the_persons(received: Stage) -> None:
    browser = Browser(received.app)
    assert "Жүйеге кіру" in words(browser.get("/sign-in"))
    assert browser.get("/language/ru?next=/help").location == "/help"
    assert "Что делает каждая роль" in words(browser.get("/help"))
    browser.sign_in(OFFICER)
    assert "Тапсырмалар" in words(browser.get("/inbox"))
    browser.get("/language/en?next=/inbox")
    assert "Tasks" in words(browser.get("/inbox"))
    assert "Tasks" in words(Browser(received.app, OFFICER).get("/inbox"))
    assert browser.get("/language/de").status_code == 422
