"""Making people and giving them roles in tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.db import reading
from app.domain.actors import Actor, Holding, SystemActor
from app.services import people
from tests.appcontext import NOON, PASSWORD, SYSTEM

NAMES = {"kk": "Әсел Нұрланқызы", "ru": "Асель Нурлановна", "en": "Assel Nurlankyzy"}
TODAY = date(2017, 4, 28)


def create(actor: Actor | SystemActor = SYSTEM, **given: Any) -> str:
    usual: dict[str, Any] = {"login": "Asel@Economy.gov.kz", "names": NAMES, "password": PASSWORD}
    return people.create_person(actor=actor, now=NOON, **(usual | given))


def grant(person: str, role: str = "case_officer", body: str = "mne", **given: Any) -> int:
    usual: dict[str, Any] = {"starts_on": TODAY, "actor": SYSTEM, "now": NOON}
    return people.grant_role(person=person, role=role, organisation=body, **(usual | given))


def held(person: str, day: date = TODAY) -> tuple[Holding, ...]:
    with reading() as session:
        return people.actor_of(session, person, NOON + (day - TODAY)).holdings
