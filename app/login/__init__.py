"""Signing in and out, and the signed-in person as one who acts.

The cookie is Flask's signed session and holds a random token and nothing about the person;
who it is, and whether the session still counts, is asked of the database at each request.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from flask import Flask, current_app, g, request, session
from flask_login import (
    AnonymousUserMixin,
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)

from app.db import OUTAGES, reading
from app.domain.actors import Actor
from app.domain.calendar import local_day
from app.domain.refusals import FieldError, Invalid, Refusal
from app.services import people, sessions

__all__ = [
    "NotSignedIn",
    "SignedIn",
    "business_time",
    "choose_language",
    "current_actor",
    "enter",
    "enter_demonstration",
    "init_app",
    "language",
    "leave",
    "signed_in",
]


LANGUAGE = "language"
"""Where the cookie keeps the language that was chosen."""


class NotSignedIn(Refusal):
    """Nobody is signed in, or the session is over."""

    status = 401


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """The signed-in person: `actor` with the roles of today, and the session's number."""

    def __init__(self, actor: Actor, session_id: int, token: str) -> None:
        """Wrap `actor`, who came with the session of `token`."""
        self.actor = actor
        self.session_id = session_id
        self._token = token

    def get_id(self) -> str:
        """What the cookie holds: the token, and not who it is."""
        return self._token


def init_app(app: Flask) -> None:
    """Let requests of `app` know who sends them.

    `app.extensions["bagalau"]` has the installation's `clock` and `settings`.
    """
    manager = LoginManager()
    # It would compare addresses, and trust a forged X-Forwarded-For; sessions are rows here.
    manager.session_protection = None
    # A cookie of another program on this host must not be taken for 'remember me'.
    app.config.setdefault("REMEMBER_COOKIE_NAME", "bagalau_remember")
    manager.user_loader(_load)
    manager.unauthorized_handler(_refuse)
    manager.init_app(app)
    app.before_request(_load_first)


def business_time() -> datetime:
    """The business time of this request: the same from its beginning to its end."""
    if "now" not in g:
        g.now = _installation().clock.now()
    return cast(datetime, g.now)


def enter(*, login: str, password: str) -> SignedIn:
    """Sign somebody in and give this response their cookie.

    Raises:
        NotAllowed, Throttled: as `app.services.sessions.sign_in`.
    """
    token = sessions.sign_in(
        login=login,
        password=password,
        now=datetime.now(UTC),
        hours=_hours(),
        address=request.remote_addr,
    )
    return _begin(token)


def enter_demonstration(person: str) -> SignedIn:
    """Sign somebody in without a password, in a demonstration.

    Raises:
        NotAllowed, NotFound: as `app.services.sessions.enter_demonstration`.
    """
    token = sessions.enter_demonstration(person=person, now=datetime.now(UTC), hours=_hours())
    return _begin(token)


def leave() -> None:
    """End the session, so that a copy of its cookie is worth nothing; keep the language."""
    user, chosen = signed_in(), language()
    if user is not None:
        sessions.sign_out(token=user.get_id(), now=datetime.now(UTC))
    _forget_cookie()
    session[LANGUAGE] = chosen


def signed_in() -> SignedIn | None:
    """Who is signed in, None if nobody is."""
    user: Any = current_user._get_current_object()
    return user if user.is_authenticated else None


def current_actor() -> Actor | None:
    """The signed-in person as one who acts, with the roles in force on the business day.

    None if nobody is signed in, or the session is over.
    """
    user = signed_in()
    return None if user is None else user.actor


def language() -> str:
    """The language to answer in: the person's own, or the one chosen before; at first Kazakh."""
    user = signed_in()
    if user is not None:
        return user.actor.language
    chosen = session.get(LANGUAGE)
    return chosen if chosen in people.LANGUAGES else "kk"


def choose_language(code: str) -> None:
    """Answer in this language from now on; for a signed-in person at every sign-in.

    Raises:
        Invalid: `form.not_a_choice`, it is not kk, ru or en.
    """
    if code not in people.LANGUAGES:
        raise Invalid("form.not_a_choice", fields=(FieldError("language", "form.not_a_choice"),))
    session[LANGUAGE] = code
    user = signed_in()
    if user is None:
        return
    people.set_language(
        person=user.actor.person, language=code, actor=user.actor, now=_installation().clock.now()
    )
    again = _load(user.get_id())
    if again is not None:
        login_user(again)


def _begin(token: str) -> SignedIn:
    """Start a new cookie: nothing of the one before is carried over (session fixation)."""
    _forget_cookie()
    user = _load(token)
    if user is None:
        raise NotSignedIn("session.expired")
    login_user(user)
    # For the pages that are made while the person cannot be asked for.
    session[LANGUAGE] = user.actor.language
    return user


def _forget_cookie() -> None:
    logout_user()
    session.clear()


def _load(token: str) -> SignedIn | None:
    """The person behind a token; roles are those of the installation's own day."""
    with reading():
        today = local_day(business_time())
        found = sessions.find(token, datetime.now(UTC), today)
    return None if found is None else SignedIn(found.actor(found.holdings), found.session, token)


def _load_first() -> None:
    """Load the person before anything else is read: loading may write, which ends a reading.

    Where the database does not answer, nobody is taken to be signed in: who makes the page
    that tells of it must not ask again.
    """
    if request.endpoint is not None and not request.endpoint.endswith("static"):
        try:
            signed_in()
        except OUTAGES:
            g._login_user = AnonymousUserMixin()
            raise


def _refuse() -> None:
    raise NotSignedIn("session.expired")


def _installation() -> Any:
    return current_app.extensions["bagalau"]


def _hours() -> int:
    return int(_installation().settings.session_hours)
