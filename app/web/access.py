"""Who may open a page: every view declares it with `@page(…)`, and a test holds that it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import has_request_context, redirect, request, url_for
from werkzeug.wrappers import Response

from app import login
from app.domain.actors import Actor
from app.domain.permissions import Permission, require

View = TypeVar("View", bound=Callable[..., Any])


class Open(Enum):
    """Who may open a page apart from a permission; whose task or case it is, services ask."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


def page(needs: Permission | Open) -> Callable[[View], View]:
    """Declare and enforce who may open a view.

    A page that is only read leads to the sign-in and back; an act answers 401 with what was
    typed, so that nothing is lost.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if needs is not Open.PUBLIC:
                if login.signed_in() is None:
                    return _to_sign_in()
                if isinstance(needs, Permission):
                    require(actor(), needs)
            return view(*args, **kwargs)

        guarded.access = needs  # type: ignore[attr-defined]  # read by the convention test
        return cast(View, guarded)

    return declare


def _to_sign_in() -> Response:
    if request.method not in ("GET", "HEAD"):
        raise login.NotSignedIn("session.expired")
    if request.headers.get("HX-Request"):
        # A piece of a page cannot be the sign-in: the whole page goes there.
        answer = Response(status=204)
        answer.headers["HX-Redirect"] = url_for("web.sign_in", next=_here())
        return answer
    return redirect(url_for("web.sign_in", next=_here()))


def _here() -> str:
    return request.full_path if request.query_string else request.path


def actor() -> Actor:
    """The person who acts.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    found = login.current_actor()
    if found is None:
        raise login.NotSignedIn("session.expired")
    return found


def visitor() -> Actor | None:
    """The person who acts, or None on a page that is open to all."""
    return login.current_actor() if has_request_context() else None


def now() -> datetime:
    """The business time of this request: the same from its beginning to its end."""
    return login.business_time()
