"""`bagalau trail`: verifying the history."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.cli import database
from app.cli.output import as_json, result
from app.services import verification


@click.group()
def trail() -> None:
    """The trail of events."""


@trail.command()
@as_json
@with_appcontext
def verify(as_json: bool) -> None:
    """Re-hash every event, walk every chain, rebuild the projections and compare."""
    database.ready()
    found = verification.verify_trail(store=database.current().store)
    told = {
        "ok": found.ok,
        "events": found.events,
        "streams": found.streams,
        "problems": [{"event": p.event, "problem": p.problem} for p in found.problems],
    }

    def text() -> str:
        head = f"{found.events} events in {found.streams} streams: "
        if found.ok:
            return head + "everything holds."
        lines = [f"event {p.event}: {p.problem}" for p in found.problems]
        return "\n".join([head + f"{len(found.problems)} problems.", *lines])

    result(told, text, as_json)
    if not found.ok:
        raise SystemExit(1)
