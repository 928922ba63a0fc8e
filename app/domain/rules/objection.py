"""¶ 57-61: the objection of an evaluated body, its outcome and the correction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from app.domain.calendar import (
    DEFAULT,
    Calendar,
    Counting,
    Term,
    calendar_days_after,
    day_ends_at,
    local_day,
    working_days_after,
)
from app.domain.refusals import Conflict, FieldError, Invalid
from app.domain.registers import WORKING_BODY, Registers
from app.domain.rules.evaluators import evaluations

WORKING_DAYS = 5
OUTCOME_DAYS = 15


def window(calendar: Calendar, received: datetime | date, counting: Counting = DEFAULT) -> Term:
    """¶ 57: five working days from the receipt of the results.

    Raises:
        Invalid: `calendar.out_of_range`.
    """
    return working_days_after(calendar, received, WORKING_DAYS, counting)


def is_late(sent_at: datetime, window_ends_at: datetime) -> bool:
    """¶ 57: an objection is late when it was sent after the window; its arrival does not count.

    24:00 itself is 0:00 of the next day, so an objection sent at that instant is late. A late
    one is registered and marked, not refused.
    """
    return sent_at >= window_ends_at


def require_receipt(delivered_at: datetime, received_at: datetime) -> None:
    """¶ 57: results cannot be received before they were delivered.

    Raises:
        Invalid: `receipt.before_delivery`.
    """
    if received_at < delivered_at:
        raise Invalid(
            "receipt.before_delivery", paragraph="57", date=local_day(delivered_at).isoformat()
        )


def proven_receipt(delivered_at: datetime, received_on: date, now: datetime) -> datetime:
    """¶ 57: the instant of a receipt of which a proof of delivery tells the day alone.

    The first instant of that day, for the day of receipt does not count; on the day of the
    delivery the delivery itself, for nothing is received before.

    Raises:
        Invalid: `receipt.before_delivery`; `receipt.in_future`; both on `received_on`.
    """
    sent_on, today = local_day(delivered_at), local_day(now)
    if received_on < sent_on:
        raise _wrong_day("receipt.before_delivery", sent_on)
    if received_on > today:
        raise _wrong_day("receipt.in_future", today)
    return max(delivered_at, day_ends_at(received_on - timedelta(days=1)))


def _wrong_day(code: str, bound: date) -> Invalid:
    """A day on a proof that cannot be; `bound` is the day up to which, or from which, it can."""
    day = bound.isoformat()
    fields = (FieldError("received_on", code, (("date", day),)),)
    return Invalid(code, paragraph="57", fields=fields, date=day)


def require_sending(received_at: datetime, sent_at: datetime) -> None:
    """¶ 57: an objection is to results that have been received.

    Raises:
        Invalid: `objection.before_receipt`.
    """
    if sent_at < received_at:
        raise Invalid("objection.before_receipt", paragraph="57")


def require_points(points: Collection[str], indicators: Collection[str]) -> None:
    """¶ 57: an objection says what it is against: at least one indicator of the conclusion.

    Raises:
        Invalid: `objection.no_points`; `form.unknown_indicator`.
    """
    if not points:
        fields = (FieldError("points", "form.required"),)
        raise Invalid("objection.no_points", paragraph="57", fields=fields)
    if set(points) - set(indicators):
        fields = (FieldError("points", "form.unknown_indicator"),)
        raise Invalid("form.unknown_indicator", fields=fields)


def require_documents(count: int) -> None:
    """¶ 58: objections are considered only when supporting documents are there.

    Raises:
        Invalid: `objection.no_documents`.
    """
    if count < 1:
        fields = (FieldError("documents", "form.required"),)
        raise Invalid("objection.no_documents", paragraph="58", fields=fields)


def addressees(registers: Registers, body: str, block: int, day: date) -> tuple[str, ...]:
    """¶ 57: the authorities of a block to which a body may object, the concluding one first.

    A body that consolidates its own block is not among them: nobody decides on himself
    (¶ 9(2)), so there the objection goes to the evaluators of the parts.

    Raises:
        NotFound, Invalid, Conflict: see `evaluators.evaluations`.
    """
    parts = evaluations(registers, body, block, day)
    found = (parts[0].consolidator, *(part.authority for part in parts))
    return tuple(code for code in dict.fromkeys(found) if code != body)


def require_addressee(
    registers: Registers, body: str, block: int, addressee: str, day: date
) -> None:
    """¶ 57: an objection goes to an authority of the respective block.

    Raises:
        Invalid: `objection.wrong_addressee`; see also `addressees`.
    """
    if addressee not in addressees(registers, body, block, day):
        raise Invalid("objection.wrong_addressee", paragraph="57")


def outcome_term(
    calendar: Calendar, objection_received: datetime | date, counting: Counting = DEFAULT
) -> Term:
    """¶ 60: fifteen calendar days to the sending of the outcome.

    The decree does not say from when; the reading is from the receipt of the objection by
    the authority. The term is shown and reminded of; it blocks nothing and silence is no
    acceptance.

    Raises:
        Invalid: `calendar.out_of_range`.
    """
    return calendar_days_after(calendar, objection_received, OUTCOME_DAYS, counting)


def require_undecided(decided: bool) -> None:
    """¶ 60: the outcome is not subject to review: one decision on an objection.

    Raises:
        Conflict: `objection.decided`.
    """
    if decided:
        raise Conflict("objection.decided", paragraph="60")


def outcome(points: Mapping[str, bool]) -> str:
    """¶ 60: the outcome over the points: accepted, partly or rejected.

    Raises:
        Invalid: `objection.no_points`.
    """
    if not points:
        raise Invalid("objection.no_points", paragraph="57")
    if all(points.values()):
        return "accepted"
    return "partly" if any(points.values()) else "rejected"


def outcome_addressees(registers: Registers, evaluated: str, day: date) -> tuple[str, str]:
    """¶ 60: the outcome goes to the working body of the Commission and to the evaluated body.

    Raises:
        Conflict: `mandate.none`, nobody is the working body on `day`.
    """
    return registers.mandates.holder(WORKING_BODY, day), evaluated


def require_both_addressees(
    registers: Registers, evaluated: str, sent_to: Collection[str], day: date
) -> None:
    """¶ 60: one act sends the outcome to both.

    Raises:
        Invalid: `objection.one_addressee`.
    """
    if not set(outcome_addressees(registers, evaluated, day)) <= set(sent_to):
        raise Invalid("objection.one_addressee", paragraph="60")


def require_corrections(points: Mapping[str, bool], corrected: Collection[str]) -> None:
    """¶ 61: the new version touches every accepted indicator, and no other.

    `points` says of each indicator objected to whether the objection was accepted. A
    correction may repeat the value: that it was looked at again is on the version.

    Raises:
        Invalid: `correction.missing`; `correction.not_accepted`; `fields` names indicators.
    """
    accepted = {indicator for indicator, yes in points.items() if yes}
    missing = sorted(accepted - set(corrected))
    if missing:
        fields = tuple(FieldError(indicator, "correction.missing") for indicator in missing)
        raise Invalid("correction.missing", paragraph="61", fields=fields)
    foreign = sorted(set(corrected) - accepted)
    if foreign:
        fields = tuple(FieldError(indicator, "correction.not_accepted") for indicator in foreign)
        raise Invalid("correction.not_accepted", paragraph="61", fields=fields)
