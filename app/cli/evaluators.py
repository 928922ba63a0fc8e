"""`bagalau evaluators`: who evaluates whom in a reporting year."""

from __future__ import annotations

from dataclasses import asdict

import click
from flask.cli import with_appcontext

from app.cli import database
from app.cli.output import as_json, result
from app.cli.tables import table
from app.services import evaluators as service

YEARS = click.IntRange(2016, 2100)
HEADINGS = ("body", "block", "part", "authority", "consolidator", "paragraph")


@click.command()
@click.option("--year", required=True, type=YEARS, help="Reporting year.")
@as_json
@with_appcontext
def evaluators(year: int, as_json: bool) -> None:
    """Tell of every body, block and part who evaluates it and who concludes, by which paragraph.

    Codes are those of the register of bodies. An opened year is told as it was opened; any
    other as it would be on the first day after it.
    """
    database.ready()
    found = service.of_year(year=year, now=database.current().clock.now())
    rows = [asdict(row) for row in found.rows]

    def text() -> str:
        lines = table(HEADINGS, [[str(row[name]) for name in HEADINGS] for row in rows])
        asked = "opened" if found.opened else "not opened yet; asked for"
        return f"{lines}\n{len(rows)} parts, {asked} {found.day}"

    result(rows, text, as_json)
