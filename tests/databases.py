"""Real databases for tests: each test gets one of its own, cloned from a template.

Acts really commit there, since deferred constraints are only checked by a commit. On SQLite
a clone is a copy of a file; on PostgreSQL a `CREATE DATABASE … TEMPLATE` on a private
server, which every test process starts for itself when it first needs one, on a socket in
a folder of its own, and stops at its end.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from sqlalchemy import Engine, create_engine

from app.db import prepare_engine
from app.services.installation import upgrade
from config.settings import ROOT

Builder = Callable[[str], None]
START_WITHIN = 30.0
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
    "listen_addresses": "",
    "TimeZone": "UTC",
}


class NoServer(RuntimeError):
    """There is no PostgreSQL server program on this machine, or it did not start."""


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


def scratch(purpose: str) -> Path:
    """Make a folder for this process, in memory where there is room; the caller removes it.

    Not below pytest's own: root's is closed to other users, and a socket's path is short.
    Also removes what processes that were killed have left behind.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2 * 2**30
    parent = memory if roomy else Path(tempfile.gettempdir())
    for left in parent.glob("bagalau-*-*-*"):
        owner = left.name.split("-")[2]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists() and sys.platform == "linux":
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"bagalau-{purpose}-{os.getpid()}-", dir=parent))


class Databases:
    """The databases of one test process."""

    def __init__(self) -> None:
        self._folder = scratch("sqlite")
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
            self._server = PostgreSQL()
        return self._server

    def _url(self, kind: str, name: str) -> str:
        return self.server.url(name) if kind == "postgresql" else f"sqlite:///{self._file(name)}"

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite"


class PostgreSQL:
    """A private PostgreSQL server in a temporary folder; raises NoServer if there is none."""

    def __init__(self) -> None:
        self._programs = _programs()
        self._user = _unprivileged()
        self.folder = scratch("pg")
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        try:
            self._initialise()
            self._process = self._start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        return f"postgresql+psycopg://bagalau@/{database}?host={self.folder}"

    def create(self, name: str, template: str | None = None) -> None:
        """Create a database, as a copy of `template` if one is named."""
        copied = f' TEMPLATE "{template}"' if template else ""
        self._run(f'CREATE DATABASE "{name}"{copied}')

    def drop(self, name: str) -> None:
        """Drop a database together with its connections."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        # At once: nothing in there will be looked at again.
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(timeout=START_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, statement: str) -> None:
        with psycopg.connect(
            user="bagalau", host=str(self.folder), dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def _initialise(self) -> None:
        done = self._spawn(
            "initdb", "--pgdata", str(self.folder / "data"), "--username=bagalau",
            "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        if done.wait() != 0:
            raise NoServer(f"initdb failed: {(self.folder / 'log').read_text()}")

    def _start(self) -> subprocess.Popen[bytes]:
        settings = SETTINGS | {"unix_socket_directories": str(self.folder)}
        given = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        process = self._spawn("postgres", "-D", str(self.folder / "data"), *given)
        until = time.monotonic() + START_WITHIN
        while time.monotonic() < until and process.poll() is None:
            try:
                self._run("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return process
        process.kill()
        raise NoServer(f"the server did not start: {(self.folder / 'log').read_text()}")

    def _spawn(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        user = self._user
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self._programs / program), *arguments],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )


def _end_with_parent() -> None:
    """Stop with the test process, even one that was killed (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _programs() -> Path:
    """The folder with initdb and postgres: the newest of Debian's, or that of the PATH."""
    found = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: [int(part) for part in folder.parent.name.split(".")],
    )
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    if on_path is None:
        raise NoServer("PostgreSQL is not installed: no initdb here")
    return Path(on_path).resolve().parent


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to run the server as: it refuses root; None if this process is not root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer("the server does not run as root, and there is nobody else to run it as")
