"""Facts as an act reads them: past the object layer, which takes longer than the database.

A fact never changes, so the session need not know of what was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict

from app.db import connection_of
from app.models.trail import Fact

Kind = TypeVar("Kind", bound=Fact)


def read(
    session: Session, kind: type[Kind], query: Select[*tuple[Any, ...]], asked: Mapping[str, Any]
) -> list[Kind]:
    """The facts of a kind that `query` finds: it selects the columns of their table, in order."""
    names = kind.__table__.c.keys()
    found = []
    for row in connection_of(session).execute(query, asked):
        fact = kind()
        instance_dict(fact).update(zip(names, row, strict=True))
        found.append(fact)
    return found


def newest(
    session: Session, kind: type[Kind], query: Select[*tuple[Any, ...]], asked: Mapping[str, Any]
) -> Kind | None:
    """The first of them, None where there is none."""
    found = read(session, kind, query, asked)
    return found[0] if found else None
