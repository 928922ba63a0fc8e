"""The runs of `bagalau bench step`: which processes, by how many clients, on which database."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from typing import Any, Final

from app.bench import over_http
from app.bench import step as measured
from config.settings import Settings

Say = Callable[[str], None]
# By database and process the numbers of clients at once; 0 is in the service, without HTTP.
PLAN: Final[Mapping[str, Mapping[str, tuple[int, ...]]]] = {
    "sqlite": {measured.PROCESS: (0, 1, 2), measured.THIRTY: (0, 2)},
    "postgresql": {measured.PROCESS: (0, 1, 2, 8), measured.THIRTY: (0, 2, 8)},
}
FLOOR_ROUNDS = 400


def runs(settings: Settings, database: str, cases: int, say: Say) -> list[dict[str, Any]]:
    """The runs on one database, in an installation made by `step.prepare`, in its app context."""
    return [
        run
        for process, clients in PLAN[database].items()
        for run in _of_process(settings, database, process, clients, cases, say)
    ]


def _of_process(
    settings: Settings,
    database: str,
    process: str,
    clients: tuple[int, ...],
    cases: int,
    say: Say,
) -> list[dict[str, Any]]:
    """The runs of a process, its floor measured between them: no machine is always as fast."""
    floors: list[float] = []

    def floor() -> None:
        floors.append(measured.floor_ms(settings, process, min(2 * cases, FLOOR_ROUNDS)))

    floor()
    found = []
    for number in clients:
        say(f"{database}: {cases} cases of {process}, clients over HTTP: {number} ...")
        if number:
            found.append(over_http.over_http(settings, database, process, cases, number))
        else:
            found.append(measured.in_service(database, process, cases))
        floor()
    return [run.told(statistics.median(floors)) for run in found]
