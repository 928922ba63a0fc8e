"""`bagalau demo`: playing the demonstration, and moving its clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import click
from flask.cli import with_appcontext

from app.cli import database
from app.cli.output import as_json, fail, result, say
from app.demo import scene
from app.demo.driver import Stopped
from app.demo.progress import STAGES
from app.domain.calendar import DEFAULT


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
        told = scene.play_whole(store=database.current().store, say=say)
    result(told, lambda: json.dumps(told, indent=2), as_json)


@demo.command("play")
@click.option("--year", type=click.Choice(["2017"]), default="2017", help="The reporting year.")
@click.option("--until", type=click.Choice(list(STAGES)), default="published", help="How far.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, help="Another one, another year.")
@click.option("--rosters", type=click.IntRange(1, 20), default=1, help="Bodies, so many times.")
@as_json
@with_appcontext
def play_year(year: str, until: str, seed: int, rosters: int, as_json: bool) -> None:
    """Play a whole year's evaluation by everybody, into an empty installation.

    Two hundred and more invented people report, certify, score, sign, object and decide
    through the services that the pages use, at the demonstration's own clock. The same seed
    gives the same year.
    """
    with database.sole_writer(database.current().settings):
        database.ready(demo=True)
        try:
            told = scene.play_year(
                store=database.current().store, say=say, until=until, seed=seed, rosters=rosters
            )
        except Stopped as stopped:
            fail(f"The year cannot be played on: {stopped}.")
    result(told, lambda: json.dumps(told, indent=2), as_json)


@demo.command()
@click.option("--days", type=click.IntRange(1, 400), help="Move the clock on by days.")
@click.option("--to", "to", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="Or to.")
@as_json
@with_appcontext
def advance(days: int | None, to: datetime | None, as_json: bool) -> None:
    """Move the demonstration's clock on; what becomes due on the way fires in its order.

    A running server need not be stopped. Times are those of Astana.
    """
    if (days is None) == (to is None):
        raise click.UsageError("Give either --days or --to.")
    database.ready()
    clock = database.current().clock
    if to is not None:
        until = to.replace(tzinfo=DEFAULT.tz).astimezone(UTC)
    else:
        until = clock.now() + timedelta(days=days or 0)
    fired = scene.advance(clock=clock, until=until)
    told = {"now": until.isoformat(), "timers": fired}
    result(told, lambda: f"It is now {until.isoformat()}; {fired} timers fired.", as_json)
