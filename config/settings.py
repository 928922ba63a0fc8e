"""Settings of an installation, read from the environment.

`BAGALAU_DATA` is the folder of database, evidence and keys; `BAGALAU_DATABASE_URL` another
database; `PORT` and `BAGALAU_HOST` where the server listens.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from environs import Env

ROOT = Path(__file__).resolve().parent.parent


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
        prefix = "sqlite:///"
        if not self.database_url.startswith(prefix):
            return None
        return Path(self.database_url.removeprefix(prefix))

    @property
    def evidence(self) -> Path:
        """Folder of the content-addressed evidence store."""
        return self.data / "evidence"

    def secret_key(self) -> str:
        """The key that signs cookies and form tokens, made at first use and kept in `data`."""
        path = self.data / "keys" / "cookies"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32), encoding="ascii")
        return path.read_text(encoding="ascii")


def from_environment() -> Settings:
    """Read the settings of this process.

    Raises:
        environs.EnvError: a value is not what it should be (a port that is no number).
    """
    env = Env()
    data = env.path("BAGALAU_DATA", Path("var")).resolve()
    return Settings(
        data=data,
        database_url=env.str("BAGALAU_DATABASE_URL", "") or f"sqlite:///{data / 'bagalau.db'}",
        host=env.str("BAGALAU_HOST", "127.0.0.1"),
        port=env.int("PORT", 8080),
        secure_cookies=env.bool("BAGALAU_SECURE_COOKIES", False),
    )
