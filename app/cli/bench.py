"""`bagalau bench`: the product measured on this machine, in installations of its own."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from app import create_app
from app.bench import inbox, replay, steps, timers, year
from app.bench import step as measured
from app.bench.cluster import DURABLE, NoServer, PostgreSQL
from app.cli.output import as_json, result, say
from app.demo import scene
from app.demo.year import STAGES
from app.services import installation, registers
from config.settings import ROOT, Settings


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
            say(f"{name}: making an installation ...")
            with _prepared(settings):
                told += steps.runs(settings, name, cases, say)
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


@bench.command("replay")
@click.option("--until", type=click.Choice(list(STAGES)), default="published", help="How far.")
@as_json
def replayed(until: str, as_json: bool) -> None:
    """How long it takes to execute a whole played year again from its trail, on SQLite."""
    with _year_to_play(until, rosters=1) as (_, play):
        say("The year, played ...")
        began = time.perf_counter()
        play()
        seconds = time.perf_counter() - began
        say("The year, executed again ...")
        told = replay.told(seconds, *replay.timed())
    result(told, lambda: json.dumps(told, indent=2), as_json)


@bench.command("inbox")
@click.option(
    "--tasks",
    "sizes",
    type=click.IntRange(100, 5_000_000),
    multiple=True,
    default=(1_000, 100_000, 1_000_000),
    help="Open tasks in the list; several times for several sizes, smallest first.",
)
@as_json
def task_lists(sizes: tuple[int, ...], as_json: bool) -> None:
    """How long a page of the list takes among few and among very many open tasks."""
    told: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="bagalau-bench-") as folder:
        for name, settings in _installations(Path(folder)):
            with _prepared(settings):
                told += inbox.measured(name, sorted(sizes), say)
    found = {"runs": told, "ratios": inbox.ratios(told)}
    result(found, lambda: json.dumps(found, indent=2), as_json)


@bench.command("timers")
@click.option("--timers", "count", type=click.IntRange(100, 1_000_000), default=100_000)
@click.option("--seconds", type=click.FloatRange(0.1, 600), default=20.0, help="Of each run.")
@as_json
def due_timers(count: int, seconds: float, as_json: bool) -> None:
    """How many timers that are due at once are fired in a second, by one worker and by four."""
    told: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="bagalau-bench-") as folder:
        for name, settings in _installations(Path(folder)):
            workers = (1,) if settings.sqlite_file is not None else (1, 4)
            with _prepared(settings):
                told.append(timers.measured(settings, name, count, seconds, workers, say))
    result(told, lambda: json.dumps(told, indent=2), as_json)


@contextmanager
def _prepared(settings: Settings) -> Iterator[None]:
    """In the context of an installation of the benchmark's own processes."""
    with create_app(settings).app_context():
        measured.prepare()
        yield
        measured.close()


def _played(until: str, rosters: int, *, listening: bool) -> year.Played:
    with _year_to_play(until, rosters) as (settings, play):
        return year.watched(settings, play, listening=listening)


@contextmanager
def _year_to_play(until: str, rosters: int) -> Iterator[tuple[Settings, Callable[[], None]]]:
    """An installation of its own on SQLite, and what plays a year in it."""
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

            yield settings, play
            measured.close()


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
        "database    process    clients  cases/s  completions/s  p50 ms  p95 ms  CPU ms"
        "   floor  × floor  SQL  commits"
    )
    lines = [
        f"{run['database']:<12}{run['process']:<9}{run['clients']:>9}{run['cases_per_s']:>9}"
        f"{run['completions_per_s']:>15}{run['p50_ms']:>8}{run['p95_ms']:>8}"
        f"{_or_dash(run['cpu_ms_per_completion']):>8}{run['floor_ms']:>8}"
        f"{_or_dash(run['ratio_to_floor']):>9}"
        f"{_or_dash(run['sql_per_completion']):>5}{_or_dash(run['commits_per_completion']):>9}"
        for run in runs
    ]
    return "\n".join([head, *lines])


def _or_dash(value: float | None) -> str:
    return "-" if value is None else str(value)
