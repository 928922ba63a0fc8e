"""Attaching documents in tests, and what the trail says of it."""

from __future__ import annotations

import io
import json
from typing import Any

from sqlalchemy import update

from app.documents.store import BlobStore
from app.domain.actors import Actor
from app.models.cases import Task
from app.services import documents
from app.services.documents import Attached, Upload
from tests.appcontext import NOON, PDF, run, trail

ORIGIN = "Кіріс хаты, № 17-2/345"


def attach(store: BlobStore, actor: Actor, task: int, **given: Any) -> Attached:
    usual: dict[str, Any] = {
        "upload": Upload("Есеп.pdf", io.BytesIO(PDF)),
        "source": "5",
        "origin": ORIGIN,
        "limit": 1024 * 1024,
    }
    return documents.attach(
        task_id=task,
        actor=actor,
        now=NOON,
        store=store,
        **(usual | given),
    )


def refusal_of(kind: str) -> dict[str, object]:
    """The facts of the newest refusal of an act of this kind."""
    found = [json.loads(row.body) for row in trail("act.refused")]
    facts: dict[str, object] = [b["facts"] for b in found if b["facts"]["attempted"] == kind][-1]
    return facts


def hand_in(task: int) -> None:
    run(update(Task).where(Task.id == task).values(state="done"))
