"""Parts that come from the system and not from the lock: libraries, fonts, Chromium, PostgreSQL.

Each is looked for by what it offers, not by the name of a package, so other systems than
Debian are served too; where one is missing and we may, Debian's package is installed.
Standard library only: this runs before anything else is there.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

LOCK_WAIT = 600  # seconds to wait while another program installs packages


@dataclass(frozen=True)
class Part:
    """A part of the system: Debian's packages, how to see it is there, what is off without it."""

    packages: tuple[str, ...]
    present: Callable[[], bool]
    without: str


def chromium() -> Path | None:
    """The browser that the journeys drive, or None. As root it wants `--no-sandbox`."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def postgres_bin() -> Path | None:
    """The folder with `initdb` and `pg_ctl`, or None. Neither may be run as root."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    # The version is the folder's name; the newest wins.
    newest = sorted(installed, key=lambda path: float(path.parts[-3]))
    return newest[-1].parent if newest else None


def _library(name: str) -> Callable[[], bool]:
    return lambda: ctypes.util.find_library(name) is not None


def _noto() -> bool:
    places = (Path("/usr/share/fonts"), Path.home() / ".local/share/fonts", Path("/Library/Fonts"))
    return any(next(place.rglob("NotoSans-Regular.*"), None) for place in places)


RUNNING = (
    Part(
        ("libmagic1",),
        _library("magic"),
        "the kind of an uploaded file cannot be told by its content",
    ),
    Part(("fonts-noto-core",), _noto, "printed letters cannot be made"),
    Part(
        ("libpango-1.0-0", "libpangoft2-1.0-0"),
        _library("pango-1.0"),
        "printed letters cannot be made",
    ),
)
TESTING = (
    Part(("chromium",), lambda: chromium() is not None, "journeys in a browser are skipped"),
    Part(("postgresql",), lambda: postgres_bin() is not None, "tests on PostgreSQL are skipped"),
)


def missing(parts: tuple[Part, ...]) -> list[Part]:
    """Those of `parts` that this machine does not have."""
    return [part for part in parts if not part.present()]


def packages(parts: list[Part]) -> list[str]:
    """Names of Debian's packages for `parts`, in order."""
    return [name for part in parts for name in part.packages]


def may_install() -> list[str] | None:
    """The words to put before apt-get: [] as root, sudo without a password, None if neither."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def install(names: list[str], log: Path) -> bool:
    """Install Debian's packages `names`; what apt says goes to `log`. Says whether it went well.

    Waits up to `LOCK_WAIT` seconds for another program that is installing.
    """
    prefix = may_install()
    if prefix is None:
        return False
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as out:
        # A failed update is no end yet: the packages may be had from what apt knows already.
        _apt(prefix, ["update"], out)
        return _apt(prefix, ["install", "--no-install-recommends", *names], out)


def _apt(prefix: list[str], words: list[str], out: TextIO) -> bool:
    options = ["-y", "-q", f"-oDPkg::Lock::Timeout={LOCK_WAIT}", "-oAcquire::Retries=3"]
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *options, *words]
    ends = time.monotonic() + LOCK_WAIT
    while True:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        out.write(ended.stdout)
        if ended.returncode == 0:
            return True
        # apt waits for dpkg's lock by itself, but not for the lock of its package lists.
        if "Could not get lock" not in ended.stdout or time.monotonic() > ends:
            return False
        time.sleep(5)
