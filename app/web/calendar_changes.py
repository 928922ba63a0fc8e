"""A proposed change of the calendar: what it would move, and the decision of another person."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.domain.permissions import Permission
from app.domain.refusals import Refusal
from app.services import calendar_changes, calendar_terms, redatings
from app.services import calendar_page as page_of
from app.web import errors, forms
from app.web.access import actor, now, page
from app.web.blueprint import pages
from app.web.calendar import SHOWN

AT_ONCE = 25
"""Cases that are re-dated while the person waits; the others follow by themselves."""


@pages.get("/calendar/changes/<int:proposal_id>")
@page(Permission.EDIT_CALENDAR)
def calendar_proposal(proposal_id: int) -> Response:
    """A proposal: the day, its source, the terms it would move, what became of it."""
    return _page(proposal_id)


@pages.post("/calendar/changes/<int:proposal_id>/confirm")
@page(Permission.EDIT_CALENDAR)
def calendar_confirm(proposal_id: int) -> Response:
    """Put somebody else's proposal in force, and re-date what it moves."""
    try:
        moved = calendar_changes.confirm(proposal_id=proposal_id, actor=actor(), now=now())
    except Refusal as refusal:
        return _page(proposal_id, refusal)
    redatings.deliver_of(proposal_id=proposal_id, now=now(), limit=AT_ONCE)
    count = len(calendar_terms.terms(moved))
    flash(
        ngettext(
            "The calendar is changed; %(num)d open term moves.",
            "The calendar is changed; %(num)d open terms move.",
            count,
        )
    )
    if count != request.form.get("shown", count, type=int):
        flash(_("Cases have gone on since the page was shown: it was worked out again."), "warning")
    return _back(proposal_id)


@pages.post("/calendar/changes/<int:proposal_id>/reject")
@page(Permission.EDIT_CALENDAR)
def calendar_reject(proposal_id: int) -> Response:
    """Do not agree with somebody else's proposal."""
    reason = request.form.get("reason", "")
    try:
        calendar_changes.reject(proposal_id=proposal_id, reason=reason, actor=actor(), now=now())
    except Refusal as refusal:
        return _page(proposal_id, refusal, request.form)
    flash(_("The proposal is rejected. The calendar stays as it is."))
    return _back(proposal_id)


@pages.post("/calendar/changes/<int:proposal_id>/withdraw")
@page(Permission.EDIT_CALENDAR)
def calendar_withdraw(proposal_id: int) -> Response:
    """Take one's own proposal back."""
    try:
        calendar_changes.withdraw(proposal_id=proposal_id, actor=actor(), now=now())
    except Refusal as refusal:
        return _page(proposal_id, refusal)
    flash(_("The proposal is withdrawn. The calendar stays as it is."))
    return _back(proposal_id)


def _back(proposal_id: int) -> Response:
    return redirect(url_for("web.calendar_proposal", proposal_id=proposal_id))


def _page(
    proposal_id: int, refusal: Refusal | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    found = page_of.proposal_page(proposal_id=proposal_id, actor=actor(), now=now())
    text = render_template(
        "calendar_change.html",
        page=found,
        proposal=found.proposal,
        change=found.proposal.change,
        terms=found.terms,
        shown=SHOWN,
        typed=typed or {},
        wrong=forms.errors(None, refusal) if refusal else {},
        sentence=errors.sentence(refusal) if refusal else "",
    )
    return make_response(text, refusal.status if refusal else 200)
