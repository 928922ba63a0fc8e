"""Everything a task's page shows: the form with what is already there, and the case beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor
from app.domain.permissions import refuse_act
from app.domain.refusals import NotFound, Refusal
from app.engine.forms import Form
from app.models.cases import CaseFile, Task
from app.models.trail import EventRow
from app.operations.registers import Registers
from app.services import (
    about,
    deadlines,
    documents,
    drafts,
    figures_read,
    figures_running,
    openings,
    people,
    sources,
    task_offers,
    tasks,
    views,
)
from app.services.case_page import CaseSummary, summary
from app.services.inbox import InboxRow, inbox_row
from app.services.numbers import possible
from app.services.task_offers import Offers

# Each objection, vote and further order is one of its own: it does not begin with the last one.
STANDS_ALONE = ("/object", "/vote", "/change")


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A task as its reader sees it.

    `values` are the answers to start from (typed before, or handed in and returned);
    `refusal` says why the reader may not act now, None if they may; `returned` is the reason
    with which the work came back.
    """

    task: InboxRow
    case: CaseSummary
    form: Form
    values: Mapping[str, Any]
    saved_at: datetime | None
    offers: Offers
    attached: tuple[documents.DocumentView, ...]
    about: views.About
    deadline: deadlines.Deadline | None
    returned: str | None
    refusal: Refusal | None
    names: Mapping[str, Mapping[str, str]]


def task_page(*, task_id: int, actor: Actor, now: datetime) -> TaskPage:
    """What `actor` needs to do a task.

    Raises:
        NotFound: there is no such task.
        NotAllowed: it is not the actor's, or a conflict of interest bars the actor.
    """
    with reading() as session:
        task, case, refusal = _found(session, task_id, actor)
        release = sources.release_of(session, case)
        form = release.forms[task.form]
        draft = drafts.draft_of(session, task, actor)
        facts = about.about(session, case, actor, now)
        offers = task_offers.offers(session, case, task, form, actor, now)
        before = {**_given(facts, form, offers), **_handed_in(session, case, task)}
        values = {**before, **(json.loads(draft.answers) if draft else {})}
        running = task_offers.running(session, case, task, form, values)
        offers = replace(offers, running=running)
        names = people.names(session, _codes(facts, offers, task))
        return TaskPage(
            task=inbox_row(session, Registers(session), task, case, actor, now, names),
            case=summary(session, case, release),
            form=form,
            values=values,
            saved_at=draft.saved_at if draft else None,
            offers=offers,
            attached=_attached(session, task, actor),
            about=facts,
            deadline=next(
                (d for d in deadlines.deadlines(session, case, release, now) if _is_of(d, task)),
                None,
            ),
            returned=_returned(session, case, task),
            refusal=refusal,
            names=names,
        )


def points(
    *, task_id: int, actor: Actor, typed: Callable[[Form], Mapping[str, Any]]
) -> figures_running.Running | None:
    """The running points of the part that a task scores; `typed` reads what its form has so far.

    Raises:
        NotFound, NotAllowed: as `task_page` does.
    """
    with reading() as session:
        task, case, _refusal = _found(session, task_id, actor)
        form = sources.release_of(session, case).forms[task.form]
        return task_offers.running(session, case, task, form, typed(form))


def _found(session: Session, task_id: int, actor: Actor) -> tuple[Task, CaseFile, Refusal | None]:
    """A task with its case, and why `actor` may not act now, if so."""
    task = session.get(Task, possible(task_id, "task.gone"))
    case = session.get(CaseFile, task.case_id) if task else None
    if task is None or case is None:
        raise NotFound("task.gone")
    refusal = _refusal(session, case, task, actor)
    if refusal is not None and refusal.status == 403:
        raise refusal
    return task, case, refusal


def _attached(session: Session, task: Task, actor: Actor) -> tuple[documents.DocumentView, ...]:
    """What the actor has attached to the task so far, and what came back with it."""
    earlier = sources.earlier_visits(task.key, task.form)
    known = sources.attached(session, task.case_id, task.key, actor.person, earlier)
    ids = {document.id for document in known}
    return tuple(
        document
        for document in documents.documents_of(session, task.case_id, actor)
        if document.id in ids
    )


def _is_of(deadline: deadlines.Deadline, task: Task) -> bool:
    return deadline.due_at == task.due_at


def _refusal(session: Session, case: CaseFile, task: Task, actor: Actor) -> Refusal | None:
    try:
        refuse_act(actor, tasks.facts_of(session, case, task, actor))
    except Refusal as refusal:
        return refusal
    return None


def _given(facts: views.About, form: Form, offers: Offers) -> dict[str, Any]:
    """What a form begins with because it is so.

    A commission's chair stays unless replaced; scores begin with the reported figures.
    """
    commission = facts.objections[-1].commission if facts.objections else None
    asked = {field.name for field in form.fields if field.source == sources.MEMBERS}
    given: dict[str, Any] = {}
    if commission is not None and asked:
        given["chair"] = commission.chair
    if offers.table is not None and any(field.type == "scores" for field in form.fields):
        given["scores"] = figures_read.prefilled(offers.table)
    return given


def _handed_in(session: Session, case: CaseFile, task: Task) -> dict[str, Any]:
    """The answers last handed in with the same form in this case: a returned draft is not lost.

    Only where the visit is a later one of the same element (`draft#2`), and what was handed
    in before was the same piece of work.
    """
    if "#" not in task.key or task.form.endswith(STANDS_ALONE):
        return {}
    row = _last_answers(session, case, task)
    if row is None:
        return {}
    answers = json.loads(row.body)["facts"].get("answers", {})
    texts = openings.texts(session, row.stream, row.seq or 0)
    return {
        **{k: v for k, v in answers.items() if not isinstance(v, dict)},
        **_rows(answers),
        **texts,
    }


def _rows(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in answers.items()
        if isinstance(value, dict) and set(value) != {"sealed"}
    }


def _last_answers(session: Session, case: CaseFile, task: Task) -> EventRow | None:
    """The newest event by which this very task was handed in, on an earlier visit."""
    rows = session.scalars(
        select(EventRow)
        .where(EventRow.stream == case.stream, EventRow.kind == "task.completed")
        .order_by(EventRow.seq.desc())
    )
    # The same form stands at several places where a block has parts.
    place = (task.form, _unnumbered(task.key))
    for row in rows:
        facts = json.loads(row.body)["facts"]
        if (facts.get("form"), _unnumbered(facts.get("key", ""))) == place:
            return row
    return None


def _unnumbered(key: str) -> str:
    """The key of a task without the number of its visit."""
    base, _, visit = key.rpartition("#")
    return base if base and visit.isdecimal() else key


def _returned(session: Session, case: CaseFile, task: Task) -> str | None:
    """The reasons of the newest return, if that is why this task is open again.

    Where several were asked at once (answers named `…_decision`), what each of them said.
    """
    if "#" not in task.key:
        return None
    rows = session.scalars(
        select(EventRow)
        .where(
            EventRow.stream == case.stream,
            EventRow.seq <= task.opened_seq,
            EventRow.kind == "task.completed",
        )
        .order_by(EventRow.seq.desc())
    )
    reasons: list[str] = []
    for row in rows:
        facts = json.loads(row.body)["facts"]
        answers = facts.get("answers", {})
        returned = {name for name, said in answers.items() if said in ("return", "refuse")}
        last = row.seq == task.opened_seq and "decision" in returned
        if last or any(name.endswith("_decision") for name in returned):
            reasons.insert(
                0, str(openings.texts(session, row.stream, row.seq or 0).get("reasons", ""))
            )
        if last or facts.get("form") == task.form:
            break
    return "\n".join(reasons) if reasons else None


def _codes(facts: views.About, offers: Offers, task: Task) -> set[str]:
    codes = {candidate.person for candidate in offers.candidates}
    codes |= {candidate.person for offered in offers.people.values() for candidate in offered}
    codes |= {view.author for view in facts.schedules}
    codes |= {said.person for said in offers.said if said.person is not None}
    if offers.report is not None:
        codes.add(offers.report.author)
    if facts.conclusion is not None:
        codes |= facts.conclusion.people
    for objection in facts.objections:
        codes.add(objection.filed_by)
        if objection.commission is not None:
            codes |= objection.commission.people
    if task.claimed_by is not None:
        codes.add(task.claimed_by)
    return codes
