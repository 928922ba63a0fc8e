"""Which body holds which role of ¶ 10 and 12; for administrators, how that changes."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.permissions import Permission
from app.domain.refusals import Refusal
from app.services import mandates_page as service
from app.services import registers
from app.web import errors, forms, frame, words
from app.web.access import Open, actor, now, page
from app.web.blueprint import pages


@pages.get("/mandates")
@page(Open.SIGNED_IN)
def mandates() -> Response:
    """The roles, who holds them from when on and by which act, and who held them before."""
    return _page()


@pages.post("/mandates")
@page(Permission.EDIT_MANDATES)
def mandate_change() -> Response:
    """Let a body hold a role from a day on."""
    asked = request.form
    try:
        forms.require(asked, "role", "holder", "starts_on", basis="mandate.basis_missing")
        registers.change_mandate(
            role=asked.get("role", ""),
            holder=asked.get("holder", ""),
            starts_on=forms.day(asked.get("starts_on", ""), "starts_on"),
            basis=asked.get("basis", ""),
            actor=actor(),
            now=now(),
        )
    except Refusal as refusal:
        return _page(asked, refusal)
    flash(_("The change is recorded. Cases that are open keep their evaluating body."))
    return redirect(url_for("web.mandates"))


def _page(typed: Mapping[str, str] | None = None, refusal: Refusal | None = None) -> Response:
    found = service.mandates_page(actor=actor(), now=now())
    text = render_template(
        "mandates.html",
        page=found,
        role_choices=[(held.role, words.mandate(held.role)) for held in found.roles],
        body_choices=frame.body_choices(),
        typed=typed or {},
        wrong=forms.errors(None, refusal) if refusal else {},
        sentence=errors.sentence(refusal) if refusal else "",
    )
    return make_response(text, refusal.status if refusal else 200)
