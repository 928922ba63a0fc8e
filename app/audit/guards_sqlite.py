"""The guards as triggers of SQLite.

SQLite keeps the text of a trigger as it was given, so the text is what is compared. Names
inside a trigger are those of its own database: a temporary table called `event` deceives
no guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.engine import Connection

from app.audit.protection import Metadata, Protected, protected

PREFIX = "guard_"


def statements(metadata: Metadata) -> list[str]:
    """The statements that put up every guard."""
    return [sql for table in protected(metadata) for sql in _triggers(table)]


def expected(metadata: Metadata) -> list[str]:
    """What `present` gives when every guard is in place."""
    return statements(metadata)


def present(connection: Connection, tables: Sequence[str]) -> list[str]:
    """The text of every guard, and of every other trigger on one of `tables`."""
    return [
        sql for name, table, sql in _found(connection) if name.startswith(PREFIX) or table in tables
    ]


def removal(connection: Connection) -> list[str]:
    """The statements that take down every guard that is there."""
    found = _found(connection)
    return [f'DROP TRIGGER "{name}"' for name, _, _ in found if name.startswith(PREFIX)]


def _found(connection: Connection) -> list[tuple[str, str, str]]:
    rows = connection.exec_driver_sql(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    )
    return [(str(row[0]), str(row[1]), str(row[2])) for row in rows]


def _triggers(table: Protected) -> Iterable[str]:
    yield _trigger(table, "replace", "INSERT", _taken(table), "a row stays where it is")
    if table.sort != "opening":
        yield _trigger(table, "delete", "DELETE", "1", "nothing is deleted")
    if table.sort != "guarded":
        yield _trigger(table, "update", "UPDATE", "1", "nothing is changed")
    yield from _of_sort(table)


def _of_sort(table: Protected) -> Iterable[str]:
    if table.sort == "event":
        yield _trigger(table, "mixed", "INSERT", _MIXED, "a stream is chained or is not")
        yield _trigger(table, "next", "INSERT", _OUT_OF_ORDER, "not the next of its stream")
    if table.sort == "fact":
        closed = _event("seq")
        yield _trigger(table, "closed", "INSERT", closed, "its event is closed")
    if table.sort == "guarded":
        moved = 'NEW."id" IS NOT OLD."id" OR NEW."stream" IS NOT OLD."stream"'
        step = f'NEW."version" IS NOT OLD."version" + 1 OR NOT {_event("version")}'
        yield _trigger(table, "moved", "UPDATE", moved, "id and stream stay")
        yield _trigger(table, "step", "UPDATE", step, "it changes only with its next event")
        other = _taken(table, 'AND "id" IS NOT OLD."id"')
        yield _trigger(table, "displace", "UPDATE", other, "another row has this already")


def _trigger(table: Protected, what: str, act: str, when: str, message: str) -> str:
    return (
        f'CREATE TRIGGER "{PREFIX}{table.name}_{what}" BEFORE {act} ON "{table.name}" '
        f"FOR EACH ROW WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table.name}: {message}'); END"
    )


def _taken(table: Protected, but: str = "") -> str:
    """Whether a row with the new row's key, or with one of its unique values, is there."""
    keys = (" AND ".join(f'"{column}" = NEW."{column}"' for column in key) for key in table.unique)
    return " OR ".join(f'EXISTS (SELECT 1 FROM "{table.name}" WHERE {key} {but})' for key in keys)


def _event(number: str) -> str:
    return (
        f'EXISTS (SELECT 1 FROM "event" WHERE "stream" = NEW."stream" AND "seq" = NEW."{number}")'
    )


# Each is one search in the index on (stream, seq), however long the stream.
_MIXED = (
    'NEW."seq" IS NULL AND EXISTS (SELECT 1 FROM "event" '
    'WHERE "stream" = NEW."stream" AND "seq" = 1) '
    'OR NEW."seq" = 1 AND EXISTS (SELECT 1 FROM "event" '
    'WHERE "stream" = NEW."stream" AND "seq" IS NULL)'
)

_OUT_OF_ORDER = (
    'NEW."seq" > 1 AND NOT EXISTS (SELECT 1 FROM "event" WHERE "stream" = NEW."stream" '
    'AND "seq" = NEW."seq" - 1 AND "recorded_at" <= NEW."recorded_at")'
)
