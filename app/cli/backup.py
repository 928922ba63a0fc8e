"""`bagalau backup` and `bagalau restore`: a whole installation, and back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli import database
from app.cli.output import as_json, fail, result, say
from app.db import db
from app.services import backup as service
from app.services import installation, registers, verification

FOLDER = click.Path(file_okay=False, path_type=Path)
EVIDENCE = click.option(
    "--evidence", type=FOLDER, help="Folder of the evidence, instead of FOLDER/evidence."
)


@click.command()
@click.argument("folder", type=FOLDER)
@EVIDENCE
@click.option("--no-evidence", is_flag=True, help="Copy the database alone.")
@as_json
@with_appcontext
def backup(folder: Path, evidence: Path | None, no_evidence: bool, as_json: bool) -> None:
    """Copy the database, then its evidence, into a new FOLDER; acts go on meanwhile.

    With --evidence several backups share one folder of evidence, which only grows. The numbers
    told at the end are worth keeping elsewhere: what happened after a backup cannot be missed
    without them. Status 1 where a document is not whole.
    """
    there = database.current()
    place = None if no_evidence else evidence or folder / "evidence"
    try:
        made = service.backup(
            settings=there.settings,
            store=there.store,
            folder=folder,
            evidence=place,
            now=registers.wall_time(),
        )
    except service.CannotCopy as problem:
        fail(str(problem))
    for sha256 in made.lost:
        say(f"Not whole in the store, so not in the backup: {sha256}")
    told = f"{made.events} events, {made.evidence} files of evidence, trail {made.trail}"
    result(asdict(made), lambda: f"{folder}: {told}", as_json)
    if made.lost:
        raise SystemExit(1)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@EVIDENCE
@as_json
@with_appcontext
def restore(folder: Path, evidence: Path | None, as_json: bool) -> None:
    """Bring the backup in FOLDER back to where there is no database, and verify it.

    Nothing is written over. Status 1 where something is missing or does not hold.
    """
    there = database.current()
    place = evidence or folder / "evidence"
    with database.sole_writer(there.settings):
        try:
            found = service.restore(
                settings=there.settings, store=there.store, folder=folder, evidence=place
            )
        except service.CannotCopy as problem:
            fail(str(problem))
        problems = [f"Evidence is nowhere: {sha256}." for sha256 in found.lost]
        if not found.same:
            problems.append("The events are not those that the manifest tells.")
        problems += _verified()
    for line in problems:
        say(line)
    told = {
        "ok": not problems,
        "events": found.manifest.events,
        "evidence": found.brought,
        "problems": problems,
    }
    head = f"{found.manifest.events} events, {found.brought} files of evidence brought back"
    result(told, lambda: f"{head}: {'everything holds' if not problems else 'see above'}.", as_json)
    if problems:
        raise SystemExit(1)


def _verified() -> list[str]:
    """What the verifier finds wrong; an older schema is told, which migrating makes whole."""
    with db.engine.connect() as connection:
        if installation.outdated(connection, database.MIGRATIONS):
            say("The backup is of another version: run `bagalau migrate`, then `trail verify`.")
            return []
    found = verification.verify_trail(store=database.current().store)
    return [problem.problem for problem in found.problems]
