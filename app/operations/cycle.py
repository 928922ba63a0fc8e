"""Operations of a year's evaluation as a whole: its opening, and what is missing (¶ 6-8, 11)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import local_day
from app.domain.registers import Body
from app.domain.rules import cycle as rules
from app.domain.rules.evaluators import Evaluation, whole_year
from app.domain.rules.schedule import require_in_force, require_new_year
from app.models.cases import CaseFile
from app.models.overall import MissingConclusion
from app.operations.context import Context
from app.operations.evaluation import open_evaluations
from app.operations.schedule import in_force, years_in_force

PROCESS = "cycle"
EVALUATION = "block_evaluation"


def open_year(
    context: Context, /, *, year: int, planning: str, working_body: str, administration: str
) -> dict[str, int]:
    """¶ 6, 8, 11, 15, 23–38: open one evaluation for each body and each of its blocks.

    Who evaluates is asked of the decision table for today; each evaluation is then a case of
    its own, begun after this act. Returns how many evaluations and parts there are.

    Raises:
        Invalid: `decree.before_in_force`, point 2 of the Decree; `schedule.not_in_force`, ¶ 8.
        Conflict: `cycle.exists`, ¶ 6; `mandate.none`, a role is held by nobody.
    """
    today = local_day(context.now)
    rules.require_decree(today)
    require_in_force(year, years_in_force(context.session))
    require_new_year(year, years_opened(context.session))
    opened = 0, 0
    day = rules.evaluators_day(year, today)
    for body, parts in whole_year(context.evaluators, day):
        payload = _payload(body, parts)
        payload |= {"year": year, "planning": planning, "working_body": working_body}
        context.start_case(
            EVALUATION, "evaluation_opened", {**payload, "cycle_case": context.case.id}
        )
        opened = opened[0] + 1, opened[1] + len(parts)
    for organisation in sorted({working_body, administration} - {planning}):
        context.show_to(organisation)
    return {"evaluations": opened[0], "parts": opened[1]}


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


def years_opened(session: Session) -> tuple[int, ...]:
    """¶ 6: the reporting years whose evaluation has been opened."""
    rows = session.scalars(select(CaseFile.year).where(CaseFile.process == PROCESS))
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
