"""A forger with the database in their hands: down with the guards, the chain put in order again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text

from app.audit.canonical import canonical
from app.audit.log import leaf
from app.db import Base, db
from app.services import replay
from tests.audit.attacker import tamper
from tests.journeys.plot import Stage

Body = dict[str, Any]


def forge(stage: Stage, change: Callable[[Connection], Any]) -> replay.Replayed:
    """Let somebody change what is stored; what a replay finds afterwards."""
    db.session.remove()
    tamper(stage.app.config["SQLALCHEMY_DATABASE_URI"], change, metadata=(Base.metadata,))
    return replay.replay()


def bodies(connection: Connection, case: int) -> list[Body]:
    """The events of a case, in their order."""
    rows = connection.execute(
        text("SELECT body FROM event WHERE stream = :s ORDER BY seq"), {"s": f"case/{case}"}
    )
    return [json.loads(bytes(row.body)) for row in rows]


def rewrite(case: int, change: Callable[[list[Body]], Any]) -> Callable[[Connection], None]:
    """Change the acts of a case, and number, link and hash all of them anew."""

    def rewritten(connection: Connection) -> None:
        found = bodies(connection, case)
        count = len(found)
        change(found)
        prev: bytes | None = None
        for seq, body in enumerate(found, start=1):
            body["seq"] = seq
            body.pop("prev", None)
            if prev is not None:
                body["prev"] = prev.hex()
            written = canonical(body)
            prev = leaf(written)
            connection.execute(
                text("UPDATE event SET body = :b, hash = :h WHERE stream = :s AND seq = :n"),
                {"b": written, "h": prev, "s": f"case/{case}", "n": seq},
            )
        if len(found) < count:
            over = {"s": f"case/{case}", "n": len(found)}
            connection.execute(text("DELETE FROM event WHERE stream = :s AND seq > :n"), over)
            connection.execute(text("UPDATE case_file SET version = :n WHERE stream = :s"), over)

    return rewritten


def act(found: list[Body], kind: str, element: str = "") -> Body:
    """The first act of a kind, at an element."""
    return next(
        body
        for body in found
        if body["kind"] == kind and element in ("", body["facts"].get("element"))
    )
