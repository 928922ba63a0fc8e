"""An installation that is really served: `bagalau serve`, on PostgreSQL with a worker beside it.

Its data are its own: a folder of the test's, and a database cloned for it. What an operator
does with it (moving a demonstration's clock, verifying the trail) is done by the command line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from app.bench.cluster import end_with_parent
from app.bench.served import HOST, Served
from config.settings import ROOT, Settings

COMMAND = (sys.executable, "-c", "from app.cli import main; main()")
STOP_WITHIN = 30


class Site:
    """The pages of an installation, while they are served."""

    def __init__(self, url: str, data: Path) -> None:
        """Serve the database at `url` with the evidence and keys in `data`."""
        self._settings = Settings(data=data, database_url=url)
        self._server = Served(self._settings)
        self._worker: subprocess.Popen[bytes] | None = None
        self.address = f"http://{HOST}:{self._server.port}"

    def __enter__(self) -> Self:
        """Start the server and, on PostgreSQL, the worker that runs the timers."""
        self._server.__enter__()
        if self._settings.sqlite_file is None:
            self._worker = subprocess.Popen(
                (*COMMAND, "worker"),
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=end_with_parent if sys.platform == "linux" else None,
            )
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop both, and wait until they are gone."""
        if self._worker is not None:
            self._worker.terminate()
            self._worker.wait(STOP_WITHIN)
            self._worker = None
        self._server.__exit__(None, None, None)

    def bagalau(self, *words: str) -> Any:
        """Run a command of the installation's operator; what it answers with `--json`."""
        done = subprocess.run(
            (*COMMAND, *words, "--json"),
            cwd=ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"bagalau {' '.join(words)}: {done.stderr}{done.stdout}"
        return json.loads(done.stdout)

    def pass_time(self, until: str) -> None:
        """Move the demonstration's clock to `until`, written in the capital's time.

        What becomes due on the way happens, while the pages are served.
        """
        self.bagalau("demo", "advance", "--to", until)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "BAGALAU" not in name}
        return kept | {
            "BAGALAU_DATA": str(self._settings.data),
            "BAGALAU_DATABASE_URL": self._settings.database_url,
        }
