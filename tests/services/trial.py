"""A release with one more process, `trial`, whose branches fail each in its own way.

The answer `number` to its first task chooses the branch.
"""

from __future__ import annotations

import json
from pathlib import Path

from app.demo import accounts
from app.domain.calendar import local_day
from app.engine.release import read_files
from app.services import releases
from config.settings import ROOT
from tests.engine.models import bpmn, label
from tests.journeys.plot import Stage

CRASH, CIRCLE, LATE_CRASH, ASTRAY, CHILD, SCHEDULED, CHILD_REFUSED = range(1, 8)
OFFICER = "mne.officer1"
BRANCHES = {
    CRASH: "crash", CIRCLE: "round", LATE_CRASH: "pause", ASTRAY: "astray", CHILD: "bear",
    SCHEDULED: "pause2", CHILD_REFUSED: "bear2",
}  # fmt: skip


def field(name: str, kind: str) -> dict[str, object]:
    sealed = {"sealed": True} if kind == "longtext" else {}
    return {"name": name, "type": kind, "label": label(name), "required": False, **sealed}


def form(*fields: dict[str, object]) -> bytes:
    return json.dumps({"title": label("form"), "fields": list(fields)}).encode()


def throw(ident: str, where: str, **parameters: str) -> str:
    given = "".join(f'<b:parameter name="{k}">{v}</b:parameter>' for k, v in parameters.items())
    return (
        f'<intermediateThrowEvent id="{ident}" {where}><extensionElements>{given}'
        f'</extensionElements><messageEventDefinition id="{ident}_m" messageRef="note"/>'
        "</intermediateThrowEvent>"
    )


def pause(ident: str) -> str:
    return (
        f'<intermediateCatchEvent id="{ident}"><timerEventDefinition id="{ident}_t">'
        "<timeDate>since</timeDate></timerEventDefinition></intermediateCatchEvent>"
    )


def trial() -> bytes:
    nodes = (
        '<startEvent id="start" b:form="open" b:role="case_officer" b:organisation="authority"/>'
        '<userTask id="first" b:form="ask"/><exclusiveGateway id="which"/>'
        '<scriptTask id="crash"><script>broken = 1 / (number - number)</script></scriptTask>'
        '<exclusiveGateway id="round"/><exclusiveGateway id="enough"/>'
        '<scriptTask id="turn"><script>turns = 1</script></scriptTask>'
        + pause("pause")
        + pause("pause2")
        + throw("astray", "b:to=\"'nowhere'\"", number="number")
        + throw("bear", 'b:starts="child"', number="number", year="year", authority="authority")
        + throw("bear2", 'b:starts="child"', number="number", year="year", authority="authority")
        + '<userTask id="dated" b:form="ask" b:due="schedule(\'report_1\')"/>'
        + "".join(f'<endEvent id="end{n}"/>' for n in range(6))
    )
    flows = "start > first > which\nwhich > end0 else\n"
    flows += "\n".join(f"which > {node} if number == {n}" for n, node in BRANCHES.items())
    flows += (
        "\ncrash > end1\nround > turn > enough\nenough > round else\n"
        "enough > end2 if turns > 5\npause > crash2\npause2 > dated > end3\n"
        "astray > end4\nbear > end5\nbear2 > end6"
    )
    nodes += '<scriptTask id="crash2"><script>broken = missing + 1</script></scriptTask>'
    nodes += '<endEvent id="end6"/><endEvent id="end7"/>'
    return bpmn("trial", nodes, flows + "\ncrash2 > end7", messages="note")


def child() -> bytes:
    """Fails when it is started: by an expression, or because there is no schedule yet."""
    nodes = (
        '<startEvent id="start"><messageEventDefinition id="m" messageRef="note"/></startEvent>'
        '<exclusiveGateway id="which"/>'
        '<scriptTask id="crash"><script>broken = missing + 1</script></scriptTask>'
        '<userTask id="dated" b:form="ask" b:due="schedule(\'report_1\')"/>'
        '<endEvent id="end1"/><endEvent id="end2"/>'
    )
    flows = f"start > which\nwhich > crash if number == {CHILD}\nwhich > dated else\n"
    return bpmn("child", nodes, flows + "crash > end1\ndated > end2", messages="note")


def adopt(stage: Stage, folder: Path) -> None:
    """Put the release of the repository with these two processes in force."""
    files = read_files(ROOT / "bpmn")
    for name, model in (("trial", trial()), ("child", child())):
        files[f"{name}/{name}.bpmn"] = model.replace(b'role="member"', b'role="case_officer"')
        files[f"{name}/forms/ask.json"] = form(field("number", "integer"), field("why", "longtext"))
    since = {**field("since", "text"), "max_length": 40}
    files["trial/forms/open.json"] = form(field("year", "integer"), since)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    releases.adopt_folder(
        folder=folder,
        effective_from=local_day(stage.play.now),
        actor=accounts.SYSTEM,
        now=stage.play.now,
    )


def begin(stage: Stage) -> int:
    """A case of the trial whose timers are due one second from now."""
    since = (stage.play.now.replace(microsecond=0)).isoformat()
    return stage.play.start(OFFICER, "trial", "mne", year=2017, since=since)
