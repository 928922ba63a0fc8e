"""Where the overall results of a year stand: each step with its people, papers and letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.actors import Actor
from app.domain.refusals import NotFound
from app.domain.rules import overall_course as course
from app.models.cases import CaseFile
from app.models.facts import Letter
from app.models.overall import MissingConclusion, Overall, OverallMark, SecrecyCheck
from app.operations import cycle
from app.operations.evaluation import open_evaluations
from app.operations.overall import checks_of
from app.services import about, case_page, documents, letters, openings, people, results
from app.services.inbox import InboxRow
from app.services.schedules import Mark, marks_of

LETTERS = {
    "overall/results": "submitted",
    "overall/notice": "submitted",
    "overall/instructions": "instructed",
}
"""Which step sends which letters."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that was done: by whom, on which paper, with which documents and words.

    `person` and `texts` are told to the authority and to the organisation that acted. `bodies`
    are those that instructions were given to, none where to all; `programmes` is attached or
    none where the Commission's conclusion was recorded (¶ 51).
    """

    mark: str
    at: datetime
    person: str | None
    organisation: str
    number: str | None
    dated: date | None
    texts: Mapping[str, str]
    documents: tuple[documents.DocumentView, ...]
    programmes: str | None
    bodies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter that was sent; `id` is None for readers who may not open it."""

    id: int | None
    kind: str
    recipient: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the course: done, now or next; what happened in it, its letters, its tasks."""

    code: str
    state: str
    paragraphs: tuple[str, ...]
    happenings: tuple[Happening, ...]
    letters: tuple[Sent, ...]
    tasks: tuple[InboxRow, ...]


@dataclass(frozen=True, slots=True)
class OverallPage:
    """The overall evaluation of a year as those see it who may open the year's case.

    `conclusions` counts the evaluations: all, final, open; `missing` are those recorded as
    missing with their reason (¶ 11), `missing_text` the words about them where they may be
    read; `withheld` are block, body and ground of what is not to be published (¶ 53), block 0
    the overall result; `mine` are the ids of the tasks that the reader may act on.
    """

    year: int
    case_id: int
    number: str
    version: int | None
    marks: tuple[Mark, ...]
    conclusions: Mapping[str, int]
    missing: tuple[tuple[int, str, str], ...]
    missing_text: str
    withheld: tuple[tuple[int, str, str], ...]
    checked: bool
    steps: tuple[Step, ...]
    mine: tuple[int, ...]
    names: Mapping[str, Mapping[str, str]]


def overall_page(*, year: int, actor: Actor, now: datetime) -> OverallPage:
    """The course of a year's overall evaluation (¶ 11, 48-53); a fixed number of queries.

    It is shown to whoever may open the year's own case: the planning authority, the working
    body, the Administration, and who sees every case.

    Raises:
        NotFound: `case.not_found`: the year is not opened, or not for this reader.
    """
    with reading() as session:
        found = cycle.of_year(session, year)
        if found is None:
            raise NotFound("case.not_found")
        case = case_page.visible_case(session, found.id, actor)
        version = results.newest_of_year(session, year)
        marks = _marks(session, version)
        happened = _happenings(session, case, version, marks, actor)
        tasks, mine = case_page.open_tasks(session, case, actor, now)
        checks = checks_of(session, version.id) if version else {}
        missing, text = _missing(session, case, actor)
        return OverallPage(
            year=year,
            case_id=case.id,
            number=case.number,
            version=version.number if version else None,
            marks=marks_of(session, year, now),
            conclusions=_conclusions(session, case),
            missing=missing,
            missing_text=text,
            withheld=_withheld(checks.values()),
            checked=bool(checks),
            steps=_steps(version, marks, happened, _letters(session, case, actor), tasks),
            mine=mine,
            names=people.names(
                session,
                {one.person for one in happened} | {task.claimed_by for task in tasks},
            ),
        )


def _marks(session: Session, version: Overall | None) -> Sequence[OverallMark]:
    if version is None:
        return ()
    query = select(OverallMark).where(OverallMark.overall_id == version.id)
    return session.scalars(query.order_by(OverallMark.id)).all()


def _steps(
    version: Overall | None,
    marks: Sequence[OverallMark],
    happened: Sequence[Happening],
    sent: Sequence[Sent],
    tasks: Sequence[InboxRow],
) -> tuple[Step, ...]:
    states = course.states(computed=version is not None, marks=[mark.mark for mark in marks])
    now = next((code for code, state in states.items() if state == "now"), None)
    return tuple(
        Step(
            code=code,
            state=states[code],
            paragraphs=paragraphs,
            happenings=tuple(
                one for one in happened if course.OF_STEP.get(one.mark, one.mark) == code
            ),
            letters=tuple(one for one in sent if LETTERS[one.kind] == code),
            tasks=tuple(task for task in tasks if (course.TASKS.get(task.element) or now) == code),
        )
        for code, paragraphs in course.STEPS.items()
    )


def _happenings(
    session: Session,
    case: CaseFile,
    version: Overall | None,
    marks: Sequence[OverallMark],
    actor: Actor,
) -> list[Happening]:
    """What happened to the newest version; its computing comes first."""
    if version is None:
        return []
    inside = about.is_inside(case, actor)
    bodies = openings.bodies(session, [(mark.stream, mark.seq) for mark in marks])
    texts = openings.many(session, bodies)
    papers = {paper.id: paper for paper in documents.documents_of(session, case.id, actor)}
    found = [_computed(version)]
    for mark in marks:
        place = mark.stream, mark.seq
        given = bodies[place]["facts"].get("answers") or {}
        organisation = bodies[place]["actor"].get("organisation", "")
        own = inside or organisation in actor.organisations
        # One act may leave two marks: words and papers belong to what was done by hand.
        by_hand = mark.mark in course.TASKS.values() or mark.mark in course.UNDOES
        found.append(
            Happening(
                mark=mark.mark,
                at=mark.at,
                person=mark.person if own else None,
                organisation=organisation,
                number=mark.number,
                dated=mark.dated,
                texts={k: str(v) for k, v in texts[place].items()} if own and by_hand else {},
                documents=tuple(papers[n] for n in _listed(given, "documents") if n in papers)
                if by_hand
                else (),
                programmes=given.get("programmes") if by_hand else None,
                bodies=tuple(_listed(given, "bodies")) if by_hand else (),
            )
        )
    return found


def _listed(given: Mapping[str, Any], name: str) -> list[Any]:
    return list(given.get(name) or ())


def _computed(version: Overall) -> Happening:
    return Happening("computed", version.drafted_at, None, "", None, None, {}, (), None, ())


def _letters(session: Session, case: CaseFile, actor: Actor) -> list[Sent]:
    """¶ 49, 52: to whom what was sent; who may open a letter is another matter."""
    rows = session.scalars(
        select(Letter)
        .where(Letter.case_id == case.id, Letter.kind.in_(LETTERS))
        .order_by(Letter.id)
    )
    return [
        Sent(
            id=row.id if letters.may_read(row, case, actor) else None,
            kind=row.kind,
            recipient=row.recipient,
            sent_at=row.sent_at,
        )
        for row in rows
    ]


def _conclusions(session: Session, case: CaseFile) -> dict[str, int]:
    states = session.scalars(
        select(CaseFile.status).where(
            CaseFile.opened_by_case == case.id, CaseFile.process == cycle.EVALUATION
        )
    ).all()
    waiting = len(open_evaluations(session, case.id))
    final = sum(status == "ended" for status in states)
    return {"all": final + waiting, "final": final, "open": waiting}


def _missing(
    session: Session, case: CaseFile, actor: Actor
) -> tuple[tuple[tuple[int, str, str], ...], str]:
    """¶ 11: what is recorded as missing, and the words about it for those inside."""
    rows = session.scalars(
        select(MissingConclusion)
        .where(MissingConclusion.case_id == case.id)
        .order_by(MissingConclusion.block, MissingConclusion.evaluated_body)
    ).all()
    text = ""
    if rows and about.is_inside(case, actor):
        text = str(openings.texts(session, rows[0].stream, rows[0].seq).get("note", ""))
    return tuple((row.block, row.evaluated_body, row.reason) for row in rows), text


def _withheld(checks: Iterable[SecrecyCheck]) -> tuple[tuple[int, str, str], ...]:
    kept = (check for check in checks if check.withheld)
    return tuple(
        sorted((check.block, check.evaluated_body, check.ground or "other") for check in kept)
    )
