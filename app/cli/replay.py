"""`bagalau replay`: every case executed again from its trail."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from app.cli import database
from app.cli.output import as_json, fail, result, say
from app.services import replay as service


@click.command()
@click.option("--case", help="One case alone, by its id or its number.")
@click.option("--all", "every", is_flag=True, help="All cases; the same as without an option.")
@as_json
@with_appcontext
def replay(case: str | None, every: bool, as_json: bool) -> None:
    """Execute cases again from the trail alone and compare them act by act.

    Writes nothing, and a running server need not be stopped. Status 1 says that something
    did not come about as it is recorded.
    """
    if case is not None and every:
        raise click.UsageError("Either --case or --all.")
    if (reason := database.absent() or database.outdated()) is not None:
        fail(reason)
    found = service.replay(case=case, progress=_progress if sys.stderr.isatty() else None)
    told = {
        "cases": found.cases,
        "acts": found.acts,
        "compared": found.compared,
        "differences": [asdict(difference) for difference in found.differences],
    }
    result(told, lambda: _text(found), as_json)
    if found.differences:
        raise SystemExit(1)


def _progress(done: int, of: int) -> None:
    if done % 20 == 0 or done == of:
        say(f"{done} of {of} cases")


def _text(found: service.Replayed) -> str:
    head = f"{found.acts} acts of {found.cases} cases executed again: "
    if not found.differences:
        return head + "everything came about as it is recorded."
    lines = [
        f"case {one.case}, act {one.act}{f', {one.element}' if one.element else ''}: {one.field}"
        for one in found.differences
    ]
    return "\n".join([head + f"{len(lines)} differences.", *lines])
