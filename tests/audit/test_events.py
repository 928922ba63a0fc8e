from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import date

import pytest

from app.audit import events
from app.audit.kinds import GRAMMAR, KINDS, Change, Event
from app.audit.sealed import Sealed

PROMISED = """
    case.started task.completed task.claimed task.released timer.fired message.delivered
    case.incident case.incident_resolved act.refused document.attached document.viewed
    person.created person.changed role.granted role.ended session.opened session.closed
    session.refused register.created register.changed release.adopted mandate.changed
    installation.created setting.changed trail.verified
"""


def test_every_promised_kind_is_declared() -> None:
    assert set(PROMISED.split()) <= set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_is_a_frozen_dataclass_that_says_when_it_is_written(kind: str) -> None:
    declared = KINDS[kind]
    assert GRAMMAR.fullmatch(kind)
    assert is_dataclass(declared)
    # A dataclass without a docstring is given one that begins with its name.
    assert not str(declared.__doc__).startswith(declared.__name__)
    params = getattr(declared, "__dataclass_params__")  # noqa: B009 - the type checker does not know it
    assert params.frozen


@pytest.mark.parametrize("kind", ["Case.started", "case", "case.", "case.was.started", "cäse.x"])
def test_an_ungrammatical_kind_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match=r"noun\.verb"):
        type("Wrong", (Event,), {}, kind=kind)


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(ValueError, match="already"):
        type("Again", (Event,), {}, kind="case.started")


def test_names_and_text_of_people_are_sealed() -> None:
    sealed = {
        (kind, field.name)
        for kind, declared in KINDS.items()
        for field in fields(declared)
        if "Sealed" in str(field.type)
    }
    assert {
        ("person.created", "names"),
        ("person.created", "login"),
        ("document.attached", "name"),
        ("case.incident", "detail"),
        ("session.refused", "login"),
    } <= sealed


def test_facts_are_the_fields_without_those_that_are_none() -> None:
    event = events.RoleGranted(
        grant=1, person="p-1", role="head", organisation="mne", starts_on=date(2017, 1, 1)
    )
    assert event.facts() == {
        "grant": 1,
        "person": "p-1",
        "role": "head",
        "organisation": "mne",
        "starts_on": date(2017, 1, 1),
        "acting": False,
    }
    with pytest.raises(FrozenInstanceError):
        setattr(event, "role", "deputy")  # noqa: B010 - the type checker knows it is frozen


def test_a_change_shows_old_and_new_even_where_there_was_none() -> None:
    event = events.PersonChanged(
        person="p-1",
        changes={"language": Change("kk", "ru"), "name": Change(None, Sealed("Асель", "p-1"))},
    )
    assert event.facts()["changes"] == {
        "language": {"old": "kk", "new": "ru"},
        "name": {"old": None, "new": Sealed("Асель", "p-1")},
    }
