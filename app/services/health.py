"""Whether this process can serve: asked every few seconds by whoever shares out requests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.db import reading
from app.models.cases import Release
from app.services import installation
from config.settings import ROOT


@dataclass(frozen=True, slots=True)
class Health:
    """Whether requests may come; `problem` is the code of the sentence that says why not.

    `schema` is this version's (`current`), that of a later one (`newer`), which is served on
    while a new version takes over from process to process, or that of an earlier (`older`).
    """

    ready: bool
    problem: str | None
    schema: str | None
    release: bool


def health() -> Health:
    """Ask the database two short questions. Writes nothing and never raises."""
    try:
        with reading() as session:
            revision = session.scalar(text("SELECT version_num FROM alembic_version"))
            released = session.scalar(select(Release.id).limit(1)) is not None
    except (InterfaceError, OperationalError, PoolTimeout):
        return Health(False, "health.database", None, False)
    except DBAPIError:
        # It answers, and has no such table: nobody has set it up yet.
        return Health(False, "schema.older", "older", False)
    schema = _schema(revision)
    if schema == "older":
        return Health(False, "schema.older", schema, released)
    return Health(True, None, schema, released)


def _schema(revision: str | None) -> str:
    """How a revision of the schema stands to this version's own."""
    revisions = _revisions()
    if revision == revisions[0]:
        return "current"
    return "older" if revision is None or revision in revisions else "newer"


@cache
def _revisions() -> tuple[str, ...]:
    # The files of a running version stay as they are, and reading them takes a while.
    return installation.known(ROOT / "migrations")
