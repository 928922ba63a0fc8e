"""What the dynamic fields of a form choose from, as the macros of forms read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.documents.kinds import ACCEPT
from app.domain.registers import Body
from app.engine.forms import Form
from app.services.documents import DocumentView
from app.services.sources import EVALUATED, MEMBERS, Candidate, Indicator
from app.services.task_offers import Offers
from app.web import figure_forms, figure_tables, word_tables, words

Item = dict[str, Any]


def of_task(
    form: Form,
    offers: Offers,
    attached: Iterable[DocumentView],
    points_url: str = "",
    values: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """The options of every dynamic field of a task's form, by field name.

    `points_url` counts the points of a part while its form is filled in; `values` is what
    stands in the form.
    """
    attached = tuple(attached)
    made: dict[str, Any] = {}
    for field in form.fields:
        if field.type == "body" or field.source == EVALUATED:
            made[field.name] = bodies(offers.bodies)
        elif field.source == MEMBERS:
            made[field.name] = [member(item) for item in offers.people.get(field.name, ())]
        elif field.type == "people":
            offered = offers.people.get(field.name, offers.candidates)
            made[field.name] = [candidate(item) for item in offered]
        elif field.type == "person":
            # Who is barred is shown once, where the members are chosen.
            made[field.name] = [candidate(c) for c in offers.candidates if c.excluded is None]
        elif field.type == "points":
            made[field.name] = [point(item) for item in offers.indicators]
        elif field.type == "votes":
            made[field.name] = [ballot(item) for item in offers.indicators]
        elif field.type == "corrections":
            made[field.name] = [correction(item) for item in offers.indicators]
        elif field.type in figure_forms.TABLES:
            papers = figure_tables.papers(field, offers, attached)
            made[field.name] = figure_tables.of_field(
                field,
                offers,
                [document(item) for item in papers],
                points_url,
                values.get(field.name),
            )
        elif field.type == "documents":
            made[field.name] = [document(item) for item in attached]
    return made


def bodies(found: Iterable[Body]) -> list[Item]:
    """Bodies to choose from, in the register's order."""
    return [
        {"value": b.code, "label": {"kk": b.name_kk, "ru": b.name_ru, "en": b.name_en}}
        for b in found
    ]


def candidate(found: Candidate) -> Item:
    """A person for the special commission; who is barred stays visible with the reason (¶ 59)."""
    item: Item = {"value": found.person, "label": found.names}
    if found.excluded is None:
        return {**item, "passed": _("took no part in the evaluation")}
    reason, paragraph = _barred(found)
    return {
        **item,
        "excluded": True,
        "reason": reason,
        "paragraph": paragraph,
        "event": found.because[0].event_id if found.because else "",
    }


def _barred(found: Candidate) -> tuple[str, str]:
    """Why somebody may not sit, and the paragraph that it rests on."""
    if not found.because:
        return _("works for the evaluated body"), "9(2)"
    number = found.because[0].number
    return _("took part in the evaluation, case %(number)s", number=number), "59"


def member(found: Candidate) -> Item:
    """A member of the special commission, who may be removed; whoever is barred has to be."""
    item: Item = {"value": found.person, "label": found.names}
    return item if found.excluded is None else {**item, "detail": _barred(found)[0]}


def point(found: Indicator) -> Item:
    """An indicator that can be objected to."""
    return {
        "value": found.code,
        "label": found.name,
        "theirs": found.value,
        "points": found.points,
        "max": found.max,
    }


def ballot(found: Indicator) -> Item:
    """An indicator to vote on."""
    return {
        "value": found.code,
        "label": found.name,
        "figure": found.value,
        "points": found.points,
        "max": found.max,
    }


def correction(found: Indicator) -> Item:
    """An indicator that is to be corrected, with its old figures."""
    return {
        "value": found.code,
        "label": found.name,
        "old_value": found.value,
        "old_points": found.points,
        "max": found.max,
    }


def document(found: DocumentView) -> Item:
    """An attached document as a chip."""
    return {
        "value": found.id,
        "label": found.name or _("erased"),
        "source": f"4.{found.source}",
        "hash": found.sha256,
        "size": found.size,
        "url": url_for("web.document", document_id=found.id),
    }


def uploads(url: str, limit: int) -> Mapping[str, Any]:
    """How documents are attached to a form: where to, from which sources of ¶ 4, how large."""
    return {
        "url": url,
        "sources": [{"value": code, "label": words.source(code)} for code in word_tables.SOURCES],
        "accept": ACCEPT,
        "limit": limit,
    }
