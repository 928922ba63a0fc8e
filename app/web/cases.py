"""Cases: the list, one of them, its diagrams; starting one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.permissions import Permission
from app.domain.refusals import Refusal
from app.services import case_page as service
from app.services import cases as acts
from app.services import starts as starting
from app.services.starts import Start
from app.services.task_offers import Offers
from app.web import case_view, errors, forms, incident_words, options, words
from app.web.access import Open, actor, now, page
from app.web.blueprint import pages
from app.web.frame import roster
from app.web.languages import language

LIMIT = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters of the list: codes, None for any."""

    process: str | None
    year: int | None
    body: str | None
    status: str | None


@pages.get("/cases")
@page(Open.SIGNED_IN)
def cases() -> str:
    """The cases that the reader may open, and what the reader may start."""
    asked = request.args
    chosen = Chosen(
        process=asked.get("process") or None,
        year=asked.get("year", type=int),
        body=asked.get("body") or None,
        status=asked.get("status") or None,
    )
    found = service.list_cases(
        actor=actor(),
        process=chosen.process,
        year=chosen.year,
        body=chosen.body,
        status=chosen.status,
        before=asked.get("before", type=int),
        limit=LIMIT + 1,
    )
    return render_template(
        "cases.html",
        cases=found[:LIMIT],
        more=found[LIMIT - 1].id if len(found) > LIMIT else None,
        chosen=chosen,
        starts=starting.starts(actor=actor(), now=now()),
        roster=roster(),
    )


@pages.get("/cases/<int:case_id>")
@page(Open.SIGNED_IN)
def case(case_id: int) -> str:
    """A case: where it stands, its story, dates, documents, letters and objections."""
    found = service.case_page(case_id=case_id, actor=actor(), now=now())
    if _just_done(found, request.args.get("done", type=int)):
        flash(words.on_the_trail(int(request.args["done"]), found.case.number))
    return render_template(
        "case.html",
        page=found,
        view=case_view,
        tell=incident_words,
        documents={document.id: document for document in found.documents},
    )


def _just_done(found: service.CasePage, seq: int | None) -> bool:
    """Whether the address tells of an act of the reader's own."""
    return any(
        chapter.seq == seq and chapter.person in (actor().person, None) for chapter in found.story
    )


@pages.get("/cases/<int:case_id>/diagram/<process>.bpmn")
@page(Open.SIGNED_IN)
def case_diagram(case_id: int, process: str) -> FlaskResponse:
    """A diagram of the case's release, its names in the reader's language."""
    xml = service.diagram(case_id=case_id, process=process, actor=actor(), language=language())
    return FlaskResponse(xml, mimetype="application/xml")


@pages.get("/cases/start/<process>")
@page(Permission.START_CASES)
def start(process: str) -> Response:
    """The form that starts a case."""
    return _start_page(_wanted(process), values={})


@pages.post("/cases/start/<process>")
@page(Permission.START_CASES)
def start_case(process: str) -> Response:
    """Start a case with the answers to its form."""
    wanted = _wanted(process)
    answers = forms.read(wanted.form, request.form)
    try:
        started = acts.start(
            process=process,
            organisation=wanted.organisation,
            actor=actor(),
            answers=answers,
            now=now(),
        )
    except Refusal as refusal:
        return _start_page(wanted, values=forms.typed(wanted.form, answers), refusal=refusal)
    flash(_("Case %(number)s is open.", number=started.number))
    return redirect(url_for("web.case", case_id=started.id))


def _wanted(process: str) -> Start:
    return starting.start_of(
        process=process,
        organisation=request.values.get("organisation", ""),
        actor=actor(),
        now=now(),
    )


def _start_page(
    wanted: Start, *, values: Mapping[str, Any], refusal: Refusal | None = None
) -> Response:
    offers = Offers(bodies=wanted.bodies)
    text = render_template(
        "start.html",
        start=wanted,
        values=values,
        options=options.of_task(wanted.form, offers, ()),
        wrong=forms.errors(wanted.form, refusal, values) if refusal else {},
        sentence=errors.sentence(refusal) if refusal else "",
    )
    return make_response(text, refusal.status if refusal else 200)
