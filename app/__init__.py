"""Bagalau: the yearly evaluation of Kazakhstan's state bodies, by diagrams, on a provable trail.

`create_app` is the only place that sees every layer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from flask_migrate import Migrate

from app.db import db, prepare_engine
from app.documents.store import BlobStore, FolderStore
from app.services.clock import Clock, InstallationClock
from config.settings import ROOT, Settings


@dataclass(frozen=True)
class Installation:
    """What an installation is made of besides its database; in `app.extensions["bagalau"]`."""

    settings: Settings
    clock: Clock
    store: BlobStore
    start_ticker: Callable[[Flask], BackgroundScheduler]


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """Make the application of one installation.

    Nothing is started here: threads belong to the entry points, after a fork.
    """
    from app import cli, login, web
    from app.jobs import ticker

    app = Flask("app.web", root_path=str(ROOT / "app" / "web"))
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        SECRET_KEY=settings.secret_key(),
        MAX_CONTENT_LENGTH=settings.max_upload + 1024 * 1024,
        SESSION_COOKIE_NAME="bagalau",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
    )
    app.extensions["bagalau"] = Installation(
        settings=settings,
        clock=clock or InstallationClock(),
        store=FolderStore(settings.evidence),
        start_ticker=ticker.start,
    )
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    with app.app_context():
        prepare_engine(db.engine)
    # The pages first: a session event written while the person is loaded names the request.
    web.init_app(app)
    login.init_app(app)
    cli.init_app(app)
    return app


def _engine_options(settings: Settings) -> dict[str, object]:
    # An error of the database must not put names and texts into the log.
    if settings.sqlite_file is not None:
        settings.sqlite_file.parent.mkdir(parents=True, exist_ok=True)
        return {"connect_args": {"timeout": 10}}
    # A server that does not answer is told of within seconds. The connection used last comes
    # first: it has prepared what it was asked, and its server has it at hand.
    return {
        "pool_size": 10,
        "pool_use_lifo": True,
        "connect_args": {"connect_timeout": 5},
    }
