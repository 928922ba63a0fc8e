"""`bagalau release`: adopting a legal release from a folder like `bpmn/`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli import database
from app.cli.output import fail, say
from app.domain.actors import SystemActor
from app.engine.errors import ReleaseError
from app.services import registers, releases


@click.group()
def release() -> None:
    """Legal releases: diagrams, tables, forms and letters with a first day."""


@release.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--effective-from",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day; cases started from then on are pinned to it.",
)
@with_appcontext
def adopt(folder: Path, effective_from: datetime) -> None:
    """Adopt FOLDER as the next release; running cases stay with theirs."""
    with database.sole_writer(database.current().settings):
        database.ready()
        try:
            found = releases.adopt_folder(
                folder=folder,
                effective_from=effective_from.date(),
                actor=SystemActor("operator"),
                now=registers.wall_time(),
            )
        except ReleaseError as error:
            fail(f"The folder is no release; nothing was adopted.\n{error}")
    say(f"Release {found[:16]} serves new cases from {effective_from.date()} on.")
