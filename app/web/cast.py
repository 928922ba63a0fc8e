"""The cast of a demonstration: whom one may enter as with one press, without a password."""

from __future__ import annotations

from app.demo import accounts
from app.domain.actors import Actor
from app.web import words
from app.web.access import now
from app.web.filters import body_short
from app.web.frame import current


def listed() -> list[dict[str, str]]:
    """The people whom the demonstration offers, with what each is; nobody anywhere else."""
    frame = current()
    if frame is None or not frame.standing:
        return []
    known = accounts.logins()
    return [
        _entry(known[login], accounts.actor(login, now()))
        for login, _what in accounts.SHOWN
        if login in known
    ]


def _entry(code: str, person: Actor) -> dict[str, str]:
    held = person.holdings[0] if person.holdings else None
    line = f"{words.role(held.role)} · {body_short(held.organisation)}" if held else ""
    return {"person": code, "name": person.name, "line": line}
