"""Files that come with a form: taken in one by one, and shown as chips in their place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, BinaryIO, cast

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.domain.refusals import Invalid
from app.services.documents import DocumentView, Upload
from app.web import options

# Takes one file with its source (¶ 4) and origin (¶ 9(4)) in; returns the document's id.
Take = Callable[[Upload, str, str], int]


def is_partial() -> bool:
    """Say whether htmx asks for a piece of the page."""
    return request.headers.get("HX-Request") == "true"


def asked_for() -> str:
    """The field of documents whose button was pressed."""
    return request.form.get("attach", "documents")


def take(name: str, attach: Take) -> list[int]:
    """Take in the files of the field `name`; the ids of their documents.

    Raises:
        Invalid: `file.empty`, no file was chosen; and whatever `attach` refuses.
    """
    files = [file for file in request.files.getlist(f"{name}-file") if file.filename]
    if not files:
        raise Invalid("file.empty")
    source = request.form.get(f"{name}-source", "")
    origin = request.form.get(f"{name}-origin", "")
    return [
        attach(Upload(file.filename or "", cast(BinaryIO, file.stream)), source, origin)
        for file in files
    ]


def chips(
    name: str,
    answers: Mapping[str, Any],
    attached: Iterable[DocumentView],
    wrong: str,
    *,
    rows: Iterable[str] = (),
    known: Collection[int] = (),
) -> Response:
    """The attached documents as htmx puts them in their place, and what was wrong.

    `rows` are the names under which the rows of a table choose among them; those lists get
    what was not `known` before (ids).
    """
    attached = tuple(attached)
    value = answers.get(name)
    text = render_template(
        "_attached.html",
        name=name,
        chosen=[str(one) for one in value] if isinstance(value, list) else [],
        choices=[options.document(one) for one in attached],
        wrong=wrong,
        rows=tuple(rows),
        fresh=[options.document(one) for one in attached if one.id not in known],
    )
    return make_response(text, 422 if wrong else 200)
