"""Answers to a form: one marshmallow schema made of each form validates page and API alike.

A schema refuses undeclared fields; the result is split into what may enter the case's data
(decisive) and what may not (sealed).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from app.domain.refusals import FieldError, Invalid
from app.engine.forms import Field, Form
from app.services import checks, figures
from app.services.checks import Wrong, empty, truth
from app.services.figures import WrongCells

CHECKS = {**checks.CHECKS, **figures.CHECKS}

# What the dynamic sources of a form's fields offer, by name of the field.
Offered = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Answers:
    """Validated answers: `decisive` enters the case, `sealed` is only committed to.

    `figures` stand on the event in clear, as the decisive do, and go to operations alone.
    """

    decisive: dict[str, Any]
    sealed: dict[str, Any]
    figures: dict[str, Any] = dataclass_field(default_factory=dict)

    @property
    def clear(self) -> dict[str, Any]:
        """The answers that the event tells in clear."""
        return {**self.decisive, **self.figures}

    @property
    def all(self) -> dict[str, Any]:
        """Every answer by field name."""
        return {**self.decisive, **self.figures, **self.sealed}


def validate(form: Form, given: Mapping[str, Any], offered: Offered) -> Answers:
    """Check `given` against the form.

    Values come as text (a page) or JSON (the API). Empty answers count as not given.

    Raises:
        Invalid: `form.invalid`, with an error for each wrong field; an undeclared field is
            `form.unknown_field`.
    """
    wrong: dict[str, FieldError] = {}
    declared = {field.name for field in form.fields}
    for name in given:
        if name not in declared:
            wrong[name] = FieldError(name, "form.unknown_field", (("field", name),))
    present = {name: value for name, value in given.items() if not empty(value)}
    shown = tuple(field for field in form.fields if _applies(field, present))
    checking = _Checking(offered)
    token = _now_checking.set(checking)
    try:
        loaded = _schema(shown).load({f.name: present[f.name] for f in shown if f.name in present})
    except ValidationError as error:
        wrong.update(_errors(error, checking.wrong))
        loaded = {}
    finally:
        _now_checking.reset(token)
    for field in shown:
        if field.required and field.name not in present and field.name not in wrong:
            wrong[field.name] = FieldError(field.name, "form.required")
    if wrong:
        raise Invalid("form.invalid", fields=tuple(wrong.values()))
    return Answers(
        # What was left empty enters the case too: an expression may ask for every field.
        decisive=_with_empty(form, loaded, in_case=True),
        figures=_with_empty(form, loaded, in_case=False),
        sealed={
            field.name: loaded[field.name]
            for field in form.fields
            if field.sealed and field.name in loaded
        },
    )


def _with_empty(form: Form, loaded: Mapping[str, Any], *, in_case: bool) -> dict[str, Any]:
    return {
        field.name: loaded.get(field.name, NOT_GIVEN.get(field.type))
        for field in form.fields
        if not field.sealed and field.in_case == in_case
    }


# The value of a field that was left empty; None for the types not named here.
NOT_GIVEN: Mapping[str, Any] = {
    "yes": False,
    "choices": [],
    "people": [],
    "documents": [],
    "indicators": [],
    "points": [],
    "votes": {},
    "corrections": {},
    "report": {},
    "scores": {},
    "missing": {},
    "secrecy": {},
}


@dataclass(slots=True)
class _Checking:
    """One validation: what the dynamic fields offer, and the codes of the fields that failed."""

    offered: Offered
    wrong: dict[str, FieldError] = dataclass_field(default_factory=dict)


_now_checking: ContextVar[_Checking] = ContextVar("checking")


class FormSchema(Schema):
    """Base of the schemas made of forms."""

    class Meta:
        """Undeclared fields are refused."""

        unknown = RAISE


# Schemas by the identities of their fields, which are kept with them and so stay theirs.
_schemas: dict[tuple[int, ...], tuple[tuple[Field, ...], Schema]] = {}


def _schema(shown: tuple[Field, ...]) -> Schema:
    """The schema of these fields; made once, since making a class is the dearest part."""
    key = tuple(id(field) for field in shown)
    if key not in _schemas:
        made = FormSchema.from_dict({field.name: _Checked(field) for field in shown})()
        _schemas[key] = (shown, made)
    return _schemas[key][1]


class _Checked(fields.Field[Any]):
    """A marshmallow field that checks one field of a form."""

    def __init__(self, field: Field) -> None:
        super().__init__(required=False, allow_none=False)
        self._field = field

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> Any:
        checking = _now_checking.get()
        name = self._field.name
        try:
            return CHECKS[self._field.type](
                self._field, value, checking.offered.get(name, frozenset())
            )
        except Wrong as error:
            checking.wrong[name] = FieldError(name, error.code, error.params)
            raise
        except WrongCells as error:
            for place, code, params in error.cells:
                cell = f"{name}-{place}"
                checking.wrong.setdefault(cell, FieldError(cell, code, tuple(params.items())))
            raise


def _errors(error: ValidationError, wrong: Mapping[str, FieldError]) -> dict[str, FieldError]:
    messages = error.messages
    names = [str(name) for name in messages] if isinstance(messages, dict) else []
    told = {
        name: FieldError(name, "form.not_a_choice")
        for name in names
        if not any(place.startswith(f"{name}-") for place in wrong)
    }
    return {**told, **wrong}


def _applies(field: Field, present: Mapping[str, Any]) -> bool:
    if field.when is None:
        return True
    given = present.get(field.when.field)
    if {"yes", "no"} & set(field.when.values):
        given = "yes" if truth(given) else "no"
    return str(given) in field.when.values
