"""Settings that will not do: one sentence, status 1, at once."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import pytest
from environs import EnvError
from flask import request

from app import create_app
from app.cli import COMMANDS
from config.settings import Bucket, Settings, from_environment
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
        ("BAGALAU_EVIDENCE", "bucket"),
        ("BAGALAU_EVIDENCE", "s3://"),
        ("BAGALAU_EVIDENCE", "s3://Bucket/x"),
        ("BAGALAU_EVIDENCE", "s3://bucket/../other"),
        ("BAGALAU_EVIDENCE", "https://user:secret@host/bucket"),
        ("BAGALAU_EVIDENCE_ENDPOINT", "http://localhost:9000"),
        ("BAGALAU_POOL_SIZE", "0"),
        ("BAGALAU_POOL_WAIT", "5s"),
        ("BAGALAU_PROXIES", "-1"),
        ("BAGALAU_POOLER", "perhaps"),
        ("BAGALAU_SECRET_KEY", "a short secret"),
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


def test_evidence_in_a_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    for place, prefix in (("s3://evidence", ""), ("s3://evidence/a/b-1.x/", "a/b-1.x/")):
        monkeypatch.setenv("BAGALAU_EVIDENCE", place)
        assert from_environment().bucket == Bucket("evidence", prefix)
    monkeypatch.setenv("BAGALAU_EVIDENCE_ENDPOINT", "https://storage.example:9000")
    assert from_environment().bucket == Bucket(
        "evidence", "a/b-1.x/", "https://storage.example:9000"
    )


def test_a_key_that_was_given_is_the_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BAGALAU_DATA", str(tmp_path))
    made = from_environment().secret_key()
    assert made == from_environment().secret_key()
    # Digits stay the text that they are.
    monkeypatch.setenv("BAGALAU_SECRET_KEY", "1" * 64)
    assert from_environment().secret_key() == "1" * 64
    assert "1" * 64 not in repr(from_environment())


def test_connections_are_kept_as_the_settings_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BAGALAU_DATA", str(tmp_path))
    monkeypatch.setenv("BAGALAU_DATABASE_URL", "postgresql://u@localhost/x")
    monkeypatch.setenv("BAGALAU_POOL_SIZE", "3")
    monkeypatch.setenv("BAGALAU_POOL_WAIT", "7")
    plain, pooled = made_of(from_environment()), None
    monkeypatch.setenv("BAGALAU_POOLER", "true")
    pooled = made_of(from_environment())
    assert plain["pool_size"] == 3 and plain["pool_timeout"] == 7
    assert "prepare_threshold" not in plain["connect_args"]
    # None: nothing is ever prepared, on a connection that the next transaction does not get.
    assert pooled["connect_args"]["prepare_threshold"] is None


def test_an_address_is_believed_only_of_as_many_proxies(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BAGALAU_DATA", str(tmp_path))
    claimed = {"X-Forwarded-For": "6.6.6.6, 10.0.0.1", "X-Forwarded-Proto": "https"}
    for proxies, expected in (("", ("127.0.0.1", "http")), ("1", ("10.0.0.1", "https"))):
        monkeypatch.setenv("BAGALAU_PROXIES", proxies)
        app = create_app(from_environment())
        seen: list[tuple[str | None, str]] = []
        app.before_request_funcs.setdefault(None, []).insert(
            0, lambda seen=seen: seen.append((request.remote_addr, request.scheme))
        )
        app.test_client().get("/health", headers=claimed)
        assert seen == [expected]


def made_of(settings: Settings) -> Any:
    return create_app(settings).config["SQLALCHEMY_ENGINE_OPTIONS"]


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
    for name in COMMANDS:
        assert f"\n  {name} " in done.out
    assert not operator.data.exists()
    unknown = operator.run("nonsense")
    assert (unknown.status, unknown.out) == (2, "")
