"""Transactions and connections, on both databases."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from app import connections
from app.db import connection_of, reading, transaction
from app.domain.actors import Actor
from app.models.people import Person
from tests.appcontext import add_person, build_installed, installed
from tests.conftest import KINDS, cloned
from tests.databases import Databases, open_engine

POSTGRESQL = pytest.mark.parametrize("database", KINDS[1:], indirect=True)
BACKEND = text("SELECT pg_backend_pid()")


@pytest.fixture(params=KINDS)
def installation(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[Flask]:
    for url in cloned(databases, request.param, build_installed):
        with installed(url, tmp_path) as app:
            yield app


@pytest.fixture
def asel(installation: Flask) -> Actor:
    return add_person("asel@economy.gov.kz", ("case_officer", "mne"))


def language(person: str) -> str | None:
    with reading() as session:
        return session.scalar(select(Person.language).where(Person.code == person))


def test_what_is_changed_while_reading_is_never_written(asel: Actor) -> None:
    with reading() as session:
        session.scalars(select(Person).where(Person.code == asel.person)).one().language = "en"
        session.execute(select(Person.id)).all()
    assert language(asel.person) == "kk"


def test_a_reading_within_another_leaves_it_open(asel: Actor) -> None:
    with reading() as session:
        row = session.scalars(select(Person).where(Person.code == asel.person)).one()
        assert language(asel.person) == "kk"
        # A rollback would have expired it.
        assert "login" in row.__dict__
    assert not session.in_transaction()


def test_a_reading_within_an_act_is_part_of_it(asel: Actor) -> None:
    with transaction() as session:
        add = text("INSERT INTO sign_in_failure (login_sha256, since, count) VALUES (:key, :at, 1)")
        connection_of(session).execute(add, {"key": b"k" * 32, "at": "2017-04-28 07:00:00+00:00"})
        assert language(asel.person) == "kk"
    with reading() as session:
        assert session.scalar(text("SELECT count(*) FROM sign_in_failure")) == 1


def test_an_act_within_a_reading_is_committed(asel: Actor) -> None:
    with reading():
        assert language(asel.person) == "kk"
        added = add_person("berik@economy.gov.kz", ("case_officer", "mne"))
        assert language(added.person) == "kk"
    assert language(added.person) == "kk"


@POSTGRESQL
def test_a_connection_whose_server_has_gone_is_replaced(engine: Engine, database: str) -> None:
    with engine.connect() as connection:
        gone = connection.scalar(BACKEND)
    other = open_engine(database)
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": gone})
        alive = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
        until = time.monotonic() + 20
        while connection.scalar(alive, {"pid": gone}) and time.monotonic() < until:
            connection.rollback()
            time.sleep(0.01)
    other.dispose()
    with engine.connect() as connection:
        assert connection.scalar(BACKEND) != gone


@POSTGRESQL
def test_a_connection_that_has_rested_is_tried_and_used_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "RESTED", 0.0)
    with engine.connect() as connection:
        before = connection.scalar(BACKEND)
    with engine.connect() as connection:
        assert connection.scalar(BACKEND) == before
