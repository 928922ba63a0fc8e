"""`bagalau people`: a way in when nobody can sign in any more."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.cli import database
from app.cli.output import say
from app.services import installation, registers


@click.group()
def people() -> None:
    """People and their passwords."""


@people.command("set-password")
@click.argument("login")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@with_appcontext
def set_password(login: str, password: str) -> None:
    """Give a person a new password; it is on the trail as done by the installation."""
    with database.sole_writer(database.current().settings):
        database.ready()
        installation.reset_password(login=login, password=password, now=registers.wall_time())
    say(f"{login} has a new password; every session of theirs has ended.")
