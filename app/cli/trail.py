"""`bagalau trail`: verifying the history."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.audit.report import Problem
from app.cli import database, failures
from app.cli.output import as_json, result, say
from app.documents.store import StoreAway
from app.services import verification


@click.group()
def trail() -> None:
    """The trail of events."""


@trail.command()
@click.option("--full", is_flag=True, help="Execute every case again, too.")
@as_json
@with_appcontext
def verify(full: bool, as_json: bool) -> None:
    """Re-hash every event, walk every chain, rebuild the projections and compare.

    Writes nothing, and a running server need not be stopped. Status 1 says that something is
    wrong; a database that cannot be reached is told on standard error, too.
    """
    try:
        found = _verified(full=full)
    except _Lost as lost:
        say(str(lost))
        found = _nothing(str(lost))
        if not as_json and sys.stdout.isatty():
            raise SystemExit(1) from None
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
        lines = [p.problem for p in found.problems]
        return "\n".join([head + f"{len(found.problems)} problems.", *lines])

    result(told, text, as_json)
    if not found.ok:
        raise SystemExit(1)


class _Lost(Exception):
    """The database cannot be reached; the message says why, in one sentence."""


def _verified(*, full: bool) -> verification.Verification:
    """What the verifier finds; a database that is no installation is a finding too.

    Raises:
        _Lost: there is no database to look at, or it went away meanwhile.
    """
    if (reason := database.absent()) is not None:
        raise _Lost(reason)
    try:
        if (reason := database.outdated()) is not None:
            return _nothing(reason)
        return verification.verify_trail(store=database.current().store, full=full)
    except (InterfaceError, OperationalError) as error:
        raise _Lost(failures.database(error)) from error
    except StoreAway as error:
        raise _Lost(f"{error.filename} cannot be used: {error.strerror}.") from error
    except DBAPIError as error:
        return _nothing(failures.database(error))
    except Exception as error:
        # A forged or damaged value may stop whatever reads it: that is a finding.
        return _nothing(f"The database cannot be read: {type(error).__name__}: {error}.")


def _nothing(problem: str) -> verification.Verification:
    return verification.Verification(False, 0, 0, (Problem(None, problem),))
