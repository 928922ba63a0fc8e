"""Errors that stopped an act: the list, one of them, and what two people decide about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.permissions import Permission
from app.domain.refusals import Invalid, Refusal
from app.services import incident_page as page_of
from app.services import incident_views, repairs, retrying
from app.web import errors, forms, incident_words
from app.web.access import actor, now, page
from app.web.blueprint import pages

FIELD = "data-"


@pages.get("/incidents")
@page(Permission.SEE_INCIDENTS)
def incidents() -> str:
    """Every act that failed: the open ones, oldest first, or the closed ones, newest first."""
    state: Literal["open", "closed"] = "closed" if request.args.get("state") == "closed" else "open"
    found = incident_views.listed(
        actor=actor(), state=state, now=now(), after=request.args.get("after", type=int)
    )
    return render_template("incidents.html", listed=found, state=state, tell=incident_words)


@pages.get("/incidents/<int:incident_id>")
@page(Permission.SEE_INCIDENTS)
def incident(incident_id: int) -> Response:
    """One of them: what failed, what is proposed, what happened to it."""
    return _page(incident_id)


@pages.post("/incidents/<int:incident_id>/retry")
@page(Permission.RESOLVE_INCIDENTS)
def incident_retry(incident_id: int) -> Response:
    """Let an act that failed be tried again, at once where the system can."""
    try:
        found = retrying.retry(incident_id=incident_id, actor=actor(), now=now())
    except Refusal as refusal:
        return _page(incident_id, refusal)
    return _told(incident_id, found)


@pages.post("/incidents/<int:incident_id>/propose")
@page(Permission.RESOLVE_INCIDENTS)
def incident_change(incident_id: int) -> Response:
    """Propose to skip the failing step or to correct data."""
    asked = request.form
    try:
        repairs.propose(
            incident_id=incident_id,
            skip=asked.get("skip") == "yes",
            result=_value(asked, "result"),
            data={
                name.removeprefix(FIELD): _value(asked, name)
                for name, text in asked.items()
                if name.startswith(FIELD) and text.strip()
            },
            reason=asked.get("reason", ""),
            actor=actor(),
            now=now(),
        )
    except Refusal as refusal:
        return _page(incident_id, refusal, asked)
    flash(_("Proposed. Another person approves or rejects it."))
    return redirect(url_for("web.incident", incident_id=incident_id))


@pages.post("/incidents/<int:incident_id>/approve")
@page(Permission.RESOLVE_INCIDENTS)
def incident_approve(incident_id: int) -> Response:
    """Agree with a proposal of somebody else; the act is tried with it."""
    try:
        found = retrying.approve(
            incident_id=incident_id, proposed_seq=_seq(), actor=actor(), now=now()
        )
    except Refusal as refusal:
        return _page(incident_id, refusal)
    return _told(incident_id, found)


@pages.post("/incidents/<int:incident_id>/reject")
@page(Permission.RESOLVE_INCIDENTS)
def incident_reject(incident_id: int) -> Response:
    """Do not agree with a proposal of somebody else."""
    try:
        repairs.reject(
            incident_id=incident_id,
            proposed_seq=_seq(),
            reason=request.form.get("reason", ""),
            actor=actor(),
            now=now(),
        )
    except Refusal as refusal:
        return _page(incident_id, refusal, request.form)
    flash(_("The proposal is rejected. The error stays open."))
    return redirect(url_for("web.incident", incident_id=incident_id))


@pages.post("/incidents/<int:incident_id>/withdraw")
@page(Permission.RESOLVE_INCIDENTS)
def incident_withdraw(incident_id: int) -> Response:
    """Take one's own proposal back."""
    try:
        repairs.withdraw(incident_id=incident_id, proposed_seq=_seq(), actor=actor(), now=now())
    except Refusal as refusal:
        return _page(incident_id, refusal)
    flash(_("The proposal is withdrawn. The error stays open."))
    return redirect(url_for("web.incident", incident_id=incident_id))


def _seq() -> int:
    return request.form.get("proposed", 0, type=int)


def _value(asked: Mapping[str, str], name: str) -> Any:
    """A value typed as JSON, None where nothing is."""
    text = asked.get(name, "").strip()
    try:
        return json.loads(text) if text else None
    except ValueError:
        wrong = forms.field_errors([(name, "repair.not_json")])
        raise Invalid("form.invalid", fields=wrong) from None


def _told(incident_id: int, found: retrying.Outcome) -> Response:
    shown = page_of.incident_page(
        incident_id=found.incident or incident_id, actor=actor(), now=now()
    ).incident
    kind, text = incident_words.outcome(found, shown)
    flash(text, kind)
    return redirect(url_for("web.incident", incident_id=shown.id))


def _page(
    incident_id: int, refusal: Refusal | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    if refusal is not None and refusal.status == 404:
        raise refusal
    found = page_of.incident_page(incident_id=incident_id, actor=actor(), now=now())
    text = render_template(
        "incident.html",
        page=found,
        incident=found.incident,
        tell=incident_words,
        label_of=lambda name: page_of.label_of(found, name),
        typed=typed or {},
        wrong=forms.errors(None, refusal) if refusal else {},
        sentence=errors.sentence(refusal) if refusal else "",
    )
    return make_response(text, refusal.status if refusal else 200)
