"""The production calendar: a year of days with their sources, and how a term is counted."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.calendar import Term, local_day
from app.domain.permissions import Permission, allows
from app.domain.refusals import Invalid, NotFound, Refusal
from app.services import calendar_changes, calendar_page, calendar_terms, registers, terms
from app.services.calendar_days import LANGUAGES, DayChange
from app.services.calendar_terms import Moved
from app.web import errors, forms
from app.web.access import Open, actor, now, page
from app.web.blueprint import pages

YEARS = range(2017, 2101)
SHOWN = 200
"""Terms that a page lists: there may be thousands."""


@pages.get("/calendar/<int:year>")
@page(Open.SIGNED_IN)
def calendar(year: int) -> Response:
    """A year: every month with its marked days and their sources; a term day by day."""
    return _year_page(year)


@pages.post("/calendar/<int:year>")
@page(Permission.EDIT_CALENDAR)
def calendar_change(year: int) -> Response:
    """Say what a day is; what moves open terms is shown first, and then proposed to another."""
    asked = request.form
    if asked.get("act") == "edit":
        return _year_page(year, asked)
    try:
        change = _asked(asked)
        if asked.get("act") == "propose":
            number = calendar_changes.propose(change=change, actor=actor(), now=now())
            flash(_("Proposed. Another person confirms or rejects it."))
            return redirect(url_for("web.calendar_proposal", proposal_id=number))
        moved = calendar_changes.change_day(change=change, actor=actor(), now=now())
    except Refusal as refusal:
        return _year_page(year, asked, refusal)
    if moved:
        return _preview(change, moved, asked)
    flash(_("The day is recorded. It moves no open term."))
    return redirect(url_for("web.calendar", year=change.day.year))


def _asked(asked: Mapping[str, str]) -> DayChange:
    # A day that is ordinary again needs no name.
    named = () if asked.get("kind") == "ordinary" else tuple(f"name_{code}" for code in LANGUAGES)
    forms.require(asked, "day", "kind", *named, source="calendar.source_missing")
    return DayChange(
        day=forms.day(asked.get("day", ""), "day"),
        kind=asked.get("kind", ""),
        names={code: asked.get(f"name_{code}", "") for code in LANGUAGES},
        source=asked.get("source", ""),
    )


def _preview(change: DayChange, moved: tuple[Moved, ...], asked: Mapping[str, str]) -> Response:
    """What a change would move; nothing is recorded, and what was typed is kept."""
    text = render_template(
        "calendar_preview.html",
        year=change.day.year,
        change=change,
        was=calendar_page.kind_of(change.day),
        terms=calendar_terms.terms(moved),
        shown=SHOWN,
        typed=asked,
    )
    return make_response(text)


def _year_page(
    year: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response:
    if year not in YEARS:
        raise NotFound("year.unknown", year=year)
    marked = registers.calendar_of(year)
    text = render_template(
        "calendar.html",
        year=year,
        years=[shown for shown in (year - 1, year, year + 1) if shown in YEARS],
        months=_months(year, {row[0]: row for row in marked}),
        marked=marked,
        may_edit=allows(actor(), Permission.EDIT_CALENDAR),
        waiting=calendar_page.waiting(actor=actor()),
        typed=typed or {},
        wrong=forms.errors(None, refusal) if refusal else {},
        sentence=errors.sentence(refusal) if refusal else "",
        **_explained(),
    )
    return make_response(text, refusal.status if refusal else 200)


def _months(year: int, marks: Mapping[date, Any]) -> list[list[list[dict[str, Any] | None]]]:
    """Twelve months of weeks from Monday; a day knows its kind and its names."""
    weeks = Weeks()
    return [
        [
            [_cell(day, marks) if day.month == month else None for day in week]
            for week in weeks.monthdatescalendar(year, month)
        ]
        for month in range(1, 13)
    ]


def _cell(day: date, marks: Mapping[date, Any]) -> dict[str, Any]:
    row = marks.get(day)
    plain = "weekend" if day.weekday() >= 5 else "ordinary"
    kind = row[1] if row and row[1] != "ordinary" else plain
    return {"date": day, "kind": kind, "names": row[2] if row else None}


def _explained() -> dict[str, Any]:
    """The answer of the tool that explains a term, by what the address asks.

    Where nothing is asked it offers five working days (¶ 57) or fifteen calendar days (¶ 60).
    """
    asked = request.args
    received = asked.get("received", "")
    kind = "calendar" if asked.get("kind") == "calendar" else "working"
    count = asked.get("count", type=int, default=15 if kind == "calendar" else 5)
    found: dict[str, Any] = {
        "received": received or local_day(now()).isoformat(),
        "kind": kind,
        "count": count,
        "term": None,
        "problem": "",
    }
    if received:
        try:
            found["term"] = _term(received, count, kind)
        except Refusal as refusal:
            found["problem"] = errors.sentence(refusal)
    return found


def _term(received: str, count: int, kind: str) -> Term:
    try:
        day = date.fromisoformat(received)
    except ValueError:
        raise Invalid("form.not_a_date") from None
    if not 0 <= count <= terms.LONGEST:
        raise Invalid("form.too_large", max=terms.LONGEST)
    return terms.counted(received=day, count=count, kind=kind)
