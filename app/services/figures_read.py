"""What was handed in before a task of the year, for whoever goes on with it.

The report with its stamps and why it was chosen for a re-check, the words of those who filled
the forms before, the documents that the rows of a table name, and the results of a year.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.engine.forms import Form
from app.models.cases import CaseFile, Task
from app.models.evaluation import Report, Risk
from app.models.overall import Overall
from app.models.trail import EventRow
from app.operations import overall
from app.services import documents, figures_asked, figures_page, openings, releases

# Whose words are read before a form is filled in, by the keys of both forms.
BEFORE: Mapping[str, tuple[str, ...]] = {
    "block_evaluation/certify": ("block_evaluation/report",),
    "block_evaluation/intake": ("block_evaluation/report",),
    "block_evaluation/recheck": ("block_evaluation/report", "block_evaluation/intake"),
    "part_evaluation/score": ("block_evaluation/report", "block_evaluation/recheck"),
    "part_evaluation/approve": ("part_evaluation/score",),
    "block_evaluation/no_result": ("block_evaluation/report", "part_evaluation/score"),
    "conclusion/draft": (
        "block_evaluation/report",
        "block_evaluation/recheck",
        "part_evaluation/score",
        "block_evaluation/no_result",
    ),
    "overall/sign": ("overall/draft",),
    "overall/commission": ("overall/draft",),
    "overall/instruct": ("overall/draft",),
    "overall/consent": ("overall/secrecy",),
}
# Forms before or on which the figures of an evaluation stand.
TABLES = frozenset(
    {"report", "certify", "intake", "recheck", "score", "approve", "no_result", "conclusion/draft"}
)


@dataclass(frozen=True, slots=True)
class ReportView:
    """The newest report and its stamps (¶ 40).

    `chosen` for a re-check or not (¶ 41–42), None before the risks are weighed; `returned`
    counts how often it came back before, `change` is the greatest change of a figure in per cent.
    """

    number: int
    author: str
    submitted_at: datetime
    days_late: int
    missing: int
    chosen: bool | None = None
    returned: int = 0
    change: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A text of a form that was handed in: its label by language, of which `part`, and by whom."""

    label: Mapping[str, str]
    text: str
    part: str | None
    person: str | None


def shows_table(case: CaseFile, form: Form) -> bool:
    """Say whether the page of a form shows the figures of an evaluation."""
    process, _, name = form.key.partition("/")
    known = name in TABLES if process.endswith("_evaluation") else form.key in TABLES
    return known and case.process == "block_evaluation"


def report(session: Session, case: CaseFile) -> ReportView | None:
    """The newest report of a case; None before there is one."""
    row = session.scalars(
        select(Report).where(Report.case_id == case.id).order_by(Report.id.desc()).limit(1)
    ).one_or_none()
    if row is None:
        return None
    risk = session.scalars(
        select(Risk).where(Risk.report_id == row.id).order_by(Risk.id.desc()).limit(1)
    ).one_or_none()
    stamps = (row.number, row.author, row.submitted_at, row.days_late, row.missing)
    if risk is None:
        return ReportView(*stamps)
    return ReportView(*stamps, risk.chosen, risk.returned, risk.change)


def papers(
    session: Session, case: CaseFile, actor: Actor, table: figures_page.Table | None
) -> tuple[documents.DocumentView, ...]:
    """The documents that the rows of a table name or may name, as far as the actor sees them."""
    if table is None:
        return ()
    named = set(table.may_be_named)
    for row in table.rows:
        named.update(row.reported_documents, row.score.documents if row.score else ())
    if not named:
        return ()
    shown = documents.documents_of(session, case.id, actor)
    return tuple(document for document in shown if document.id in named)


def prefilled(table: figures_page.Table) -> dict[str, Any]:
    """The value with which a part's scores begin: the reported figures and their documents.

    An indicator is counted where every figure was reported; else the evaluator has to say.
    """
    return {
        row.code: {
            "status": "counted" if all(cell.reported for cell in row.cells) else "",
            "values": {cell.name: cell.reported or "" for cell in row.cells},
            "source": row.source,
            "documents": [str(number) for number in row.reported_documents],
        }
        for row in table.rows
    }


def said(session: Session, case: CaseFile, task: Task) -> tuple[Said, ...]:
    """The words that whoever does this task reads before: of the newest visit of each form."""
    wanted = BEFORE.get(task.form, ())
    if not wanted:
        return ()
    rows = session.scalars(
        select(EventRow)
        .where(EventRow.stream == case.stream, EventRow.kind == "task.completed")
        .order_by(EventRow.seq.desc())
    )
    own = figures_asked.part_of(task.key)
    newest: dict[tuple[str, str | None], EventRow] = {}
    for row in rows:
        facts = json.loads(row.body)["facts"]
        form, key = facts.get("form"), facts.get("key", "")
        part = figures_asked.part_of(key) if form and form.startswith("part_") else None
        # Of the parts, whoever approves one reads that one alone.
        if form in wanted and (own is None or part in (own, None)):
            newest.setdefault((form, part), row)
    forms = releases.load(session, case.release).forms
    found = sorted(newest.items(), key=lambda item: (wanted.index(item[0][0]), item[0][1] or ""))
    texts = openings.many(session, [(row.stream, row.seq or 0) for row in newest.values()])
    return tuple(
        Said(field.label, str(texts[row.stream, row.seq or 0][field.name]), part, row.actor)
        for (form, part), row in found
        for field in forms[form].fields
        if texts[row.stream, row.seq or 0].get(field.name)
    )


def results(
    session: Session, case: CaseFile, withheld: Mapping[tuple[int, str], str]
) -> tuple[figures_asked.Listed, ...]:
    """The results of the newest version of a year, with the ground of what is withheld."""
    return tuple(
        replace(row, ground=withheld.get((row.block, row.body)))
        for row in figures_asked.listed(session, case, "secrecy")
    )


def withheld(session: Session, case: CaseFile) -> dict[tuple[int, str], str]:
    """What the newest check withholds from publication, and on which ground (¶ 9(5), 53)."""
    newest = session.scalars(
        select(Overall.id).where(Overall.case_id == case.id).order_by(Overall.id.desc()).limit(1)
    ).one_or_none()
    if newest is None:
        return {}
    found = overall.checks_of(session, newest)
    return {
        (row.block, row.evaluated_body): row.ground or "other"
        for row in found.values()
        if row.withheld
    }
