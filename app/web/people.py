"""People and their roles, for administrators."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.permissions import Permission
from app.domain.refusals import Refusal
from app.services import people as service
from app.web import errors, forms, frame
from app.web.access import actor, now, page
from app.web.blueprint import pages

NAMES = ("kk", "ru", "en")


@pages.get("/people")
@page(Permission.MANAGE_PEOPLE)
def people() -> Response:
    """Everybody with their roles, and the form for one more."""
    return _list_page()


@pages.post("/people")
@page(Permission.MANAGE_PEOPLE)
def person_create() -> Response:
    """Make a person known."""
    asked = request.form
    try:
        forms.require(asked, "login", *(f"name_{code}" for code in NAMES), "password")
        code = service.create_person(
            login=asked.get("login", ""),
            names={code: asked.get(f"name_{code}", "") for code in NAMES},
            language=asked.get("language", "kk"),
            password=asked.get("password", ""),
            actor=actor(),
            now=now(),
        )
    except Refusal as refusal:
        return _list_page(asked, refusal)
    flash(_("The person is known now. Give the first role."))
    return redirect(url_for("web.person", code=code))


def _list_page(typed: Mapping[str, str] | None = None, refusal: Refusal | None = None) -> Response:
    sought = request.args.get("q", "")
    beside = {name: request.args.get(name, type=int) for name in ("after", "before")}
    text = render_template(
        "people.html",
        page=service.people_page(actor=actor(), now=now(), sought=sought, **beside),
        sought=sought,
        beside=beside,
        typed=typed or {},
        wrong=forms.errors(None, refusal) if refusal else {},
        sentence=errors.sentence(refusal) if refusal else "",
    )
    return make_response(text, refusal.status if refusal else 200)


@pages.get("/people/<code>")
@page(Permission.MANAGE_PEOPLE)
def person(code: str) -> Response:
    """One person: roles from a day to a day, and the end of access."""
    return _person_page(code)


def _person_page(
    code: str,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
    places: Mapping[str, str] | None = None,
) -> Response:
    """The page; `places` say where a wrong field of a smaller form than the first stands."""
    wrong = forms.errors(None, refusal) if refusal else {}
    text = render_template(
        "person.html",
        person=service.person_line(actor=actor(), now=now(), code=code),
        role_choices=frame.role_choices(),
        body_choices=frame.body_choices(),
        typed=typed or {},
        wrong={(places or {}).get(name, name): told for name, told in wrong.items()},
        sentence=errors.sentence(refusal) if refusal else "",
    )
    return make_response(text, refusal.status if refusal else 200)


@pages.post("/people/<code>/roles")
@page(Permission.MANAGE_PEOPLE)
def person_grant(code: str) -> Response:
    """Give a person a role in a body from a day on."""
    asked = request.form
    try:
        forms.require(asked, "role", "organisation", "starts_on")
        service.grant_role(
            person=code,
            role=asked.get("role", ""),
            organisation=asked.get("organisation", ""),
            starts_on=forms.day(asked.get("starts_on", ""), "starts_on"),
            ends_on=forms.day(asked["ends_on"], "ends_on") if asked.get("ends_on") else None,
            acting=asked.get("acting") == "yes",
            basis=asked.get("basis", "").strip() or None,
            actor=actor(),
            now=now(),
        )
    except Refusal as refusal:
        return _person_page(code, asked, refusal)
    flash(_("The role is given."))
    return redirect(url_for("web.person", code=code))


@pages.post("/people/<code>/roles/<int:grant>/end")
@page(Permission.MANAGE_PEOPLE)
def person_end_role(code: str, grant: int) -> Response:
    """End a role: its last day."""
    asked, place = request.form, f"end-{grant}"
    try:
        service.end_role(
            grant=grant,
            ends_on=forms.day(asked.get("ends_on", ""), "ends_on"),
            basis=asked.get("basis", "").strip() or None,
            actor=actor(),
            now=now(),
        )
    except Refusal as refusal:
        typed = {place: asked.get("ends_on", "")}
        return _person_page(code, typed, refusal, {"ends_on": place})
    flash(_("The role has its last day."))
    return redirect(url_for("web.person", code=code))


@pages.post("/people/<code>/deactivate")
@page(Permission.MANAGE_PEOPLE)
def person_deactivate(code: str) -> Response:
    """End a person's access; what the person did stays theirs."""
    service.deactivate(person=code, actor=actor(), now=now())
    flash(_("Access has ended. Claimed tasks went back to the queue."))
    return redirect(url_for("web.person", code=code))


@pages.post("/people/<code>/password")
@page(Permission.MANAGE_PEOPLE)
def person_password(code: str) -> Response:
    """Give a person a new password; every session of theirs ends."""
    try:
        service.change_password(
            person=code, new=request.form.get("password", ""), actor=actor(), now=now()
        )
    except Refusal as refusal:
        return _person_page(code, {}, refusal, {"new": "password"})
    flash(_("There is a new password. Every session of this person has ended."))
    return redirect(url_for("web.person", code=code))
