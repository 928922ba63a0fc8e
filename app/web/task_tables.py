"""The tables of a year on the page of a task: what is read before, and points as one types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.services import task_page as service
from app.services import tasks as acts
from app.services.task_page import TaskPage
from app.web import (
    evaluation_lists,
    figure_forms,
    figure_tables,
    forms,
    methodology_words,
    options,
)
from app.web.access import Open, actor, now, page
from app.web.blueprint import pages
from app.web.uploads import is_partial

# The form before which the results have been checked for secrets (¶ 53).
CONSENT = "overall/consent"


@pages.post("/tasks/<int:task_id>/points")
@page(Open.SIGNED_IN)
def task_points(task_id: int) -> Response:
    """Count the points of a part of what is typed so far.

    htmx gets the points alone, and nothing is kept; without it what is typed is kept as a
    draft, and the page comes back with its points.
    """
    if not is_partial():
        found = service.task_page(task_id=task_id, actor=actor(), now=now())
        acts.save_draft(task_id=task_id, actor=actor(), answers=drafted(found), now=now())
        return redirect(url_for("web.task", task_id=task_id, _anchor="run"))
    running = service.points(
        task_id=task_id, actor=actor(), typed=lambda form: forms.read(form, request.form)
    )
    codes = running.indicators if running else ()
    text = render_template(
        "_points.html",
        total=figure_tables.total(running),
        rows={code: figure_tables.points_of(code, running) for code in codes},
    )
    return make_response(text)


@pages.post("/tasks/<int:task_id>/fill")
@page(Open.SIGNED_IN)
def task_fill(task_id: int) -> Response:
    """Give one reason to every missing conclusion that has none (¶ 11), in the draft alone.

    What has a reason keeps it; the page comes back with all rows filled, to be looked through.
    """
    found = service.task_page(task_id=task_id, actor=actor(), now=now())
    typed, word = drafted(found), request.form.get(figure_forms.FILL, "")
    rows = [f"{row.block}/{row.body}" for row in found.offers.listed]
    for field in found.form.fields:
        if field.type == "missing" and word:
            given = typed.get(field.name) or {}
            typed[field.name] = {**given, **{key: given.get(key) or word for key in rows}}
    acts.save_draft(task_id=task_id, actor=actor(), answers=typed, now=now())
    if not word:
        flash(_("Choose the reason first."))
    return redirect(url_for("web.task", task_id=task_id, _anchor="fill"))


def options_of(found: TaskPage, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of the form choose from; `values` is what stands in it."""
    task_id = found.task.task_id
    points = url_for("web.task_points", task_id=task_id)
    made = options.of_task(found.form, found.offers, found.attached, points, values)
    for field in found.form.fields:
        if field.type == "missing":
            made[field.name]["fill_url"] = url_for("web.task_fill", task_id=task_id)
    return made


def drafted(found: TaskPage) -> dict[str, Any]:
    """What is typed, without names that no field has: a draft is not checked yet."""
    declared = {field.name for field in found.form.fields}
    answers = forms.read(found.form, request.form)
    kept = {name: value for name, value in answers.items() if name in declared}
    for field in found.form.fields:
        # A document field without a tick is an answer of its own: none of those attached.
        if field.type == "documents" and field.name not in kept and found.attached:
            kept[field.name] = []
    return kept


def before(found: TaskPage) -> dict[str, Any]:
    """What has to be read before the form: figures, the words of others, results of the year."""
    offers, types = found.offers, {field.type for field in found.form.fields}
    filled_in = bool(types & figure_forms.TABLES)
    return {
        "table": figure_tables.of_table(offers.table, offers.papers)
        if offers.table is not None and not filled_in
        else None,
        "report": offers.report is not None and "scores" in types,
        "results": evaluation_lists.results(offers.results, checked=found.form.key == CONSENT)
        if offers.results
        else None,
        "said": [
            {
                "label": said.label,
                "text": said.text,
                "part": said.part,
                "part_name": methodology_words.part(said.part) if said.part else "",
                "person": said.person,
            }
            for said in offers.said
        ],
    }


def choices(found: TaskPage) -> list[str]:
    """The names under which the rows of the form's tables choose among documents."""
    return [
        name
        for field in found.form.fields
        for name in figure_tables.choices_of(field, found.offers.table)
    ]
