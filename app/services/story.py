"""The story of a case: its events as steps that a person can read, and its marks on the diagram."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.engine.release import Release
from app.models.cases import CaseFile, Task, Timer, Wait
from app.models.trail import EventRow
from app.operations.composition import VOTE
from app.services import openings, story_repairs
from app.services.about import is_inside
from app.services.commission_view import is_secret

# Kinds that tell nothing to a reader of the case; the auditor's trail has them.
_QUIET = frozenset({"task.claimed", "task.released"})
# Elements that only move the token along.
_SILENT = frozenset({"exclusiveGateway", "parallelGateway", "eventBasedGateway"})


@dataclass(frozen=True, slots=True)
class Chapter:
    """One event of a case.

    `name` is the element's name, None for what no element stands for; `person` is left out
    where the reader may know the organisation only; `answers` are the decisive answers and
    `texts` the sealed ones, both empty for readers outside; `visits` names what the engine
    did by itself after it. `repair` is what was proposed, or done, otherwise than the diagram
    says; None for readers outside.
    """

    seq: int
    kind: str
    at: datetime
    name: Mapping[str, str] | None
    element: str | None
    paragraphs: tuple[str, ...]
    person: str | None
    organisation: str | None
    system: str | None
    answers: Mapping[str, Any]
    texts: Mapping[str, str]
    visits: tuple[Mapping[str, str], ...]
    hash: str
    repair: story_repairs.Told | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """Where a case stands on the diagrams of its processes: element ids by process."""

    done: Mapping[str, tuple[str, ...]]
    now: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Stop:
    """An element of the diagram as a line of a list: the diagram in words."""

    process: str
    element: str
    kind: str
    name: Mapping[str, str]
    paragraphs: tuple[str, ...]
    state: str


def story(session: Session, case: CaseFile, release: Release, actor: Actor) -> tuple[Chapter, ...]:
    """The events of a case, oldest first, as far as the actor may read them."""
    rows = session.scalars(
        select(EventRow).where(EventRow.stream == case.stream).order_by(EventRow.seq)
    ).all()
    inside = is_inside(case, actor)
    texts = openings.many(session, [(row.stream, row.seq or 0) for row in rows])
    secret = is_secret(session, case)
    chapters = []
    repairs = story_repairs.Repairs(release, case.process)
    for row in rows:
        if row.kind in _QUIET:
            continue
        body = json.loads(row.body)
        repair = repairs.told(body)
        own = inside or body["actor"].get("organisation") in actor.organisations
        if not own and _hidden(body):
            continue
        told = texts[row.stream, row.seq or 0] if own else {}
        if secret and body["facts"].get("form") == VOTE:
            # Whoever may change the commission is not told before the count who voted how.
            told = {name: text for name, text in told.items() if name != "dissent"}
        chapter = _chapter(row, body, release, told, own)
        chapters.append(replace(chapter, repair=repair) if own and repair else chapter)
    return tuple(chapters)


def _hidden(body: Mapping[str, Any]) -> bool:
    """The commission's work is not shown outside the authority; its outcome is."""
    return bool(body["facts"].get("process") == "commission")


def _chapter(
    row: EventRow,
    body: Mapping[str, Any],
    release: Release,
    texts: Mapping[str, str],
    own: bool,
) -> Chapter:
    facts, actor = body["facts"], body["actor"]
    process, element_id = facts.get("process"), facts.get("element")
    element = None
    if process in release.processes and element_id:
        element = release.processes[process].elements.get(element_id)
    answers = facts.get("answers") or {}
    decisive = {
        name: value
        for name, value in answers.items()
        if not (isinstance(value, dict) and set(value) == {"sealed"})
    }
    return Chapter(
        seq=row.seq or 0,
        kind=row.kind,
        at=row.at,
        name=element.name if element else None,
        element=element_id,
        paragraphs=tuple(body.get("paragraphs", ())) or (element.paragraphs if element else ()),
        person=actor.get("person") if own else None,
        organisation=actor.get("organisation"),
        system=actor.get("system"),
        answers=decisive if own else {},
        texts={name: str(text) for name, text in texts.items()},
        visits=_visits(body, release, element_id),
        hash=row.hash.hex(),
    )


def _visits(
    body: Mapping[str, Any], release: Release, acted: str | None
) -> tuple[Mapping[str, str], ...]:
    names = []
    for process, element_id, _key in body.get("visits", ()):
        model = release.processes.get(process)
        element = model.elements.get(element_id) if model else None
        if element is None or element_id == acted or element.kind in _SILENT:
            continue
        if element.kind in ("serviceTask", "businessRuleTask", "scriptTask", "endEvent"):
            names.append(element.name)
    return tuple(names)


def marks(session: Session, case: CaseFile) -> Marks:
    """Which elements of which diagram are done, and where the tokens stand."""
    done: dict[str, list[str]] = {}
    for body in session.scalars(
        select(EventRow.body).where(EventRow.stream == case.stream).order_by(EventRow.seq)
    ):
        for process, element, _key in json.loads(body).get("visits", ()):
            done.setdefault(process, []).append(element)
    now: dict[str, list[str]] = {}
    waiting: list[tuple[type[Task] | type[Timer] | type[Wait], str]] = [
        (Task, "open"),
        (Timer, "waiting"),
        (Wait, "waiting"),
    ]
    for table, state in waiting:
        rows = session.execute(
            select(table.process, table.element).where(
                table.case_id == case.id, table.state == state
            )
        )
        for row in rows:
            now.setdefault(row.process, []).append(row.element)
    return Marks(
        done={process: tuple(dict.fromkeys(ids)) for process, ids in done.items()},
        now={process: tuple(dict.fromkeys(ids)) for process, ids in now.items()},
    )


def stops(release: Release, process: str, marked: Marks) -> tuple[Stop, ...]:
    """The diagram of a process in words: its elements in their order, with their state."""
    model = release.processes[process]
    done, now = set(marked.done.get(process, ())), set(marked.now.get(process, ()))
    # A frame is where something within it is.
    now |= {e.parent for e in model.elements.values() if e.parent is not None and e.id in now}
    return tuple(
        Stop(
            process=process,
            element=element.id,
            kind=element.kind,
            name=element.name,
            paragraphs=element.paragraphs,
            state="now" if element.id in now else "done" if element.id in done else "next",
        )
        for element in model.elements.values()
        if element.kind not in _SILENT and element.kind != "lane" and any(element.name.values())
    )
