"""Signing in through real requests: the cookie, what is in it, and what a copy of it is worth."""

from __future__ import annotations

import contextvars
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, jsonify, request
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from flask_login import login_required
from sqlalchemy import update

from app import login
from app.domain.refusals import Refusal
from app.models.people import SignIn
from app.services import people, registers, sessions
from tests.appcontext import NOON, PASSWORD, SYSTEM, add_person, run, trail


class Apart(FlaskClient):
    """Sends each request from nowhere: in the test's own context it would share its `g`."""

    def open(self, *args: Any, **given: Any) -> Any:
        return contextvars.Context().run(super().open, *args, **given)


@pytest.fixture
def app(installation: Flask) -> Flask:
    """The installation with five pages, which do nothing but call the room under test."""

    def enter() -> Any:
        if "person" in request.form:
            user = login.enter_demonstration(request.form["person"])
        else:
            user = login.enter(login=request.form["login"], password=request.form["password"])
        return jsonify(user.actor.person)

    def leave() -> Any:
        login.leave()
        return jsonify(None)

    def who() -> Any:
        actor = login.current_actor()
        return jsonify(
            person=actor and actor.person,
            name=actor and actor.name,
            roles=sorted(actor.roles) if actor else [],
            language=login.language(),
        )

    def choose() -> Any:
        login.choose_language(request.form["language"])
        return jsonify(login.language())

    def refused(refusal: Refusal) -> Any:
        return jsonify(code=refusal.code), refusal.status

    for name, view in (("enter", enter), ("leave", leave), ("choose", choose)):
        installation.add_url_rule(f"/{name}", name, view, methods=["POST"])
    installation.add_url_rule("/who", "who", who)
    installation.add_url_rule("/closed", "closed", login_required(lambda: jsonify("in")))
    installation.register_error_handler(Refusal, refused)
    installation.test_client_class = Apart
    return installation


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    add_person("asel@economy.gov.kz", ("case_officer", "mne"))
    return app.test_client()


def enter(client: FlaskClient, password: str = PASSWORD) -> Any:
    return client.post("/enter", data={"login": "asel@economy.gov.kz", "password": password})


def who(client: FlaskClient) -> Any:
    return client.get("/who").get_json()["person"]


def contents(app: Flask, cookie: str) -> dict[str, Any]:
    """What a cookie holds, opened with the installation's key."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    loaded: dict[str, Any] = serializer.loads(cookie)
    return loaded


def test_signed_in_with_the_roles_of_the_day(client: FlaskClient, app: Flask) -> None:
    assert client.get("/closed").status_code == 401
    assert who(client) is None
    assert enter(client).get_json() == "p-0001"
    assert client.get("/who").get_json() == {
        "person": "p-0001",
        "name": "asel@economy.gov.kz қ",
        "roles": ["case_officer"],
        "language": "kk",
    }
    assert client.get("/closed").status_code == 200


def test_roles_go_by_the_installation_s_day_and_sessions_by_the_wall(
    client: FlaskClient, app: Flask
) -> None:
    enter(client)
    people.grant_role(
        person="p-0001",
        role="first_head",
        organisation="mne",
        starts_on=date(2017, 5, 1),
        actor=SYSTEM,
        now=NOON,
    )
    assert client.get("/who").get_json()["roles"] == ["case_officer"]
    # Years later by the demonstration's clock the same session still counts.
    app.extensions["bagalau"].clock.at = NOON + timedelta(days=3000)
    assert client.get("/who").get_json()["roles"] == ["case_officer", "first_head"]


def test_the_cookie_is_closed_to_scripts_and_tells_nothing(client: FlaskClient, app: Flask) -> None:
    app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")
    header = enter(client).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    cookie = client.get_cookie("session")
    assert cookie is not None
    held = contents(app, cookie.value)
    assert "p-0001" not in json.dumps(held)
    assert "asel" not in json.dumps(held)
    assert sessions.find(held["_user_id"], datetime.now(UTC)) is not None


def test_a_copied_cookie_is_worth_nothing_after_signing_out(
    client: FlaskClient, app: Flask
) -> None:
    enter(client)
    copied = client.get_cookie("session")
    assert copied is not None
    thief = app.test_client()
    thief.set_cookie("session", copied.value)
    assert who(thief) == "p-0001"
    client.post("/leave")
    assert who(thief) is None
    assert thief.get("/closed").status_code == 401
    assert who(client) is None


def test_a_revoked_session_is_worth_nothing(client: FlaskClient) -> None:
    enter(client)
    sessions.revoke_all(person="p-0001", actor=SYSTEM, now=datetime.now(UTC))
    assert who(client) is None


def test_an_expired_session_is_worth_nothing(client: FlaskClient) -> None:
    enter(client)
    run(update(SignIn).values(expires_at=datetime.now(UTC)))
    assert who(client) is None
    assert json.loads(trail("session.closed")[0].body)["facts"]["how"] == "expired"


def test_who_is_deactivated_is_out_at_once(client: FlaskClient) -> None:
    enter(client)
    people.deactivate(person="p-0001", actor=SYSTEM, now=NOON)
    assert who(client) is None
    assert enter(client).get_json() == {"code": "person.inactive"}


def test_a_forged_cookie_is_worth_nothing(client: FlaskClient, app: Flask) -> None:
    other = Flask("other", root_path=app.root_path)
    other.secret_key = "another key"
    serializer = SecureCookieSessionInterface().get_signing_serializer(other)
    assert serializer is not None
    enter(client)
    cookie = client.get_cookie("session")
    assert cookie is not None
    client.set_cookie("session", str(serializer.dumps(contents(app, cookie.value))))
    assert who(client) is None
    # A cookie of our own key with the code of a person in place of a token.
    own = SecureCookieSessionInterface().get_signing_serializer(app)
    assert own is not None
    client.set_cookie("session", str(own.dumps({"_user_id": "p-0001", "_fresh": True})))
    assert who(client) is None


def test_a_session_given_before_signing_in_is_not_kept(client: FlaskClient, app: Flask) -> None:
    own = SecureCookieSessionInterface().get_signing_serializer(app)
    assert own is not None
    client.set_cookie("session", str(own.dumps({"_user_id": "planted", "csrf_token": "known"})))
    enter(client)
    cookie = client.get_cookie("session")
    assert cookie is not None
    held = contents(app, cookie.value)
    assert "csrf_token" not in held
    assert held["_user_id"] != "planted"


def test_another_program_s_remember_cookie_does_no_harm(client: FlaskClient) -> None:
    client.set_cookie("remember_token", "p-0001|0000")
    client.set_cookie("bagalau_remember", "p-0001|0000")
    assert who(client) is None
    enter(client)
    assert who(client) == "p-0001"


def test_a_forged_address_does_not_end_or_keep_a_session(client: FlaskClient) -> None:
    enter(client)
    headers = {"X-Forwarded-For": "203.0.113.9", "User-Agent": "another"}
    assert client.get("/who", headers=headers).get_json()["person"] == "p-0001"


def test_refusals_are_told(client: FlaskClient) -> None:
    answer = enter(client, "қате құпиясөз 1")
    assert (answer.status_code, answer.get_json()) == (403, {"code": "session.wrong_password"})
    assert who(client) is None
    assert client.post("/enter", data={"person": "p-0001"}).get_json() == {"code": "demo.only"}


def test_a_demonstration_is_entered_with_one_press(client: FlaskClient) -> None:
    registers.set_setting(name="demonstration", value=True, source="tests", actor=SYSTEM, now=NOON)
    assert client.post("/enter", data={"person": "p-0001"}).get_json() == "p-0001"
    assert who(client) == "p-0001"


def test_a_language_is_chosen_before_and_after(client: FlaskClient, app: Flask) -> None:
    assert client.get("/who", headers={"Accept-Language": "ru"}).get_json()["language"] == "kk"
    assert client.post("/choose", data={"language": "en"}).get_json() == "en"
    assert client.post("/choose", data={"language": "de"}).status_code == 422
    assert client.get("/who").get_json()["language"] == "en"
    enter(client)
    # From now on the person's own.
    assert client.get("/who").get_json()["language"] == "kk"
    assert client.post("/choose", data={"language": "ru"}).get_json() == "ru"
    assert client.get("/who").get_json()["name"] == "asel@economy.gov.kz р"
    client.post("/leave")
    assert client.get("/who").get_json()["language"] == "ru"
    again = app.test_client()
    enter(again)
    assert again.get("/who").get_json()["language"] == "ru"
    assert len(trail("person.changed")) == 1
