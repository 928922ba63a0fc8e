"""Operations of report information: given, certified, taken in, weighed (¶ 7(1), 40-42, 64)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select

from app.db import connection_of
from app.domain.calendar import local_day
from app.domain.refusals import Refusal
from app.domain.rules import reporting, scoring
from app.domain.rules.schedule import require_order_date
from app.models.cases import Party
from app.models.evaluation import Recheck as RecheckRow
from app.models.evaluation import Report, ReportEvidence, ReportItem, ReportMark, Risk
from app.operations import figures
from app.operations.context import Context
from app.operations.schedule import in_force

Given = Mapping[str, Mapping[str, Any]]


def begin(
    context: Context,
    /,
    *,
    block: int,
    evaluated_body: str,
    authority: str,
    parts: Mapping[str, Mapping[str, str]],
    self_consolidated: bool,
) -> dict[str, Any]:
    """¶ 9(2), 44: who sees the evaluation, and who is to take the report in.

    The body sees it, and who evaluates a part of it; the authority that concludes sees its
    cases anyway. Nobody else does before the appeals are over.
    """
    seeing = {evaluated_body, *(part["authority"] for part in parts.values())} - {authority}
    context.write_all(
        Party(case_id=context.case.id, organisation=organisation) for organisation in sorted(seeing)
    )
    return {
        "term": f"report_{block}",
        "checker": scoring.checker(authority, evaluated_body, parts),
        "version": 0,
    }


def overdue(context: Context, /, *, block: int, evaluated_body: str) -> None:
    """¶ 40, 64: the term of 7(1) has run out without a certified report; told once for a case."""
    told = context.session.scalar(
        select(func.count())
        .select_from(ReportMark)
        .where(
            ReportMark.case_id == context.case.id,
            ReportMark.mark.in_(("overdue", "certified")),
        )
    )
    if told:
        return
    _mark(context, "overdue", None)
    context.send_letter("block_evaluation/overdue", evaluated_body)


def submit(
    context: Context, /, *, year: int, block: int, evaluated_body: str, report: dict[str, Any]
) -> dict[str, Any]:
    """¶ 7(1), 40: keep a version of the report; late or with gaps it is kept all the same.

    Raises:
        Invalid: `methodology.none`, ¶ 17.
        Refusal: `schedule.order_missing`, ¶ 8.
    """
    given: Given = context.answers["figures"]
    asked = figures.asked_of(context.session, context.registers, year, block, evaluated_body)
    items = dict(_items(given))
    row = context.write(
        Report(
            case_id=context.case.id,
            number=report["version"] + 1,
            year=year,
            block=block,
            evaluated_body=evaluated_body,
            methodology_id=asked.id,
            author=context.person,
            submitted_at=context.now,
            days_late=reporting.days_late(_term(context, year, block), local_day(context.now)),
            missing=reporting.missing(asked.figures, items),
        )
    )
    context.write_all(
        ReportItem(report_id=row.id, indicator=indicator, variable=variable, value=value)
        for (indicator, variable), value in items.items()
    )
    context.write_all(
        ReportEvidence(report_id=row.id, indicator=indicator, document_id=document)
        for indicator, cells in given.items()
        for document in cells["documents"]
    )
    return {
        **report,
        "id": row.id,
        "version": row.number,
        "methodology": row.methodology_id,
        "days_late": row.days_late,
        "missing": row.missing,
    }


def _items(given: Given) -> Iterator[tuple[reporting.Figure, str | None]]:
    for indicator, cells in given.items():
        for variable, value in cells["values"].items():
            yield (indicator, variable), value
        for variable in cells["no_data"]:
            yield (indicator, variable), None


def _term(context: Context, year: int, block: int) -> date:
    """The day of 7(1) for a block, by the schedule in force."""
    schedule = in_force(context.session, year)
    if schedule is None:
        raise Refusal("schedule.order_missing", paragraph="8")
    term: date = getattr(schedule, f"report_{block}")
    return term


def certify(context: Context, /, *, report: dict[str, Any]) -> None:
    """¶ 64: the first head answers for the report and certifies it.

    Raises:
        NotAllowed: `report.same_person`, the head filled it in.
    """
    found = connection_of(context.session).execute(_AUTHOR, {"report": report["id"]})
    author = found.scalar_one()
    reporting.require_other_certifier(author, context.person)
    _mark(context, "certified", report["id"])


def send_back(context: Context, /, *, report: dict[str, Any]) -> None:
    """¶ 64: the first head sends the report back; the reasons lie sealed on this act's event."""
    _mark(context, "sent_back", report["id"])


def take_in(context: Context, /, *, report: dict[str, Any]) -> None:
    """¶ 40: the authority takes the report in, whatever its delay."""
    _mark(context, "accepted", report["id"])


def return_incomplete(context: Context, /, *, report: dict[str, Any]) -> None:
    """¶ 40: the authority returns the report as incomplete; the reasons lie sealed."""
    _mark(context, "incomplete", report["id"])


def risk(
    context: Context, /, *, year: int, block: int, evaluated_body: str, report: dict[str, Any]
) -> dict[str, Any]:
    """¶ 41-42: the figures by which the table chooses reports for a re-check."""
    session = context.session
    returned = connection_of(session).scalar(_RETURNED, {"case": context.case.id})
    now = figures.reported(session, report["id"])
    asked = figures.asked_by(session, context.registers, report["methodology"], evaluated_body)
    # What was accepted a year ago goes before what the body says today that it was.
    before = {
        **figures.told_before(asked, now),
        **figures.before(session, year, block, evaluated_body),
    }
    return {
        "days_late": report["days_late"],
        "missing": report["missing"],
        "returned": returned or 0,
        "change": reporting.greatest_change(now, before),
    }


_AUTHOR = select(Report.author).where(Report.id == bindparam("report"))
_RETURNED = (
    select(func.count())
    .select_from(ReportMark)
    .where(ReportMark.case_id == bindparam("case"), ReportMark.mark == "incomplete")
)


def choose(
    context: Context, /, *, report: dict[str, Any], risk: dict[str, Any], chosen: bool
) -> None:
    """¶ 41-42: keep whether the report was chosen for a re-check, and on what figures."""
    context.write(Risk(case_id=context.case.id, report_id=report["id"], chosen=chosen, **risk))


def recheck(
    context: Context, /, *, report: dict[str, Any], act_number: str, act_date: str, result: str
) -> None:
    """¶ 41: keep the act of the re-check; what was found lies sealed on this act's event.

    Raises:
        Invalid: the date of the act is impossible.
    """
    dated = date.fromisoformat(act_date)
    require_order_date(dated, local_day(context.now), field="act_date")
    context.write(
        RecheckRow(
            case_id=context.case.id,
            report_id=report["id"],
            act_number=act_number,
            act_date=dated,
            result=result,
            person=context.person,
        )
    )


def _mark(context: Context, mark: str, report: int | None) -> None:
    context.write(
        ReportMark(
            case_id=context.case.id,
            report_id=report,
            mark=mark,
            person=context.person if mark != "overdue" else None,
            at=context.now,
        )
    )
