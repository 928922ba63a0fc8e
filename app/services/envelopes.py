"""The circumstances of an act, as every event tells them."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from importlib.metadata import version as installed_version

from app.audit import log
from app.domain.actors import Actor, Holding, SystemActor

APPLICATION = installed_version("bagalau")

# Names the request in whose course an event is written; entry points set it.
request_id: ContextVar[str] = ContextVar("request_id", default="-")


def envelope(
    *,
    now: datetime,
    actor: Actor | SystemActor,
    holding: Holding | None = None,
    release: str | None = None,
    registers: Mapping[str, int] | None = None,
    paragraphs: tuple[str, ...] = (),
    outcome: str = "done",
) -> log.Envelope:
    """What every event says besides its own facts."""
    return log.Envelope(
        at=now,
        recorded_at=datetime.now(UTC),
        actor=actor,
        holding=holding,
        on_behalf_of=None,
        request=request_id.get(),
        application=APPLICATION,
        release=release,
        registers=dict(registers or {}),
        paragraphs=paragraphs,
        outcome=outcome,
    )
