"""Accounts of a demonstration: people of every role in every body, with one known password."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.demo.names import name
from app.domain.actors import Actor, SystemActor
from app.domain.rules.evaluators import whole_year
from app.models.people import Person
from app.operations.registers import Registers
from app.services import people, roles
from app.services.evaluators import registers_of
from app.services.passwords import hash_password

PASSWORD = "bagalau-demo"
SINCE = date(2017, 1, 1)
SYSTEM = SystemActor("demonstration")
# Enough staff in an authority that a commission of ¶ 59 can be formed without the officers
# who evaluate: 1 takes reports in, 2 writes conclusions, 3 to 8 take no part. The scores of
# a part have an officer of their own (`mne.goals`), the letters a secretary.
OFFICERS = {"authority": 8, "body": 2}

# Whom the sign-in page offers, and the terminal when the server starts: who to begin with.
SHOWN = (
    ("mne.officer1", "planning authority: drafts the schedule, takes reports in"),
    ("ap.head", "Head of the Administration: approves the schedule, signs, forms commissions"),
    ("mne.officer2", "evaluating authority, block 1: writes conclusions, corrects them"),
    ("mne.head", "its first head: signs, forms commissions, closes what is not considered"),
    ("mne.officer4", "a member of special commissions, with a vote to cast (3 to 8 are members)"),
    ("mne.secretary", "its secretary: records proofs of delivery"),
    ("akmola.officer1", "evaluated body: reports, receives conclusions, objects"),
    ("east_kazakhstan.officer1", "another one, with days left to object"),
    ("acsa.head", "first head of the authority of block 2: a commission without a quorum"),
    ("acsa.officer3", "chair of a special commission, with minutes to draw up"),
    ("mic.head", "first head of the authority of block 3"),
    ("mic.officer2", "its officer for conclusions, with a correction to make"),
    ("ap.working", "working body of the Commission"),
    ("auditor", "auditor: reads everything, changes nothing"),
    ("owner", "process owner: sees where a case was stopped by an error"),
    ("admin", "administrator: people, calendar, errors that stopped an act"),
    ("admin2", "another administrator: what the first proposes needs a second"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A login with the roles it is given: (role, organisation)."""

    login: str
    roles: tuple[tuple[str, str], ...]


def accounts() -> Iterator[Account]:
    """Every account of the demonstration, in a fixed order."""
    with reading() as session:
        registers = Registers(session)
        bodies = list(registers.bodies.by_code)
        authorities = {row.holder for row in registers.mandates.rows}
        administration = registers.mandates.holder("presidential_administration", SINCE)
        working_body = registers.mandates.holder("working_body", SINCE)
        scoring = scorers(session)
    for code in bodies:
        count = OFFICERS["authority" if code in authorities else "body"]
        for number in range(1, count + 1):
            yield Account(f"{code}.officer{number}", (("case_officer", code),))
        role = "administration_head" if code == administration else "first_head"
        both = ((role, code), ("first_head", code)) if role != "first_head" else ((role, code),)
        yield Account(f"{code}.head", both)
    yield Account(f"{working_body}.working", (("working_body_officer", working_body),))
    yield Account("auditor", (("auditor", administration),))
    yield Account("owner", (("process_owner", administration),))
    yield Account("admin", (("administrator", administration),))
    for code, part in scoring:
        yield Account(f"{code}.{part}", (("case_officer", code),))
    for code in sorted(authorities):
        yield Account(f"{code}.secretary", (("case_officer", code),))
    # Last, so that the codes of all others stay: a repair needs two people.
    yield Account("admin2", (("administrator", administration),))


def scorers(session: Session) -> list[tuple[str, str]]:
    """Every evaluating body with each part that it scores for some body, sorted."""
    known = registers_of(session, SINCE)
    found = {
        (row.authority, row.part) for _body, parts in whole_year(known, SINCE) for row in parts
    }
    return sorted(found)


def create(*, now: datetime) -> int:
    """Make every account that is not there yet; return how many were made.

    One hash serves them all: two hundred and more of their own would take a minute.
    """
    shared = hash_password(PASSWORD)
    known = logins()
    made = 0
    for number, account in enumerate(list(accounts()), start=1):
        if account.login in known:
            continue
        person = people.create_person(
            login=account.login,
            names=name(number),
            password_hash=shared,
            actor=SYSTEM,
            now=now,
        )
        for role, organisation in account.roles:
            roles.grant_role(
                person=person,
                role=role,
                organisation=organisation,
                starts_on=SINCE,
                actor=SYSTEM,
                now=now,
            )
        made += 1
    return made


def logins() -> dict[str, str]:
    """The code of every person, by login."""
    with reading() as session:
        return {row.login: row.code for row in session.execute(select(Person.login, Person.code))}


def actor(login: str, now: datetime) -> Actor:
    """The person with `login` as an actor at `now`."""
    with reading() as session:
        code = session.scalars(select(Person.code).where(Person.login == login)).one()
        return people.actor_of(session, code, now)


def card() -> str:
    """The accounts to begin with, as lines for a terminal."""
    lines = [f"  {login:<26}{what}" for login, what in SHOWN]
    head = f"Demonstration accounts, all with the password {PASSWORD}:"
    return "\n".join([head, *lines])
