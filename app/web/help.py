"""Help in plain words, and the sign of life for those who watch the server."""

from __future__ import annotations

from flask import Response, jsonify, render_template

from app.web.access import Open, now, page, visitor
from app.web.blueprint import pages
from app.web.frame import current


@pages.get("/help")
@page(Open.PUBLIC)
def help() -> str:
    """What each role does, how days are counted, what the keys do."""
    person = visitor()
    return render_template("help.html", roles=person.roles if person else frozenset())


@pages.get("/health")
@page(Open.PUBLIC)
def health() -> Response:
    """Whether the application answers and reads its database; an error page if it does not."""
    found = current()
    answer = jsonify(status="ok", time=now().isoformat(), release=bool(found and found.release))
    answer.headers["Cache-Control"] = "no-store"
    return answer
