"""Signing in and out, and the language of the pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import login
from app.domain.refusals import Refusal
from app.web import cast, errors
from app.web.access import Open, page, visitor
from app.web.blueprint import pages


@pages.get("/sign-in")
@page(Open.PUBLIC)
def sign_in() -> Response:
    """The card on the horizon; who is signed in already goes on."""
    if visitor() is not None:
        return redirect(_next(request.args.get("next", "")))
    return _card(next=request.args.get("next", ""))


@pages.post("/sign-in")
@page(Open.PUBLIC)
def sign_in_enter() -> Response:
    """Sign in with login and password; in a demonstration with one press."""
    asked = request.form
    try:
        if asked.get("person"):
            login.enter_demonstration(asked["person"])
        else:
            login.enter(login=asked.get("login", ""), password=asked.get("password", ""))
    except Refusal as refusal:
        return _card(
            refusal.status,
            error=errors.sentence(refusal),
            login=asked.get("login", ""),
            next=asked.get("next", ""),
        )
    return redirect(_next(asked.get("next", "")))


@pages.post("/sign-out")
@page(Open.PUBLIC)
def sign_out() -> Response:
    """End the session; a copy of its cookie is worth nothing any more."""
    login.leave()
    return redirect(url_for("web.sign_in"))


@pages.get("/language/<language>")
@page(Open.PUBLIC)
def language(language: str) -> Response:
    """Read in this language from now on, on the page one was on."""
    login.choose_language(language)
    return redirect(_next(request.args.get("next", "")))


def _card(status: int = 200, **context: object) -> Response:
    return make_response(render_template("signin.html", people=cast.listed(), **context), status)


def _next(wanted: str) -> str:
    """An address of ours to go on to; anything else leads to the first page."""
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if ours and not parts.netloc and not parts.scheme else url_for("web.home")
