"""`bagalau result`: the results of a year, for whoever operates the installation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click
from flask.cli import with_appcontext

from app.cli import database
from app.cli.evaluators import YEARS
from app.cli.output import as_json, result, say
from app.cli.tables import table
from app.domain.actors import SystemActor
from app.domain.registers import BLOCKS
from app.services import installation, result_tree, results

OPERATOR = SystemActor("operator")


@click.command(name="result")
@click.option("--year", required=True, type=YEARS, help="Reporting year.")
@click.option("--body", help="Code of a body: where each of its numbers comes from (JSON).")
@as_json
@with_appcontext
def year_result(year: int, body: str | None, as_json: bool) -> None:
    """Tell the results of a year by body and block and overall, those withheld marked.

    This shows everything, as an auditor sees it: what is withheld from publication too.
    """
    database.ready()
    if body is not None:
        tree = result_tree.tree(year=year, body=body, actor=OPERATOR)
        told = {"demonstration": _demonstration(), **asdict(tree)}
        result(told, lambda: result_tree.text(tree), as_json)
        return
    found = results.of_year(year=year, actor=OPERATOR)
    told = {"demonstration": _demonstration(), **_told(found)}
    result(told, lambda: _text(found), as_json)


def _demonstration() -> bool:
    """Whether this is a demonstration, whose figures are invented; said beside the result too."""
    invented = installation.state().demonstration
    if invented:
        say("Demonstration: the bodies are real, their figures are invented.")
    return invented


def _told(found: results.YearResults) -> dict[str, Any]:
    return {
        "year": found.year,
        "version": found.version,
        "stage": found.stage,
        "example": found.example,
        "bodies": [
            {
                "body": row.body,
                "blocks": {str(block): asdict(one) for block, one in row.blocks.items()},
                "overall": asdict(row.overall),
            }
            for row in found.bodies
        ],
    }


def _text(found: results.YearResults) -> str:
    headings = ("body", *(f"block {block}" for block in BLOCKS), "overall")
    rows = [
        [row.body, *(_cell(row.blocks.get(block)) for block in BLOCKS), _cell(row.overall)]
        for row in found.bodies
    ]
    kept = "* withheld from publication"
    about = f"{found.year}, version {found.version}: {found.stage}"
    if found.example:
        about += "; by an example of a methodology, which no office has approved"
    return f"{table(headings, rows)}\n{about}\n{kept}"


def _cell(one: results.Result | None) -> str:
    if one is None:
        return ""
    return f"{one.points or one.missing or 'none'}{'*' if one.withheld else ''}"
