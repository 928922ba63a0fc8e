"""`bagalau database`: what roles of PostgreSQL may do."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.audit import grants as rights


@click.group()
def database() -> None:
    """The database: what its roles may do."""


@database.command()
@click.argument("role")
@click.option("--reading", is_flag=True, help="To read everything and write nothing: for backups.")
@with_appcontext
def grants(role: str, reading: bool) -> None:
    """Print the SQL by which the application's ROLE may do what it needs and nothing more.

    For PostgreSQL, to be run by the role that owns the tables, after every migration:
    bagalau database grants ROLE | psql --set ON_ERROR_STOP=1 --single-transaction. Nothing is
    read or written here.
    """
    # Through the application, which knows every table.
    for statement in rights.statements(role, reading=reading):
        click.echo(f"{statement};")
