"""Real databases for tests: each test gets one of its own, cloned from a template.

Acts really commit there, since deferred constraints are only checked by a commit. On SQLite
a clone is a copy of a file; on PostgreSQL a `CREATE DATABASE … TEMPLATE` on a private
server, which every test process starts for itself when it first needs one, on a socket in
a folder of its own, and stops at its end.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, create_engine

from app.bench.cluster import NoServer, PostgreSQL, scratch
from app.db import prepare_engine
from app.services.installation import upgrade
from config.settings import ROOT

__all__ = ["Builder", "Databases", "NoServer", "build_template", "open_engine"]

Builder = Callable[[str], None]
SETTINGS = {
    # Nothing here outlives the tests: a commit need not reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "TimeZone": "UTC",
}


def build_template(url: str) -> None:
    """Make the database at `url` by the migrations, as an installation does, with all guards."""
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            upgrade(connection, ROOT / "migrations")
    finally:
        engine.dispose()


def open_engine(url: str) -> Engine:
    """An engine set up as the application's are."""
    engine = create_engine(url)
    prepare_engine(engine)
    return engine


def parent() -> Path:
    """Where folders of tests are made: in memory where there is room.

    Not below pytest's own: root's is closed to other users, and a socket's path is short.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2 * 2**30
    return memory if roomy else Path(tempfile.gettempdir())


class Databases:
    """The databases of one test process."""

    def __init__(self) -> None:
        self._folder = scratch("sqlite", parent())
        self._templates: dict[tuple[str, Builder], str] = {}
        self._server: PostgreSQL | None = None
        self._count = itertools.count(1)

    def clone(self, kind: str, build: Builder = build_template) -> str:
        """The URL of a new database made by `build`; `kind` is sqlite or postgresql.

        Raises NoServer.
        """
        if (kind, build) not in self._templates:
            name = f"template_{next(self._count)}"
            if kind == "postgresql":
                self.server.create(name)
            build(self._url(kind, name))
            self._templates[kind, build] = name
        template, name = self._templates[kind, build], f"clone_{next(self._count)}"
        if kind == "postgresql":
            self.server.create(name, template)
        else:
            shutil.copyfile(self._file(template), self._file(name))
        return self._url(kind, name)

    def drop(self, url: str) -> None:
        """Throw away what `clone` gave; whoever is still connected is disconnected."""
        kind, name = url.split(":", 1)[0].split("+")[0], url.rsplit("/", 1)[1].split("?")[0]
        if kind == "postgresql":
            self.server.drop(name)
            return
        for path in self._folder.glob(f"{name}*"):
            path.unlink()

    def close(self) -> None:
        """Throw everything away, and stop the server if one was started."""
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._server is not None:
            self._server.stop()

    @property
    def server(self) -> PostgreSQL:
        """The private server, started when first asked for."""
        if self._server is None:
            self._server = PostgreSQL(SETTINGS, parent())
        return self._server

    def _url(self, kind: str, name: str) -> str:
        return self.server.url(name) if kind == "postgresql" else f"sqlite:///{self._file(name)}"

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite"
