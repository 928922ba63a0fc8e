"""What the dynamic fields of a form offer: bodies, people, indicators, documents.

Used twice with the same result: to draw the form, and to check the answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from app.db import connection_of
from app.domain.actors import Actor
from app.domain.calendar import local_day
from app.domain.rules import commission as commission_rules
from app.engine.forms import Field, Form
from app.engine.release import Release
from app.models.cases import CaseFile
from app.models.facts import Document
from app.models.people import Person
from app.operations.commission import counted
from app.operations.composition import commission_of, members_of
from app.operations.objection import decision_on
from app.operations.participation import Participation, taken_part
from app.operations.registers import Registers
from app.operations.staff import staff_of
from app.operations.versions import indicators_of, newest, objected
from app.services import figures_asked, people, releases

# Sources of fields for people that concern a special commission which sits already.
MEMBERS, NEWCOMERS = "commission_members", "commission_newcomers"
# The source of a field that offers every evaluated body.
EVALUATED = "evaluated_bodies"
# Documents of a late objection are attached to this place of the conclusion's case.
LATE_KEY = "late_objection"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be chosen, or why not: the acts by which the person took part."""

    person: str
    names: dict[str, str]
    excluded: str | None
    because: tuple[Participation, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of a conclusion as a form shows it."""

    code: str
    name: str
    value: str
    points: str
    max: str


def release_of(session: Session, case: CaseFile) -> Release:
    """The compiled release a case is pinned to."""
    return releases.load(session, case.release)


def offered(
    session: Session,
    case: CaseFile,
    form: Form,
    *,
    task_key: str,
    actor: Actor,
    now: datetime,
) -> dict[str, Collection[str]]:
    """The values that each dynamic field of a case's form accepts, by field name."""

    @cache
    def papers() -> frozenset[str]:
        earlier = earlier_visits(task_key, form.key)
        asked = {"case": case.id, "task": task_key, "person": actor.person, "earlier": earlier}
        found = connection_of(session).scalars(_PAPERS if earlier else _OWN_PAPERS, asked)
        return frozenset(map(str, found))

    return {
        field.name: values
        for field in form.fields
        if (values := _values(session, case, field, task_key, papers, now)) is not None
    }


def _values(
    session: Session,
    case: CaseFile,
    field: Field,
    task_key: str,
    papers: Callable[[], frozenset[str]],
    now: datetime,
) -> Collection[str] | None:
    if field.type == "documents":
        return papers()
    if field.type in figures_asked.TABLES:
        return figures_asked.words(session, case, field.type, task_key, papers)
    if field.type in ("person", "people"):
        # Excluded people are accepted here and refused by the rule of ¶ 59, with its reason.
        return _codes_of(session, case, field, now)
    if field.type == "points":
        return {row.code for row in current_indicators(session, case)}
    if field.type == "votes":
        return set(objected(session, case.subject or 0))
    if field.type == "corrections":
        return {row.code for row in current_indicators(session, case)}
    if field.type == "body" or field.source == EVALUATED:
        return {body.code for body in Registers(session).bodies.evaluated()}
    return None


def start_offered(session: Session, form: Form) -> dict[str, Collection[str]]:
    """The values that each dynamic field of a start form accepts."""
    codes = {body.code for body in Registers(session).bodies.evaluated()}
    return {field.name: codes for field in form.fields if field.type == "body"}


def earlier_visits(task_key: str, form: str) -> tuple[str, ...]:
    """The keys of the earlier visits of a task that came back; each objection stands alone."""
    base, _, visit = task_key.rpartition("#")
    if not base or not visit.isdecimal() or form.endswith("/object"):
        return ()
    return (base, *(f"{base}#{number}" for number in range(2, int(visit))))


def attached(
    session: Session, case_id: int, task_key: str, person: str, earlier: Sequence[str] = ()
) -> list[Document]:
    """The documents a person has attached to a task, oldest first.

    Where the work came back, also those of its `earlier` visits: they were handed in and
    may be handed in again, by a colleague too.
    """
    asked = {"case": case_id, "task": task_key, "person": person, "earlier": earlier}
    return list(session.scalars(_ATTACHED, asked))


_OWN = and_(Document.task_key == bindparam("task"), Document.person == bindparam("person"))
_ALSO = or_(_OWN, Document.task_key.in_(bindparam("earlier", expanding=True)))
_ATTACHED = (
    select(Document).where(Document.case_id == bindparam("case"), _ALSO).order_by(Document.id)
)
_OWN_PAPERS = select(Document.id).where(Document.case_id == bindparam("case"), _OWN)
_PAPERS = select(Document.id).where(Document.case_id == bindparam("case"), _ALSO)


def candidates(session: Session, case: CaseFile, now: datetime) -> list[Candidate]:
    """The authority's staff for a special commission, with who is barred and why (¶ 9(2), 59)."""
    staff = staff_of(session, case.authority or "", local_day(now))
    known = {
        row.code: row
        for row in session.scalars(select(Person).where(Person.code.in_(sorted(staff))))
    }
    acts = taken_part(session, case.year, staff)
    barred = commission_rules.excluded(
        [commission_rules.Candidate(code, organisations) for code, organisations in staff.items()],
        [commission_rules.Participation(act.person, act.number) for act in acts],
        case.evaluated_body or "",
        case.authority or "",
    )
    reasons = {exclusion.person: exclusion.code for exclusion in reversed(barred)}
    return [
        Candidate(
            person=code,
            names={"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en},
            excluded=reasons.get(code),
            because=tuple(act for act in acts if act.person == code),
        )
        for code, row in sorted(known.items(), key=lambda item: item[1].name_kk)
    ]


def people_of(session: Session, case: CaseFile, field: Field, now: datetime) -> list[Candidate]:
    """The people whom a field offers: a commission's members, who is none yet, or everybody."""
    if field.source not in (MEMBERS, NEWCOMERS):
        return candidates(session, case, now)
    commission = commission_of(session, case.subject or 0)
    sitting = members_of(session, commission) if commission is not None else ()
    staff = {candidate.person: candidate for candidate in candidates(session, case, now)}
    if field.source == NEWCOMERS:
        return [candidate for code, candidate in staff.items() if code not in sitting]
    known = people.names(session, sitting)
    return [staff.get(code) or Candidate(code, dict(known[code]), None, ()) for code in sitting]


def _codes_of(session: Session, case: CaseFile, field: Field, now: datetime) -> Collection[str]:
    """The codes of the people whom a field offers, without why somebody may not be chosen."""
    commission = None
    if field.source in (MEMBERS, NEWCOMERS):
        commission = commission_of(session, case.subject or 0)
    sitting = members_of(session, commission) if commission is not None else ()
    if field.source == MEMBERS:
        return sitting
    staff = staff_of(session, case.authority or "", local_day(now))
    return staff.keys() - frozenset(sitting)


def conclusion_case_of(session: Session, case: CaseFile) -> int:
    """The conclusion's case that a case is about: itself, or the one that opened it."""
    return case.opened_by_case or case.id if case.process == "objection" else case.id


def current_indicators(session: Session, case: CaseFile) -> list[Indicator]:
    """The indicators that a form of this case offers.

    For a correction only the accepted ones (¶ 61); for a vote those objected to; else all
    of the newest version.
    """
    version = newest(session, conclusion_case_of(session, case))
    rows = [
        Indicator(row.code, row.name, row.value, row.points, row.max)
        for row in indicators_of(session, version.id)
    ]
    if case.process != "objection" or case.subject is None:
        return rows
    named = set(objected(session, case.subject))
    if commission_of(session, case.subject) is not None and _decided(session, case.subject):
        named = {point for point, accepted in counted(session, case.subject).items() if accepted}
    return [row for row in rows if row.code in named]


def _decided(session: Session, objection_id: int) -> bool:
    return decision_on(session, objection_id) is not None
