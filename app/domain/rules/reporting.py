"""¶ 40-42, 64: report information: late or not, whole or not, certified, and re-checked.

Lateness and gaps are told and stamped, never a reason to lose a report. Whom the risk table
chooses for a re-check is the table's business; here are only the figures that it looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.domain.refusals import Invalid, NotAllowed

# A figure is named by its indicator and its variable.
Figure = tuple[str, str]

FROM_ZERO = 100
"""Per cent that a figure has changed by which was zero the year before: no ratio tells."""
MOST_CHANGE = 1_000_000


def days_late(due: date, submitted: date) -> int:
    """¶ 7(1), 40: calendar days after the day of the term; 0 in time."""
    return max(0, (submitted - due).days)


def missing(asked: Iterable[Figure], given: Iterable[Figure]) -> int:
    """¶ 40: how many of the figures asked for were neither given nor said not to exist."""
    return len(set(asked) - set(given))


def greatest_change(
    now: Mapping[Figure, str | None], before: Mapping[Figure, str | None]
) -> int | None:
    """¶ 41-42: by how many per cent the figure changed most that both years have.

    Rounded half up, at most `MOST_CHANGE`; a figure that was zero counts `FROM_ZERO`. None
    where the two years have no figure in common.
    """
    found = [
        _change(Decimal(value), Decimal(old))
        for figure, value in now.items()
        if value is not None and (old := before.get(figure)) is not None
    ]
    return max(found, default=None)


def _change(value: Decimal, old: Decimal) -> int:
    if value == old:
        return 0
    if old == 0:
        return FROM_ZERO
    per_cent = min(abs(value - old) / abs(old) * 100, Decimal(MOST_CHANGE))
    return int(per_cent.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def require_other_certifier(author: str, certifier: str) -> None:
    """¶ 64: the first head answers for the report, so whoever filled it in does not certify it.

    That these are two people is a reading: the text sets the head's liability.

    Raises:
        NotAllowed: `report.same_person`.
    """
    if author == certifier:
        raise NotAllowed("report.same_person", paragraph="64")


def require_recheck(chosen: bool, rechecked: bool, body: str) -> None:
    """¶ 41: no conclusion on a body chosen for a re-check without the act of that re-check.

    Raises:
        Invalid: `conclusion.recheck_missing`.
    """
    if chosen and not rechecked:
        raise Invalid("conclusion.recheck_missing", paragraph="41", body=body)
