"""`bagalau serve`: the pages, and on SQLite the timers as well."""

from __future__ import annotations

import errno
import ipaddress
import select
import socket
import time
from dataclasses import replace
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.cli import database
from app.cli.output import fail, say
from app.demo import accounts, scene
from app.services import installation
from config.settings import Settings


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """Gunicorn with our application, configured here and nowhere else."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        """Serve `app` with gunicorn's `options`."""
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application."""
        return self._app


LINGER_MS = 5
"""How long a thread waits for the next request on a connection before it lets go of it."""


class Lingering(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """Threads that stay with a connection for a moment, since requests come in rows.

    To hand a connection back and get it again wakes another thread four times, which costs
    as much as half an act.
    """

    def handle(self, conn: TConn) -> object:
        """Answer a request, and those that follow at once; what became of the connection."""
        while True:
            kept = super().handle(conn)
            if kept is not True or not self.alive or not _follows(conn):
                return kept


def _follows(conn: TConn) -> bool:
    if conn.parser.unreader.buf.getvalue():
        return True
    poll = select.poll()
    poll.register(conn.sock, select.POLLIN)
    return bool(poll.poll(LINGER_MS))


@click.command()
@click.option("--demo", is_flag=True, help="Set up demonstration data and accounts first.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on, before PORT.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, help="On PostgreSQL only.")
@with_appcontext
def serve(demo: bool, port: int | None, workers: int) -> None:
    """Serve the pages; on SQLite this process also runs the timers."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's target goes to another thread
    settings = database.current().settings
    settings = replace(settings, port=port or settings.port)
    with database.sole_writer(settings):
        _refuse_taken_port(settings)
        say("Preparing the database ...")
        database.ready(demo=demo)
        there = installation.state()
        if demo or there.demonstration:
            _refuse_open_demonstration(settings)
        if demo:
            scene.prepare(say=say, store=database.current().store)
        _tell(settings, demonstration=demo or there.demonstration, people=demo or there.people)
        say(f"Bagalau: http://{_address(settings)}/  (stop with Ctrl+C)")
        _run(app, settings, workers)


def _tell(settings: Settings, *, demonstration: bool, people: bool) -> None:
    if demonstration:
        say(accounts.card())
    elif not people:
        say("Nobody can sign in yet: `bagalau init` makes the first administrator.")
    if settings.sqlite_file is None:
        say("On PostgreSQL the timers run in `bagalau worker`: start one beside this.")
        if warning := database.warning():
            say(warning)


def _run(app: Flask, settings: Settings, workers: int) -> None:
    single = settings.sqlite_file is not None

    def forked(_server: Any, _worker: Any) -> None:
        # A connection does not survive a fork; the ticker is a thread of the child.
        with app.app_context():
            from app.db import db

            db.engine.dispose(close=False)
        if single:
            with app.app_context():
                start = database.current().start_ticker
            start(app)

    with app.app_context():
        from app.db import db

        db.session.remove()
        db.engine.dispose()
    Server(
        app,
        {
            "bind": _address(settings),
            "workers": 1 if single else workers,
            "threads": 8,
            "worker_class": Lingering,
            "post_fork": forked,
            "graceful_timeout": 20,
            "timeout": 60,
            "loglevel": "warning",
            "proc_name": "bagalau",
            "control_socket_disable": True,
        },
    ).run()


def _refuse_open_demonstration(settings: Settings) -> None:
    """Demonstration accounts share one known password: nobody outside may reach them."""
    if _is_loopback(settings.host):
        return
    fail(
        f"This is a demonstration with known passwords and would listen on {settings.host}: "
        "set BAGALAU_HOST to 127.0.0.1, or make an installation with `bagalau init`."
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(settings: Settings) -> str:
    """Host and port as in a URL (RFC 3986, section 3.2.2: IPv6 in brackets)."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.port}"


def _refuse_taken_port(settings: Settings) -> None:
    """Refuse an address that gunicorn could not listen on, which would try it for seconds.

    A server that was killed leaves children that listen for another second. On SQLite they
    hold the lock until then, and we have it.
    """
    patience = database.PATIENCE if settings.sqlite_file is None else 0
    until = time.monotonic() + patience
    while (problem := _cannot_listen(settings)) is not None:
        if time.monotonic() > until or problem.errno != errno.EADDRINUSE:
            # The library adds the address to the system's words.
            reason = str(problem.strerror).partition(" (while ")[0]
            fail(
                f"Cannot listen on {_address(settings)} ({reason}): "
                "choose another port, for example PORT=8081, or look at BAGALAU_HOST."
            )
        time.sleep(0.1)


def _cannot_listen(settings: Settings) -> OSError | None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        return error
    return None
