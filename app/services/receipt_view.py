"""How the receipt of a conclusion is known (¶ 57), read from the event that recorded it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.engine.release import Release
from app.models.facts import ConclusionMark
from app.services import openings, releases
from app.services.views import ReceiptView


def receipt_view(session: Session, mark: ConclusionMark, knows: frozenset[str]) -> ReceiptView:
    """The receipt that a mark stands for; `knows` are the bodies whose people are told by name."""
    place = mark.stream, mark.seq
    body = openings.bodies(session, [place])[place]
    actor, facts = body["actor"], body["facts"]
    answers = facts.get("answers") or {}
    organisation = actor.get("organisation", "")
    return ReceiptView(
        at=mark.at,
        recorded_at=datetime.fromisoformat(body["at"]),
        person=actor.get("person") if organisation in knows else None,
        role=actor.get("role", ""),
        organisation=organisation,
        proof=_kind(releases.load(session, body["release"]), facts) if "proof" in answers else None,
        number=str(answers.get("proof_number", "")),
        documents=tuple(answers.get("documents") or ()),
    )


def _kind(release: Release, facts: Mapping[str, Any]) -> Mapping[str, str]:
    """The kind of the proof as the form of the case's release calls it."""
    chosen = str(facts["answers"]["proof"])
    fields = release.forms[facts["form"]].fields
    labels = {option.value: option.label for field in fields for option in field.options}
    return labels.get(chosen, dict.fromkeys(("kk", "ru", "en"), chosen))
