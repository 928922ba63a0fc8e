"""`bagalau demo`: playing the demonstration, and moving its clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import click
from flask.cli import with_appcontext

from app.cli import database
from app.cli.output import as_json, result, say
from app.demo import accounts, appeal, scene
from app.domain.refusals import Conflict
from app.services import installation, messages, timers


@click.group()
def demo() -> None:
    """Demonstrations: invented people and figures, played through the real services."""


@demo.command("appeal")
@as_json
@with_appcontext
def play_appeal(as_json: bool) -> None:
    """Play one schedule and six appeals of every outcome, into an empty installation."""
    with database.sole_writer(database.current().settings):
        database.ready(demo=True)
        _require_demo()
        if installation.clock_is_set() or installation.has_cases():
            raise Conflict("demo.only")
        accounts.create(now=appeal.at("2018-01-09T09:00"))
        store = database.current().store
        told = appeal.play(store=store, say=say)
        scene.set_clock(appeal.at("2018-04-20T10:00").isoformat())
    result(told, lambda: json.dumps(told, indent=2), as_json)


@demo.command()
@click.option("--days", type=click.IntRange(1, 400), help="Move the clock on by days.")
@click.option("--to", "to", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="Or to.")
@as_json
@with_appcontext
def advance(days: int | None, to: datetime | None, as_json: bool) -> None:
    """Move the demonstration's clock on; what becomes due on the way fires in its order."""
    database.ready()
    _require_demo()
    clock = database.current().clock
    start = clock.now()
    until = to.replace(tzinfo=UTC) - timedelta(hours=6) if to else start + timedelta(days=days or 1)
    if until <= start:
        raise click.UsageError("The clock only moves forward.")
    fired = 0
    with database.sole_writer(database.current().settings):
        while (due := timers.next_due()) is not None and due <= until:
            scene.set_clock(max(due, start).isoformat())
            fired += timers.run_due(now=clock.now()) + messages.deliver_all(now=clock.now())
        scene.set_clock(until.isoformat())
    told = {"now": until.isoformat(), "timers": fired}
    result(told, lambda: f"It is now {until.isoformat()}; {fired} timers fired.", as_json)


def _require_demo() -> None:
    if not installation.state().demonstration:
        raise Conflict("demo.only")
