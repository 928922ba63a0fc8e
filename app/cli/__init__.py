"""The command line: `bagalau` and the commands of this package.

Progress and errors go to standard error, results to standard output: as JSON with `--json`
and wherever standard output is not a terminal, else as text. Exit status 1 is a failure, 2
wrong usage.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click
from flask import Flask
from flask.cli import ScriptInfo

# A command is imported when it is called: counting a term needs no web server.
COMMANDS = {
    "backup": "app.cli.backup:backup",
    "bench": "app.cli.bench:bench",
    "calendar": "app.cli.calendar:calendar",
    "database": "app.cli.grants:database",
    "demo": "app.cli.demo:demo",
    "evaluators": "app.cli.evaluators:evaluators",
    "init": "app.cli.setup:init",
    "migrate": "app.cli.setup:migrate",
    "people": "app.cli.people:people",
    "release": "app.cli.release:release",
    "replay": "app.cli.replay:replay",
    "restore": "app.cli.backup:restore",
    "result": "app.cli.result:year_result",
    "serve": "app.cli.serve:serve",
    "trail": "app.cli.trail:trail",
    "worker": "app.cli.worker:worker",
}


class Group(click.Group):
    """The commands of `COMMANDS`; what stops one is told in one sentence, with status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), attribute)
        return found

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what an operator can mend ends it with its sentence and status 1."""
        from app.cli.failures import sentence
        from app.cli.output import fail

        try:
            return super().invoke(ctx)
        except Exception as error:
            told = sentence(error)
            if told is None:
                raise
            fail(told)


def _application() -> Flask:
    from app import create_app
    from config.settings import from_environment

    return create_app(from_environment())


cli = Group(
    name="bagalau",
    help=__doc__.partition("\n")[0],
    context_settings={"obj": ScriptInfo(create_app=_application, set_debug_flag=False)},
)


def init_app(app: Flask) -> None:
    """Give the application no commands of Flask's own: `bagalau` has them all."""
    app.cli.commands.clear()


def main() -> None:
    """Entry point of the console script."""
    cli.main(prog_name="bagalau", args=sys.argv[1:])
