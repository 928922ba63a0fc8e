"""A release with small processes whose acts fail until something is mended.

Their operation `faulty.work` belongs to the catalogue for the length of a test: it fails as
long as `Fault.broken` says so. Scripts fail by the data they meet.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.demo import accounts
from app.domain.calendar import local_day
from app.domain.refusals import Refusal
from app.engine.release import read_files
from app.models.cases import Incident
from app.operations import OPERATIONS
from app.services import incident_views, releases, repairs, retrying, tasks, timers
from app.services.incidents import CaseIncident
from config.settings import ROOT
from tests.engine.models import bpmn, label
from tests.engine.patterns import loop
from tests.journeys.plot import Stage

OFFICER, FIRST, SECOND = "mne.officer1", "admin", "admin2"
START = '<startEvent id="start" b:form="open" b:role="case_officer" b:organisation="authority"/>'
SEE = '<userTask id="see" b:form="ask"/><endEvent id="end"/>'
JOB = (
    '<serviceTask id="job" b:operation="faulty.work" b:result="done"><extensionElements>'
    '<b:parameter name="number">number</b:parameter></extensionElements></serviceTask>'
)
COUNT = '<scriptTask id="divide"><script>share = 10 // number</script></scriptTask>'
PAUSE = (
    '<intermediateCatchEvent id="pause"><timerEventDefinition id="t"><timeDate>since</timeDate>'
    "</timerEventDefinition></intermediateCatchEvent>"
)
HEAR = (
    '<intermediateCatchEvent id="hear" b:result="told"><messageEventDefinition id="m" '
    'messageRef="news"/></intermediateCatchEvent>'
)


def throw(where: str) -> str:
    return (
        f'<intermediateThrowEvent id="tell" {where}><extensionElements>'
        '<b:parameter name="number">number</b:parameter>'
        '<b:parameter name="authority">authority</b:parameter></extensionElements>'
        '<messageEventDefinition id="m" messageRef="news"/></intermediateThrowEvent>'
    )


FORK = (
    '<scriptTask id="list"><script>items = {"a": 1}</script></scriptTask>'
    '<parallelGateway id="fork"/><parallelGateway id="join"/><userTask id="two" b:form="total"/>'
    '<userTask id="one" b:form="ask"><extensionElements><s:postScript>total = 1</s:postScript>'
    f"</extensionElements>{loop('items', 'item', 'answers')}</userTask>"
)
MODELS = {
    "late": (START + PAUSE + JOB + SEE, "start > pause > job > see > end"),
    "count": (START + PAUSE + COUNT + SEE, "start > pause > divide > see > end"),
    "asked": (
        START + '<userTask id="ask" b:form="ask"/>' + JOB + SEE,
        "start > ask > job > see > end",
    ),
    "listener": (START + HEAR + JOB + SEE, "start > hear > job > see > end"),
    "teller": (START + throw('b:to="target"') + '<endEvent id="end"/>', "start > tell > end"),
    "parent": (START + throw('b:starts="child"') + '<endEvent id="end"/>', "start > tell > end"),
    "child": (
        '<startEvent id="start"><messageEventDefinition id="m" messageRef="news"/></startEvent>'
        + JOB
        + SEE,
        "start > job > see > end",
    ),
    "forked": (
        START + FORK + SEE,
        "start > list > fork > one > join > see > end\nfork > two > join",
    ),
}


def form(**fields: str) -> bytes:
    listed = [
        {"name": name, "type": kind, "label": label(f"the {name}"), "required": False}
        | ({"sealed": True} if kind == "longtext" else {})
        | ({"max_length": 40} if kind == "text" else {})
        for name, kind in fields.items()
    ]
    return json.dumps({"title": label("form"), "fields": listed}).encode()


@dataclass
class Fault:
    """The stage, its operation, and what people do about what failed."""

    stage: Stage
    broken: bool = True
    called: int = 0

    def work(self, _context: Any, /, *, number: int) -> Any:
        if self.broken:
            raise RuntimeError("the printer is on fire")
        self.called += 1
        return {"number": number}

    def start(self, process: str, **data: Any) -> int:
        """A case whose timer is due, with number 1 unless another is given."""
        since = self.stage.play.now.replace(microsecond=0).isoformat()
        given = {"since": since, "number": 1, **data}
        return self.stage.play.start(OFFICER, process, "mne", **given)

    def fire(self) -> int:
        return timers.run_due(now=self.stage.play.now)

    def answer(self, case: int, element: str = "ask", **answers: Any) -> tasks.Completed:
        done: tasks.Completed = self.stage.complete(
            OFFICER, self.stage.task(case, element), **answers
        )
        return done

    def fails(self, case: int, element: str = "ask", **answers: Any) -> None:
        with pytest.raises(CaseIncident):
            self.answer(case, element, **answers)

    def failing(self, process: str, **data: Any) -> int:
        """A case in which an act of a timer, a message or a person has failed."""
        case = self.start(process, **data)
        if process == "listener":
            self.start("teller", target=str(case))
        elif process == "asked":
            self.fails(case, number=2)
        self.fire()
        assert self.incident.case_id == case and self.incident.element == "job"
        return case

    @property
    def incident(self) -> Incident:
        """The only open one."""
        [row] = self.stage.all(Incident, state="open")
        found: Incident = row
        return found

    def propose(self, login: str = FIRST, **given: Any) -> Incident:
        usual: dict[str, Any] = {"skip": False, "data": {}, "reason": "Принтер жанып кетті."}
        incident = self.incident
        repairs.propose(
            incident_id=incident.id, actor=self.actor(login), now=self.now, **usual | given
        )
        [row] = self.stage.all(Incident, id=incident.id)
        proposed: Incident = row
        return proposed

    def approve(self, incident: Incident, login: str = SECOND) -> retrying.Outcome:
        return retrying.approve(
            incident_id=incident.id,
            proposed_seq=incident.proposed_seq or 0,
            actor=self.actor(login),
            now=self.now,
        )

    def reject(self, incident: Incident, login: str = SECOND, reason: str = "Жоқ.") -> None:
        repairs.reject(
            incident_id=incident.id,
            proposed_seq=incident.proposed_seq or 0,
            reason=reason,
            actor=self.actor(login),
            now=self.now,
        )

    def withdraw(self, incident: Incident, login: str = FIRST) -> None:
        repairs.withdraw(
            incident_id=incident.id,
            proposed_seq=incident.proposed_seq or 0,
            actor=self.actor(login),
            now=self.now,
        )

    def retry(self, incident: Incident | None = None, login: str = FIRST) -> retrying.Outcome:
        found = incident or self.incident
        return retrying.retry(incident_id=found.id, actor=self.actor(login), now=self.now)

    def listed(self, login: str, state: incident_views.State) -> incident_views.Listed:
        return incident_views.listed(actor=self.actor(login), state=state, now=self.now)

    def refused(self, code: str, act: Any, *given: Any, **more: Any) -> Refusal:
        """Expect a refusal: of the whole act, or at one field."""
        with pytest.raises(Refusal) as told:
            act(*given, **more)
        codes = {told.value.code, *(field.code for field in told.value.fields)}
        assert code in codes
        return told.value

    def actor(self, login: str) -> Any:
        return self.stage.actor(login)

    @property
    def now(self) -> Any:
        return self.stage.play.now


def adopt(stage: Stage, folder: Path) -> None:
    """Put the release of the repository with these processes in force."""
    files = read_files(ROOT / "bpmn")
    for name, (nodes, flows) in MODELS.items():
        model = bpmn(name, nodes, flows, messages="news")
        files[f"{name}/{name}.bpmn"] = model.replace(b'role="member"', b'role="case_officer"')
        files[f"{name}/forms/ask.json"] = form(number="integer", why="longtext")
        files[f"{name}/forms/total.json"] = form(total="integer")
        files[f"{name}/forms/open.json"] = form(
            since="text", target="text", number="integer", year="integer"
        )
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    releases.adopt_folder(
        folder=folder,
        effective_from=local_day(stage.play.now),
        actor=accounts.SYSTEM,
        now=stage.play.now,
    )


@pytest.fixture
def fault(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fault:
    """The processes in force, on both databases."""
    return made(stage, monkeypatch, tmp_path / "release")


def made(stage: Stage, patch: pytest.MonkeyPatch, folder: Path) -> Fault:
    """The stage with the release in force and its operation in the catalogue."""
    found = Fault(stage)
    patch.setitem(OPERATIONS, "faulty.work", found.work)
    adopt(stage, folder)
    return found
