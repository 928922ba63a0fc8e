"""¶ 6-8 and point 2 of the Decree: the schedule of a year's evaluation and its order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from app.domain.calendar import DEFAULT, Calendar, Counting, calendar_days_after, working_days_after
from app.domain.refusals import Conflict, FieldError, Invalid, NotAllowed, Param
from app.domain.registers import BLOCKS, Registers

IN_FORCE = date(2017, 1, 1)
OBJECTION_WORKING_DAYS = 5
OUTCOME_CALENDAR_DAYS = 15

# The steps of ¶ 7 and the terms of each: 7(1) may have a date for every block.
STEPS: Mapping[str, tuple[str, ...]] = {
    "7(1)": ("report_1", "report_2", "report_3"),
    "7(2)": ("conclusions",),
    "7(3)": ("after_appeals",),
    "7(4)": ("overall",),
    "7(5)": ("to_president",),
}
TERMS = tuple(term for terms in STEPS.values() for term in terms)


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: a code of a sentence, its paragraph and the values for it; blocks nothing."""

    code: str
    paragraph: str
    params: tuple[tuple[str, Param], ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """The terms of ¶ 7 for one reporting year; None is a term not filled in.

    `report_1` … `report_3` are the dates of 7(1) by block.
    """

    year: int
    report_1: date | None = None
    report_2: date | None = None
    report_3: date | None = None
    conclusions: date | None = None
    after_appeals: date | None = None
    overall: date | None = None
    to_president: date | None = None

    def term(self, name: str) -> date | None:
        """The date of one of `TERMS`."""
        if name not in TERMS:
            raise KeyError(name)
        value: date | None = getattr(self, name)
        return value

    def date_of(self, step: str) -> date:
        """The date of a step of ¶ 7; the latest of the blocks' dates for 7(1).

        Raises:
            Invalid: `schedule.term_missing`.
        """
        dates = [value for name in STEPS[step] if (value := self.term(name)) is not None]
        if len(dates) < len(STEPS[step]):
            raise Invalid("schedule.term_missing", paragraph="7", term=step)
        return max(dates)

    def report_by(self, block: int) -> date:
        """The date of 7(1) for one block.

        Raises:
            Invalid: `block.fourth`, ¶ 16; `schedule.term_missing`, ¶ 7.
        """
        if block not in BLOCKS:
            raise Invalid("block.fourth", paragraph="16")
        value = self.term(f"report_{block}")
        if value is None:
            raise Invalid("schedule.term_missing", paragraph="7", term="7(1)")
        return value


def require_new_year(year: int, existing: Collection[int]) -> None:
    """¶ 6: one evaluation for a reporting year, which is a calendar year.

    Raises:
        Conflict: `cycle.exists`.
    """
    if year in existing:
        raise Conflict("cycle.exists", paragraph="6", year=year)


def require_in_force(year: int, in_force: Collection[int]) -> None:
    """¶ 8: nothing is evaluated before the schedule of its reporting year is approved by order.

    `in_force` are the years that have such a schedule. The decree says who drafts and who
    approves; that nothing begins without it is a reading.

    Raises:
        Invalid: `schedule.not_in_force`.
    """
    if year not in in_force:
        params = (("year", year),)
        fields = (FieldError("year", "schedule.not_in_force", params),)
        raise Invalid("schedule.not_in_force", paragraph="8", fields=fields, year=year)


def require_planning_authority(registers: Registers, organisation: str, day: date) -> None:
    """¶ 8: the state planning authority drafts the schedule, and nobody else.

    Raises:
        NotAllowed: `schedule.not_planning`.
    """
    if "state_planning" not in registers.mandates.roles_of(organisation, day):
        raise NotAllowed("schedule.not_planning", paragraph="8")


def require_terms(schedule: Schedule) -> None:
    """¶ 7: every one of the five terms is in the schedule, 7(1) for each block.

    Raises:
        Invalid: `schedule.term_missing`; `fields` names every term that is missing.
    """
    missing = [
        (step, name)
        for step, names in STEPS.items()
        for name in names
        if schedule.term(name) is None
    ]
    if missing:
        fields = tuple(FieldError(name, "form.required") for _, name in missing)
        raise Invalid("schedule.term_missing", paragraph="7", fields=fields, term=missing[0][0])


def require_order_of_terms(schedule: Schedule) -> None:
    """¶ 7: no step is due before the one it builds on (a reading forced by their content).

    Of the blocks' dates of 7(1) the latest counts.

    Raises:
        Invalid: `schedule.out_of_order`; `fields` names the terms that come too early.
        Invalid: `schedule.term_missing`.
    """
    dates = {step: schedule.date_of(step) for step in STEPS}
    steps = list(STEPS)
    early = [STEPS[later][0] for earlier, later in pairwise(steps) if dates[later] < dates[earlier]]
    if early:
        fields = tuple(FieldError(name, "schedule.out_of_order") for name in early)
        raise Invalid("schedule.out_of_order", paragraph="7", fields=fields)


def terms_outside_year(schedule: Schedule) -> tuple[Notice, ...]:
    """¶ 6-7: the steps follow the reporting year; a date outside the year after it is odd."""
    return tuple(
        Notice("schedule.outside_year", "7", (("term", step), ("date", value.isoformat())))
        for step, names in STEPS.items()
        for name in names
        if (value := schedule.term(name)) is not None and value.year != schedule.year + 1
    )


def room_for_appeals(
    schedule: Schedule, calendar: Calendar, counting: Counting = DEFAULT
) -> tuple[Notice, ...]:
    """¶ 7, 57, 60: between 7(2) and 7(3) five working and then fifteen calendar days must fit.

    Counted from a conclusion received on the day of 7(2) and an objection sent on the last
    day; a warning, since conclusions may go out earlier.

    Raises:
        Invalid: `calendar.out_of_range`; `schedule.term_missing`.
    """
    window = working_days_after(
        calendar, schedule.date_of("7(2)"), OBJECTION_WORKING_DAYS, counting
    )
    outcome = calendar_days_after(calendar, window.due, OUTCOME_CALENDAR_DAYS, counting)
    if outcome.due <= schedule.date_of("7(3)"):
        return ()
    return (Notice("schedule.no_room", "7, 57, 60", (("date", outcome.due.isoformat()),)),)


def check(
    schedule: Schedule, calendar: Calendar, counting: Counting = DEFAULT
) -> tuple[Notice, ...]:
    """¶ 7: what is needed before a schedule goes for approval; the warnings are returned.

    Raises:
        Invalid: `schedule.term_missing`, `schedule.out_of_order`, `calendar.out_of_range`.
    """
    require_terms(schedule)
    require_order_of_terms(schedule)
    return (*terms_outside_year(schedule), *room_for_appeals(schedule, calendar, counting))


def require_order(number: str, dated: date | None, today: date) -> None:
    """¶ 8, point 2 of the Decree: a schedule is in force by an order with a number and a date.

    Raises:
        Invalid: `schedule.order_missing`; `order.date_in_future`; `decree.before_in_force`.
    """
    missing = [
        name
        for name, given in (("order_number", number.strip()), ("order_date", dated))
        if not given
    ]
    if dated is None or missing:
        fields = tuple(FieldError(name, "form.required") for name in missing)
        raise Invalid("schedule.order_missing", paragraph="8", fields=fields)
    require_order_date(dated, today)


def require_order_date(dated: date, today: date, field: str = "order_date") -> None:
    """Point 2 of the Decree: no act before 1 January 2017, and none from the future.

    `field` names the field of the form in which the date stands.

    Raises:
        Invalid: `order.date_in_future`; `decree.before_in_force`.
    """
    if dated > today:
        fields = (FieldError(field, "order.date_in_future"),)
        raise Invalid("order.date_in_future", fields=fields)
    if dated < IN_FORCE:
        fields = (FieldError(field, "decree.before_in_force"),)
        raise Invalid("decree.before_in_force", paragraph="Decree p.2", fields=fields)
