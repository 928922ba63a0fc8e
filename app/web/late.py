"""An objection after the window of ¶ 57: the warning first, then the same form, never lost."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.calendar import due_day
from app.domain.refusals import Refusal
from app.services import case_page, documents, drafts, objections
from app.services.case_page import CasePage
from app.services.documents import DocumentView
from app.services.sources import LATE_KEY
from app.services.task_offers import Offers
from app.web import errors, forms, options, uploads
from app.web.access import Open, actor, now, page
from app.web.blueprint import pages
from app.web.installed import largest_file, store


@pages.get("/cases/<int:case_id>/late-objection")
@page(Open.SIGNED_IN)
def late_objection(case_id: int) -> Response:
    """The form of a late objection, with the warning before it and what was typed in time."""
    typed = drafts.typed(case_id=case_id, form=objections.FORM, actor=actor())
    return _late_page(case_id, values=typed)


@pages.post("/cases/<int:case_id>/late-objection")
@page(Open.SIGNED_IN)
def late_objection_file(case_id: int) -> Response:
    """Register an objection as late."""
    form, _indicators = objections.late_form(case_id=case_id, actor=actor())
    answers = forms.read(form, request.form)
    try:
        objections.file_late(case_id=case_id, actor=actor(), answers=answers, now=now())
    except Refusal as refusal:
        return _late_page(case_id, values=forms.typed(form, answers), refusal=refusal)
    flash(_("The objection is registered as filed out of time."))
    return redirect(url_for("web.case", case_id=case_id))


@pages.post("/cases/<int:case_id>/late-objection/documents")
@page(Open.SIGNED_IN)
def late_objection_documents(case_id: int) -> Response:
    """Attach files to a late objection; the page comes back with all that was typed."""
    form, _indicators = objections.late_form(case_id=case_id, actor=actor())
    answers, name = forms.read(form, request.form), uploads.asked_for()
    wrong = {}
    try:
        taken = uploads.take(name, partial(_attach, case_id))
        answers[name] = [*map(str, answers.get(name) or ()), *map(str, taken)]
    except Refusal as refusal:
        wrong = {name: errors.sentence(refusal)}
    if uploads.is_partial():
        return uploads.chips(name, answers, _attached(_case(case_id)), wrong.get(name, ""))
    return _late_page(case_id, values=forms.typed(form, answers), wrong=wrong)


def _attach(case_id: int, upload: documents.Upload, source: str, origin: str) -> int:
    return documents.attach_late(
        case_id=case_id,
        actor=actor(),
        upload=upload,
        source=source,
        origin=origin,
        now=now(),
        store=store(),
        limit=largest_file(),
    ).id


def _attached(found: CasePage) -> list[DocumentView]:
    return [
        document
        for document in found.documents
        if document.task_key == LATE_KEY and document.person == actor().person
    ]


def _case(case_id: int) -> CasePage:
    return case_page.case_page(case_id=case_id, actor=actor(), now=now())


def _late_page(
    case_id: int,
    *,
    values: Mapping[str, Any],
    refusal: Refusal | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    form, indicators = objections.late_form(case_id=case_id, actor=actor())
    ended = objections.window_ended_at(case_id=case_id)
    found = _case(case_id)
    text = render_template(
        "late_objection.html",
        form_of=form,
        case_id=case_id,
        number=found.case.number,
        ended_on=due_day(ended) if ended else None,
        values=values,
        options=options.of_task(form, Offers(indicators=indicators), _attached(found)),
        uploads=options.uploads(
            url_for("web.late_objection_documents", case_id=case_id), largest_file()
        ),
        wrong=forms.errors(form, refusal, values) if refusal else wrong or {},
        sentence=errors.sentence(refusal) if refusal else "",
    )
    return make_response(text, refusal.status if refusal else 422 if wrong else 200)
