"""The rows of one table as the events of a case lead to them, open and closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.audit.recheck import Broken

Columns = dict[str, Any]
"""A row by the names of its columns; instants in the form of a body."""

Place = tuple[str, int]
"""What tells rows of a case apart: their key and the number of the event that opened them."""


@dataclass
class Rows:
    """The rows of one table that a case leads to: open ones by key, closed ones by place."""

    open: dict[str, Columns] = field(default_factory=dict)
    closed: dict[Place, Columns] = field(default_factory=dict)

    def expected(self) -> dict[Place, Columns]:
        """Every row by its place."""
        return self.closed | {(key, row["opened_seq"]): row for key, row in self.open.items()}

    def at(self, key: str) -> Columns:
        """The open row of a key; raises Broken where there is none."""
        if key not in self.open:
            raise Broken(f"{key} is not open")
        return self.open[key]

    def add(self, key: str, row: Columns) -> None:
        """Open a row; raises Broken where one is open."""
        if key in self.open:
            raise Broken(f"{key} is open already")
        self.open[key] = row

    def close(self, key: str, **last: Any) -> None:
        """Close a row; raises Broken where none is open."""
        row = self.at(key) | last
        del self.open[key]
        self.closed[key, row["opened_seq"]] = row
