"""What the roles of PostgreSQL may do to each table, made from the tables themselves.

The application's role owns nothing: it can add events and facts, move what is guarded, and
switch no guard off. Whoever may write to a table is told by its sort, so a new table is
covered without being listed anywhere; only what may be forgotten is named.

PostgreSQL has no right to alter or drop a table but ownership
(https://www.postgresql.org/docs/current/ddl-priv.html), and TRUNCATE and TRIGGER are given
to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import MetaData, Table

from app.audit.guards_postgresql import SCHEMA
from app.audit.protection import protected
from app.db import Base

FORGOTTEN = frozenset({"draft", "sign_in_failure"})
"""Tables whose rows go: what was typed and handed in, and old failures to sign in."""
REVISION = "alembic_version"
"""Where the migrations note the version of the schema; theirs alone."""

_OF_SORT = {
    "event": "SELECT, INSERT",
    "opening": "SELECT, INSERT",
    "fact": "SELECT, INSERT",
    "guarded": "SELECT, INSERT, UPDATE",
}


def statements(role: str, *, reading: bool = False, metadata: MetaData | None = None) -> list[str]:
    """The statements that give `role` what it needs and take away whatever else it has.

    With `reading` it may read everything and write nothing: for backups and for the verifier.
    They are for the owner of the tables, who may run them again after every migration.
    """
    name = quoted(role)
    return [
        *_cleared(name),
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {name}",
        f"GRANT SELECT ON {SCHEMA}.{quoted(REVISION)} TO {name}",
        *_granted(name, reading, Base.metadata if metadata is None else metadata),
    ]


def quoted(identifier: str) -> str:
    """An identifier as SQL has it, whatever characters are in it."""
    return '"' + identifier.replace('"', '""') + '"'


def _cleared(name: str) -> Iterator[str]:
    # Where a public schema is open to all (before PostgreSQL 15) anybody could add to it.
    yield f"REVOKE CREATE ON SCHEMA {SCHEMA} FROM PUBLIC"
    for what in ("TABLES", "SEQUENCES"):
        yield f"REVOKE ALL ON ALL {what} IN SCHEMA {SCHEMA} FROM PUBLIC, {name}"
    yield f"REVOKE ALL ON SCHEMA {SCHEMA} FROM {name}"


def _granted(name: str, reading: bool, metadata: MetaData) -> Iterator[str]:
    sorts = {table.name: table.sort for table in protected((metadata,))}
    for table in sorted(metadata.tables.values(), key=lambda table: table.name):
        rights = "SELECT" if reading else _rights(table, sorts.get(table.name))
        yield f"GRANT {rights} ON {SCHEMA}.{quoted(table.name)} TO {name}"
        numbered = table.autoincrement_column
        if numbered is not None:
            sequence = f"{SCHEMA}.{quoted(f'{table.name}_{numbered.name}_seq')}"
            # To set a sequence back would take UPDATE; a backup reads where it stands.
            use = "SELECT" if reading else "USAGE, SELECT"
            yield f"GRANT {use} ON SEQUENCE {sequence} TO {name}"


def _rights(table: Table, sort: str | None) -> str:
    if sort is not None:
        return _OF_SORT[sort]
    kept = "SELECT, INSERT, UPDATE"
    return f"{kept}, DELETE" if table.name in FORGOTTEN else kept
