"""Write the locks anew: `python -m config.relock [--upgrade]`, what `make lock` calls.

A lock names every package with its version and the hashes of its files, for every system
and Python version at once, and no host. Without `--upgrade` a version moves only where it
must. Each later lock is held to the versions of the one before, so they never disagree.
"""

from __future__ import annotations

import subprocess
import sys

from config.install import PIP_INSTALL, ROOT, VENV, say

# (what is asked for, the lock, further words); in order
LOCKS = (
    ("pyproject.toml", "requirements-dev.txt", ("--extra", "dev")),
    ("pyproject.toml", "requirements.txt", ("-c", "requirements-dev.txt")),
    ("pyproject.toml", "config/locks/s3.txt", ("--extra", "s3", "-c", "requirements-dev.txt")),
    ("config/locks/build.in", "config/locks/build.txt", ("-c", "requirements-dev.txt")),
    ("config/locks/pip.in", "config/locks/pip.txt", ()),
    ("config/locks/relock.in", "config/locks/relock.txt", ()),
)
OPTIONS = (
    "--universal",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--python-version=3.11",
    "--quiet",
)


def main() -> int:
    """Compile every lock; 0 when all went well."""
    tool = ROOT / "config/locks/relock.txt"
    if tool.exists():
        subprocess.run([*PIP_INSTALL, "--require-hashes", "-r", tool], cwd=ROOT, check=True)
    for wanted, lock, words in LOCKS:
        say(f"Locking {lock}")
        compiling = [str(VENV / "bin" / "uv"), "pip", "compile", wanted, "-o", lock]
        subprocess.run([*compiling, *OPTIONS, *words, *sys.argv[1:]], cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
