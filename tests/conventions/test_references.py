"""Every reference between tables has an index that begins with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Table, UniqueConstraint

from app.db import Base
from app.models import cases, evaluation, facts, overall, people, registers, trail

MODULES = (cases, evaluation, facts, overall, people, registers, trail)
REFERENCES = sorted(
    (table.name, tuple(constraint.column_keys))
    for table in Base.metadata.tables.values()
    for constraint in table.foreign_key_constraints
)


def indexed(table: Table) -> Iterator[list[str]]:
    """The columns of each index that holds every row of a table."""
    yield [column.name for column in table.primary_key.columns]
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield [column.name for column in constraint.columns]
    for index in table.indexes:
        if index.dialect_options["sqlite"].get("where") is None:
            yield [column.name for column in index.columns]


@pytest.mark.parametrize(("table", "columns"), REFERENCES)
def test_a_reference_has_an_index(table: str, columns: tuple[str, ...]) -> None:
    """Within an act SQLite looks through the referring tables for each row that is inserted."""
    found = indexed(Base.metadata.tables[table])
    # A stream belongs to one case: its few events are as good as found.
    assert any(columns[0] in names[:1] for names in found), f"{table}: {', '.join(columns)}"


def test_the_tables_were_found() -> None:
    assert MODULES and len(REFERENCES) > 80
