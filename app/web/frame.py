"""What stands around every page: navigation, horizon, release, demonstration, the person."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

from flask import Flask, g, has_request_context, request, url_for
from flask_babel import gettext as _

from app.domain.actors import Actor
from app.domain.calendar import local_day
from app.domain.permissions import Permission, allows
from app.domain.registers import Body
from app.services import frame as service
from app.services.schedules import Horizon
from app.web import words
from app.web.access import now, visitor
from app.web.languages import language

BUILT = Path(__file__).parent / "static" / "built"
VERSIONED = ("app.css", "app.js", "early.js", "diagram.css", "diagram.js", "sprite.svg", "mark.svg")
MONTH = timedelta(days=31)


def init_app(app: Flask) -> None:
    """Give every template its surroundings."""
    version = _version()
    app.jinja_env.globals.update(assets_version=version, words=words)
    app.context_processor(surroundings)


def _version() -> str:
    """A hash over the built files: their addresses change when they do."""
    total = hashlib.sha256()
    for name in VERSIONED:
        path = BUILT / name
        total.update(path.read_bytes() if path.exists() else b"-")
    return total.hexdigest()[:12]


def current() -> service.Frame | None:
    """The frame of this request, read once; None on a page that must do without a database."""
    if not has_request_context() or g.get("bare"):
        return None
    if "frame" not in g:
        g.frame = service.frame(actor=visitor(), now=now())
    return cast(service.Frame, g.frame)


def body(code: str | None) -> Body | None:
    """A body by its code, None where the register does not know it."""
    found = current()
    return found.bodies.get(code) if found and code else None


def roster() -> list[Body]:
    """Every evaluated body, in the register's order (¶ 15)."""
    found = current()
    return [body for body in found.bodies.values() if body.evaluated] if found else []


def body_choices() -> list[tuple[str, str]]:
    """Every body there is, by its name in the reader's language: code and name."""
    found = current()
    bodies = found.bodies.values() if found else ()
    return sorted(((b.code, b.name(language())) for b in bodies), key=lambda pair: pair[1])


def role_choices() -> list[tuple[str, str]]:
    """The roles of the release in force, in its order: code and name."""
    found = current()
    return [(code, words.role(code)) for code in found.roles] if found else []


def surroundings() -> dict[str, Any]:
    """The context of `base.html`; on a bare page the language alone."""
    frame = current()
    if frame is None:
        return {"language": language()}
    person = visitor()
    today = local_day(now())
    return {
        "language": language(),
        "now": now(),
        "today": today,
        "me": person,
        "user": _user(person),
        "nav": list(_nav(person, frame)),
        "foot_nav": list(_foot(person)),
        "search_url": url_for("web.inbox") if person else None,
        "horizon": _horizon(frame.horizon) if person and frame.horizon else None,
        "release": frame.release,
        "demo": {"today": today} if frame.demonstration else None,
    }


def _user(person: Actor | None) -> dict[str, str] | None:
    if person is None:
        return None
    holding = person.holdings[0] if person.holdings else None
    line = ""
    if holding is not None:
        found = body(holding.organisation)
        where = found.short(language()) if found else holding.organisation
        line = f"{where} · {words.role(holding.role)}"
    return {"name": person.name, "line": line}


def _nav(person: Actor | None, frame: service.Frame) -> Iterator[dict[str, Any]]:
    if person is None:
        yield _entry("published", _("Results"), ("published",))
        return
    yield _entry("inbox", _("Tasks"), ("home", "inbox", "task"), count=frame.waiting)
    if allows(person, Permission.SEE_OWN_CASES) or allows(person, Permission.SEE_EVERY_CASE):
        yield _entry("cases", _("Cases"), ("cases", "case", "start", "late_objection"))
        yield _entry("years", _("Years"), ("years", "year"))
        yield _entry("letters", _("Letters"), ("letters", "letter"))
        yield _entry("methodologies", _("Methodologies"), ("methodologies", "methodology"))
    yield _entry("calendar", _("Calendar"), ("calendar",), year=local_day(now()).year)
    if allows(person, Permission.SEE_INCIDENTS):
        yield _entry("incidents", _("Errors"), ("incidents", "incident"), count=frame.incidents)
    if allows(person, Permission.MANAGE_PEOPLE):
        yield _entry("people", _("People"), ("people", "person"))
    if allows(person, Permission.EDIT_MANDATES):
        yield _entry("mandates", _("Mandates"), ("mandates", "mandate"))


def _entry(
    endpoint: str, label: str, of: tuple[str, ...], count: int = 0, **values: Any
) -> dict[str, Any]:
    here = (request.endpoint or "").removeprefix("web.")
    return {
        "url": url_for(f"web.{endpoint}", **values),
        "label": label,
        "current": any(here == name or here.startswith(f"{name}_") for name in of),
        "count": count,
    }


def _foot(person: Actor | None) -> Iterator[Mapping[str, str]]:
    yield {"url": url_for("web.help"), "label": _("Help")}
    yield {"url": url_for("web.published"), "label": _("Published results")}


def _horizon(horizon: Horizon) -> dict[str, Any]:
    """The reporting year to scale, as the macro of the horizon reads it.

    x in per cent, from 1 January of the year after the reporting year to a month after the
    last of the five dates of ¶ 7.
    """
    first = date(horizon.year + 1, 1, 1)
    last = horizon.marks[-1].day + MONTH

    def x(day: date) -> float:
        return round(min(100.0, max(0.0, (day - first) / (last - first) * 100)), 2)

    following = next((mark for mark in horizon.marks if mark.days_left >= 0), None)
    marks = [
        {
            "number": mark.step,
            "date": mark.day,
            "label": words.step(mark.step),
            "x": x(mark.day),
            "paragraph": mark.paragraph,
            "next": mark is following,
            "left": mark.days_left,
        }
        for mark in horizon.marks
    ]
    return {
        "year": horizon.year,
        "today": horizon.today,
        "x": x(horizon.today),
        "months": [x(day) for day in _months(first, last)],
        "marks": marks,
        "next": next((mark for mark in marks if mark["next"]), None),
    }


def _months(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
