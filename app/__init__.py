"""Bagalau: the yearly evaluation of Kazakhstan's state bodies, by diagrams, on a provable trail.

`create_app` is the only place that sees every layer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from app.db import db, prepare_engine
from app.documents.store import BlobStore, FolderStore
from app.services.clock import Clock, InstallationClock
from config.settings import ROOT, Settings

# Seconds after which a database whose machine or line has died is given up: the system's own
# defaults are hours, in which a worker would stand still.
KEPT_ALIVE = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


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
        store=_store(settings),
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
    if settings.proxies:
        # As many servers of our own stand in front; what others claim to be is not believed.
        hops = settings.proxies
        fixed = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = fixed  # type: ignore[method-assign]  # as Flask says
    return app


def _engine_options(settings: Settings) -> dict[str, object]:
    # An error of the database must not put names and texts into the log.
    if settings.sqlite_file is not None:
        settings.sqlite_file.parent.mkdir(parents=True, exist_ok=True)
        return {"connect_args": {"timeout": 10}}
    pooler = settings.pool.pooler
    # A server that does not answer is told of within seconds. The connection used last comes
    # first: it has prepared what it was asked, and its server has it at hand.
    return {
        "pool_size": settings.pool.size,
        "max_overflow": settings.pool.size,
        "pool_timeout": settings.pool.wait,
        "pool_use_lifo": True,
        "connect_args": {**KEPT_ALIVE, **({"prepare_threshold": None} if pooler else {})},
    }


def _store(settings: Settings) -> BlobStore:
    if settings.bucket is None:
        return FolderStore(settings.evidence)
    # boto3 takes a second to import, and most installations have none.
    from app.documents.store_s3 import S3Store

    return S3Store(settings.bucket)
