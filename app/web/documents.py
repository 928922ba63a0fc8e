"""Documents: handed out as an attachment, never to be shown by the browser itself."""

from __future__ import annotations

from flask import send_file
from werkzeug.wrappers import Response

from app.services import documents as service
from app.web.access import Open, actor, now, page
from app.web.blueprint import pages
from app.web.installed import store


@pages.get("/documents/<int:document_id>")
@page(Open.SIGNED_IN)
def document(document_id: int) -> Response:
    """A document; that it was asked for is on the trail before its first byte leaves."""
    found = service.view(document_id=document_id, actor=actor(), now=now(), store=store())
    answer = send_file(
        found.stream,
        mimetype=found.media_type,
        as_attachment=True,
        download_name=found.name,
        max_age=0,
        etag=False,
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Content-Length"] = str(found.size)
    return answer
