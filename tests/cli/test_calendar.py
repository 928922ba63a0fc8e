"""`bagalau calendar explain`: the terms of ¶ 57 and ¶ 60, by the command alone."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.cli.console import Operator, together

MAY = ("calendar", "explain", "--received", "2017-04-28", "--working-days", "5")
# Received on Friday, 28 April 2017: the first of May, a moved day off and Victory Day follow.
MAY_DAYS = [
    ("2017-04-28", False, "receipt"),
    ("2017-04-29", False, "weekend"),
    ("2017-04-30", False, "weekend"),
    ("2017-05-01", False, "holiday"),
    ("2017-05-02", True, "counted"),
    ("2017-05-03", True, "counted"),
    ("2017-05-04", True, "counted"),
    ("2017-05-05", True, "counted"),
    ("2017-05-06", False, "weekend"),
    ("2017-05-07", False, "holiday"),
    ("2017-05-08", False, "day_off"),
    ("2017-05-09", False, "holiday"),
    ("2017-05-10", True, "counted"),
]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """An operator whose installation was made by an earlier command."""
    folder = tmp_path_factory.mktemp("seeded")
    operator = Operator(folder, {"BAGALAU_DATA": str(folder / "data")})
    assert operator.run(*MAY).status == 0
    return operator


def explained(done: object) -> list[tuple[str, bool, str]]:
    assert isinstance(done, dict)
    return [(day["date"], day["counted"], day["why"]) for day in done["days"]]


def test_a_term_is_told_day_by_day_in_an_empty_folder(operator: Operator) -> None:
    first = operator.run(*MAY, "--json")
    assert (first.status, first.err) == (0, ""), first
    assert set(first.json()) == {"due", "rolled_from", "days"}
    assert (first.json()["due"], first.json()["rolled_from"]) == ("2017-05-10", None)
    assert explained(first.json()) == MAY_DAYS
    # What holds names and password hashes is the operator's alone.
    assert operator.file.stat().st_mode & 0o777 == 0o600
    assert operator.run(*MAY) == first
    assert operator.run("trail", "verify", "--json").json()["ok"]


@pytest.mark.parametrize(
    ("received", "length", "due", "rolled_from"),
    [
        ("2017-02-17", "--working-days=5", "2017-02-24", None),
        ("2017-03-13", "--working-days=5", "2017-03-18", None),
        ("2017-12-15", "--working-days=5", "2017-12-26", None),
        ("2017-12-15", "--calendar-days=15", "2018-01-03", "2017-12-30"),
        ("2018-04-24", "--calendar-days=15", "2018-05-10", "2018-05-09"),
        ("2018-04-28", "--working-days=0", "2018-04-28", None),
    ],
)
def test_the_last_day(
    seeded: Operator, received: str, length: str, due: str, rolled_from: str | None
) -> None:
    told = seeded.run("calendar", "explain", "--received", received, length, "--json").json()
    assert (told["due"], told["rolled_from"]) == (due, rolled_from)
    days = told["days"]
    assert (days[0]["date"], days[-1]["date"]) == (received, due)
    counted = sum(day["counted"] for day in days)
    assert counted == int(length.partition("=")[2])
    assert (days[-1]["why"] == "rolled") == (rolled_from is not None)


def test_a_person_at_a_terminal_reads_text(seeded: Operator) -> None:
    lines = seeded.on_terminal(*MAY).splitlines()
    assert lines[0] == "2017-04-28     receipt"
    assert lines[-1] == "due 2017-05-10"
    assert seeded.on_terminal(*MAY, "--json").startswith('{"due"')


@pytest.mark.parametrize(
    "words",
    [
        ["--received", "2017-04-28", "--working-days", "5", "--calendar-days", "5"],
        ["--received", "2017-04-28"],
        ["--received", "2017-04-31", "--working-days", "5"],
        ["--received", "28.04.2017", "--working-days", "5"],
        ["--received", "2017-04-28", "--working-days", "-1"],
        ["--received", "2017-04-28", "--calendar-days", "1.5"],
        ["--working-days", "5"],
    ],
)
def test_wrong_usage(seeded: Operator, words: list[str]) -> None:
    done = seeded.run("calendar", "explain", *words)
    assert (done.status, done.out) == (2, "")
    assert "Usage: bagalau calendar explain" in done.err
    assert "Error: " in done.err.splitlines()[-1]


@pytest.mark.parametrize("received", ["2099-04-28", "1999-01-01"])
def test_a_year_without_a_calendar(seeded: Operator, received: str) -> None:
    done = seeded.run("calendar", "explain", "--received", received, "--working-days", "5")
    done.refused("is not in the production calendar")
    assert len(done.err.splitlines()) == 1


def test_two_at_once_in_an_empty_place(newcomer: Operator) -> None:
    first, second = together(newcomer.start(*MAY), newcomer.start(*MAY))
    assert first.status == second.status == 0, (first, second)
    assert first.out == second.out
    verified = newcomer.run("trail", "verify", "--json").json()
    # One installation, four registers of seeds, the settings, and one release.
    assert (verified["ok"], verified["events"]) == (True, 7), verified


def test_a_set_up_that_was_killed_is_finished_by_the_next(operator: Operator) -> None:
    for late in (0.0, 0.02, 0.05, 0.1, 0.2):
        process = operator.start(*MAY)
        while process.poll() is None and not operator.file.exists():
            time.sleep(0.001)
        time.sleep(late)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert operator.run(*MAY).json()["due"] == "2017-05-10"
    assert operator.run("trail", "verify", "--json").json()["events"] == 7


def test_the_second_call_is_quick(seeded: Operator) -> None:
    """Processor time, which others' work on the machine prolongs less than the clock's."""
    before = sum(_children_times())
    assert seeded.run(*MAY).status == 0
    # About one second; several mean that a whole room was imported for nothing.
    assert sum(_children_times()) - before < 4


def _children_times() -> tuple[float, float]:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime, used.ru_stime


def test_other_folders_are_left_alone(operator: Operator, tmp_path: Path) -> None:
    operator.run(*MAY)
    assert {path.name for path in tmp_path.iterdir()} == {"data"}
