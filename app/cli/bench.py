"""`bagalau bench`: the product measured on this machine, in installations of its own."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from app import create_app
from app.bench import over_http, year
from app.bench import step as measured
from app.bench.cluster import DURABLE, NoServer, PostgreSQL
from app.cli.output import as_json, result, say
from app.demo import scene
from app.demo.year import STAGES
from app.services import installation, registers
from config.settings import ROOT, Settings

CLIENTS = (1, 2)
FLOOR_ROUNDS = 400


@click.group()
def bench() -> None:
    """Measurements. They make installations of their own and leave this one alone."""


@bench.command()
@click.option("--cases", type=click.IntRange(1, 10_000), default=300, help="Cases of each run.")
@as_json
def step(cases: int, as_json: bool) -> None:
    """What completing a task costs, in the service and over HTTP, on both databases."""
    told: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="bagalau-bench-") as folder:
        for name, settings in _installations(Path(folder)):
            told += _runs(name, settings, cases)
    result(
        {
            "runs": told,
            # Of the first run, which is that in the service on SQLite.
            "floor_ms": told[0]["floor_ms"],
            "ratio_to_floor": told[0]["ratio_to_floor"],
        },
        lambda: _table(told),
        as_json,
    )


@bench.command("year")
@click.option("--until", type=click.Choice(list(STAGES)), default="published", help="How far.")
@click.option("--rosters", type=click.IntRange(1, 20), default=1, help="Bodies, so many times.")
@as_json
def whole_year(until: str, rosters: int, as_json: bool) -> None:
    """What the acts of a whole played year cost, on SQLite, against a floor of the same acts.

    The year is played twice: measured, and then watched for what each act sends.
    """
    say("The year, measured ...")
    played = _played(until, rosters, listening=False)
    say("The year, watched ...")
    told = year.told(played, _played(until, rosters, listening=True))
    result(told, lambda: json.dumps(told, indent=2), as_json)


def _played(until: str, rosters: int, *, listening: bool) -> year.Played:
    with tempfile.TemporaryDirectory(prefix="bagalau-bench-") as folder:
        _, settings = next(_installations(Path(folder)))
        app = create_app(settings)
        with app.app_context():
            installation.migrate(ROOT / "migrations")
            installation.set_up(
                diagrams=ROOT / "bpmn", name="bench", demo=True, now=registers.wall_time()
            )
            store = app.extensions["bagalau"].store

            def play() -> None:
                scene.play_year(say=say, store=store, until=until, seed=1, rosters=rosters)

            found = year.watched(settings, play, listening=listening)
            measured.close()
    return found


def _runs(name: str, settings: Settings, cases: int) -> list[dict[str, Any]]:
    """The runs on one database, its floor measured between them: no machine is always as fast."""
    app = create_app(settings)
    with app.app_context():
        say(f"{name}: making an installation ...")
        measured.prepare()
        floors: list[float] = []

        def floor() -> None:
            say(f"{name}: the floor ...")
            floors.append(measured.floor_ms(settings, min(2 * cases, FLOOR_ROUNDS)))

        floor()
        say(f"{name}: {cases} cases in the service ...")
        runs = [measured.in_service(name, cases)]
        floor()
        for clients in CLIENTS:
            say(f"{name}: {cases} cases over HTTP, clients: {clients} ...")
            runs.append(over_http.over_http(settings, name, cases, clients))
            floor()
        measured.close()
    return [run.told(statistics.median(floors)) for run in runs]


def _installations(folder: Path) -> Iterator[tuple[str, Settings]]:
    """An installation for each database that there is; each is gone when the next is asked for."""
    data = folder / "sqlite"
    data.mkdir()
    yield "sqlite", Settings(data=data, database_url=f"sqlite:///{data / 'bagalau.db'}")
    try:
        say("PostgreSQL: starting a server ...")
        with _server() as server:
            server.create("bagalau")
            data = folder / "postgresql"
            data.mkdir()
            yield "postgresql", Settings(data=data, database_url=server.url("bagalau"))
    except NoServer as reason:
        say(f"Left out: {reason}")


@contextmanager
def _server() -> Iterator[PostgreSQL]:
    # Beside the other folder: that one is closed to the user whom the server runs as.
    server = PostgreSQL(DURABLE, Path(tempfile.gettempdir()))
    try:
        yield server
    finally:
        server.stop()


def _table(runs: list[dict[str, Any]]) -> str:
    head = (
        "database    clients  cases/s  completions/s  p50 ms  p95 ms  CPU ms   floor  × floor"
        "  SQL  commits"
    )
    lines = [
        f"{run['database']:<10}{run['clients']:>9}{run['cases_per_s']:>9}"
        f"{run['completions_per_s']:>15}{run['p50_ms']:>8}{run['p95_ms']:>8}"
        f"{_or_dash(run['cpu_ms_per_completion']):>8}{run['floor_ms']:>8}"
        f"{_or_dash(run['ratio_to_floor']):>9}"
        f"{_or_dash(run['sql_per_completion']):>5}{_or_dash(run['commits_per_completion']):>9}"
        for run in runs
    ]
    return "\n".join([head, *lines])


def _or_dash(value: float | None) -> str:
    return "-" if value is None else str(value)
