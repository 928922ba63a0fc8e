"""`bagalau serve` as a process of its own, and people who work with it over HTTP."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from app.bench.cluster import end_with_parent
from config.settings import ROOT, Settings

HOST = "127.0.0.1"
START_WITHIN = 60.0
STOP_WITHIN = 30.0
SERVE = (sys.executable, "-c", "from app.cli import main; main()", "serve", "--workers", "1")
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


class ServerFailed(RuntimeError):
    """The server did not start, or gave another answer than a completed task gets."""


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a process that works on the installation of `settings`, and no other."""
    kept = {name: value for name, value in os.environ.items() if "BAGALAU" not in name}
    return kept | {
        "BAGALAU_DATA": str(settings.data),
        "BAGALAU_DATABASE_URL": settings.database_url,
    }


class Served:
    """The server of one installation while it is entered, with one worker process.

    It has the data folder and the database of `settings`, whatever the environment says.

    Raises:
        ServerFailed: it does not answer within a minute.
    """

    def __init__(self, settings: Settings) -> None:
        """Serve the installation of `settings` on a free port of the loopback."""
        self._settings = settings
        self.port = _free_port()
        self._log = settings.data / "serve.log"

    def __enter__(self) -> Self:
        """Start it and wait until it answers."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                SERVE,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=environment(self._settings) | {"BAGALAU_HOST": HOST, "PORT": str(self.port)},
                preexec_fn=end_with_parent if sys.platform == "linux" else None,
            )
        try:
            self._wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it and wait until it is gone."""
        self._stop()

    def cpu_seconds(self) -> float | None:
        """CPU time of the worker process so far; None where the system does not tell it."""
        if sys.platform != "linux":
            return None
        workers = _children(self._process.pid)
        if len(workers) != 1:
            raise ServerFailed(f"{len(workers)} worker processes instead of one: {self._told()}")
        return _cpu_of(workers[0])

    def _wait(self) -> None:
        until = time.monotonic() + START_WITHIN
        while time.monotonic() < until and self._process.poll() is None:
            connection = HTTPConnection(HOST, self.port, timeout=START_WITHIN)
            try:
                connection.request("GET", "/health")
                if connection.getresponse().status == 200:
                    return
            except (OSError, HTTPException):
                time.sleep(0.05)
            finally:
                connection.close()
        raise ServerFailed(f"the server did not start: {self._told()}")

    def _told(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-2000:]

    def _stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Browser:
    """One signed-in person with one connection that is kept open.

    Raises:
        ServerFailed: an answer is not a redirection to where it should lead.
    """

    def __init__(self, port: int, login: str, password: str) -> None:
        """Sign in at the server on `port` of the loopback."""
        self._connection = HTTPConnection(HOST, port, timeout=60)
        self._cookie = ""
        self._token = self._token_of("/sign-in")
        self.post("/sign-in", {"login": login, "password": password}, keep=True)
        # Signing in begins a new session, which has a token of its own.
        self._token = self._token_of("/help")

    def post(self, path: str, fields: Mapping[str, str], *, keep: bool = False) -> str:
        """Send a form of ours; where the answer leads on to.

        The cookie of the answer is kept only when asked: it holds the word for the next
        page, which takes it out again, and the next page is not asked for here.
        """
        body = urlencode({**fields, "csrf_token": self._token})
        answer, text = self._ask("POST", path, body, keep=keep)
        location = answer.getheader("Location") or ""
        if answer.status not in (302, 303) or "sign-in" in location:
            raise ServerFailed(f"POST {path}: {answer.status} {location} {text[:500]}")
        return location

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        self._connection.close()

    def _token_of(self, path: str) -> str:
        answer, text = self._ask("GET", path, None, keep=True)
        found = _TOKEN.search(text)
        if answer.status != 200 or found is None:
            raise ServerFailed(f"GET {path}: {answer.status}, and no token")
        return found[1]

    def _ask(
        self, method: str, path: str, body: str | None, *, keep: bool
    ) -> tuple[HTTPResponse, str]:
        headers = {"Cookie": self._cookie} if self._cookie else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, HTTPException) as error:
            raise ServerFailed(f"{method} {path}: {error}") from error
        if keep:
            for cookie in answer.headers.get_all("Set-Cookie", []):
                self._cookie = cookie.partition(";")[0]
        return answer, text


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _children(parent: int) -> list[int]:
    """The processes that `parent` has started (proc(5): the fourth field of stat)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The second field is a name in brackets and may contain anything.
            after = path.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(after[1]) == parent:
            found.append(int(path.parent.name))
    return found


def _cpu_of(process: int) -> float:
    """Seconds of CPU time of a process with all its threads (POSIX clock_getcpuclockid)."""
    clock = ctypes.c_int()
    failed = ctypes.CDLL(None).clock_getcpuclockid(process, ctypes.byref(clock))
    if failed:
        raise OSError(failed, os.strerror(failed))
    return time.clock_gettime(clock.value)
