"""What a task's page offers and shows beside its form, as the dynamic fields need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.registers import Body
from app.engine.forms import Form
from app.models.cases import CaseFile, Task
from app.operations.registers import Registers
from app.services import (
    documents,
    figures_asked,
    figures_page,
    figures_read,
    figures_running,
    sources,
)

# Forms before which the results of a year are read; only who consents sees what is withheld.
RESULTS = frozenset({"draft", "sign", "commission", "instruct", "consent"})


@dataclass(frozen=True, slots=True)
class Offers:
    """What the dynamic fields of the form offer.

    `people` are the candidates of the fields that do not offer everybody, by field name.
    `table` are the figures and scores of an evaluation, with the `running` points of a part
    that is being scored and the `papers` that its rows name; `listed` the rows of a field
    about the evaluations of a year, `results` those of the overall evaluation, to be read.
    `report` and `said` are what was handed in before, for whoever goes on with it.
    """

    candidates: tuple[sources.Candidate, ...] = ()
    people: Mapping[str, tuple[sources.Candidate, ...]] = dataclass_field(default_factory=dict)
    indicators: tuple[sources.Indicator, ...] = ()
    bodies: tuple[Body, ...] = ()
    table: figures_page.Table | None = None
    running: figures_running.Running | None = None
    listed: tuple[figures_asked.Listed, ...] = ()
    results: tuple[figures_asked.Listed, ...] = ()
    papers: tuple[documents.DocumentView, ...] = ()
    report: figures_read.ReportView | None = None
    said: tuple[figures_read.Said, ...] = ()


def offers(
    session: Session,
    case: CaseFile,
    task: Task,
    form: Form,
    actor: Actor,
    now: datetime,
) -> Offers:
    """What the form of a task offers `actor`."""
    types = {field.type for field in form.fields}
    return Offers(
        **_of_year(session, case, task, form, actor, types),
        candidates=tuple(sources.candidates(session, case, now))
        if types & {"person", "people"}
        else (),
        people={
            field.name: tuple(sources.people_of(session, case, field, now))
            for field in form.fields
            if field.source in (sources.MEMBERS, sources.NEWCOMERS)
        },
        indicators=tuple(sources.current_indicators(session, case))
        if types & {"points", "votes", "corrections"}
        else (),
        bodies=Registers(session).bodies.evaluated()
        if "body" in types or any(field.source == sources.EVALUATED for field in form.fields)
        else (),
    )


def _of_year(
    session: Session, case: CaseFile, task: Task, form: Form, actor: Actor, types: set[str]
) -> dict[str, Any]:
    """What the forms of a year's evaluation offer: tables, lists, and what was said before."""
    found: dict[str, Any] = {"said": figures_read.said(session, case, task)}
    if figures_read.shows_table(case, form):
        table = figures_page.table(session, case, figures_asked.part_of(task.key))
        found["table"] = table
        found["report"] = figures_read.report(session, case)
        found["papers"] = figures_read.papers(session, case, actor, table)
    for kind in ("missing", "secrecy"):
        if kind in types:
            found["listed"] = figures_asked.listed(session, case, kind)
    process, _, name = form.key.partition("/")
    if process == "overall" and name in RESULTS:
        withheld = figures_read.withheld(session, case) if name == "consent" else {}
        found["results"] = figures_read.results(session, case, withheld)
    return found


def running(
    session: Session, case: CaseFile, task: Task, form: Form, typed: Mapping[str, Any]
) -> figures_running.Running | None:
    """The points of the part that a form scores, as far as it is filled in (`typed`)."""
    part = figures_asked.part_of(task.key)
    name = next((field.name for field in form.fields if field.type == "scores"), None)
    if part is None or name is None:
        return None
    return figures_running.running_of(session, case, part, typed.get(name))
