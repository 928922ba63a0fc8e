"""Help in plain words."""

from __future__ import annotations

from flask import render_template

from app.web.access import Open, page, visitor
from app.web.blueprint import pages


@pages.get("/help")
@page(Open.PUBLIC)
def help() -> str:
    """What each role does, how days are counted, what the keys do."""
    person = visitor()
    return render_template("help.html", roles=person.roles if person else frozenset())
