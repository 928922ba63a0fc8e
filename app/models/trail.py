"""The trail: its events, the openings of sealed values, and the bond that ties rows to events.

A row that people rely on is of one of two sorts, each a mixin:

* `Fact`: written once and never changed; it names the event that it is part of;
* `Guarded`: changes in place, but only together with an event: its version is the number
  of the newest event of its stream.

The database itself holds them to it (`app.audit.guards`), and the verifier recomputes both
(`app.audit.verify`). Both find the tables through `fact_tables` and `guarded_tables`, so a
table that uses a mixin is covered without being listed anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.db import Base, UtcDateTime

MAX_BODY = 65_535
"""Bytes that the body of one event may have."""

PRIVATE = "private"
"""Mark (`info={PRIVATE: True}`) of a column with somebody's name or secret: it enters the
row's digest only under the row's salt, so the digest of a short value cannot be guessed and
says nothing any more once value and salt have been erased."""
SALT = "salt"
"""The column, 32 random bytes, that a row with private columns has; never part of a digest."""

# SQLite numbers rows by itself only where the type is INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


class EventRow(Base):
    """One event: the canonical bytes as they were hashed, and columns to find it by.

    `seq` numbers the events of a chained stream from 1 without a gap and is null on an
    unchained one; `actor` is a person's code and null where the system acted; `hash` is
    SHA-256(0x00 ‖ body), a leaf of RFC 6962.
    """

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stream: Mapped[str] = mapped_column(String(120))
    seq: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(60))
    case_id: Mapped[int | None]
    actor: Mapped[str | None] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    body: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        UniqueConstraint("stream", "seq"),
        # Before an INSERT trigger SQLite shows an id yet to be given as -1.
        CheckConstraint("id > 0", name="id"),
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint("outcome IN ('done', 'refused')", name="outcome"),
        CheckConstraint("length(hash) = 32", name="hash"),
        CheckConstraint(f"length(body) BETWEEN 2 AND {MAX_BODY}", name="body"),
        Index("ix_event_case_id", "case_id"),
        Index("ix_event_actor", "actor"),
    )


class OpeningRow(Base):
    """The value and salt behind one sealed place of an event.

    `path` is a JSON pointer (RFC 6901) into the event's facts; `value` canonical JSON;
    `subject` the code of the person or body the value belongs to. An erasure takes the row
    away and leaves the event as it is.
    """

    __tablename__ = "opening"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[int] = mapped_column(BigId, ForeignKey("event.id"))
    stream: Mapped[str] = mapped_column(String(120))
    seq: Mapped[int | None]
    path: Mapped[str] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(String(40))
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    value: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        UniqueConstraint("event_id", "path"),
        CheckConstraint("id > 0", name="id"),
        CheckConstraint("length(salt) = 32", name="salt"),
        Index("ix_opening_subject", "subject"),
        Index("ix_opening_stream", "stream", "seq"),
    )


EVENT = cast(Table, EventRow.__table__)
OPENING = cast(Table, OpeningRow.__table__)


class _OnTrail:
    """What `Fact` and `Guarded` share: an id, a stream, and a bond to an event.

    The bond is added when the class has been mapped, and not by `__table_args__`, which a
    class that has arguments of its own would replace without a word.
    """

    __table__: ClassVar[FromClause]
    _sort: ClassVar[str]
    _number: ClassVar[str]

    id: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(String(120))

    def __init_subclass__(cls, **kw: Any) -> None:
        """Bind the table of a mapped class to the events.

        Raises TypeError for a table whose rows could not be hashed before they are
        written: a key other than `id`, or a column that the database or an `onupdate`
        fills in; and for one with a private column and no salt.
        """
        super().__init_subclass__(**kw)
        table = getattr(cls, "__table__", None)
        if not isinstance(table, Table) or "trail" in table.info:
            return
        if [column.name for column in table.primary_key] != ["id"]:
            raise TypeError(f"{table.name}: a row on the trail is known by `id` alone")
        if any(c.onupdate or c.server_default or c.computed for c in table.columns):
            raise TypeError(f"{table.name}: a value is filled in after the row was hashed")
        private = [c.name for c in table.columns if c.info.get(PRIVATE)]
        if private and SALT not in table.c:
            raise TypeError(f"{table.name}: {private[0]} is private, and there is no salt")
        table.info["trail"] = cls._sort
        table.append_constraint(CheckConstraint("id > 0", name="id"))
        table.append_constraint(
            ForeignKeyConstraint(
                [table.c.stream, table.c[cls._number]],
                [EVENT.c.stream, EVENT.c.seq],
                name=f"fk_{table.name}_event",
                deferrable=True,
                initially="DEFERRED",
            )
        )
        # SQLite looks for the rows that wait for an event in every table when it is inserted.
        # A guarded row's number changes with each act, its stream never does.
        found = [table.c.stream, table.c[cls._number]] if cls._sort == "fact" else [table.c.stream]
        Index(f"ix_{table.name}_event", *found)


class Fact(_OnTrail):
    """A row that is written once, in the act of the event (stream, seq), before that event."""

    _sort = "fact"
    _number = "seq"

    seq: Mapped[int]


class Guarded(_OnTrail):
    """A row that changes only together with an event of its stream.

    `version` is the `seq` of the newest event of `stream`. A stale write finds no row with
    the version it read and fails (`StaleDataError`).
    """

    _sort = "guarded"
    _number = "version"

    version: Mapped[int]

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let an UPDATE match only the version that was read."""
        return {"version_id_col": cls.version, "version_id_generator": False}


def fact_tables(metadata: Iterable[MetaData] = (Base.metadata,)) -> list[Table]:
    """Every table of a class that uses `Fact`, by name."""
    return _tables("fact", metadata)


def guarded_tables(metadata: Iterable[MetaData] = (Base.metadata,)) -> list[Table]:
    """Every table of a class that uses `Guarded`, by name."""
    return _tables("guarded", metadata)


def _tables(sort: str, metadata: Iterable[MetaData]) -> list[Table]:
    found = (table for each in metadata for table in each.tables.values())
    return sorted((t for t in found if t.info.get("trail") == sort), key=lambda t: t.name)
