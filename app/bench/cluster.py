"""A private PostgreSQL server in a temporary folder, for measurements and for tests.

It listens on a socket in its folder and nowhere else, does not run as root, and ends with
the process that started it, even with one that was killed.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg

START_WITHIN = 30.0
USER = "bagalau"
DURABLE = {
    # A commit reaches the disk before it is answered, as in an installation.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "128MB",
    "max_connections": "40",
    "TimeZone": "UTC",
}


class NoServer(RuntimeError):
    """There is no PostgreSQL server program on this machine, or it did not start."""


def scratch(purpose: str, parent: Path) -> Path:
    """Make a folder for this process in `parent`; the caller removes it.

    `parent` is open to other users, since the server may run as one, and its path is short,
    since a socket's must be. Also removes what processes that were killed have left behind.
    """
    for left in parent.glob("bagalau-*-*-*"):
        owner = left.name.split("-")[2]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists() and sys.platform == "linux":
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"bagalau-{purpose}-{os.getpid()}-", dir=parent))


class PostgreSQL:
    """A server with these settings, its folder made in `parent`; `stop` removes it all.

    Raises:
        NoServer: there is no PostgreSQL on this machine, or it did not start.
    """

    def __init__(self, settings: Mapping[str, str], parent: Path) -> None:
        self._programs = _programs()
        self._user = _unprivileged()
        self.folder = scratch("pg", parent)
        self._settings = {
            **settings,
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
        }
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        try:
            self._initialise()
            self._process = self._start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    @property
    def pid(self) -> int:
        """The process of the server."""
        return self._process.pid

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

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
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, statement: str) -> None:
        with psycopg.connect(
            user=USER, host=str(self.folder), dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def _initialise(self) -> None:
        done = self._spawn(
            "initdb", "--pgdata", str(self.folder / "data"), f"--username={USER}",
            "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        if done.wait() != 0:
            raise NoServer(f"initdb failed: {(self.folder / 'log').read_text()}")

    def _start(self) -> subprocess.Popen[bytes]:
        given = [
            part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")
        ]
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
        process.wait()
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
                preexec_fn=end_with_parent if sys.platform == "linux" else None,
            )


def end_with_parent() -> None:
    """End this process with the one that started it (Linux: prctl PR_SET_PDEATHSIG)."""
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
