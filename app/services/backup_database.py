"""Copies of the database while acts go on: one moment of it, whole, as one file.

SQLite copies itself by its backup interface (https://www.sqlite.org/backup.html); PostgreSQL
by `pg_dump`, held to a snapshot that we have exported, so that what is counted here is what
is in the copy.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url

from app.audit import verify
from app.db import db
from config.settings import Settings

SQLITE, POSTGRESQL = "bagalau.db", "bagalau.dump"
"""Names of the copy's file."""


class CannotCopy(Exception):
    """No copy was made or brought back; the text says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a database holds, to know a copy of it by.

    `trail` is the SHA-256 (hex) over the hashes of all events in the order of their numbers;
    `evidence` the content (SHA-256, hex) of every document, once each.
    """

    revision: str
    events: int
    trail: str
    evidence: tuple[str, ...]


def copy_out(settings: Settings, folder: Path) -> tuple[Path, Figures]:
    """Copy the database into `folder`: the file, and what is in it.

    Raises:
        CannotCopy: there is no database, or no `pg_dump` that can read it.
    """
    if settings.sqlite_file is None:
        return _dump(settings, folder / POSTGRESQL)
    if not settings.sqlite_file.exists():
        raise CannotCopy(f"There is no database {settings.sqlite_file}, so nothing was copied.")
    return _copy_file(settings.sqlite_file, folder / SQLITE)


def copy_in(settings: Settings, file: Path) -> None:
    """Bring a copied database back to where there is none.

    Raises:
        CannotCopy: there is a database already, or `pg_restore` cannot write one.
    """
    if settings.sqlite_file is None:
        _restore_dump(settings, file)
        return
    target = settings.sqlite_file
    if target.exists() and target.stat().st_size > 0:
        raise CannotCopy(
            f"There is a database {target} already, and nothing is written over it: "
            "choose another BAGALAU_DATA, or move it away."
        )
    fresh = target.with_name(f".{target.name}-restored")
    try:
        shutil.copyfile(file, fresh)
        fresh.chmod(0o600)
        with fresh.open("rb") as written:
            os.fsync(written.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def figures(connection: Connection) -> Figures:
    """What the database behind `connection` holds.

    Raises:
        CannotCopy: it has no tables of ours.
    """
    if not inspect(connection).has_table("event"):
        raise CannotCopy("The database has no installation in it, so nothing was copied.")
    digest, events = hashlib.sha256(), 0
    hashes = text("SELECT hash FROM event ORDER BY id")
    for (found,) in connection.execution_options(yield_per=10_000).execute(hashes):
        digest.update(bytes(found))
        events += 1
    contents = text("SELECT DISTINCT sha256 FROM document ORDER BY sha256")
    return Figures(
        revision=str(connection.scalar(text("SELECT version_num FROM alembic_version"))),
        events=events,
        trail=digest.hexdigest(),
        evidence=tuple(connection.scalars(contents)),
    )


def _copy_file(source: Path, target: Path) -> tuple[Path, Figures]:
    target.touch(mode=0o600, exist_ok=False)
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as there,
        closing(sqlite3.connect(target)) as copy,
    ):
        # In one step: a copy in several would begin anew whenever somebody writes.
        there.backup(copy)
        # One file and no second one beside it; the application changes that back.
        copy.execute("PRAGMA journal_mode = DELETE")
        broken = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if broken != "ok":
        raise CannotCopy(f"The copy of {source} is damaged, and so is the database: {broken}.")
    _to_disk(target)
    with _reading(target) as connection:
        return target, figures(connection)


@contextmanager
def _reading(file: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///file:{file}?mode=ro&immutable=1&uri=true")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _dump(settings: Settings, target: Path) -> tuple[Path, Figures]:
    target.touch(mode=0o600, exist_ok=False)
    with verify.snapshot(db.engine) as connection:
        found = figures(connection)
        moment = connection.scalar(text("SELECT pg_export_snapshot()"))
        told = (f"--snapshot={moment}", "--format=custom", f"--file={target}")
        _run("pg_dump", settings, *told, "--no-owner", "--no-privileges")
    _to_disk(target)
    return target, found


def _restore_dump(settings: Settings, file: Path) -> None:
    with db.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
    if tables:
        raise CannotCopy(
            f"The database has {len(tables)} tables already, and nothing is written over them: "
            "make a new one with createdb, and let BAGALAU_DATABASE_URL name it."
        )
    options = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
    _run("pg_restore", settings, *options, str(file))


def _run(program: str, settings: Settings, *words: str) -> None:
    """Run a program of PostgreSQL's on our database; the password is not in its arguments."""
    url = make_url(settings.database_url)
    secret = {} if url.password is None else {"PGPASSWORD": str(url.password)}
    command = [program, f"--dbname={_conninfo(url)}", "--no-password", *words]
    try:
        ended = subprocess.run(
            command, env={**os.environ, **secret}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise CannotCopy(
            f"{program} is not here: install PostgreSQL's client of the server's version or newer."
        ) from None
    if ended.returncode != 0:
        said = ended.stderr.strip().splitlines() or [f"status {ended.returncode}"]
        raise CannotCopy(f"{program} did not end well: {said[0]}")


def _conninfo(url: URL) -> str:
    given = {**url.translate_connect_args(username="user", database="dbname"), **url.query}
    given.pop("password", None)
    return make_conninfo("", **{name: str(value) for name, value in given.items()})


def _to_disk(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())
