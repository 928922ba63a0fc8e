"""What was typed into a form that cannot be shown any more: labels and texts to copy.

A page that outlived its session, its token or its task comes back as an error; what was typed
stands below it as the form called it. The form tells its name in the control `kept_form`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import g
from flask_babel import gettext as _

from app.domain.calendar import local_day
from app.engine.forms import Field, Form
from app.services import checks, releases
from app.web import figure_forms, forms, words
from app.web.access import now
from app.web.filters import body_name, number
from app.web.filters import name as in_language

NAME = "kept_form"
Entry = dict[str, str]


def kept(posted: forms.Posted) -> list[Entry]:
    """What was typed, as items of name, label and text, in the order of the form.

    Passwords, tokens and what nobody typed (documents are kept by their task) are left out.
    """
    form = releases.form(posted.get(NAME, ""), None if g.get("bare") else local_day(now()))
    found = list(_answers(form, posted)) if form else []
    taken = {name for field in form.fields for name in _names(field, posted)} if form else set()
    found += [
        _entry(name, words.control(name), value)
        for name, value in posted.items(multi=True)
        if name not in taken and name not in forms.CONTROLS and "password" not in name
    ]
    return [entry for entry in found if entry["text"].strip()]


def _entry(name: str, label: str, text: str) -> Entry:
    return {"name": name, "label": label, "text": text}


def _answers(form: Form, posted: forms.Posted) -> Iterator[Entry]:
    answers = forms.read(form, posted)
    for field in form.fields:
        if field.type == "documents":
            origin = posted.get(f"{field.name}-origin", "")
            yield _entry(f"{field.name}-origin", _("Origin of the document"), origin)
        elif field.name in answers:
            text = TEXTS.get(field.type, _plain)(field, answers[field.name])
            yield _entry(field.name, in_language(field.label), text)


def _names(field: Field, posted: forms.Posted) -> set[str]:
    """The controls of a field: its own, and those of its rows and parts."""
    return {name for name in posted if name == field.name or name.startswith(f"{field.name}-")}


def _plain(_field: Field, value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _chosen(field: Field, value: Any) -> str:
    labels = {option.value: in_language(option.label) for option in field.options}
    values = value if isinstance(value, list) else [value]
    return ", ".join(labels.get(str(one), str(one)) for one in values)


def _yes(_field: Field, value: Any) -> str:
    return _("Yes") if checks.truth(value) else ""


def _body(_field: Field, value: Any) -> str:
    return body_name(str(value))


def _rows(_field: Field, value: list[Mapping[str, str]]) -> str:
    """Rows of indicators as lines of a sheet: tabs between the cells."""
    return "\n".join("\t".join(row.get(column, "") for column in forms.COLUMNS) for row in value)


def _votes(_field: Field, value: Mapping[str, str]) -> str:
    return "\n".join(f"{code}: {words.vote(vote)}" for code, vote in value.items())


def _cells(_field: Field, value: Mapping[str, Mapping[str, str]]) -> str:
    return "\n".join(
        f"{code}\t" + "\t".join(number(row.get(cell, "")) for cell in forms.CELLS)
        for code, row in value.items()
    )


def _table(_field: Field, value: Any) -> str:
    return figure_forms.lines(value)


TEXTS: Mapping[str, Callable[[Field, Any], str]] = {
    "choice": _chosen,
    "choices": _chosen,
    "yes": _yes,
    "body": _body,
    "indicators": _rows,
    "votes": _votes,
    "corrections": _cells,
    **dict.fromkeys(figure_forms.TABLES, _table),
}
