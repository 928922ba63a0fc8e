"""`bagalau init` and `bagalau migrate`: an empty installation with its first administrator."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.cli import database
from app.cli.output import say
from app.services import installation, registers
from config.settings import ROOT


@click.command()
@click.option("--login", prompt="Login of the first administrator", help="Login to sign in with.")
@click.option("--name-kk", prompt="Name in Kazakh", help="Name in Kazakh.")
@click.option("--name-ru", prompt="Name in Russian", help="Name in Russian.")
@click.option("--name-en", prompt="Name in Latin letters", help="Name in Latin letters.")
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    envvar="BAGALAU_ADMIN_PASSWORD",
    help="At least 12 characters; asked for when not given.",
)
@with_appcontext
def init(login: str, name_kk: str, name_ru: str, name_en: str, password: str) -> None:
    """Make an empty installation and its first administrator."""
    settings = database.current().settings
    with database.sole_writer(settings):
        installation.migrate(ROOT / "migrations")
        installation.require_empty()
        say("Making the registers and release 1 ...")
        database.ready()
        installation.first_administrator(
            login=login,
            names={"kk": name_kk, "ru": name_ru, "en": name_en},
            password=password,
            now=registers.wall_time(),
        )
    say(f"Done. Start it with `bagalau serve` and sign in as {login}.")


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest schema."""
    with database.sole_writer(database.current().settings):
        changed = installation.migrate(ROOT / "migrations")
    say("The database is up to date." if not changed else "The database was migrated.")
