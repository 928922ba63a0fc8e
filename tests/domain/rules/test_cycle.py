from __future__ import annotations

from datetime import date

import pytest

from app.domain.refusals import Invalid
from app.domain.rules import cycle

TERM, AFTER = date(2018, 5, 11), date(2018, 5, 12)
OPEN = ("1/moj", "2/mia")


def test_the_day_is_that_of_the_opening_and_before_it_the_first_after_the_year() -> None:
    assert cycle.evaluators_day(2017, None) == date(2018, 1, 1)
    assert cycle.evaluators_day(2017, date(2018, 1, 19)) == date(2018, 1, 19)


def test_nothing_is_opened_before_the_decree() -> None:
    cycle.require_decree(date(2017, 1, 1))
    with pytest.raises(Invalid, match=r"decree\.before_in_force") as refused:
        cycle.require_decree(date(2016, 12, 31))
    assert refused.value.paragraph == "Decree p.2"


def test_every_open_conclusion_has_its_reason() -> None:
    cycle.require_reasons(OPEN, dict.fromkeys(OPEN, "other"), TERM, AFTER)


@pytest.mark.parametrize(
    ("given", "today", "code", "paragraph"),
    [
        (OPEN, TERM, "missing.too_early", "7(3)"),
        (OPEN[:1], AFTER, "missing.no_reason", "11"),
        ((), AFTER, "missing.no_reason", "11"),
        ((*OPEN, "3/moj"), AFTER, "missing.not_open", "11"),
    ],
)
def test_reasons_that_are_refused(
    given: tuple[str, ...], today: date, code: str, paragraph: str
) -> None:
    with pytest.raises(Invalid) as refused:
        cycle.require_reasons(OPEN, dict.fromkeys(given, "other"), TERM, today)
    assert (refused.value.code, refused.value.paragraph) == (code, paragraph)
