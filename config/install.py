"""Set the project up: `python3 -m config.install [run|check|test]`, what make calls.

`check` makes `.venv` with the tools; `run` installs what serving needs; `test` everything.
Every step says what it does while it does it, and does only what is not done yet: a stamp
in `.venv/stamps` holds a hash of all that the step depends on. Standard library only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from config import debian

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
PIP = (str(PYTHON), "-m", "pip", "--no-input", "--disable-pip-version-check")
PIP_INSTALL = (*PIP, "install", "-qq")
BUILD_LOCK = "config/locks/build.txt"
LOCKS = {"run": "requirements.txt", "check": "requirements-dev.txt", "test": "requirements-dev.txt"}
OLDEST = (3, 11)


class CannotInstall(Exception):
    """The set-up cannot go on; the text is one sentence for the person who called it."""


def say(text: str) -> None:
    """Tell the person what is being done."""
    print(f"· {text}", flush=True)


def run(command: Sequence[str | Path], failure: str) -> None:
    """Run `command` in the project's folder, telling every 20 seconds that it still runs.

    Raises CannotInstall with the sentence `failure` when it does not end well.
    """
    started = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL) as process:
        while True:
            try:
                code = process.wait(timeout=20)
                break
            except subprocess.TimeoutExpired:
                say(f"  … still at it ({time.monotonic() - started:.0f} s)")
    if code != 0:
        raise CannotInstall(failure)


def fingerprint(*parts: Path | str) -> str:
    """SHA-256 (hex) over the contents of the files and the texts given, in order.

    Every fingerprint holds the place too, because `.venv` cannot be moved, and Python's
    version, but only as far as 3.11: a security update of it asks for nothing new.
    """
    total = hashlib.sha256(f"{ROOT}\0{sys.version_info[:2]}".encode())
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        total.update(f"\0{part}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def done(step: str, mark: str) -> bool:
    """Say whether `step` was done with the fingerprint `mark`."""
    stamp = STAMPS / step
    return stamp.is_file() and stamp.read_text() == mark


def stamp(step: str, mark: str) -> None:
    """Note that `step` is done with the fingerprint `mark`."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / step).write_text(mark)


def make_venv() -> None:
    """Make `.venv` with pip in it, unless there is one that works and was made here."""
    mark = fingerprint()
    if _venv_works() and (done("venv", mark) or not (STAMPS / "venv").exists()):
        stamp("venv", mark)
        return
    say(f"Making .venv with Python {sys.version.split()[0]}")
    if importlib.util.find_spec("ensurepip") is None:
        _bring_ensurepip()
    if importlib.util.find_spec("ensurepip") is not None:
        run([sys.executable, "-m", "venv", "--clear", VENV], "Making .venv failed.")
    else:
        _venv_with_own_pip()
    stamp("venv", mark)


def _venv_works() -> bool:
    if not PYTHON.exists():
        return False
    probe = f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def _bring_ensurepip() -> None:
    name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if debian.may_install() is not None:
        say(f"Installing Debian's {name}")
        debian.install([name], ROOT / "var" / "apt.log")
        importlib.invalidate_caches()


def _venv_with_own_pip() -> None:
    # Without ensurepip the machine's own pip (22.3 or newer) can install into a bare .venv.
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    lacking = (
        f"Python's venv is incomplete here and we may not install packages: "
        f"ask for 'apt-get install python{version}-venv', then start again."
    )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("pip") is None:
        raise CannotInstall(lacking)
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], lacking)
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    run([*pip, "install", "-qq", "--require-hashes", "-r", ROOT / "config/locks/pip.txt"], lacking)


def install_locked(stage: str) -> None:
    """Install the lock of `stage` and the build tools, every file checked against its hash."""
    lock = ROOT / LOCKS[stage]
    mark = fingerprint(lock, ROOT / BUILD_LOCK)
    # The lock of the tests holds everything that the lock for running holds.
    if done("requirements-dev.txt", fingerprint(ROOT / LOCKS["test"], ROOT / BUILD_LOCK)):
        return
    if done(lock.name, mark):
        return
    count = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    say(f"Installing {count} Python packages from {lock.name} (half a minute on a good line)")
    run(
        [*PIP_INSTALL, "--require-hashes", "-r", lock, "-r", ROOT / BUILD_LOCK],
        f"The packages of {lock.name} could not be installed; pip says why above.",
    )
    stamp(lock.name, mark)


def install_project() -> None:
    """Install the project itself, editable, so that `bagalau` and `app` are found."""
    mark = fingerprint(ROOT / "pyproject.toml")
    if done("project", mark) and (VENV / "bin" / "bagalau").exists():
        return
    say("Installing the project itself")
    run(
        [*PIP_INSTALL, "--no-deps", "--no-build-isolation", "--no-index", "-e", ROOT],
        "The project itself could not be installed; pip says why above.",
    )
    stamp("project", mark)


def install_parts(parts: tuple[debian.Part, ...]) -> None:
    """Install parts of the system where we may; name in one sentence what stays off.

    Raises CannotInstall in continuous integration (CI=true), where nothing may stay off.
    """
    lacking = debian.missing(parts)
    if not lacking:
        return
    names = " ".join(debian.packages(lacking))
    if debian.may_install() is not None:
        say(f"Installing from Debian: {names}")
        if not debian.install(names.split(), VENV / "apt.log"):
            say("apt-get failed; what it said is in .venv/apt.log")
    lacking = debian.missing(parts)
    if not lacking:
        return
    off = " and ".join(sorted({part.without for part in lacking}))
    names = " ".join(debian.packages(lacking))
    say(f"Going on without {names}: {off}. (On Debian: apt-get install {names})")
    if os.environ.get("CI") == "true":
        raise CannotInstall(f"With CI=true nothing may be missing: {names}.")


def build_assets() -> None:
    """Build what browsers are served (scripts, diagrams' viewers, fonts)."""
    if not (ROOT / "config" / "assets.py").exists():
        return
    run([PYTHON, "-m", "config.assets"], "The browser's files could not be built; see above.")


def compile_translations() -> None:
    """Compile the catalogues (.po) of Kazakh and Russian, when one of them changed."""
    folder = ROOT / "app" / "translations"
    catalogues = sorted(folder.glob("*/LC_MESSAGES/*.po"))
    mark = fingerprint(*catalogues)
    compiled = all(path.with_suffix(".mo").exists() for path in catalogues)
    if not catalogues or (compiled and done("translations", mark)):
        return
    say(f"Compiling {len(catalogues)} catalogues of translations")
    for path in catalogues:
        run(
            [VENV / "bin" / "pybabel", "-q", "compile", "-i", path, "-o", path.with_suffix(".mo")],
            f"{path.relative_to(ROOT)} could not be compiled; see above.",
        )
    stamp("translations", mark)


def install(stage: str) -> None:
    """Do every step of `stage`: run, check or test."""
    make_venv()
    install_locked(stage)
    install_project()
    if stage == "check":
        return
    install_parts(debian.RUNNING)
    build_assets()
    compile_translations()
    if stage == "test":
        install_parts(debian.TESTING)


def _newer_python() -> str | None:
    names = [f"python3.{minor}" for minor in range(15, OLDEST[1] - 1, -1)]
    return next((found for found in map(shutil.which, names) if found), None)


def main() -> int:
    """Set up the stage named on the command line; 0 when it is done, 1 when it cannot be."""
    stage = sys.argv[1] if len(sys.argv) > 1 else "run"
    if stage not in LOCKS:
        print(f"usage: python3 -m config.install [{'|'.join(LOCKS)}]", file=sys.stderr)
        return 1
    if sys.version_info < OLDEST:
        newer = _newer_python()
        if newer:
            os.execv(newer, [newer, "-m", "config.install", stage])
        print("Python 3.11 or newer is needed: apt-get install python3", file=sys.stderr)
        return 1
    try:
        install(stage)
    except CannotInstall as problem:
        print(f"\nStopped: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
