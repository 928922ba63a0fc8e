"""The signed-in person's own page: roles, language, password, sessions elsewhere."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app import login
from app.domain.refusals import Invalid, Refusal
from app.services import passwords, people, registers, sessions
from app.web import errors, forms
from app.web.access import Open, actor, now, page
from app.web.blueprint import pages


@pages.get("/account")
@page(Open.SIGNED_IN)
def account() -> Response:
    """Roles with their dates, the language, a new password, the other sessions."""
    return _page()


@pages.post("/account/password")
@page(Open.SIGNED_IN)
def account_password_change() -> Response:
    """Change one's own password: the other sessions end, this one stays."""
    asked = request.form
    new = asked.get("new_password", "")
    try:
        if new != asked.get("repeat_password", ""):
            wrong = forms.field_errors([("repeat", "password.not_repeated")])
            raise Invalid("password.not_repeated", fields=wrong)
        people.change_password(
            person=actor().person,
            old=asked.get("old_password", ""),
            new=new,
            actor=actor(),
            now=now(),
            session_id=_session(),
        )
    except Refusal as refusal:
        return _page(refusal)
    flash(_("The password is changed. Your other sessions have ended."))
    return redirect(url_for("web.account"))


@pages.post("/account/sessions/end")
@page(Open.SIGNED_IN)
def account_sessions_end() -> Response:
    """Sign out everywhere else."""
    ended = sessions.revoke_all(
        person=actor().person, actor=actor(), now=registers.wall_time(), keep=_session()
    )
    flash(ngettext("%(num)d other session ended.", "%(num)d other sessions ended.", ended))
    return redirect(url_for("web.account"))


def _session() -> int:
    """The number of the session of this request."""
    here = login.signed_in()
    if here is None:
        raise login.NotSignedIn("session.expired")
    return here.session_id


def _page(refusal: Refusal | None = None) -> Response:
    """The page; of a refused change no password comes back."""
    wrong = forms.errors(None, refusal) if refusal else {}
    person = actor().person
    text = render_template(
        "account.html",
        person=people.person_line(actor=actor(), now=now(), code=person),
        sessions=sessions.open_sessions(person=person, now=registers.wall_time()),
        here=_session(),
        minimum=passwords.MINIMUM,
        # The fields bear names that say they are secrets.
        wrong={f"{name}_password": told for name, told in wrong.items()},
        sentence=errors.sentence(refusal) if refusal else "",
    )
    return make_response(text, refusal.status if refusal else 200)
