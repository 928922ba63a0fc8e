"""The seeds of the registers as values, for the tests of the domain."""

from __future__ import annotations

import csv
from functools import cache, partial
from pathlib import Path

from app.domain.calendar import Calendar, read_calendar
from app.domain.registers import Bodies, Decide, Mandates, Part, Registers
from app.engine.safe_xml import parse
from app.engine.tables import look_up, read_table

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "config" / "seeds"
EVALUATORS = ROOT / "bpmn" / "cycle" / "evaluators.dmn"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a seed file by column."""
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def calendar() -> Calendar:
    """The calendar register as installed."""
    return read_calendar(rows("calendar.csv"), 1)


@cache
def decide() -> Decide:
    """The decision table of who evaluates whom, as installed."""
    return partial(look_up, read_table("cycle/evaluators.dmn", parse(EVALUATORS.read_bytes())))


@cache
def registers() -> Registers:
    """Bodies, mandates and parts as installed, with the table of who evaluates whom."""
    return Registers(
        bodies=Bodies.read(rows("bodies.csv")),
        mandates=Mandates.read(rows("mandates.csv")),
        parts=tuple(Part.read(row) for row in rows("parts.csv")),
        decide=decide(),
    )
