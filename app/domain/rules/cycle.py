"""¶ 6-8, 11, point 2 of the Decree: the evaluation of a reporting year as a whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from app.domain.refusals import FieldError, Invalid
from app.domain.rules.schedule import IN_FORCE

MISSING_REASONS = ("not_evaluated", "conclusion_late", "reorganised", "other")
"""Why a block conclusion is not in when the overall evaluation begins."""


def evaluators_day(year: int, opened: date | None) -> date:
    """The day on which is asked who evaluates whom for a reporting year: one for the whole year.

    A reading: it is the day on which the year's evaluations are opened, for it is then that
    somebody has to begin; before that, the first day after the reporting year, on which they
    can be opened at the earliest.
    """
    return opened or date(year + 1, 1, 1)


def require_decree(day: date) -> None:
    """Point 2 of the Decree: nothing is opened before 1 January 2017.

    Raises:
        Invalid: `decree.before_in_force`.
    """
    if day < IN_FORCE:
        raise Invalid("decree.before_in_force", paragraph="Decree p.2")


def require_reasons(
    standing: Collection[str], given: Mapping[str, str], after_appeals: date, today: date
) -> None:
    """¶ 7(3), 11: every conclusion that is not in is recorded with its reason, and no other.

    `standing` are the evaluations that are not final, as `<block>/<body>`; `given` are the
    reasons by them. Before the term of ¶ 7(3) has run out nothing is missing yet.

    Raises:
        Invalid: `missing.too_early`, ¶ 7(3); `missing.no_reason`, ¶ 11, with the number of
            those left out; `missing.not_open`, ¶ 11, one that is final.
    """
    if today <= after_appeals:
        raise Invalid("missing.too_early", paragraph="7(3)", date=after_appeals.isoformat())
    if left := sorted(set(standing) - set(given)):
        raise _missing("missing.no_reason", count=len(left))
    if final := sorted(set(given) - set(standing)):
        raise _missing("missing.not_open", evaluation=final[0])


def _missing(code: str, **params: str | int) -> Invalid:
    fields = (FieldError("missing", code, tuple(params.items())),)
    return Invalid(code, paragraph="11", fields=fields, **params)
