"""What an event says of the rows of its act: a digest of each.

The rule, which the verifier implements a second time for itself: take every column of the
row by its name in the database, leaving out the column `state` of a guarded table (the
engine's bytes, which `state_sha256` covers); write the values by the rules of
`app.audit.canonical`, a decimal number with exactly the digits after the point that its
column has; the digest is SHA-256 of the canonical JSON of that object. It stands on the
event under `<table>/<id>`.

Where one act wrote `MANY` facts of a table or more, they stand together under
`<table>/<id>*<number>`, `<id>` being the first of them: SHA-256 of the canonical JSON of
the list of their digests in the order of their ids. A table of three hundred indicators
would otherwise take half of what an event can hold.

A private column (`app.models.trail.PRIVATE`) enters as a commitment, HMAC-SHA-256 of the
canonical JSON of its value under the row's `salt`, 64 hexadecimal digits; the salt itself
is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Numeric, Table, inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from app.audit.canonical import canonical
from app.audit.sealed import commitment
from app.models.trail import PRIVATE, SALT, Fact, Guarded

Row = Fact | Guarded
STATE = "state"
MANY = 20
"""So many facts of one table in one act are claimed together."""


class RowMismatch(ValueError):
    """A row does not belong to the event it was handed to; the message says which and why."""


def claim(session: Session, rows: Sequence[Row], stream: str, seq: int) -> dict[str, str]:
    """Bind `rows` to event (stream, seq), write the new ones, and give their digests by name.

    A new row without stream or number is given them; a guarded row at the version before
    is raised to `seq`. Guarded rows that changed are hashed as they are going to be: their
    UPDATE must come after the event. Raises RowMismatch for a row of another event, for a
    version that is not the next, and for a changed guarded row of the stream left out.
    """
    for row in rows:
        _bind(row, stream, seq)
    _forgotten(session, rows, stream)
    # A fact with a number has been written, past the session.
    session.add_all(
        row for row in rows if not (isinstance(row, Fact) and row.id) and row not in session
    )
    if session.new:
        _flush_new(session)
    return _named(rows)


def _named(rows: Sequence[Row]) -> dict[str, str]:
    named: dict[str, str] = {}
    facts: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        table = _table(row).name
        if isinstance(row, Fact):
            facts.setdefault(table, []).append((row.id, digest(row)))
        else:
            named[f"{table}/{row.id}"] = digest(row)
    for table, found in facts.items():
        if len(found) < MANY:
            named |= {f"{table}/{number}": told for number, told in found}
            continue
        found.sort()
        together = canonical([told for _, told in found])
        named[f"{table}/{found[0][0]}*{len(found)}"] = hashlib.sha256(together).hexdigest()
    return named


def _bind(row: Row, stream: str, seq: int) -> None:
    known = instance_dict(row)
    if isinstance(row, Fact) and known.get("stream") == stream and known.get("seq") == seq:
        return
    # A new row has None where nothing was set yet.
    if row.stream not in (None, stream):
        raise RowMismatch(f"a row of {row.stream} was handed to an event of {stream}")
    # Setting a value that is there already would mark the row as changed.
    if not row.stream:
        row.stream = stream
    if isinstance(row, Fact):
        if row.seq not in (None, seq):
            raise RowMismatch(f"a fact of event {row.seq} was handed to event {seq} of {stream}")
        if not row.seq:
            row.seq = seq
        return
    if row.version not in (None, seq - 1, seq):
        raise RowMismatch(f"version {row.version} cannot become {seq} on {stream}")
    if row.version != seq:
        row.version = seq


def _forgotten(session: Session, rows: Sequence[Row], stream: str) -> None:
    for other in session.dirty:
        if isinstance(other, Guarded) and other.stream == stream and other not in rows:
            raise RowMismatch(f"{_table(other).name}/{other.id} changed and was not handed over")


def _flush_new(session: Session) -> None:
    """Write new rows and hold changed guarded rows back, which may only follow their event."""
    held = []
    for row in session.dirty:
        if not isinstance(row, Guarded):
            continue
        for attribute in inspect(row).attrs:
            if not attribute.history.has_changes():
                continue
            held.append((row, attribute.key, attribute.value))
            if attribute.history.deleted:
                set_committed_value(row, attribute.key, attribute.history.deleted[0])
            else:
                session.expire(row, [attribute.key])
    session.flush()
    for row, key, value in held:
        setattr(row, key, value)


def digest(row: Row) -> str:
    """The digest of a row with its present values, by the rule above: 64 hexadecimal digits."""
    kind = type(row)
    if kind not in _HASHED:
        _HASHED[kind] = _hashed(kind)
    plain, special = _HASHED[kind]
    values = {name: getattr(row, key) for name, key in plain}
    for column, key in special:
        value = _scaled(column.type, getattr(row, key))
        if column.info.get(PRIVATE):
            value = commitment(getattr(row, SALT), canonical(value))
        values[column.name] = value
    return hashlib.sha256(canonical(values)).hexdigest()


# Of each class the columns that are hashed, with the attributes that hold them: by their names
# those that enter as they are, and those that are scaled or private.
_Hashed = tuple[list[tuple[str, str]], list[tuple[Column[Any], str]]]
_HASHED: dict[type[Row], _Hashed] = {}


def _hashed(kind: type[Row]) -> _Hashed:
    mapper = inspect(kind)
    table = mapper.local_table
    assert isinstance(table, Table)
    private = any(column.info.get(PRIVATE) for column in table.columns)
    hashed = [
        (column, mapper.get_property_by_column(column).key)
        for column in table.columns
        if not (column.name == STATE and issubclass(kind, Guarded))
        and not (column.name == SALT and private)
    ]
    plain: list[tuple[str, str]] = []
    special: list[tuple[Column[Any], str]] = []
    for column, key in hashed:
        if column.info.get(PRIVATE) or isinstance(column.type, Numeric):
            special.append((column, key))
        else:
            plain.append((column.name, key))
    return plain, special


def _scaled(kind: Any, value: Any) -> Any:
    if not isinstance(value, Decimal) or not isinstance(kind, Numeric) or kind.scale is None:
        return value
    exact = value.quantize(Decimal(1).scaleb(-kind.scale))
    if exact != value:
        raise RowMismatch(f"{value} has more digits than its column")
    return exact


def _table(row: Row) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table
