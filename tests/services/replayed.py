"""A case executed again from its events alone; only the release is taken from elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.audit.recheck import calls, parse, sha256
from app.db import reading
from app.engine.release import Release
from app.engine.step import Call, Step
from app.models.cases import CaseFile
from app.models.trail import EventRow
from app.services import releases
from tests.engine.hosts import Replaying, act


def executed_again(case_id: int) -> int:
    """Replay the acts of a case; every one must arrive at the recorded state. How many moved it."""
    with reading() as session:
        case = session.get_one(CaseFile, case_id)
        release = releases.load(session, case.release)
        query = select(EventRow.body).where(EventRow.stream == case.stream).order_by(EventRow.seq)
        bodies = [parse(body) for body in session.scalars(query)]
    state, moved = b"", 0
    for body in bodies:
        if "state_digest" not in body:
            continue
        step = _again(release, state, body)
        assert step.digest == body["state_digest"] and sha256(step.state) == body["state_sha256"]
        state, moved = step.state, moved + 1
    return moved


def _again(release: Release, state: bytes, body: dict[str, Any]) -> Step:
    kind, key, values = _asked(release, body["kind"], body["facts"])
    host = Replaying([Call(*call) for call in calls(body)])
    step = act(release, state, kind, key, values, datetime.fromisoformat(body["at"]), host)
    assert host.left == [], "calls left over"
    return step


def _asked(release: Release, kind: str, facts: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """What the engine was asked to do by an event: the act, what it was done to, its values."""
    if kind == "case.started":
        return "start", facts["process"], facts["data"]
    if kind == "message.delivered":
        return "deliver", facts["message"], facts["payload"]
    if kind == "case.redated":
        return "redate", "", {"asking": ["schedule"]}
    if kind == "case.calendar_redated":
        return "redate", "", {"asking": ["working_days_after", "calendar_days_after"]}
    if kind == "timer.fired":
        return "fire", facts["key"], {}
    assert kind == "task.completed", kind
    decisive = release.forms[facts["form"]].decisive
    return "complete", facts["key"], {n: v for n, v in facts["answers"].items() if n in decisive}
