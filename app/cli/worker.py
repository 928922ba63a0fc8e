"""`bagalau worker`: the timers and messages of an installation on PostgreSQL."""

from __future__ import annotations

import signal
import threading

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.cli import database
from app.cli.output import fail, say


@click.command()
@with_appcontext
def worker() -> None:
    """Run the timers and deliver the messages, on PostgreSQL; any number of these may run.

    SIGTERM ends it after the act that is under way; what is due then is left to the others,
    or to the next start.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's target goes to another thread
    if database.current().settings.sqlite_file is not None:
        fail(
            "On SQLite one process writes, and `bagalau serve` is it: it runs the timers too. "
            "Start `bagalau serve`, or set BAGALAU_DATABASE_URL to a database of PostgreSQL."
        )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    database.ready()
    if stop.is_set():
        return
    warning = database.warning()
    running = database.current().start_ticker(app)
    say("The worker runs the timers. Stop it with Ctrl+C.")
    if warning:
        say(warning)
    stop.wait()
    running.shutdown(wait=True)
    say("The worker has stopped.")
