"""`bagalau bench inbox` and `bench timers`, run as people run them, over small installations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import create_app
from app.bench import loading, step
from app.services import inbox, tasks, timers, verification
from config.settings import Settings
from tests.bench.commands import measured
from tests.conftest import KINDS, cloned
from tests.databases import Databases

BODIES = ("akmola", "aktobe", "mof")


def test_pages_of_lists_are_measured_by_size(folder: Path) -> None:
    told = measured(folder, "inbox", "--tasks", "200", "--tasks", "600")
    assert {run["database"] for run in told["runs"]} >= {"sqlite"}
    for run in told["runs"]:
        for page in ("first", "filtered", "deep"):
            assert 0 < run[page]["p50_ms"] <= run[page]["p95_ms"]
        assert run["first"]["rows"] == inbox.PAGE
    assert {run["tasks"] for run in told["runs"]} == {200, 600}
    assert all(ratio > 0 for ratio in told["ratios"].values())
    assert len(told["ratios"]) == 3 * len({run["database"] for run in told["runs"]})


def test_due_timers_are_fired_each_once(folder: Path) -> None:
    told = measured(folder, "timers", "--timers", "3000", "--seconds", "1")
    for one in told:
        assert one["due"] == 3000 and one["idle_ms_per_tick"] > 0
        assert all(run["fired"] > 0 and run["per_s"] > 0 for run in one["runs"])
        assert sum(run["fired"] for run in one["runs"]) <= 3000
    assert [[run["workers"] for run in one["runs"]] for one in told] == [[1], [1, 4]][: len(told)]


def nothing(url: str) -> None:
    """An empty database; the bench makes its tables."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).touch()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_loaded_is_as_if_it_had_been_started(
    kind: str, databases: Databases, tmp_path: Path
) -> None:
    """Chains, rows, projections and states hold, and each of the cases goes on."""
    for url in cloned(databases, kind, nothing):
        app = create_app(Settings(data=tmp_path, database_url=url))
        with app.app_context():
            step.prepare()
            now = datetime.now(UTC)
            person = step.actor(now)
            pattern = step.start_reminded(person, BODIES[0])
            make = loading.spread(BODIES, now - timedelta(days=1))
            loading.load(pattern, 40, make, lambda _done: None)
            loading.load(pattern, 20, make, lambda _done: None)
            store = app.extensions["bagalau"].store
            assert verification.verify_trail(store=store, full=True).ok
            assert inbox.inbox(actor=person, now=now).counts["all"] == 61
            assert timers.run_due(now=now) == 61
            last = inbox.inbox(actor=person, now=now, body=BODIES[2]).rows[-1]
            tasks.complete(task_id=last.task_id, actor=person, answers=step.FIRST, now=now)
            found = verification.verify_trail(store=store, full=True)
            assert found.ok, found.problems
            step.close()
