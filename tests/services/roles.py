"""Roles of PostgreSQL in a test's own database: one that owns the tables, one that uses them."""

from __future__ import annotations

import psycopg
from sqlalchemy.engine import make_url

from app.audit import grants


def as_role(url: str, role: str) -> str:
    """The same database, signed in to as another role."""
    return make_url(url).set(username=role).render_as_string(hide_password=False)


def owner(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection of the owner, each statement for itself."""
    return connected(url)


def connected(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection as the role that `url` names."""
    there = make_url(url)
    return psycopg.connect(
        user=there.username, host=str(there.query["host"]), dbname=there.database, autocommit=True
    )


def given(url: str, role: str, *, reading: bool = False) -> str:
    """Make `role`, unless it is there, give it what is printed for it; its URL."""
    with owner(url) as connection:
        name = grants.quoted(role)
        there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        if there is None:
            connection.execute(f"CREATE ROLE {name} LOGIN".encode())
        for statement in grants.statements(role, reading=reading):
            connection.execute(statement.encode())
    return as_role(url, role)
