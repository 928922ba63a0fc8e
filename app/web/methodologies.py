"""Methodologies: the list by year, one of them as a tree, and what it changed."""

from __future__ import annotations

import io

from flask import redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app.services import methodologies as service
from app.services.methodology_views import Page
from app.web import methodology_words
from app.web.access import Open, actor, page
from app.web.blueprint import pages


@pages.get("/methodologies")
@page(Open.SIGNED_IN)
def methodologies() -> str:
    """The methodologies of every year, by block, with their versions."""
    return render_template("methodologies.html", years=service.methodologies_page(actor=actor()))


@pages.get("/methodologies/<int:methodology_id>")
@page(Open.SIGNED_IN)
def methodology(methodology_id: int) -> str:
    """A methodology in plain words, and what differs from the version before it."""
    found = service.methodology_page(
        methodology_id=methodology_id,
        against=request.args.get("against", type=int),
        actor=actor(),
    )
    return _shown(found)


@pages.get("/methodologies/<int:methodology_id>/file")
@page(Open.SIGNED_IN)
def methodology_file(methodology_id: int) -> Response:
    """The JSON of a methodology, to begin the next one with."""
    name, content = service.content(methodology_id=methodology_id, actor=actor())
    return send_file(
        io.BytesIO(content),
        mimetype="application/json",
        as_attachment=True,
        download_name=name,
        max_age=0,
    )


@pages.get("/cases/<int:case_id>/methodology")
@page(Open.SIGNED_IN)
def methodology_of_case(case_id: int) -> Response | str:
    """What was last handed in in a case: the approved version, or the draft to be agreed to."""
    found = service.draft_page(case_id=case_id, actor=actor())
    if found is not None and found.version is not None:
        return redirect(url_for("web.methodology", methodology_id=found.version.id))
    return _shown(found, case_id)


def _shown(found: Page | None, case_id: int | None = None) -> str:
    return render_template("methodology.html", page=found, case_id=case_id, told=methodology_words)
