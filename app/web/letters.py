"""Letters to the reader's organisations, and one as it reads."""

from __future__ import annotations

from flask import render_template

from app.services import letters as service
from app.web.access import Open, actor, page
from app.web.blueprint import pages
from app.web.languages import language


@pages.get("/letters")
@page(Open.SIGNED_IN)
def letters() -> str:
    """The newest letters."""
    return render_template("letters.html", letters=service.inbox(actor=actor()))


@pages.get("/letters/<int:letter_id>")
@page(Open.SIGNED_IN)
def letter(letter_id: int) -> str:
    """One letter."""
    found = service.letter(letter_id=letter_id, actor=actor(), language=language())
    return render_template("letter.html", letter=found)
