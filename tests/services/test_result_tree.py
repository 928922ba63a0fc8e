"""One number of a year followed down to the document that confirms it, by real evaluations."""

from __future__ import annotations

import io
import json

import pytest

from app.demo import appeal, methodologies
from app.models.cases import CaseFile
from app.models.evaluation import Report
from app.models.facts import Objection
from app.models.overall import OverallResult
from app.services import result_tree, years
from app.services.result_rows import Indicator
from app.services.year_cells import Standing
from tests.domain.methods import document
from tests.journeys.plot import AKMOLA, Stage
from tests.services import yearly
from tests.services.evaluating import Year, block_1
from tests.services.yearly import OFFICER, YEAR


class Real(Year):
    """The evaluations of a year that the real cycle has opened."""

    def __init__(self, stage: Stage) -> None:
        """Approve the methodologies of block 1 and of the overall evaluation, and the schedule."""
        self.stage, self.play = stage, stage.play
        stage.play.now = yearly.APPROVED
        yearly.evaluated_here(stage)
        methodologies.play(stage.play, stage.store, year=YEAR, blocks=(0,))
        case = stage.play.start(OFFICER, "methodology", "mne", year=YEAR, block="1")
        content = json.dumps(block_1()).encode()
        stage.store.put(io.BytesIO(content), len(content))
        methodologies.draft(stage.play, stage.store, OFFICER, case, content)
        methodologies.agree(stage.play, case, asked=False)
        order = {"order_number": "1", "order_date": stage.play.today()}
        stage.play.do("mne.head", case, "approve", {"decision": "approve", **order})
        yearly.approve(stage)


@pytest.fixture
def real(stage: Stage) -> Real:
    """On 12 January 2018, all of it opened by the real release."""
    return Real(stage)


def standing(real: Real, body: str, login: str = OFFICER) -> Standing:
    page = years.year_page(year=YEAR, actor=real.stage.actor(login), now=real.play.now)
    [row] = [row for row in page.rows if row.body == body]
    found = row.cells[1].standing
    assert found is not None
    return found


def test_a_number_is_followed_down_to_its_evidence(real: Real) -> None:
    stage = real.stage
    assert standing(real, "akmola").stage == "report"
    case = real.scored()
    assert standing(real, "akmola").stage == "conclusion"
    real.deliver(case)
    found = standing(real, "akmola")
    assert (found.stage, found.points, found.max) == ("window", "79.31", "100.00")
    corrected(real, case)
    stage.play.pass_time(appeal.at("2018-05-12T09:00"))
    [year] = stage.all(CaseFile, process="cycle")
    assert standing(real, "akmola").stage == "final"
    late = standing(real, "aktobe")
    assert (late.stage, late.late, late.days_late) == ("report", True, None)
    record_the_others(real, year.id, case)
    tree = result_tree.tree(year=YEAR, body="akmola", actor=stage.actor(OFFICER))
    assert [block.result.missing for block in tree.blocks] == [None, "other", "other"]
    [first, *_] = tree.blocks
    assert (first.inside, first.case_id, first.version) == (True, case, 2)
    assert [(p.code, p.weight, p.authority) for p in first.parts] == [
        ("goals", "60", "mne"), ("budget", "40", "mof")
    ]  # fmt: skip
    indicator(real, first.parts[0].criteria[0].indicators[0])
    # Only one block has a result: it is the overall one.
    assert tree.overall.points == first.result.points == "81.41"
    [row] = stage.all(OverallResult, evaluated_body="akmola", block=1)
    assert row.points == "81.41"
    text = result_tree.text(tree)
    assert "fact=90, plan=100, fact_before=80" in text and "corrected from 18.90" in text
    stage.verified()


def corrected(real: Real, case: int) -> None:
    """The body objects to 1.1.1, and the correction gives it all its points."""
    stage, plot = real.stage, real.stage.plot
    plot.conclusions["akmola"] = case
    stage.play.pass_time(appeal.at("2018-01-16T10:00"))
    objection = plot.object(AKMOLA)
    assert (standing(real, "akmola").objections, standing(real, "akmola").undecided) == (1, 1)
    plot.form_commission(objection)
    plot.vote(objection, AKMOLA)
    stage.play.do(
        "mne.officer3",
        objection,
        "minutes",
        {"minutes_number": "1", "minutes_date": stage.play.today(), "reasons": "Көрсетілім."},
    )
    change = {"1.1.1": {"value": "100", "points": "21.00"}}
    stage.play.do("mne.officer2", objection, "correct", {"corrections": change})


def record_the_others(real: Real, year: int, case: int) -> None:
    """Everything that the year opened but `case` is missing."""
    others = [row for row in real.stage.all(CaseFile, opened_by_case=year) if row.id != case]
    reasons = {
        f"{row.block}/{row.evaluated_body}": "other"
        for row in others
        if row.process == "block_evaluation"
    }
    assert len(reasons) == 93
    real.stage.complete(OFFICER, real.stage.task(year, "missing"), missing=reasons)


def indicator(real: Real, found: Indicator) -> None:
    """1.1.1: what was reported, what was accepted, on which documents, and the correction."""
    [report] = real.stage.all(Report)
    [objection] = real.stage.all(Objection)
    by = document()["criteria"][0]["indicators"][0]
    assert (found.code, found.name, found.formula) == ("1.1.1", by["name"], by["formula"])
    assert (found.points, found.max, found.value, found.result) == ("21.00", "21.00", "100", "90")
    assert [(one.variable, one.reported, one.accepted) for one in found.inputs] == [
        ("fact", "90", "90"), ("plan", "100", "100"), ("fact_before", "80", "80")
    ]  # fmt: skip
    [evidence] = found.evidence
    [reported] = found.reported_evidence
    assert (evidence.organisation, reported.organisation) == ("mne", "akmola")
    assert evidence.name == reported.name == "Есеп.pdf" and len(evidence.sha256) == 64
    [correction] = found.corrections
    assert (correction.objection, correction.version) == (objection.id, 2)
    assert (correction.points_before, correction.points) == ("18.90", "21.00")
    assert report.evaluated_body == "akmola"


def test_who_may_not_enter_a_block_sees_its_number_alone(real: Real) -> None:
    stage = real.stage
    case = real.scored()
    real.conclude(case)
    stage.play.pass_time(appeal.at("2018-05-12T09:00"))
    [year] = stage.all(CaseFile, process="cycle")
    record_the_others(real, year.id, case)
    # The Administration as the working body was shown the evaluation at its end.
    seen = result_tree.tree(year=YEAR, body="akmola", actor=stage.actor("ap.working"))
    assert seen.blocks[0].inside and not seen.blocks[1].inside
    assert seen.blocks[1].result.points is None
