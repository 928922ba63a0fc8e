"""The sign of life, for those who watch the server or share out its requests."""

from __future__ import annotations

from flask import Response, jsonify

from app.services import health as service
from app.services import sentences
from app.web.access import Open, page
from app.web.blueprint import pages


@pages.get("/health")
@page(Open.PUBLIC)
def health() -> Response:
    """200 where pages can be served, else 503 with a sentence; nothing that is secret.

    That the store of documents is away makes nobody unready: most pages need none.
    """
    found = service.health()
    answer = jsonify(
        status="ok" if found.ready else "unavailable",
        reason=None if found.problem is None else sentences.say(found.problem, "en"),
        schema=found.schema,
        release=found.release,
    )
    answer.status_code = 200 if found.ready else 503
    answer.headers["Cache-Control"] = "no-store"
    return answer
