"""An operator at a terminal: real `bagalau` processes on an installation of the test's own."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from app.bench.cluster import end_with_parent

BAGALAU = Path(sys.executable).with_name("bagalau")
HOST = "127.0.0.1"
# Of a machine on which much else runs; nothing waits that long on a quiet one.
PATIENCE = 240.0


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """The result, when there is nothing but JSON on standard output."""
        return json.loads(self.out)

    def refused(self, *words: str) -> None:
        """Expect status 1, nothing on standard output, and a last sentence with these words."""
        assert self.status == 1, self
        assert self.out == "", self
        assert "Traceback" not in self.err, self.err
        last = self.err.strip().splitlines()[-1]
        assert all(word in last for word in words), last


@dataclass(frozen=True)
class Operator:
    """Whoever calls `bagalau` with these settings, from the folder `at`."""

    at: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return Path(self.settings.get("BAGALAU_DATA", self.at / "var"))

    @property
    def file(self) -> Path:
        """The database file of an installation on SQLite."""
        return Path(self.url.removeprefix("sqlite:///"))

    @property
    def url(self) -> str:
        return self.settings.get("BAGALAU_DATABASE_URL") or f"sqlite:///{self.data}/bagalau.db"

    def by(self, **settings: str) -> Operator:
        """The same with other settings."""
        return Operator(self.at, {**self.settings, **settings})

    def start(self, *words: str, out: Any = subprocess.PIPE, **more: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [BAGALAU, *words],
            cwd=self.at,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=more.pop("err", subprocess.PIPE),
            text=True,
            preexec_fn=end_with_parent if sys.platform == "linux" else None,
        )

    def run(self, *words: str) -> Done:
        """Call a command and wait for its end."""
        return finished(self.start(*words))

    def on_terminal(self, *words: str) -> str:
        """What a command writes to a terminal."""
        ours, theirs = pty.openpty()
        process = self.start(*words, out=theirs)
        os.close(theirs)
        told = b""
        # The system tells the end of a terminal as an error.
        try:
            while some := os.read(ours, 4096):
                told += some
        except OSError:
            pass
        os.close(ours)
        assert finished(process).status == 0
        return told.decode().replace("\r\n", "\n")

    @contextmanager
    def serving(self, *words: str) -> Iterator[Server]:
        """A server that answers, on a port of its own; it is gone afterwards."""
        server = Server(self, free_port(), words)
        try:
            server.wait()
            yield server
        finally:
            server.process.kill()
            server.process.wait()

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if "BAGALAU" not in name and name != "PORT"
        }
        return kept | dict(self.settings)


class Server:
    """A `bagalau serve`, its address and what it tells."""

    def __init__(self, operator: Operator, port: int, words: tuple[str, ...]) -> None:
        self.port = port
        self._log = operator.at / f"serve-{port}.log"
        with self._log.open("w") as log:
            self.process = operator.by(PORT=str(port)).start("serve", *words, out=log, err=log)

    def told(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def wait(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                # The child of a killed server answers at the same port for a second.
                if "Bagalau: http" in self.told() and self.get("/sign-in")[0] == 200:
                    return
            except (OSError, HTTPException):
                pass
            time.sleep(0.05)
        raise AssertionError(f"the server did not start: {self.told()}")

    def get(self, path: str, cookie: str = "") -> tuple[int, str]:
        """Status and text of a page, of which Kazakh is the first language."""
        connection = HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def sign_in(self, login: str, password: str) -> tuple[int, str]:
        """Status of signing in, and the text of the page or the address it leads to."""
        connection = HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/sign-in")
            page = connection.getresponse()
            token = re.search(r'name="csrf-token" content="([^"]+)"', page.read().decode())
            cookie = (page.headers["Set-Cookie"] or "").partition(";")[0]
            assert token is not None
            body = f"csrf_token={token[1]}&login={login}&password={password}"
            headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", "/sign-in", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Location") or answer.read().decode()
        finally:
            connection.close()

    def stop(self) -> float:
        """Ask it to stop (SIGTERM); the seconds until it was gone."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.told()
        return time.monotonic() - began


def finished(process: subprocess.Popen[str]) -> Done:
    """Wait for a command's end."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"did not end: {out}{err}") from None
    return Done(process.returncode, out or "", err or "")


def together(*processes: subprocess.Popen[str]) -> list[Done]:
    """Wait for several commands that run at once."""
    return [finished(process) for process in processes]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(what: str, holds: Any) -> None:
    """Wait until `holds()` is true."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, f"in vain: {what}"
        time.sleep(0.1)
