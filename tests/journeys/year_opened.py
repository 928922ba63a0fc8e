"""A year that has just been opened, for journeys: what they are not about is done by services.

The figures are invented.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from app.demo import accounts, methodologies, scene
from app.demo.player import EVIDENCE
from app.models.cases import CaseFile
from app.services import documents, installation
from config.settings import ROOT
from tests.databases import build_template
from tests.journeys.beginnings import PARTS
from tests.journeys.plot import START, Stage, opened

YEAR = 2017
METHODOLOGIES = (1, 0)
CONCLUSION = ("final_report", "recommendations_followed", "findings")
GOALS = {
    "1.1.1": {"fact": "12.5", "plan": "10", "fact_before": "14"},
    "1.1.2": {"fact": "8", "plan": "8", "fact_before": "9"},
    "1.1.3": {"fact": "9.5", "plan": "9.5", "fact_before": "10"},
    "1.1.4": {"fact": "90", "plan": "100", "fact_before": "85"},
    "1.1.5": {"reached": "45", "plan": "50"},
    "1.2.1": {"in_time": "18", "due": "20"},
    "1.2.3": {"fact": "500", "fact_before": "480"},
}
BUDGET = {
    "1.3.1": {"reached": "19", "plan": "20"},
    "1.3.2": {"reached": "27", "plan": "30"},
    "1.4.1": {"spent": "980", "plan": "1000", "spent_before": "900"},
    "1.4.2": {"violations": "5", "audited": "1000"},
}
FIGURES = {**GOALS, **BUDGET}
# What the other body reports instead, so that its points are other ones.
OTHERWISE = {"1.1.5": {"reached": "25", "plan": "50"}}


def build_year(url: str) -> None:
    """On 10 January 2018 the schedule of 2017 is approved and its evaluations are open.

    The methodologies of block 1 and of the whole are approved; Aktobe's conclusion in block 1
    has been received, with its term for objections still to run.
    """
    build_template(url)
    with tempfile.TemporaryDirectory() as data, opened(url, Path(data)) as stage:
        installation.set_up(diagrams=ROOT / "bpmn", name="tests", demo=True, now=START)
        accounts.create(now=START)
        methodologies.play(stage.play, stage.store, year=YEAR, blocks=METHODOLOGIES)
        stage.begin_year(YEAR)
        _conclude(stage, "aktobe", {**FIGURES, **OTHERWISE})


def furnish(url: str, data: Path) -> None:
    """Let the clock of a clone stand where its year begins, with the evidence that it names."""
    with opened(url, data) as stage:
        for block in METHODOLOGIES:
            content = methodologies.example(block, YEAR)
            stage.store.put(io.BytesIO(content), len(content))
        scene.set_clock(START)


def _conclude(stage: Stage, body: str, figures: dict[str, dict[str, str]]) -> None:
    """Play the evaluation of a body in block 1 until it has received its conclusion."""
    play = stage.play
    [case] = stage.all(CaseFile, process="block_evaluation", evaluated_body=body, block=1)
    paper = _attach(stage, f"{body}.officer1", case.id, "report")
    report = {
        code: {"values": values, "no_data": [], "documents": [paper]}
        for code, values in figures.items()
    }
    play.do(f"{body}.officer1", case.id, "report", {"figures": report})
    play.do(f"{body}.head", case.id, "certify", {"decision": "certify"})
    play.do("mne.officer2", case.id, "intake", {"decision": "accept"})
    for authority, codes in (("mne", GOALS), ("mof", BUDGET)):
        counted = {"status": "counted", "source": "1", "documents": [paper]}
        scores = {code: {**counted, "values": figures[code]} for code in codes}
        play.do(f"{authority}.officer1", case.id, "score", {"scores": scores})
        play.do(f"{authority}.head", case.id, "approve", {"decision": "approve"})
    texts = dict(zip(CONCLUSION, PARTS.values(), strict=True))
    play.do("mne.officer2", case.id, "draft", texts)
    play.do("mne.head", case.id, "sign", {"decision": "sign"})
    play.do(f"{body}.officer1", case.id, "receive", {"confirmed": True})


def _attach(stage: Stage, login: str, case: int, element: str) -> int:
    found = documents.attach(
        task_id=stage.play.find(login, case, element).task_id,
        actor=stage.actor(login),
        upload=documents.Upload("Есеп.pdf", io.BytesIO(EVIDENCE)),
        source="1",
        origin="Кіріс хаты, № 17-2/345",
        now=stage.play.now,
        store=stage.store,
    )
    return found.id
