"""Jinja filters: dates, times, numbers and names as they are written in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.dates import format_date, get_month_names
from flask import Flask, g
from flask_babel import get_translations
from flask_babel import gettext as _

from app.domain.calendar import DEFAULT, due_day, local_day
from app.services.inbox_query import MOST
from app.web.frame import body
from app.web.languages import language

NBSP = "\u00a0"
FIGURE = re.compile(r"-?\d*\.\d+")


def init_app(app: Flask) -> None:
    """Give the templates these filters, and messages whose paragraphs do not break."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # jinja2.ext.i18n adds the method
        lambda text: tied(get_translations().ugettext(text)),
        lambda one, many, n: tied(get_translations().ungettext(one, many, n)),
        newstyle=True,
    )
    app.jinja_env.filters.update(
        local_date=local_date,
        local_time=local_time,
        due_date=due_date,
        month_name=month_name,
        number=number,
        signed=signed,
        decimal=decimal,
        file_size=file_size,
        counted=counted,
        name=name,
        body_name=body_name,
        body_short=body_short,
        person_name=person_name,
    )


def counted(count: int) -> str:
    """A number of tasks, which are counted only so far: 999+."""
    return str(count) if count < MOST else f"{MOST - 1}+"


def local_date(value: date | datetime, style: str = "short") -> str:
    """A day by the time of the capital.

    `short` 16 нау, `long` 16 наурыз, `full` with its year, `weekday` дс; a short or long date
    of another year than today's bears its year.
    """
    day = local_day(value) if isinstance(value, datetime) else value
    lang = language()
    if style == "weekday":
        short = str(format_date(day, "ccc", lang)).strip(".")
        return short if lang == "en" else short.lower()
    if style == "full":
        return _full(day, lang)
    today = local_day(g.now).year if "now" in g else day.year
    if style == "long":
        return str(format_date(day, "d MMMM", lang)) if day.year == today else _full(day, lang)
    month = str(get_month_names("abbreviated", "format", lang)[day.month]).rstrip(".")
    year = "" if day.year == today else f"{NBSP}{day.year}"
    return f"{day.day}{NBSP}{month}{year}"


def month_name(day: date) -> str:
    """The month of a day, standing alone: Наурыз."""
    text = str(format_date(day, "LLLL", language()))
    return text[:1].upper() + text[1:]


def _full(day: date, lang: str) -> str:
    if lang == "kk":
        return f"{day.year}{NBSP}жылғы {format_date(day, 'd MMMM', lang)}"
    if lang == "ru":
        return f"{format_date(day, 'd MMMM y', lang)}{NBSP}года"
    return str(format_date(day, "d MMMM y", lang))


def due_date(ends_at: datetime, style: str = "short") -> str:
    """The day whose 24:00 an instant is: a term that ends at 0:00 ends on the day before."""
    return local_date(due_day(ends_at), style)


def local_time(value: datetime) -> str:
    """Hours and minutes by the time of the capital."""
    return f"{value.astimezone(DEFAULT.tz):%H:%M}"


def number(value: object) -> str:
    """A number with the decimal mark of the language and thin groups of three digits.

    What is not a number is shown as it is.
    """
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    text = f"{figure:,f}".replace(",", NBSP)
    return text if language() == "en" else text.replace(".", ",")


def signed(value: object) -> str:
    """A difference as a number with its sign: +1,99, −0,5, 0."""
    text = number(value)
    if text.startswith("-"):
        return f"\u2212{text[1:]}"
    return f"+{text}" if text.strip("0.,") else text


def decimal(value: object) -> str:
    """A figure as it is typed, with the decimal mark of the language; what is none as it is."""
    text = "" if value is None else str(value)
    return text.replace(".", ",") if language() != "en" and FIGURE.fullmatch(text) else text


def file_size(size: int) -> str:
    """A size in bytes as people read it: 340 КБ, 2,1 МБ."""
    if size < 1024 * 1024:
        return str(_("%(size)s KB", size=max(1, round(size / 1024))))
    return str(_("%(size)s MB", size=number(f"{size / 1024 / 1024:.1f}".removesuffix(".0"))))


def name(names: Mapping[str, str] | str | None) -> str:
    """The text of a mapping by language in the reader's; Kazakh where that one is missing."""
    if names is None or isinstance(names, str):
        return names or ""
    return tied(names.get(language()) or names.get("kk") or next(iter(names.values()), ""))


def tied(text: str) -> str:
    """A text of ours in which no line ends between a mark and the number that it belongs to."""
    return text.replace("¶ ", f"¶{NBSP}").replace("№ ", f"№{NBSP}")


def body_name(code: str | None) -> str:
    """The full name of a body; its code where the register does not know it."""
    found = body(code)
    return found.name(language()) if found else code or ""


def body_short(code: str | None) -> str:
    """The short name of a body."""
    found = body(code)
    return found.short(language()) if found else code or ""


def person_name(code: str | None, names: Mapping[str, Any]) -> str:
    """The name of a person out of the page's `names`; the code where it is unknown."""
    return name(names[code]) if code and code in names else code or ""
