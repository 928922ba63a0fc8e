"""The command line: `bagalau`, Flask's own group with the commands of this package.

Progress and errors go to standard error, results to standard output: as JSON with `--json`
and wherever standard output is not a terminal, else as text. Exit status 1 is a failure, 2
wrong usage.
"""

from __future__ import annotations

import sys

import click
from environs import EnvError
from flask import Flask
from flask.cli import FlaskGroup

from app.cli import bench, calendar, demo, people, serve, setup, trail
from app.cli.output import fail
from app.domain.refusals import Refusal
from app.services.sentences import say


def _application() -> Flask:
    from app import create_app
    from config.settings import from_environment

    try:
        return create_app(from_environment())
    except EnvError as error:
        fail(str(error))


class Group(FlaskGroup):
    """Flask's group, which turns a refusal into its sentence."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a refusal ends it with its sentence and status 1."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            fail(say(refusal, "en"))


cli = Group(
    name="bagalau",
    help=__doc__.partition("\n")[0],
    create_app=_application,
    add_version_option=False,
    add_default_commands=False,
    load_dotenv=False,
)
for command in (
    bench.bench,
    calendar.calendar,
    trail.trail,
    demo.demo,
    people.people,
    serve.serve,
    serve.worker,
    setup.init,
    setup.migrate,
):
    cli.add_command(command)


def init_app(app: Flask) -> None:
    """Give the application no commands of Flask's own: `bagalau` has them all."""
    app.cli.commands.clear()


def main() -> None:
    """Entry point of the console script."""
    cli.main(prog_name="bagalau", args=sys.argv[1:])
