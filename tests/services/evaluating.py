"""Block evaluations in tests: opened by a message as the year's cycle opens them.

A release with one more process, `year`, stands in for the cycle: its only operation writes
methodologies and opens what the test asks for, and its case waits for the last to end.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.demo import accounts
from app.demo.player import EVIDENCE
from app.domain.calendar import local_day
from app.domain.rules import evaluators
from app.engine.release import read_files
from app.models.cases import CaseFile
from app.models.evaluation import Methodology
from app.operations import OPERATIONS
from app.operations.context import Context
from app.services import documents, releases
from config.settings import ROOT
from tests.domain import methods
from tests.engine.models import bpmn, label
from tests.journeys.plot import Stage

YEAR = 2017
PREVIOUS = [
    {"name": "fact", "label": methods.words("Fact"), "previous": "fact_before"},
    {"name": "plan", "label": methods.words("Plan")},
    {"name": "fact_before", "label": methods.words("Fact, last year")},
]
TEXTS = {"final_report": "Бір.", "recommendations_followed": "Екі.", "findings": "Үш."}


def block_1(**changed: Any) -> dict[str, Any]:
    """Block 1 with goals (1.1.1, 1.1.2 of 21 points each, 1.2.1 of 18) and budget (40)."""
    found = methods.document(**changed)
    found["criteria"][0]["indicators"][0]["variables"] = PREVIOUS
    return found


def block_2() -> dict[str, Any]:
    """Block 2 with one indicator in each of its three parts."""
    return methods.document(
        block=2,
        parts=[
            {"code": "services", "weight": "50"},
            {"code": "complaints", "weight": "30"},
            {"code": "eservices", "weight": "20"},
        ],
        criteria=[
            methods.criterion(f"2.{n}", part, "100", [methods.indicator(f"2.{n}.1", "100")])
            for n, part in enumerate(("services", "complaints", "eservices"), start=1)
        ],
    )


def stand_in() -> bytes:
    """The process that stands in for the cycle."""
    nodes = (
        '<startEvent id="start" b:form="open" b:role="case_officer" b:organisation="authority"/>'
        '<serviceTask id="begin" b:operation="year.open"/>'
        '<intermediateCatchEvent id="all" b:result="told">'
        '<messageEventDefinition id="m" messageRef="all_final"/></intermediateCatchEvent>'
        '<endEvent id="end"/>'
    )
    return bpmn("year", nodes, "start > begin > all > end", messages="all_final")


def cycle() -> bytes:
    """Stands in for what the first schedule of a year opens: nothing, so that the test may."""
    nodes = (
        '<startEvent id="start"><messageEventDefinition id="m" messageRef="year_opened"/>'
        '</startEvent><endEvent id="end"/>'
    )
    return bpmn("cycle", nodes, "start > end", messages="year_opened")


def adopt(stage: Stage, folder: Path) -> None:
    """Put the release of the repository in force with `year`, whose cycle opens nothing."""
    files = {
        path: data
        for path, data in read_files(ROOT / "bpmn").items()
        if not path.startswith("cycle/") or path.endswith(".dmn")
    }
    files["cycle/cycle.bpmn"] = cycle()
    files["year/year.bpmn"] = stand_in().replace(b'role="member"', b'role="case_officer"')
    files["year/forms/open.json"] = _form([])
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    releases.adopt_folder(
        folder=folder,
        effective_from=local_day(stage.play.now),
        actor=accounts.SYSTEM,
        now=stage.play.now,
    )


def _form(fields: Sequence[Mapping[str, Any]]) -> bytes:
    return json.dumps({"title": label("form"), "fields": list(fields)}).encode()


class Year:
    """The evaluations of a year in a stage: opens them and plays the people's steps."""

    def __init__(self, stage: Stage, patch: pytest.MonkeyPatch, folder: Path) -> None:
        """Adopt the release, with the schedule of 2017 in force and the clock on 22 January."""
        self.stage = stage
        self.play = stage.play
        self._open: Callable[[Context], None] = lambda context: None
        patch.setitem(OPERATIONS, "year.open", lambda context, /: self._open(context))  # type: ignore[arg-type]  # the catalogue is a mapping, here a dict
        adopt(stage, folder)
        stage.plot.schedule()

    def open(
        self,
        *asked: tuple[str, int],
        methodologies: Sequence[Mapping[str, Any]] = (),
        number: int = 1,
    ) -> int:
        """Open evaluations of (body, block) with these methodologies; the case of the year."""

        def begin(context: Context) -> None:
            for found in methodologies:
                _approve(context, found, number)
            for body, block in asked:
                payload = self.payload(context, body, block)
                context.start_case("block_evaluation", "evaluation_opened", payload)

        self._open = begin
        return self.play.start("mne.officer1", "year", "mne")

    def payload(self, context: Context, body: str, block: int) -> dict[str, Any]:
        """What the cycle sends for a body and a block."""
        day = local_day(context.now)
        registers = context.evaluators
        parts = evaluators.evaluations(registers, body, block, day)
        return {
            "year": YEAR,
            "block": block,
            "evaluated_body": body,
            "authority": parts[0].consolidator,
            "planning": registers.mandates.holder("state_planning", day),
            "working_body": registers.mandates.holder("working_body", day),
            "cycle_case": context.case.id,
            "parts": {
                part.part: {
                    "code": part.part,
                    "authority": part.authority,
                    "paragraph": part.paragraph,
                }
                for part in parts
            },
            "parts_count": len(parts),
            "self_consolidated": parts[0].self_consolidated,
        }

    def case_of(self, body: str, block: int = 1) -> int:
        """The case of an evaluation."""
        [row] = self.stage.all(
            CaseFile, process="block_evaluation", evaluated_body=body, block=block
        )
        return int(row.id)

    def attach(self, login: str, case: int, element: str) -> int:
        """Attach a document to a task of the person's; its id."""
        attached = documents.attach(
            task_id=self.play.find(login, case, element).task_id,
            actor=self.stage.actor(login),
            upload=documents.Upload("Есеп.pdf", io.BytesIO(EVIDENCE)),
            source="1",
            origin="Кіріс хаты, № 17-2/345",
            now=self.play.now,
            store=self.stage.store,
        )
        return attached.id

    def report(self, case: int, figures: Mapping[str, Any], login: str = "akmola.officer1") -> None:
        """Hand in the report's form with these figures."""
        self.play.do(login, case, "report", {"figures": figures})

    def certify(self, case: int, decision: str = "certify", login: str = "akmola.head") -> None:
        """Certify the report or send it back."""
        reasons = {"reasons": "Толықтырылсын."} if decision == "return" else {}
        self.play.do(login, case, "certify", {"decision": decision, **reasons})

    def take_in(self, case: int, decision: str = "accept", login: str = "mne.officer2") -> None:
        """Accept the report or return it as incomplete."""
        reasons = {"reasons": "Жоспар жоқ."} if decision == "return" else {}
        self.play.do(login, case, "intake", {"decision": decision, **reasons})

    def reported(self, body: str = "akmola") -> int:
        """A whole report of a body in block 1, certified and accepted in time; the case."""
        case = self.case_of(body)
        document = self.attach(f"{body}.officer1", case, "report")
        self.report(case, figures(document), f"{body}.officer1")
        self.certify(case, login=f"{body}.head")
        self.take_in(case)
        return case

    def score(self, case: int, login: str, **changed: Any) -> None:
        """Score the part that lies with the person's body, on a document of their own."""
        document = self.attach(login, case, "score")
        scores = {code: counted(document, **values) for code, values in ASKED[login[:3]].items()}
        self.play.do(login, case, "score", {"scores": {**scores, **changed}})

    def approve(self, case: int, login: str, decision: str = "approve") -> None:
        """Approve the scores of a part or return them."""
        reasons = {"reasons": "Қайта қаралсын."} if decision == "return" else {}
        self.play.do(login, case, "approve", {"decision": decision, **reasons})

    def scored(self, body: str = "akmola") -> int:
        """Report and both parts of block 1 done, the conclusion to be drafted; the case."""
        case = self.reported(body)
        for organisation in ("mne", "mof"):
            self.score(case, f"{organisation}.officer1")
            self.approve(case, f"{organisation}.head")
        return case

    def deliver(self, case: int, drafter: str = "mne.officer2", head: str = "mne.head") -> None:
        """Write the three parts of the conclusion, sign it, and let the body receive it."""
        self.play.do(drafter, case, "draft", TEXTS)
        self.play.do(head, case, "sign", {"decision": "sign"})
        body = self.stage.case(case).evaluated_body
        self.play.do(f"{body}.officer1", case, "receive", {"confirmed": True})

    def conclude(self, case: int) -> None:
        """Deliver the conclusion, and let the term for objections pass."""
        self.deliver(case)
        self.play.pass_time(self.play.now + timedelta(days=14))


@pytest.fixture
def year(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Year:
    """Akmola's evaluation in block 1 of 2017 has been opened."""
    found = Year(stage, monkeypatch, tmp_path / "release")
    found.open(("akmola", 1), methodologies=[block_1()])
    return found


# What akmola reports, all of it; and what the evaluators accept.
GOALS = {
    "1.1.1": {"fact": "90", "plan": "100", "fact_before": "80"},
    "1.1.2": {"fact": "50", "plan": "100"},
    "1.2.1": {"fact": "99.5", "plan": "100"},
}
BUDGET = {code: {"fact": "80", "plan": "100"} for code in ("2.1.1", "2.1.2", "2.1.3")}
ASKED = {"mne": GOALS, "mof": BUDGET}


def figures(*documents: int, **changed: Any) -> dict[str, Any]:
    """The whole report, each indicator confirmed by these documents; `changed` by code."""
    found: dict[str, Any] = {
        code: {"values": values, "no_data": [], "documents": list(documents)}
        for code, values in {**GOALS, **BUDGET}.items()
    }
    return {**found, **changed}


def counted(document: int, **values: str) -> dict[str, Any]:
    """A counted score that rests on one document."""
    return {"status": "counted", "values": values, "source": "6", "documents": [document]}


def _approve(context: Context, found: Mapping[str, Any], number: int) -> None:
    content = methods.content(found)
    context.write(
        Methodology(
            case_id=context.case.id,
            year=found["year"],
            block=found["block"],
            number=number,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            example=True,
            order_number="1",
            order_date=date(2018, 1, 15),
            approved_by="p-0001",
            approved_at=context.now,
        )
    )
