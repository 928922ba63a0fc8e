"""Which tables are under guard, as what, and what makes their rows unique."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import MetaData, PrimaryKeyConstraint, Table, UniqueConstraint

from app.db import Base
from app.models.trail import EVENT, OPENING, fact_tables, guarded_tables

Metadata = Sequence[MetaData]
OWN: Metadata = (Base.metadata,)
"""The tables of the application."""


@dataclass(frozen=True)
class Protected:
    """A table under guard: its name, its sort, and each set of columns that is unique.

    `sort` is event, opening, fact or guarded.
    """

    name: str
    sort: str
    unique: tuple[tuple[str, ...], ...]


def protected(metadata: Metadata = OWN) -> list[Protected]:
    """Every table under guard: `event`, `opening`, then facts and guarded rows by name.

    Raises ValueError for a partial or computed unique index on one of them: a guard could
    not tell which row an `INSERT OR REPLACE` would push out.
    """
    tables = [(EVENT, "event"), (OPENING, "opening")]
    tables += [(table, "fact") for table in fact_tables(metadata)]
    tables += [(table, "guarded") for table in guarded_tables(metadata)]
    return [Protected(table.name, sort, tuple(sorted(_unique(table)))) for table, sort in tables]


def _unique(table: Table) -> Iterator[tuple[str, ...]]:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint):
            yield tuple(column.name for column in constraint.columns)
    for index in table.indexes:
        if not index.unique:
            continue
        if index.dialect_options["sqlite"]["where"] is not None or len(index.columns) != len(
            index.expressions
        ):
            raise ValueError(f"{index.name}: a row under guard is unique by whole columns")
        yield tuple(column.name for column in index.columns)
