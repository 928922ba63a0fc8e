"""Settings of an installation, read from the environment.

`BAGALAU_DATA` is the folder of database, evidence and keys; `BAGALAU_DATABASE_URL` another
database; `PORT` and `BAGALAU_HOST` where the server listens.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from environs import Env, EnvError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
SQLITE = "sqlite:///"
POSTGRESQL = "postgresql+psycopg://"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can differ between two installations of the same code."""

    data: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8080
    max_upload: int = 20 * 1024 * 1024
    session_hours: int = 12
    secure_cookies: bool = False
    diagrams: Path = ROOT / "bpmn"

    @property
    def sqlite_file(self) -> Path | None:
        """The database file, or None on PostgreSQL."""
        if not self.database_url.startswith(SQLITE):
            return None
        return Path(self.database_url.removeprefix(SQLITE))

    @property
    def evidence(self) -> Path:
        """Folder of the content-addressed evidence store."""
        return self.data / "evidence"

    def secret_key(self) -> str:
        """The key that signs cookies and form tokens, made at first use and kept in `data`.

        Raises:
            OSError: the folder cannot be written, or the key not be read.
        """
        path = self.data / "keys" / "cookies"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_once(path, secrets.token_hex(32))
        return path.read_text(encoding="ascii")


def _write_once(path: Path, text: str) -> None:
    """Let `path` have a content, whole from its first moment; a content it has stays."""
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        # Of two processes that do this at once, the second takes the key of the first.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(fresh)
    finally:
        fresh.unlink()


def from_environment() -> Settings:
    """Read the settings of this process; a variable that is empty counts as not set.

    Raises:
        environs.EnvError: a value is not what it should be (a port that is no number).
    """
    data = Path(_given("BAGALAU_DATA") or "var").resolve()
    url, secure = _given("BAGALAU_DATABASE_URL"), "BAGALAU_SECURE_COOKIES"
    return Settings(
        data=data,
        database_url=_database(url) if url else f"{SQLITE}{data / 'bagalau.db'}",
        host=_given("BAGALAU_HOST") or "127.0.0.1",
        port=port(_given("PORT") or "8080"),
        secure_cookies=_given(secure) != "" and Env().bool(secure),
    )


def port(text: str) -> int:
    """A port to listen on.

    Raises:
        environs.EnvError: it is no number from 1 to 65535.
    """
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise EnvError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _given(name: str) -> str:
    return os.environ.get(name, "").strip()


def _database(url: str) -> str:
    """The URL of a database as SQLAlchemy is to read it.

    Raises:
        environs.EnvError: it is neither a file of SQLite nor a PostgreSQL database.
    """
    scheme, _, rest = url.partition("://")
    if scheme in ("postgresql+psycopg", "postgresql", "postgres") and _is_url(POSTGRESQL + rest):
        return POSTGRESQL + rest
    file = rest.removeprefix("/")
    if scheme == "sqlite" and rest.startswith("/") and file not in ("", ":memory:"):
        return f"{SQLITE}{Path(file).resolve()}"
    # The value is not repeated: it may hold a password.
    raise EnvError(
        "BAGALAU_DATABASE_URL must be sqlite:///FILE or postgresql://USER@HOST/DATABASE."
    )


def _is_url(text: str) -> bool:
    try:
        make_url(text)
    except (ArgumentError, ValueError):
        return False
    return True
