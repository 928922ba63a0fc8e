"""Whole years in tests: opened by the real schedule, with evaluations that end in one task.

A release whose `block_evaluation` is cut short to the entering of a conclusion stands in for
the months of reporting and scoring; schedule, cycle and overall evaluation are the real ones.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app.demo import accounts, appeal, methodologies
from app.domain.calendar import local_day
from app.engine.release import read_files
from app.models.cases import CaseFile, Task
from app.operations.schedule import EVALUATED_HERE
from app.services import registers, releases
from config.settings import ROOT
from tests.conftest import KINDS
from tests.databases import Databases
from tests.engine.models import bpmn, label
from tests.journeys.plot import Stage, build_stage, opened, staged

YEAR = 2017
CASE = 3
"""The case of the year: the overall methodology and the schedule come before it."""
OFFICER, HEAD, WORKING = "mne.officer1", "mne.head", "ap.working"
APPROVED = appeal.at("2018-01-12T10:00")
FINAL = appeal.at("2018-05-02T10:00")


def evaluation(crash: str = "False") -> bytes:
    """The process cut short; where `crash` holds it fails as it is begun."""
    given = ("indicators", "documents", "year", "block", "evaluated_body", "authority")
    ending = ("planning", "working_body", "authority", "parts", "cycle_case")
    nodes = (
        '<startEvent id="start"><messageEventDefinition id="m" messageRef="evaluation_opened"/>'
        '</startEvent><exclusiveGateway id="which"/>'
        '<scriptTask id="broken"><script>nothing = 1 / (year - year)</script></scriptTask>'
        '<userTask id="enter" b:form="conclude"/>'
        + _operation("keep", "conclusion.enter", {name: name for name in given})
        + _operation("finalise", "conclusion.finalise", {
            "conclusion_case": "case", **{name: name for name in given[2:]}
        })
        + _operation("finish", "evaluation.finish", {name: name for name in ending})
        + '<endEvent id="end"/><endEvent id="end2"/>'
    )  # fmt: skip
    flows = f"start > which\nwhich > broken if {crash}\nwhich > enter else\nbroken > end2\n"
    flows += "enter > keep > finalise > finish > end"
    model = bpmn("block_evaluation", nodes, flows, messages="evaluation_opened")
    return model.replace(b'role="member"', b'role="case_officer"')


def _operation(ident: str, name: str, parameters: Mapping[str, str]) -> str:
    given = "".join(
        f'<b:parameter name="{key}">{value}</b:parameter>' for key, value in parameters.items()
    )
    return (
        f'<serviceTask id="{ident}" b:operation="{name}">'
        f"<extensionElements>{given}</extensionElements></serviceTask>"
    )


def adopt(stage: Stage, folder: Path, *, crash: str = "False") -> None:
    """Put the release of the repository in force, with the evaluation cut short."""
    evaluated_here(stage)
    files = {
        path: data
        for path, data in read_files(ROOT / "bpmn").items()
        if not (path.startswith("block_evaluation/") and path.endswith(("bpmn", "json")))
    }
    files["block_evaluation/block_evaluation.bpmn"] = evaluation(crash)
    fields = [
        {"name": "indicators", "type": "indicators", "label": label("i"), "required": True},
        {"name": "documents", "type": "documents", "label": label("d"), "required": False},
    ]
    form = {"title": label("form"), "fields": fields}
    files["block_evaluation/forms/conclude.json"] = json.dumps(form).encode()
    assert etree.fromstring(files["block_evaluation/block_evaluation.bpmn"]) is not None
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    releases.adopt_folder(
        folder=folder,
        effective_from=local_day(stage.play.now),
        actor=accounts.SYSTEM,
        now=stage.play.now,
    )
    registers.set_setting(
        name=EVALUATED_HERE, value=True, source="tests", actor=accounts.SYSTEM, now=stage.play.now
    )


def evaluated_here(stage: Stage) -> None:
    """Let an approved schedule open the year, which it does in every installation but these."""
    registers.set_setting(
        name=EVALUATED_HERE,
        value=True,
        source="tests",
        actor=accounts.SYSTEM,
        now=stage.play.now,
    )


def approve(stage: Stage, number: str = "18-01-7.2", **terms: str) -> int:
    """A schedule of the year, drafted and approved on the spot; its case."""
    case = stage.play.start(OFFICER, "schedule", "mne", year=YEAR)
    stage.play.do(OFFICER, case, "draft", {**appeal.TERMS, **terms})
    today = local_day(stage.play.now).isoformat()
    order = {"decision": "approve", "order_number": number, "order_date": today}
    stage.play.do("ap.head", case, "approve", order)
    return case


def evaluations(stage: Stage) -> list[CaseFile]:
    """The cases of the year's evaluations, by id."""
    return stage.all(CaseFile, process="block_evaluation")


def points_of(case: CaseFile) -> tuple[str, str]:
    """What the evaluation of a body and block comes to: points of 60 and of 40."""
    return f"{30 + (case.id + (case.block or 0)) % 28}.25", f"{10 + case.id % 30}.5"


def conclude(stage: Stage, cases: Iterable[CaseFile]) -> None:
    """End these evaluations: somebody of the authority enters a conclusion, and it is final."""
    tasks_of = {task.case_id: task for task in stage.all(Task, state="open", element="enter")}
    officers: dict[str, Any] = {}
    for case in cases:
        body = case.authority or ""
        goals, budget = points_of(case)
        rows = [
            {"code": "1", "name": "Бірінші", "value": "1", "points": goals, "max": "60"},
            {"code": "2", "name": "Екінші", "value": "2", "points": budget, "max": "40"},
        ]
        login = officers.setdefault(body, f"{body}.officer2")
        stage.complete(login, tasks_of[case.id].id, indicators=rows)


@contextmanager
def opened_at(url: str, now: datetime) -> Iterator[Stage]:
    """The installation at `url`, with its clock at `now`; nothing that is due fires."""
    with tempfile.TemporaryDirectory() as data, opened(url, Path(data)) as stage:
        stage.play.now = now
        yield stage


def build_opened(url: str) -> None:
    """The year opened on 12 January 2018, and the overall methodology approved."""
    build_stage(url)
    with opened_at(url, APPROVED) as stage, tempfile.TemporaryDirectory() as folder:
        adopt(stage, Path(folder))
        methodologies.play(stage.play, stage.store, year=YEAR, blocks=(0,))
        approve(stage)


def build_final(url: str) -> None:
    """The same on 2 May: every evaluation is final, and the overall results are computed."""
    build_opened(url)
    with opened_at(url, FINAL) as stage:
        conclude(stage, evaluations(stage))


@pytest.fixture(params=KINDS)
def opened_year(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[Stage]:
    """On 12 January 2018, the year just opened."""
    yield from _at(staged(databases, request.param, build_opened, tmp_path), APPROVED)


@pytest.fixture(params=KINDS)
def final_year(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[Stage]:
    """On 2 May 2018, every conclusion final and the overall evaluation to be drafted."""
    yield from _at(staged(databases, request.param, build_final, tmp_path), FINAL)


def _at(stages: Iterator[Stage], now: datetime) -> Iterator[Stage]:
    for stage in stages:
        stage.play.now = now
        # The evidence of what was cloned: a store of its own has each test.
        content = methodologies.example(0, YEAR)
        stage.store.put(io.BytesIO(content), len(content))
        yield stage
