"""¶ 10, 12: a role passes to a body from a day on, by an act.

The register says who holds the eight roles of ¶ 10 and who is the working body of ¶ 12. A
mandate that has begun stands, for acts were done under it; one that is only planned gives way
to a later decision.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.domain.refusals import FieldError, Invalid
from app.domain.registers import AUTHORITY_ROLES, WORKING_BODY, Bodies, Mandate, Mandates

ROLES = (*AUTHORITY_ROLES, WORKING_BODY)
LONGEST_BASIS = 1000
ONE_DAY = timedelta(days=1)

# A number of an act: № 371, N 12-3, No. 5.
NUMBER = re.compile(r"(?:№|\bN[oº°]?(?=[\s.\d])\.?)\s*[\w/-]*\d", re.IGNORECASE)
# Its date: 05.01.2017, 2017-01-05, 2017 жылғы 5 қаңтар, 5 января 2017, 5 January 2017.
DATE = re.compile(
    r"\b(?:\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{2}-\d{2}"
    r"|\d{4}\s+ж\w*\.?\s+\d{1,2}\s+[^\W\d]{3,}|\d{1,2}\s+[^\W\d]{3,}\s+\d{4})\b"
)


@dataclass(frozen=True, slots=True)
class Passing:
    """What a change writes: the mandates that end or are not to begin, and the new one.

    `before` is the body that held the role until then, None where nobody did.
    """

    before: str | None
    ended: tuple[Mandate, ...]
    new: Mandate


def paragraph_of(role: str) -> str:
    """The paragraph by which there is a role: `10(1)` to `10(8)`, or `12`."""
    return "12" if role == WORKING_BODY else f"10({AUTHORITY_ROLES.index(role) + 1})"


def passing(
    mandates: Mandates,
    bodies: Bodies,
    *,
    role: str,
    holder: str,
    starts_on: date,
    basis: str,
    today: date,
) -> Passing:
    """Let `holder` hold `role` from `starts_on` on, by `basis`.

    Whoever holds it on the day before holds it until that day; what was planned from
    `starts_on` on is not to begin, which an end before its first day says.

    Raises:
        Invalid: `mandate.role_unknown`, ¶ 10; `body.unknown`; `mandate.basis_missing`;
            `evaluation_commission.decision_missing`, ¶ 12, a decision without number or
            date; `mandate.not_later`, the present holder began on that day or after it;
            `form.invalid` where several of these are so.
    """
    _check(bodies, role, holder, basis)
    held = sorted((row for row in mandates.rows if row.role == role), key=lambda row: row.since)
    begun = [row for row in held if row.since <= today]
    if begun and starts_on <= begun[-1].since:
        since = begun[-1].since.isoformat()
        error = FieldError("starts_on", "mandate.not_later", (("date", since),))
        raise Invalid("mandate.not_later", fields=(error,), date=since)
    new = Mandate(role, holder, starts_on, None, basis)
    before = [row for row in held if row.since < starts_on]
    ended = [
        replace(row, until=starts_on - ONE_DAY)
        for row in before[-1:]
        if row.until is None or row.until >= starts_on
    ]
    dropped = [
        replace(row, until=row.since - ONE_DAY)
        for row in held
        # The same body from the same day: the new row takes the place of the old one.
        if row.since >= starts_on and (row.holder, row.since) != (holder, starts_on)
    ]
    return Passing(before[-1].holder if before else None, (*ended, *dropped), new)


def _check(bodies: Bodies, role: str, holder: str, basis: str) -> None:
    wrong = []
    if role not in ROLES:
        wrong.append(FieldError("role", "mandate.role_unknown"))
    if not holder:
        wrong.append(FieldError("holder", "form.required"))
    elif holder not in bodies.by_code:
        wrong.append(FieldError("holder", "form.unknown_body"))
    code = _wrong_basis(role, basis)
    if code is not None:
        wrong.append(FieldError("basis", code, (("max", LONGEST_BASIS),)))
    if len(wrong) == 1:
        raise _refusal(wrong[0], holder)
    if wrong:
        raise Invalid("form.invalid", fields=tuple(wrong))


def _wrong_basis(role: str, basis: str) -> str | None:
    if not basis.strip():
        return "mandate.basis_missing"
    if len(basis) > LONGEST_BASIS:
        return "form.too_long"
    if role == WORKING_BODY and not is_identified(basis):
        return "evaluation_commission.decision_missing"
    return None


def is_identified(basis: str) -> bool:
    """Say whether a basis names an act by its number and its date."""
    return bool(NUMBER.search(basis) and DATE.search(basis))


def _refusal(error: FieldError, holder: str) -> Invalid:
    """The one thing that is wrong, as the refusal itself."""
    fields = (error,)
    if error.code == "form.unknown_body":
        return Invalid("body.unknown", fields=fields, body=holder)
    paragraph = {
        "mandate.role_unknown": "10",
        "mandate.basis_missing": "10",
        "evaluation_commission.decision_missing": "12",
    }.get(error.code)
    return Invalid(error.code, paragraph=paragraph, fields=fields, max=LONGEST_BASIS)
