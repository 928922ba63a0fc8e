"""Operations of a year's evaluation as a whole: its opening, and what is missing (¶ 6-8, 11)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.canonical import canonical
from app.domain.calendar import local_day
from app.domain.registers import Body
from app.domain.rules import cycle as rules
from app.domain.rules.evaluators import Evaluation, evaluations, places, whole_year
from app.domain.rules.schedule import require_in_force, require_new_year
from app.models.cases import CaseFile
from app.models.overall import MissingConclusion
from app.operations.context import Context
from app.operations.evaluation import open_evaluations
from app.operations.overall_results import opened
from app.operations.schedule import in_force, years_in_force

PROCESS = "cycle"
EVALUATION = "block_evaluation"
MOST_AT_ONCE = 48_000
"""Bytes of messages that one act of the opening sends, of the 65,535 that its event may have."""
AROUND_PAYLOAD = 110
"""Bytes that an event needs for a message besides its payload."""


def open_year(
    context: Context, /, *, year: int, planning: str, working_body: str, administration: str
) -> dict[str, int]:
    """¶ 6, 8, 11, 15, 23–38: open an evaluation for each body and block, as many as one act holds.

    Who evaluates is asked of the decision table for the day on which the year was opened; the
    first act asks for everybody, so that nothing is opened where somebody has no evaluator.
    Each evaluation is then a case of its own, begun after this act. Returns how many
    evaluations and parts this act opens, and how many evaluations are left for the next one.

    Raises:
        Invalid: `decree.before_in_force`, point 2 of the Decree; `schedule.not_in_force`, ¶ 8.
        Conflict: `cycle.exists`, ¶ 6; `mandate.none`, a role is held by nobody.
    """
    session, case = context.session, context.case
    rules.require_decree(local_day(context.now))
    require_in_force(year, years_in_force(session))
    require_new_year(year, years_opened(session, but=case.id))
    known = context.evaluators
    day = rules.evaluators_day(year, local_day(case.started_at))
    there = opened(session, case.id)
    if not there:
        for _everybody in whole_year(known, day):
            pass
        for organisation in sorted({working_body, administration} - {planning}):
            context.show_to(organisation)
    left = [place for place in places(known) if (place[1], place[0].code) not in there]
    shared = {"year": year, "planning": planning, "working_body": working_body}
    begun, parts, size = 0, 0, 0
    for body, block in left:
        found = evaluations(known, body.code, block, day)
        payload = {**_payload(body, found), **shared, "cycle_case": case.id}
        size += len(canonical(payload)) + AROUND_PAYLOAD
        if begun and size > MOST_AT_ONCE:
            break
        context.start_case(EVALUATION, "evaluation_opened", payload)
        begun, parts = begun + 1, parts + len(found)
    return {"evaluations": begun, "parts": parts, "left": len(left) - begun}


def _payload(body: Body, parts: tuple[Evaluation, ...]) -> dict[str, Any]:
    """What an evaluation begins with: of whom, by which block, by whom each part is evaluated."""
    return {
        "block": parts[0].block,
        "evaluated_body": body.code,
        "authority": parts[0].consolidator,
        "parts": {
            part.part: {
                "code": part.part,
                "authority": part.authority,
                "paragraph": part.paragraph,
            }
            for part in parts
        },
        "parts_count": len(parts),
        "self_consolidated": parts[0].self_consolidated,
    }


def years_opened(session: Session, *, but: int) -> tuple[int, ...]:
    """¶ 6: the reporting years whose evaluation has been opened, by other cases than `but`."""
    rows = session.scalars(
        select(CaseFile.year).where(CaseFile.process == PROCESS, CaseFile.id != but)
    )
    return tuple(year for year in rows if year is not None)


def of_year(session: Session, year: int) -> CaseFile | None:
    """The case of a year's evaluation, None before it is opened."""
    query = select(CaseFile).where(CaseFile.process == PROCESS, CaseFile.year == year)
    return session.scalars(query.order_by(CaseFile.id).limit(1)).one_or_none()


def evaluators_day(session: Session, year: int) -> date:
    """The day on which is asked who evaluates whom for a year (`rules.evaluators_day`)."""
    case = of_year(session, year)
    return rules.evaluators_day(year, local_day(case.started_at) if case else None)


def count_open(context: Context, /, *, cycle_case: int) -> int:
    """¶ 7(3), 11: how many evaluations of the year have no final conclusion yet."""
    return len(open_evaluations(context.session, cycle_case))


def record_missing(context: Context, /, *, year: int, cycle_case: int) -> int:
    """¶ 11: record every conclusion that is not in with its reason; the words are sealed.

    Returns how many.

    Raises:
        Invalid: `missing.too_early`, ¶ 7(3); `missing.no_reason` or `missing.not_open`, ¶ 11.
        Conflict: `schedule.not_in_force`, ¶ 8.
    """
    session = context.session
    require_in_force(year, years_in_force(session))
    schedule = in_force(session, year)
    assert schedule is not None
    standing = open_evaluations(session, cycle_case)
    given: dict[str, str] = context.answers["missing"]
    rules.require_reasons(
        [f"{row.block}/{row.evaluated_body}" for row in standing],
        given,
        schedule.after_appeals,
        local_day(context.now),
    )
    context.write_all(
        MissingConclusion(
            case_id=cycle_case,
            year=year,
            block=row.block,
            evaluated_body=row.evaluated_body,
            reason=given[f"{row.block}/{row.evaluated_body}"],
        )
        for row in standing
    )
    return len(standing)
