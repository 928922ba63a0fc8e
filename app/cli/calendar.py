"""`bagalau calendar`: terms explained day by day."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import with_appcontext

from app.cli import database
from app.cli.output import as_json, result
from app.db import reading
from app.domain import calendar as terms
from app.operations.registers import Registers


@click.group()
def calendar() -> None:
    """The production calendar."""


@calendar.command()
@click.option(
    "--received", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Day of receipt."
)
@click.option("--working-days", type=click.IntRange(0, 3660), help="Length in working days.")
@click.option("--calendar-days", type=click.IntRange(0, 3660), help="Length in calendar days.")
@as_json
@with_appcontext
def explain(
    received: datetime, working_days: int | None, calendar_days: int | None, as_json: bool
) -> None:
    """Count a term from its day of receipt and say of every day why it counts or not."""
    if (working_days is None) == (calendar_days is None):
        raise click.UsageError("Give either --working-days or --calendar-days.")
    database.ready()
    with reading() as session:
        days = Registers(session).calendar
    if working_days is not None:
        term = terms.working_days_after(days, received.date(), working_days)
    else:
        term = terms.calendar_days_after(days, received.date(), calendar_days or 0)
    told = terms.explain(term)

    def text() -> str:
        lines = [f"{d.date}  {'+' if d.counted else ' '}  {d.why}" for d in term.days]
        rolled = f" (moved on from {term.rolled_from})" if term.rolled_from else ""
        return "\n".join([*lines, f"due {term.due}{rolled}"])

    result(told, text, as_json)
