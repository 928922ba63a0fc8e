"""What a command prints: its result, its progress, its failure."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")


def result(value: Any, text: Callable[[], str], as_json: bool) -> None:
    """Print a result: JSON when asked for or when nobody sits at the terminal, else text."""
    if as_json or not sys.stdout.isatty():
        click.echo(json.dumps(value, ensure_ascii=False))
    else:
        click.echo(text())


def say(line: str) -> None:
    """Tell about progress, on standard error."""
    click.echo(line, err=True)


def fail(sentence: str) -> NoReturn:
    """End with one sentence on standard error and status 1."""
    click.echo(sentence, err=True)
    raise SystemExit(1)
