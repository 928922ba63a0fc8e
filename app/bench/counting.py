"""Counting what is sent to the database between begin and commit of a writing transaction."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, event

from app.db import WRITING


class Counter:
    """Statements and commits of writing transactions while it is entered."""

    def __init__(self, engine: Engine) -> None:
        """Count on the connections of `engine`."""
        self._engine = engine
        self.statements = 0
        self.commits = 0

    def __enter__(self) -> Self:
        """Begin to count."""
        event.listen(self._engine, "before_cursor_execute", self._executed)
        event.listen(self._engine, "commit", self._committed)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop counting."""
        event.remove(self._engine, "before_cursor_execute", self._executed)
        event.remove(self._engine, "commit", self._committed)

    def _executed(self, connection: Connection, *_: Any) -> None:
        if connection.get_execution_options().get(WRITING) and not _is_begin(_):
            self.statements += 1

    def _committed(self, connection: Connection) -> None:
        if connection.get_execution_options().get(WRITING):
            self.commits += 1


def _is_begin(arguments: tuple[Any, ...]) -> bool:
    return len(arguments) > 1 and str(arguments[1]).startswith("BEGIN")
