"""One's own page: roles with their dates, language, password, the sessions elsewhere."""

from __future__ import annotations

from datetime import date

import pytest

from app.demo.accounts import PASSWORD
from app.demo.accounts import SYSTEM as DEMONSTRATION
from app.services import people
from tests.journeys.plot import Stage
from tests.web.browser import Browser, words

OFFICER = "akmola.officer1"
NEW = "тағы бір ұзақ құпиясөз"


def change(browser: Browser, **given: str) -> tuple[int, str]:
    usual = {"old_password": PASSWORD, "new_password": NEW, "repeat_password": NEW}
    answer = browser.post("/account/password", {**usual, **given})
    return answer.status_code, answer.get_data(as_text=True)


def test_strangers_are_led_to_the_sign_in(received: Stage) -> None:
    browser = Browser(received.app)
    assert browser.get("/account").location == "/sign-in?next=/account"
    browser.get("/sign-in")
    assert browser.post("/account/password").status_code == 401
    assert browser.post("/account/sessions/end").status_code == 401


def test_the_page_shows_the_readers_roles_with_their_dates(received: Stage) -> None:
    person = received.actor(OFFICER).person
    people.grant_role(
        person=person,
        role="first_head",
        organisation="akmola",
        starts_on=date(2018, 3, 1),
        ends_on=date(2018, 3, 20),
        acting=True,
        actor=DEMONSTRATION,
        now=received.play.now,
    )
    browser = Browser(received.app, OFFICER)
    answer = browser.get("/account")
    page = words(answer)
    assert OFFICER in page
    assert "Ақмола облысының әкімдігі" in page
    assert "2018 жылғы 1 наурыз 2018 жылғы 20 наурыз" in page
    assert "2017 жылғы 1 қаңтар —" in page
    # The other roles of the body, and other people, are not there.
    assert "akmola.officer2" not in page
    assert 'href="/account"' in browser.get("/help").get_data(as_text=True)


@pytest.mark.parametrize(("language", "title"), [("kk", "Рөлдер"), ("ru", "Роли"), ("en", "Roles")])
def test_the_language_is_chosen_there(received: Stage, language: str, title: str) -> None:
    browser = Browser(received.app, OFFICER)
    link = f"/language/{language}?next=/account"
    assert link in browser.get("/account").get_data(as_text=True)
    assert browser.get(link).location == "/account"
    answer = browser.get("/account")
    assert f'<html lang="{language}">' in answer.get_data(as_text=True)
    assert title in words(answer)


def test_a_new_password_ends_the_other_sessions_and_this_one_stays(received: Stage) -> None:
    here, there = Browser(received.app, OFFICER), Browser(received.app, OFFICER)
    assert change(here)[0] == 302
    assert "Құпиясөз өзгертілді" in words(here.get("/account"))
    assert there.get("/account").status_code == 302
    assert Browser(received.app).sign_in(OFFICER).status_code == 403
    assert Browser(received.app).sign_in(OFFICER, NEW).status_code == 302
    received.verified()


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"old_password": "не тот пароль"}, "old", "Действующий пароль указан неверно"),
        (
            {"new_password": "qwerty", "repeat_password": "qwerty"},
            "new",
            "Пароль слишком короткий",
        ),
        ({"repeat_password": "не такой пароль"}, "repeat", "введен дважды неодинаково"),
    ],
)
def test_a_refused_change_says_where_and_shows_no_password(
    received: Stage, given: dict[str, str], field: str, sentence: str
) -> None:
    browser, other = Browser(received.app, OFFICER), Browser(received.app, OFFICER)
    browser.get("/language/ru")
    status, page = change(browser, **given)
    assert status == 422
    assert f'aria-describedby="f-{field}_password-' in page
    assert f'id="f-{field}_password-e"' in page
    assert sentence in page
    assert not any(secret in page for secret in (PASSWORD, NEW, *given.values()))
    assert other.get("/account").status_code == 200
    assert Browser(received.app).sign_in(OFFICER).status_code == 302


def test_guessing_the_old_password_is_slowed_down(received: Stage) -> None:
    browser = Browser(received.app, OFFICER)
    told = [change(browser, old_password=f"guess number {n}")[0] for n in range(9)]
    assert told == [422] * 8 + [429]
    # Not even the right one is taken then.
    assert change(browser)[0] == 429


def test_a_lost_session_keeps_no_password_on_the_page(received: Stage) -> None:
    browser = Browser(received.app, OFFICER)
    browser.get("/account")
    browser.post("/sign-out")
    status, page = change(browser)
    assert status == 401
    assert PASSWORD not in page
    assert NEW not in page


def test_one_signs_out_everywhere_else(received: Stage) -> None:
    here, there = Browser(received.app, OFFICER), Browser(received.app, OFFICER)
    colleague = Browser(received.app, "akmola.officer2")
    assert "/account/sessions/end" in here.get("/account").get_data(as_text=True)
    assert "Басқа жердің бәрінен шығу" in words(here.get("/account"))
    assert here.post("/account/sessions/end").location == "/account"
    page = words(here.get("/account"))
    assert "Басқа 1 сеанс аяқталды." in page
    assert "Басқа жердің бәрінен шығу" not in page
    assert there.get("/account").status_code == 302
    assert colleague.get("/account").status_code == 200
