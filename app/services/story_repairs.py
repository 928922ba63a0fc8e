"""Repairs in the story of a case: which elements were left out, which fields were changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.forms import LANGUAGES, Names
from app.engine.release import Release
from app.services import repair_fields


@dataclass(frozen=True, slots=True)
class Changed:
    """A field with the value before and after, as JSON; `old` is None where it is not known."""

    label: Names
    old: str | None
    new: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says of a repair; `done` tells what was done from what was proposed."""

    done: bool
    skipped: tuple[Names, ...]
    changed: tuple[Changed, ...]


class Repairs:
    """Reads the events of a case in their order, and remembers what was proposed."""

    def __init__(self, release: Release, process: str) -> None:
        """Read the events of a case of `process`."""
        self._release, self._process = release, process
        self._old: dict[int, dict[str, Any]] = {}
        self._at: dict[int, str] = {}

    def told(self, body: Mapping[str, Any]) -> Told | None:
        """What one more event says of a repair, None where it says nothing."""
        facts = body["facts"]
        if body["kind"] == "case.incident":
            self._at[body["seq"]] = facts["process"]
        if body["kind"] == "incident.repair_proposed":
            incident = facts["opened_seq"]
            self._old[incident] = {name: change["old"] for name, change in facts["data"].items()}
            new = {name: change["new"] for name, change in facts["data"].items()}
            return self._read(incident, facts["skip"], new, done=False)
        if facts.get("repair"):
            done = facts["repair"]
            return self._read(done["incident_seq"], done["skip"], done["data"], done=True)
        return None

    def _read(
        self, incident: int, skip: Mapping[str, Any], data: Mapping[str, Any], *, done: bool
    ) -> Told:
        old = self._old.get(incident, {})
        process = self._at.get(incident, self._process)
        labels = repair_fields.fields(self._release, self._process, data) if data else {}
        return Told(
            done=done,
            skipped=tuple(self._name(process, element) for element in skip),
            changed=tuple(
                Changed(
                    label=labels.get(name) or dict.fromkeys(LANGUAGES, name),
                    old=_json(old[name]) if name in old else None,
                    new=_json(value),
                )
                for name, value in data.items()
            ),
        )

    def _name(self, process: str, element: str) -> Names:
        model = self._release.processes.get(process)
        found = model.elements.get(element) if model is not None else None
        return found.name if found is not None else dict.fromkeys(LANGUAGES, element)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
