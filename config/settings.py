"""Settings of an installation, read from the environment.

`BAGALAU_DATA` is the folder of database, evidence and keys; `BAGALAU_DATABASE_URL` another
database; `BAGALAU_EVIDENCE` another place for evidence; `PORT` and `BAGALAU_HOST` where the
server listens.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from environs import Env, EnvError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
# Names of buckets as the storage takes them; a prefix without empty or dotted parts.
_S3 = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[\w-][\w.-]*)*)/?", re.ASCII)
_ENDPOINT = re.compile(r"https?://[\w.\[\]:-]+/?", re.ASCII)
SHORTEST_KEY = 32
"""Characters that a given key must have: no guess should find it."""
SQLITE = "sqlite:///"
POSTGRESQL = "postgresql+psycopg://"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where evidence lies in a storage that speaks S3: bucket, prefix of the keys, server.

    `prefix` ends in `/` or is empty; without an `endpoint` the storage's own client finds it.
    """

    name: str
    prefix: str = ""
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """How one process keeps its connections to PostgreSQL.

    `size` are kept open and as many again for a moment; `wait` are the seconds that somebody
    waits for one. Behind a `pooler` that hands a server's connection to another client after
    each transaction nothing is prepared on it.
    """

    size: int = 10
    wait: int = 10
    pooler: bool = False


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
    bucket: Bucket | None = None
    pool: Pool = Pool()
    proxies: int = 0
    given_key: str = field(default="", repr=False)

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
        """The key that signs cookies and form tokens; every web process must have the same.

        Unless it was given, it is made at first use and kept in `data`.

        Raises:
            OSError: the folder cannot be written, or the key not be read.
        """
        if self.given_key:
            return self.given_key
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
    url = _given("BAGALAU_DATABASE_URL")
    return Settings(
        data=data,
        database_url=_database(url) if url else f"{SQLITE}{data / 'bagalau.db'}",
        host=_given("BAGALAU_HOST") or "127.0.0.1",
        port=port(_given("PORT") or "8080"),
        secure_cookies=_flag("BAGALAU_SECURE_COOKIES"),
        bucket=_bucket(_given("BAGALAU_EVIDENCE"), _given("BAGALAU_EVIDENCE_ENDPOINT")),
        pool=Pool(
            size=_number("BAGALAU_POOL_SIZE", 1, 200, Pool().size),
            wait=_number("BAGALAU_POOL_WAIT", 1, 300, Pool().wait),
            pooler=_flag("BAGALAU_POOLER"),
        ),
        proxies=_number("BAGALAU_PROXIES", 0, 9, 0),
        given_key=_key(_given("BAGALAU_SECRET_KEY")),
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


def _flag(name: str) -> bool:
    return _given(name) != "" and Env().bool(name)


def _number(name: str, least: int, most: int, otherwise: int) -> int:
    """A whole number from `least` to `most`; raises EnvError for anything else."""
    text = _given(name)
    if not text:
        return otherwise
    if not text.isascii() or not text.isdecimal() or not least <= int(text) <= most:
        raise EnvError(f"{name} must be a number from {least} to {most}, not {text!r}.")
    return int(text)


def _key(text: str) -> str:
    """A key that was given; raises EnvError, which does not repeat it, where it is short."""
    if text and len(text) < SHORTEST_KEY:
        raise EnvError(
            f"BAGALAU_SECRET_KEY must have at least {SHORTEST_KEY} characters: "
            "`openssl rand -hex 32` makes one."
        )
    return text


def _bucket(place: str, endpoint: str) -> Bucket | None:
    """Where evidence lies, None for the folder in BAGALAU_DATA.

    Raises:
        environs.EnvError: it is no `s3://BUCKET/PREFIX`, or the endpoint no address.
    """
    if not place:
        if endpoint:
            raise EnvError("BAGALAU_EVIDENCE_ENDPOINT needs BAGALAU_EVIDENCE=s3://BUCKET/PREFIX.")
        return None
    found = _S3.fullmatch(place)
    if found is None:
        # The value is not repeated: a mistaken address may hold a password.
        raise EnvError("BAGALAU_EVIDENCE must be s3://BUCKET or s3://BUCKET/PREFIX.")
    if endpoint and not _ENDPOINT.fullmatch(endpoint):
        # The value is not repeated: somebody may have put a password into it.
        raise EnvError(
            "BAGALAU_EVIDENCE_ENDPOINT must be an address: https://HOST or https://HOST:PORT."
        )
    prefix = (found[2] or "").strip("/")
    return Bucket(found[1], f"{prefix}/" if prefix else "", endpoint or None)


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
