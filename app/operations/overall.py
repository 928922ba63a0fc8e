"""Operations of the overall evaluation: results, submission, publication (¶ 11, 48-53)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.calendar import local_day
from app.domain.rules import overall as rules
from app.domain.rules.overall import Key
from app.models.facts import Letter
from app.models.overall import Overall, OverallMark, OverallResult, SecrecyCheck
from app.operations import methodologies
from app.operations.context import Context
from app.operations.overall_results import require_settled, results


def compute(context: Context, /, *, year: int, cycle_case: int) -> dict[str, int]:
    """¶ 11: compute the results of every body by its blocks, and over them, as a new version.

    The points of a block are those of the newest version of its final conclusion; the
    overall ones follow from them by the methodology's formula (block 0). A body without any
    result has none, which is no zero.

    Raises:
        Conflict: `overall.conclusions_missing`, ¶ 11.
        Invalid: `methodology.none`, ¶ 17.
    """
    session = context.session
    require_settled(session, cycle_case)
    row, methodology = methodologies.in_force(session, year, 0, context.now)
    last = session.scalar(select(func.max(Overall.number)).where(Overall.year == year))
    version = context.write(
        Overall(
            case_id=context.case.id,
            year=year,
            number=1 + (last or 0),
            methodology_id=row.id,
            author=context.person,
            drafted_at=context.now,
        )
    )
    context.write_all(
        OverallResult(
            overall_id=version.id,
            evaluated_body=found.body,
            block=found.block,
            points=found.points,
            max=found.max,
            conclusion_id=found.conclusion,
        )
        for found in results(session, cycle_case, methodology)
    )
    return {"id": version.id, "number": version.number}


def draft(context: Context, /) -> None:
    """¶ 11, 48: the planning authority has drafted the overall evaluation; its text is sealed."""
    _mark(context, "drafted")


def sign(context: Context, /) -> None:
    """¶ 11, 49: the first head signs what somebody else has drafted.

    Raises:
        NotAllowed: `overall.same_person`, ¶ 9(2).
    """
    drafted = _marked(context, "drafted")
    rules.require_other_signer(drafted.person if drafted else None, context.person)
    _mark(context, "signed")


def send_back(context: Context, /) -> None:
    """¶ 11: the first head returns the draft; the reasons lie sealed on this act's event."""
    _mark(context, "returned")


def submit(context: Context, /, *, working_body: str) -> int:
    """¶ 49: submit the results to the Commission and notify every evaluated body, in one act.

    The working body receives for the Commission. Returns the number of notices.

    Raises:
        Conflict: `overall.not_signed`. Invalid: `overall.notice_missing`, ¶ 49.
    """
    rules.require_signed(_marked(context, "signed") is not None)
    version = newest(context.session, context.case.id)
    evaluated = sorted({body for _, body in _keys(context.session, version.id)})
    context.send_letter("overall/results", working_body, subject=version.id)
    notices = _send_to_all(context, "overall/notice", evaluated, version.id)
    rules.require_notices(evaluated, [letter.recipient for letter in notices])
    _mark(context, "submitted")
    return len(notices)


def present(context: Context, /, *, conclusion_number: str, conclusion_date: str) -> None:
    """¶ 51: the Commission has concluded and submits the results to the President.

    Raises:
        Conflict: `results.before_commission`, ¶ 49, 51.
        Invalid: number or date of the Commission's conclusion are impossible.
    """
    submitted = _marked(context, "submitted")
    rules.require_submitted(submitted is not None)
    assert submitted is not None
    dated = date.fromisoformat(conclusion_date)
    rules.require_paper(
        conclusion_number,
        dated,
        field="conclusion_date",
        today=local_day(context.now),
        since=local_day(submitted.at),
    )
    _mark(context, "concluded", number=conclusion_number, dated=dated)
    _mark(context, "presented")


def instruct(context: Context, /, *, bodies: list[str]) -> int:
    """¶ 52: send results, instructions and recommendations to the heads of state bodies.

    `bodies` are codes; none means every evaluated body. Returns the number of letters.
    """
    version = newest(context.session, context.case.id)
    everybody = sorted({body for _, body in _keys(context.session, version.id)})
    row = _mark(context, "instructed")
    letters = _send_to_all(context, "overall/instructions", bodies or everybody, row.id)
    return len(letters)


def check(context: Context, /) -> int:
    """¶ 9(5), 53: check every result before publication: open, or withheld and why.

    Returns how many are withheld; with a result by block that of its body goes too.

    Raises:
        Invalid: `form.not_a_choice`, a result that is not there.
    """
    version = newest(context.session, context.case.id)
    keys = _keys(context.session, version.id)
    chosen = {_key(name): ground for name, ground in context.answers["secrecy"].items()}
    kept = rules.withheld(keys, chosen)
    context.write_all(
        SecrecyCheck(
            overall_id=version.id,
            evaluated_body=body,
            block=block,
            withheld=(block, body) in kept,
            ground=kept.get((block, body)),
            person=context.person,
        )
        for block, body in keys
    )
    _mark(context, "checked")
    return len(kept)


def consent(context: Context, /, *, consent_number: str, consent_date: str) -> None:
    """¶ 53: the working body agrees to the publication.

    Raises:
        NotAllowed: `publication.same_person`. Conflict: `publication.not_checked`.
        Invalid: number or date of the consent are impossible.
    """
    checked = _require_other(context)
    dated = date.fromisoformat(consent_date)
    rules.require_paper(
        consent_number,
        dated,
        field="consent_date",
        today=local_day(context.now),
        since=local_day(checked.at),
    )
    _mark(context, "consented", number=consent_number, dated=dated)


def refuse(context: Context, /) -> None:
    """¶ 53: the working body does not agree; the reasons lie sealed on this act's event.

    Raises:
        NotAllowed: `publication.same_person`. Conflict: `publication.not_checked`.
    """
    _require_other(context)
    _mark(context, "refused")


def publish(context: Context, /) -> None:
    """¶ 53: publish what has been checked and is not withheld, with the consent.

    Raises:
        Conflict: `publication.not_checked`; `publication.no_consent`, ¶ 53.
    """
    session = context.session
    version = newest(session, context.case.id)
    checked, consented = _marked(context, "checked"), _marked(context, "consented")
    agreed = bool(checked and consented and consented.id > checked.id)
    rules.require_publishable(
        _keys(session, version.id), list(checks_of(session, version.id)), consented=agreed
    )
    _mark(context, "published")


def newest(session: Session, case_id: int) -> Overall:
    """The newest version of the overall results of a year's case.

    Raises:
        NoResultFound: none has been computed.
    """
    return session.scalars(
        select(Overall).where(Overall.case_id == case_id).order_by(Overall.id.desc()).limit(1)
    ).one()


def checks_of(session: Session, overall_id: int) -> dict[Key, SecrecyCheck]:
    """The newest check for secrets of every result of a version."""
    rows = session.scalars(
        select(SecrecyCheck).where(SecrecyCheck.overall_id == overall_id).order_by(SecrecyCheck.id)
    )
    return {(row.block, row.evaluated_body): row for row in rows}


def _keys(session: Session, overall_id: int) -> list[Key]:
    rows = session.execute(
        select(OverallResult.block, OverallResult.evaluated_body)
        .where(OverallResult.overall_id == overall_id)
        .order_by(OverallResult.id)
    )
    return [(row.block, row.evaluated_body) for row in rows]


def _key(name: str) -> Key:
    block, _, body = name.partition("/")
    return int(block), body


def _require_other(context: Context) -> OverallMark:
    """The newest check for secrets, which somebody else has made."""
    checked = _marked(context, "checked")
    rules.require_check(checked is not None)
    assert checked is not None
    rules.require_checked_by_another(checked.person, context.person)
    return checked


def _send_to_all(
    context: Context, kind: str, recipients: Sequence[str], subject: int
) -> list[Letter]:
    return context.write_all(
        Letter(
            case_id=context.case.id,
            kind=kind,
            recipient=recipient,
            subject=subject,
            sent_at=context.now,
        )
        for recipient in recipients
    )


def _marked(context: Context, mark: str) -> OverallMark | None:
    """The newest mark of a kind on the newest version."""
    version = newest(context.session, context.case.id)
    return context.session.scalars(
        select(OverallMark)
        .where(OverallMark.overall_id == version.id, OverallMark.mark == mark)
        .order_by(OverallMark.id.desc())
        .limit(1)
    ).one_or_none()


def _mark(context: Context, mark: str, **paper: Any) -> OverallMark:
    version = newest(context.session, context.case.id)
    return context.write(
        OverallMark(
            case_id=context.case.id,
            overall_id=version.id,
            mark=mark,
            person=context.person,
            at=context.now,
            **paper,
        )
    )
