"""The list of tasks and the page of one: take it, keep what is typed, attach, complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from flask import (
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.permissions import Permission, allows
from app.domain.refusals import Refusal
from app.engine.forms import Form
from app.services import documents as evidence
from app.services import inbox as listing
from app.services import task_page as service
from app.services import tasks as acts
from app.services.inbox_query import VIEWS, View
from app.services.sentences import paragraph
from app.services.task_page import TaskPage
from app.web import errors, forms, options, task_tables, uploads, words
from app.web.access import Open, actor, now, page
from app.web.blueprint import pages
from app.web.installed import largest_file, store
from app.web.uploads import is_partial

# Whoever has no tasks of a diagram begins where their work is.
OTHER_HOMES = (
    (Permission.SEE_EVERY_CASE, "web.cases"),
    (Permission.MANAGE_PEOPLE, "web.people"),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters of the list: words, a block, the code of a body."""

    q: str
    block: int | None
    body: str | None


@pages.get("/")
@page(Open.SIGNED_IN)
def home() -> Response:
    """The first page: the tasks, or what a person without tasks has to do."""
    person = actor()
    for permission, endpoint in OTHER_HOMES:
        if allows(person, permission):
            return redirect(url_for(endpoint))
    return inbox()


@pages.get("/inbox")
@page(Open.SIGNED_IN)
def inbox() -> Response:
    """The open tasks by due date, filtered; htmx gets the list alone."""
    asked = request.args
    view = cast(View, asked.get("view") if asked.get("view") in VIEWS else "all")
    chosen = Chosen(
        q=asked.get("q", "").strip(),
        block=asked.get("block", type=int),
        body=asked.get("body") or None,
    )
    found = listing.inbox(
        actor=actor(),
        now=now(),
        view=view,
        search=chosen.q,
        block=chosen.block,
        body=chosen.body,
        after=asked.get("after"),
    )
    template = "_inbox_rows.html" if asked.get("after") and is_partial() else "inbox.html"
    if is_partial() and not asked.get("after"):
        template = "_inbox_list.html"
    return _varied(
        render_template(template, found=found, view=view, chosen=chosen, started=asked.get("last"))
    )


@pages.get("/tasks/<int:task_id>")
@page(Open.SIGNED_IN)
def task(task_id: int) -> Response:
    """A task: what to do and why, its form, and the case beside it."""
    found = service.task_page(task_id=task_id, actor=actor(), now=now())
    return _show(found, values=found.values)


@pages.get("/tasks/<int:task_id>/peek")
@page(Open.SIGNED_IN)
def task_peek(task_id: int) -> str:
    """A task in short, for the place beside the list."""
    found = service.task_page(task_id=task_id, actor=actor(), now=now())
    return render_template("_peek.html", page=found)


@pages.post("/tasks/<int:task_id>/claim")
@page(Open.SIGNED_IN)
def task_claim(task_id: int) -> Response:
    """Take a task; in the list htmx gets the cell of the one who does it."""
    acts.claim(task_id=task_id, actor=actor(), now=now())
    return _held(task_id, _("The task is yours."), mine=True)


@pages.post("/tasks/<int:task_id>/release")
@page(Open.SIGNED_IN)
def task_release(task_id: int) -> Response:
    """Give a task back to the queue."""
    acts.release(task_id=task_id, actor=actor(), now=now())
    return _held(task_id, _("The task went back to the queue."), mine=False)


def _held(task_id: int, word: str, *, mine: bool) -> Response:
    if is_partial():
        return make_response(
            render_template(
                "_inbox_owner.html",
                task_id=task_id,
                mine=mine,
                word=word,
                number=request.form.get("number", ""),
            )
        )
    flash(word)
    return redirect(_next(url_for("web.task", task_id=task_id)))


@pages.post("/tasks/<int:task_id>/draft")
@page(Open.SIGNED_IN)
def task_draft(task_id: int) -> Response:
    """Keep what is typed so far; htmx gets the word of it."""
    found = service.task_page(task_id=task_id, actor=actor(), now=now())
    acts.save_draft(task_id=task_id, actor=actor(), answers=task_tables.drafted(found), now=now())
    if is_partial():
        return make_response(render_template("_saved.html", moment=now()))
    flash(_("Kept for later."))
    return redirect(url_for("web.task", task_id=task_id))


@pages.post("/tasks/<int:task_id>/documents")
@page(Open.SIGNED_IN)
def task_documents(task_id: int) -> Response:
    """Attach files to a task with their source (¶ 4) and origin (¶ 9(4)); what is typed is kept."""
    found = service.task_page(task_id=task_id, actor=actor(), now=now())
    answers, name = task_tables.drafted(found), uploads.asked_for()
    try:
        taken = uploads.take(name, partial(_attach, task_id))
    except Refusal as refusal:
        return _not_taken(found, answers, name, refusal)
    answers[name] = [*map(str, answers.get(name) or ()), *map(str, taken)]
    acts.save_draft(task_id=task_id, actor=actor(), answers=answers, now=now())
    if is_partial():
        return _chips(found, answers, name, "")
    return redirect(url_for("web.task", task_id=task_id, _anchor=f"f-{name}"))


def _attach(task_id: int, upload: evidence.Upload, source: str, origin: str) -> int:
    return evidence.attach(
        task_id=task_id,
        actor=actor(),
        upload=upload,
        source=source,
        origin=origin,
        now=now(),
        store=store(),
        limit=largest_file(),
    ).id


def _chips(found: TaskPage, answers: Mapping[str, Any], name: str, wrong: str) -> Response:
    """What is attached now; `found` is the page as it was before."""
    anew = service.task_page(task_id=found.task.task_id, actor=actor(), now=now())
    return uploads.chips(
        name,
        answers,
        anew.attached,
        wrong,
        rows=task_tables.choices(found),
        known={document.id for document in found.attached},
    )


def _not_taken(
    found: TaskPage, answers: Mapping[str, Any], name: str, refusal: Refusal
) -> Response:
    task_id, told = found.task.task_id, errors.sentence(refusal)
    if is_partial() and refusal.status in (413, 422):
        # Of several files the ones before the refused one are attached.
        return _chips(found, answers, name, told)
    acts.keep_refused(task_id=task_id, actor=actor(), answers=answers, now=now())
    anew = service.task_page(task_id=task_id, actor=actor(), now=now())
    return _show(
        anew,
        values=forms.typed(anew.form, answers),
        wrong={name: told},
        status=refusal.status,
    )


@pages.post("/tasks/<int:task_id>/complete")
@page(Open.SIGNED_IN)
def task_complete(task_id: int) -> Response:
    """Complete a task; refused, the page comes back with all that was typed and the reason."""
    try:
        done = acts.complete(task_id=task_id, actor=actor(), answers=_posted, now=now())
    except Refusal as refusal:
        return _refused(task_id, refusal)
    if allows(actor(), Permission.SEE_OWN_CASES):
        # The page finds the event again and says so itself: to carry a message in the signed
        # cookie would cost a tenth of the whole act.
        return redirect(url_for("web.case", case_id=done.case_id, done=done.seq))
    flash(words.on_the_trail(done.seq, done.number))
    return redirect(url_for("web.inbox"))


def _posted(form: Form) -> dict[str, Any]:
    return forms.read(form, request.form)


def _refused(task_id: int, refusal: Refusal) -> Response:
    # What raises here (the task is not the actor's, or not any more) becomes a page of its
    # own that keeps what was typed.
    answers = _posted(service.task_page(task_id=task_id, actor=actor(), now=now()).form)
    acts.keep_refused(task_id=task_id, actor=actor(), answers=answers, now=now())
    # Read anew, with what was kept.
    found = service.task_page(task_id=task_id, actor=actor(), now=now())
    refusal = errors.named(refusal, found.names)
    return _show(
        found,
        values=forms.typed(found.form, answers),
        wrong=forms.errors(found.form, refusal, answers),
        refusal=refusal,
        status=refusal.status,
    )


def _show(
    found: TaskPage,
    *,
    values: Mapping[str, Any],
    wrong: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    closed = found.refusal
    text = render_template(
        "task.html",
        page=found,
        values=values,
        wrong=wrong or {},
        options=task_tables.options_of(found, values),
        before=task_tables.before(found),
        uploads=options.uploads(
            url_for("web.task_documents", task_id=found.task.task_id), largest_file()
        ),
        sentence=errors.sentence(refusal) if refusal else "",
        paragraph=paragraph(refusal) if refusal else None,
        blocked=errors.sentence(closed) if closed else "",
    )
    return make_response(text, status)


def _next(otherwise: str) -> str:
    """Where to go on: a page of ours that the form names, or `otherwise`."""
    wanted = request.form.get("next", "")
    return wanted if wanted.startswith("/") and not wanted.startswith("//") else otherwise


def _varied(text: str) -> Response:
    answer = make_response(text)
    # The same address is a page or a piece of it.
    answer.headers["Vary"] = "HX-Request"
    return answer
