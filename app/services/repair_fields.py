"""The fields of a case that a repair may give a value, with their names for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.engine import runner
from app.engine.elements import Element, Process
from app.engine.expressions import compile_script
from app.engine.forms import LANGUAGES, Names
from app.engine.release import Release
from app.models.cases import CaseFile, Incident, Message
from app.services import messages

# The number of the case itself, which names its rows and its stream.
FIXED = frozenset({"case"})


def fields(release: Release, process: str, data: Mapping[str, Any]) -> dict[str, Names]:
    """What may be given: what a process, or one that it calls, declares, and what is known.

    By name, with the label of the form that asks for it, or the name itself.
    """
    found = {name: dict.fromkeys(LANGUAGES, name) for name in data}
    for each in _with_called(release, process):
        for element in each.elements.values():
            for name in _written(release, element):
                found.setdefault(name, dict.fromkeys(LANGUAGES, name))
            form = release.forms.get(element.form or "")
            for field in form.fields if form is not None else ():
                if field.name in found:
                    found[field.name] = dict(field.label)
    return {name: found[name] for name in sorted(found.keys() - FIXED)}


def _with_called(release: Release, process: str) -> Iterator[Process]:
    waiting, seen = [process], set[str]()
    while waiting:
        model = release.processes.get(waiting.pop())
        if model is not None and model.id not in seen:
            seen.add(model.id)
            yield model
            waiting += [element.called for element in model.elements.values() if element.called]


def _written(release: Release, element: Element) -> set[str]:
    """The names that an element sets."""
    found = {element.result} if element.result else set[str]()
    if element.loop is not None and element.loop.output:
        found.add(element.loop.output)
    if (form := release.forms.get(element.form or "")) is not None:
        found |= form.decisive
    if (table := release.tables.get(element.decision or "")) is not None:
        found |= set(table.outputs)
    for script in filter(None, (element.script, element.postscript)):
        found |= {assignment.name for assignment in compile_script(script)}
    return found


def known(session: Session, case: CaseFile, incident: Incident, release: Release) -> dict[str, Any]:
    """What the case knows where the failed act begins."""
    kind, _, key = incident.act.partition(" ")
    if kind != "message":
        return runner.data_at(release, case.state, key)
    message = session.get_one(Message, int(key))
    if message.starts is not None:
        return dict(payload_of(message))
    return runner.data_at(release, case.state, messages.waiting_for(session, message))


def payload_of(message: Message) -> dict[str, Any]:
    """What a message brings."""
    content: dict[str, Any] = json.loads(message.payload)
    return content
