"""`bagalau init` and `bagalau migrate`: an empty installation with its first administrator."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.cli import database
from app.cli.output import say
from app.services import installation, registers
from config.settings import ROOT


@click.command()
@click.option("--login", help="Login to sign in with.")
@click.option("--name-kk", help="Name in Kazakh.")
@click.option("--name-ru", help="Name in Russian.")
@click.option("--name-en", help="Name in Latin letters.")
@click.option("--password", envvar="BAGALAU_ADMIN_PASSWORD", help="At least 12 characters.")
@with_appcontext
def init(
    login: str | None,
    name_kk: str | None,
    name_ru: str | None,
    name_en: str | None,
    password: str | None,
) -> None:
    """Make an empty installation and its first administrator; asks for what is not given."""
    settings = database.current().settings
    with database.sole_writer(settings):
        _require_empty()
    # Without the lock, which others need: an answer may take its time.
    login = login or click.prompt("Login of the first administrator")
    names = {
        "kk": name_kk or click.prompt("Name in Kazakh"),
        "ru": name_ru or click.prompt("Name in Russian"),
        "en": name_en or click.prompt("Name in Latin letters"),
    }
    password = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with database.sole_writer(settings):
        _require_empty()
        say("Making the registers and release 1 ...")
        database.ready()
        installation.first_administrator(
            login=login, names=names, password=password, now=registers.wall_time()
        )
    say(f"Done. Start it with `bagalau serve` and sign in as {login}.")


def _require_empty() -> None:
    """Refuse an installation that has people; the tables are made where there are none.

    Raises:
        Conflict: `init.already`.
    """
    installation.migrate(ROOT / "migrations")
    installation.require_empty()


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest schema."""
    with database.sole_writer(database.current().settings):
        changed = installation.migrate(ROOT / "migrations")
    say("The database is up to date." if not changed else "The database was migrated.")
