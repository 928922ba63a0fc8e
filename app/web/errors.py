"""What went wrong, as a page in the reader's language: what happened, why, what next.

An act is done whole or not at all, so every page may say that nothing was written. What was
typed is never lost: a refused post comes back with it.
"""

from __future__ import annotations

import errno
import logging
import secrets
from collections.abc import Mapping
from typing import Any

from flask import (
    Flask,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.documents.store import StoreAway
from app.domain.refusals import FieldError, Param, Refusal
from app.login import NotSignedIn
from app.services import outages, sentences
from app.services.envelopes import request_id
from app.web.access import visitor
from app.web.filters import body_name, person_name
from app.web.kept import kept
from app.web.languages import language

log = logging.getLogger(__name__)
RETRY_AFTER = 5
# EFBIG: the largest file that the system lets the process write.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def init_app(app: Flask) -> None:
    """Turn every failure of `app` into a page with a sentence."""
    app.before_request(_name_request)
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, forged)
    app.register_error_handler(NotSignedIn, expired)
    app.register_error_handler(RequestEntityTooLarge, too_large)
    app.register_error_handler(DBAPIError, database_failed)
    app.register_error_handler(PoolTimeout, database_failed)
    app.register_error_handler(outages.Unsettled, unsettled)
    app.register_error_handler(StoreAway, evidence_away)
    app.register_error_handler(OSError, disk_failed)
    app.register_error_handler(HTTPException, http_failed)
    app.register_error_handler(Exception, failed)


def _name_request() -> None:
    """Give the request the name that its events and its entries in the log bear."""
    g.request_id = secrets.token_hex(6)
    request_id.set(g.request_id)


def sentence(refusal: Refusal) -> str:
    """A refusal's sentence in the reader's language, codes of bodies as their names."""
    names: dict[str, Param] = {}
    if "body" in refusal.params:
        names["body"] = body_name(str(refusal.params["body"]))
    return sentences.say(refusal, language(), **names)


def named(refusal: Refusal, names: Mapping[str, Mapping[str, str]]) -> Refusal:
    """The same refusal, to be read: codes of people as their names, at each field too.

    `sentence` names the body of the whole refusal; here those at the fields are named.
    """

    def told(params: Mapping[str, Param]) -> dict[str, Param]:
        code = str(params.get("person", ""))
        return {**params, "person": person_name(code, names)} if code in names else dict(params)

    def at_field(params: Mapping[str, Param]) -> tuple[tuple[str, Param], ...]:
        found = told({**refusal.params, **params})
        if "body" in found:
            found["body"] = body_name(str(found["body"]))
        return tuple(found.items())

    fields = tuple(FieldError(f.field, f.code, at_field(dict(f.params))) for f in refusal.fields)
    return type(refusal)(
        refusal.code, paragraph=refusal.paragraph, fields=fields, **told(refusal.params)
    )


def refused(refusal: Refusal) -> Response:
    """A rule did not allow it."""
    return _answer(
        refusal.status, sentence=sentence(refusal), paragraph=sentences.paragraph(refusal)
    )


def expired(_error: NotSignedIn) -> Response:
    """Nobody is signed in any more: what was typed is kept, to be handed in after signing in."""
    return _answer(401, sentence=_say("session.expired"), again=_from_here())


def forged(_error: CSRFError) -> Response:
    """The token of the form is missing, old or of another session."""
    if visitor() is None:
        return _answer(401, sentence=_say("session.expired"), again=_from_here())
    return _answer(400, sentence=_say("session.csrf"), again=_from_here())


def too_large(_error: RequestEntityTooLarge) -> Response:
    """More was sent than is taken; what came with it was not read."""
    limit = current_app.extensions["bagalau"].settings.max_upload // (1024 * 1024)
    return _answer(413, sentence=sentences.say("file.too_large", language(), max=limit))


def database_failed(error: DBAPIError | PoolTimeout) -> Response:
    """The database is locked by somebody, full, or away."""
    kind = outages.kind(error)
    if kind is None:
        return failed(error)
    # Without the statement: its parameters may be names and texts.
    reason = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    log.warning("request %s: database %s: %s", g.get("request_id"), kind, reason)
    g.bare = True
    return _later(f"database.{kind}")


def unsettled(error: outages.Unsettled) -> Response:
    """The database went away while the act was committed: look before it is done again."""
    log.warning("request %s: database unsettled: %s", g.get("request_id"), error)
    g.bare = True
    step = _("Open the page again: it shows the case as it is now.")
    return _later("database.unsettled", step=step)


def disk_failed(error: OSError) -> Response:
    """No room is left for a document, or the program itself failed."""
    if error.errno not in NO_ROOM:
        return failed(error)
    log.error("request %s: no room for evidence: %s", g.get("request_id"), error.strerror)
    return _later("evidence.full")


def _later(code: str, **context: Any) -> Response:
    answer = _answer(503, sentence=_say(code), **context)
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def evidence_away(error: StoreAway) -> Response:
    """The store of documents does not answer; nothing was written."""
    log.warning("request %s: %s: %s", g.get("request_id"), error.filename, error.strerror)
    return _later("evidence.unavailable")


def http_failed(error: HTTPException) -> Response:
    """No such address, a wrong method and the like; redirects go their way."""
    code = error.code or 500
    if code >= 500:
        g.bare = True
    if code == 405 and request.method == "GET":
        return redirect(_page_of(request.path))
    if code < 400 or error.response is not None:
        return make_response(error.get_response())
    answer = _answer(404 if code == 405 else code)
    answer.status_code = code
    return answer


def _page_of(act: str) -> str:
    """The page to which the address of an act belongs: `/tasks/7` of `/tasks/7/complete`.

    A refused act shows its page under its own address, where one may change the language or
    press Enter.
    """
    adapter = current_app.create_url_adapter(request)
    while adapter is not None and (act := act.rpartition("/")[0]):
        if adapter.test(act, "GET"):
            return act
    return url_for("web.home")


def failed(error: Exception) -> Response:
    """Something that nobody foresaw: the log has the detail, the page a reference to it."""
    log.error("request %s failed: %s", g.get("request_id"), request.path, exc_info=error)
    g.bare = True
    return _answer(500, sentence=_say("server.error"))


def _say(code: str) -> str:
    return sentences.say(code, language())


def _from_here() -> bool:
    """Say whether the form came from a page of ours: only then it may be handed in again.

    A form that another site sent is not offered, or one press would do what that site wants.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def _answer(status: int, *, again: bool = False, **context: Any) -> Response:
    posted = {} if status == 413 or request.method == "GET" else _posted()
    page = render_template(
        "error.html",
        status=status,
        incident=g.get("request_id") if status == 500 else None,
        back_url=_back(),
        again=again and not _has_files() and request.url_rule is not None,
        posted=posted.get("all", []),
        kept=posted.get("kept", []),
        **context,
    )
    return make_response(page, status)


def _has_files() -> bool:
    """Say whether files came with the form; a place for files that was left empty sends none."""
    return any(file.filename for file in request.files.values())


def _posted() -> dict[str, list[dict[str, str]]]:
    hidden = {"csrf_token", "next"}
    return {
        "kept": kept(request.form),
        "all": [
            {"name": name, "text": value}
            for name, value in request.form.items(multi=True)
            if name not in hidden and "password" not in name
        ],
    }


def _back() -> str | None:
    """The page before, if it is one of ours and another than this."""
    before = request.referrer or ""
    here = request.host_url
    return before if before.startswith(here) and before != request.url else None
