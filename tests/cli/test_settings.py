"""Settings that will not do: one sentence, status 1, at once."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from environs import EnvError

from config.settings import from_environment
from tests.cli.console import HOST, Operator, free_port

EXPLAIN = ("calendar", "explain", "--received", "2017-04-28", "--working-days", "5")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "８０８０"),
        ("BAGALAU_SECURE_COOKIES", "maybe"),
        ("BAGALAU_DATABASE_URL", "mysql://u:secret@localhost/x"),
        ("BAGALAU_DATABASE_URL", "postgresql://u:secret@h:port/x"),
        ("BAGALAU_DATABASE_URL", "sqlite://"),
        ("BAGALAU_DATABASE_URL", "sqlite:///:memory:"),
        ("BAGALAU_DATABASE_URL", "bagalau.db"),
    ],
)
def test_a_wrong_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(EnvError, match=name) as told:
        from_environment()
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "http", ("PORT", "1 to 65535")),
        ("BAGALAU_DATA", "/proc/nowhere", ("/proc/nowhere", "cannot be used")),
        ("BAGALAU_DATA", "/dev/null", ("/dev/null", "cannot be used")),
        ("BAGALAU_DATABASE_URL", "sqlite:////proc/nowhere/x.db", ("/proc/nowhere",)),
    ],
)
def test_a_wrong_value_ends_a_command(
    operator: Operator, name: str, value: str, words: tuple[str, ...]
) -> None:
    done = operator.by(**{name: value}).run(*EXPLAIN)
    done.refused(*words)
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("command", [EXPLAIN, ("serve",), ("worker",), ("init",)], ids=" ".join)
def test_a_postgresql_that_is_not_there(operator: Operator, command: tuple[str, ...]) -> None:
    url = f"postgresql://u:secret@{HOST}:{free_port()}/bagalau"
    words = ("--login", "admin", "--name-kk", "Ә", "--name-ru", "А", "--name-en", "A")
    rest = (*words, "--password", "twelve letters") if command == ("init",) else ()
    done = operator.by(BAGALAU_DATABASE_URL=url, PORT=str(free_port())).run(*command, *rest)
    done.refused("The database cannot be used", "BAGALAU_DATABASE_URL")
    assert "secret" not in done.err and "SELECT" not in done.err


def test_a_postgresql_that_says_nothing(operator: Operator) -> None:
    with socket.socket() as silent:
        silent.bind((HOST, 0))
        silent.listen()
        url = f"postgres://u@{HOST}:{silent.getsockname()[1]}/bagalau"
        began = time.monotonic()
        done = operator.by(BAGALAU_DATABASE_URL=url).run("trail", "verify", "--json")
        assert time.monotonic() - began < 40
    assert (done.status, done.json()["ok"]) == (1, False)
    assert "The database cannot be used" in done.json()["problems"][0]["problem"]


def test_an_empty_variable_counts_as_not_set(operator: Operator, tmp_path: Path) -> None:
    empty = dict.fromkeys(("PORT", "BAGALAU_HOST", "BAGALAU_DATA", "BAGALAU_DATABASE_URL"), "")
    assert operator.by(**empty, BAGALAU_SECURE_COOKIES="").run(*EXPLAIN).status == 0
    assert (tmp_path / "var" / "bagalau.db").exists()


def test_a_file_named_from_here(operator: Operator, tmp_path: Path) -> None:
    here = operator.by(BAGALAU_DATABASE_URL="sqlite:///here/own.db")
    assert here.run(*EXPLAIN).status == 0
    assert (tmp_path / "here" / "own.db").exists()
    assert not (tmp_path / "data" / "bagalau.db").exists()


def test_help_needs_no_installation(operator: Operator) -> None:
    done = operator.by(PORT="none").run("--help")
    assert done.status == 0
    for name in ("calendar", "demo", "init", "migrate", "people", "serve", "trail", "worker"):
        assert f"\n  {name} " in done.out
    assert not operator.data.exists()
    unknown = operator.run("nonsense")
    assert (unknown.status, unknown.out) == (2, "")
