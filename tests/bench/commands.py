"""`bagalau bench` as people run it, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-c", "from app.cli import main; main()", "bench")


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Measure, with temporary files in `folder`; no installation may be touched."""
    return subprocess.run(
        [*COMMAND, *words, "--json"],
        env=os.environ | {"TMPDIR": str(folder), "BAGALAU_DATA": str(folder / "never")},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def measured(folder: Path, *words: str) -> Any:
    """The figures; nothing may be left behind."""
    ended = run(folder, *words)
    assert ended.returncode == 0, ended.stderr
    assert list(folder.iterdir()) == []
    return json.loads(ended.stdout)
