"""What scripted people write into the forms of an evaluation, from its report to its receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.demo import figures, papers
from app.demo.desk import Desk
from app.demo.disputes import PROVEN
from app.services.figures_page import Row

Answers = Mapping[str, Any]
Answer = Callable[[Desk], Answers]
STATISTICS = "6"
"""¶ 4(6): official statistics."""


def report(desk: Desk) -> Answers:
    """¶ 40: the figures, at first with gaps for some; a table and a letter confirm them."""
    rows, found = desk.table(), desk.plan.traits(desk.work.body, desk.work.block)
    values = {
        (row.code, name): value for row in rows for name, value in _figures(desk, row).items()
    }
    gaps = found.gaps if found.kept or desk.work.visit == 1 else 0
    for gap in desk.chance("gaps").sample(sorted(values), min(gaps, len(values))):
        del values[gap]
    confirmed = [desk.attach(_table(desk, rows, values))]
    if desk.chance("letter").randrange(2):
        confirmed.append(desk.attach(_cover(desk)))
    told = {row.code: _reported(desk, row, values) for row in rows}
    for row in rows:
        told[row.code]["documents"] = [*confirmed, *_explained(desk, row)]
    return {
        "figures": told,
        "documents": desk.attached,
        "notes": "Көрсетілім: деректер ойдан шығарылған.",
    }


def certify(desk: Desk) -> Answers:
    """¶ 64: the first head certifies; some send the report back once."""
    found = desk.plan.traits(desk.work.body, desk.work.block)
    return _decided(
        "certify",
        back="Көрсетілім: алдыңғы жылмен салыстыру қосылсын, кесте мөлшері тексерілсін.",
        returns=found.sent_back and desk.work.visit == 1,
    )


def intake(desk: Desk) -> Answers:
    """¶ 40, 43: taken in; an incomplete report is returned once, or taken in as it is."""
    found = desk.plan.traits(desk.work.body, desk.work.block)
    back = bool(found.gaps) and not found.kept and desk.work.visit == 1
    answers = _decided(
        "accept", back="Көрсетілім: ашық қалған көрсеткіштер толтырылсын.", returns=back
    )
    if back:
        return answers
    return {**answers, "other_checks": "Көрсетілім: есепті кезеңде басқа тексерулер болған жоқ."}


def recheck(desk: Desk) -> Answers:
    """¶ 41: the act of the re-check of a report that the risk table chose."""
    number = desk.number("қт")
    deviations = desk.chance("result").randrange(3) == 0
    act = papers.note(
        f"Қайта тексеру актісі {number}",
        [f"Акт № {number}, {desk.today.isoformat()}", f"Орган: {desk.work.body}"],
        source="2",
        origin="Көрсетілім: уәкілетті органның қайта тексеруі",
    )
    return {
        "act_number": number,
        "act_date": desk.today.isoformat(),
        "result": "deviations" if deviations else "confirmed",
        "findings": "Көрсетілім: есеп деректері бастапқы құжаттармен салыстырылды.",
        "documents": [desk.attach(act)],
    }


def score(desk: Desk) -> Answers:
    """¶ 9(3), 20: what the report has is accepted, or corrected by statistics where they differ."""
    rows = desk.table()
    scored = {row.code: _scored(desk, row) for row in rows}
    uncounted = [code for code, found in scored.items() if found["status"] != "counted"]
    return {
        "scores": scored,
        "documents": desk.attached,
        "explanation": "Көрсетілім: есепті кезең бойынша дерек жоқ." if uncounted else "",
    }


def approve(desk: Desk) -> Answers:
    """¶ 9(2): the head of the evaluator approves; some return the scores once."""
    found = desk.plan.traits(desk.work.body, desk.work.block)
    return _decided(
        "approve",
        back="Көрсетілім: ресми статистикамен тағы бір рет салыстырылсын.",
        returns=found.scores_back and desk.work.visit == 1,
    )


def no_result(_desk: Desk) -> Answers:
    """¶ 20: why a block in which nothing is counted has no result."""
    return {
        "no_result_reason": "no_data",
        "no_result_note": "Көрсетілім: есепті кезең бойынша дерек жоқ.",
    }


def conclude(desk: Desk) -> Answers:
    """¶ 47: the three parts of a conclusion; its indicators come from the approved scores."""
    level = figures.level(desk.plan.seed, desk.plan.year, desk.work.body, desk.work.block)
    how = "көбіне" if level > 80 else "негізінен" if level > 65 else "ішінара"
    return {
        "final_report": f"Көрсетілім: орган блок көрсеткіштеріне {how} жетті.",
        "recommendations_followed": "Көрсетілім: өткен жылғы үш ұсынымның екеуі орындалды.",
        "findings": "Көрсетілім: көрсеткіштерді жоспарлау сапасын арттыру ұсынылады.",
    }


def sign(desk: Desk) -> Answers:
    """¶ 46: the first head signs; some drafts are returned once."""
    found = desk.plan.traits(desk.work.body, desk.work.block)
    return _decided(
        "sign",
        back="Көрсетілім: ұсынымдар нақтыланып, мерзімдері көрсетілсін.",
        returns=found.draft_back and desk.work.visit == 1,
    )


def receive(_desk: Desk) -> Answers:
    """¶ 57: the body confirms that it has received the conclusion."""
    return {"confirmed": True}


def prove(desk: Desk) -> Answers:
    """¶ 57: receipt by a notice of the post, some days after the body held it in its hands."""
    number = desk.number("х")
    plotted = PROVEN.get((desk.work.body, desk.work.block))
    received = (
        desk.plan.at_stage(plotted[2])
        if plotted is not None
        else desk.plan.days.from_on(desk.work.opened, 1)
    )
    notice = papers.letter(
        f"Тапсыру туралы хабарлама {number}",
        f"Тапсыру туралы хабарлама {number}",
        [f"Notice of delivery {desk.work.case}", f"Received on {received.isoformat()}"],
        source="10",
        origin="Көрсетілім: пошта байланысы",
    )
    return {
        "proof": "postal_notice",
        "proof_number": number,
        "received_on": received.isoformat(),
        "documents": [desk.attach(notice)],
    }


def _decided(yes: str, *, back: str, returns: bool) -> Answers:
    """A head's answer: the value for yes, or a return with its reasons."""
    return {"decision": "return", "reasons": back} if returns else {"decision": yes}


def _names(row: Row) -> list[str]:
    return [cell.name for cell in row.cells]


def _figures(desk: Desk, row: Row) -> Mapping[str, Decimal]:
    asked = figures.Question(row.code, row.formula, tuple(_names(row)), row.unit["en"])
    work = desk.work
    return figures.figures(desk.plan.seed, desk.plan.year, work.body, work.block, asked)


def _text(value: Decimal) -> str:
    return format(value.normalize() if value else Decimal(0), "f")


def _reported(desk: Desk, row: Row, values: Mapping[tuple[str, str], Decimal]) -> dict[str, Any]:
    """The figures of an indicator; of one in forty it is said that there are no data."""
    given = {
        name: _text(values[row.code, name]) for name in _names(row) if (row.code, name) in values
    }
    if desk.plan.about(desk.work, row.code, "no data").randrange(40) == 0:
        return {"values": {}, "no_data": list(given)}
    return {"values": given, "no_data": []}


def _table(
    desk: Desk, rows: Sequence[Row], values: Mapping[tuple[str, str], Decimal]
) -> papers.Paper:
    work = desk.work
    lines = [
        (row.code, row.name["kk"], name, _text(values[row.code, name]))
        for row in rows
        for name in _names(row)
        if (row.code, name) in values
    ]
    return papers.table(
        f"Есептік ақпарат {desk.plan.year} {work.body} {work.block}-блок {work.visit}",
        ("индикатор", "атауы", "айнымалы", "мәні"),
        lines,
        origin="Көрсетілім: органның есептік деректері",
    )


def _cover(desk: Desk) -> papers.Paper:
    work = desk.work
    return papers.letter(
        f"Ілеспе хат {desk.number('і')}",
        f"Ілеспе хат {desk.number('і')}",
        [f"Report information {desk.plan.year}, {work.body}, block {work.block}"],
        origin="Көрсетілім: органның ілеспе хаты",
    )


def _explained(desk: Desk, row: Row) -> list[int]:
    """A note on an indicator by itself, for one in six."""
    if desk.chance(row.code, "note").randrange(6):
        return []
    name = f"Түсіндірме {row.code} {desk.work.body} {desk.work.visit}"
    return [desk.attach(papers.note(name, [row.name["kk"], row.definition["kk"]]))]


def _scored(desk: Desk, row: Row) -> dict[str, Any]:
    """A score: the reported figures; others by statistics where they are open or were not so."""
    reported = {cell.name: cell.reported for cell in row.cells}
    if any(cell.no_data for cell in row.cells):
        return {"status": "not_counted", "values": {}, "source": None, "documents": []}
    invented = _figures(desk, row)
    values = {name: given or _text(invented[name]) for name, given in reported.items()}
    differs = None in reported.values() or not desk.chance(row.code, "statistics").randrange(14)
    documents = list(row.reported_documents)
    if differs:
        documents.append(desk.attach(_statistics(desk, row, values)))
    return {
        "status": "counted",
        "values": values,
        "source": STATISTICS if differs else row.source,
        "documents": documents,
    }


def _statistics(desk: Desk, row: Row, values: Mapping[str, str]) -> papers.Paper:
    return papers.table(
        f"Статистика {row.code} {desk.work.body} {desk.work.visit}",
        ("индикатор", "айнымалы", "мәні"),
        [(row.code, name, value) for name, value in values.items()],
        source=STATISTICS,
        origin="Көрсетілім: ресми статистика орнына ойдан шығарылған деректер",
    )


ANSWERS: Mapping[str, Answer] = {
    "block_evaluation/report": report,
    "block_evaluation/certify": certify,
    "block_evaluation/intake": intake,
    "block_evaluation/recheck": recheck,
    "block_evaluation/no_result": no_result,
    "part_evaluation/score": score,
    "part_evaluation/approve": approve,
    "conclusion/draft": conclude,
    "conclusion/sign": sign,
    "conclusion/receive": receive,
    "conclusion/prove": prove,
}
