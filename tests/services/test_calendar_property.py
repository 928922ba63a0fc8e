"""Whatever days are changed, in whatever order: every open term ends where it would be counted to.

The examples go on in one installation, as changes do; what is expected is counted afresh by
`app.domain.calendar` over the calendar in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import reading
from app.domain import calendar as days
from app.domain.calendar import Calendar, Term
from app.operations.registers import Registers
from app.services import messages
from app.services.calendar_days import KINDS
from tests.journeys.plot import AKMOLA, CONCLUSION, Stage
from tests.services.calendars import at_once, confirm, dates, day_of, propose, shown, told

FIRST, DAYS = date(2018, 3, 20), 35

changes = st.lists(
    st.tuples(
        st.integers(0, DAYS).map(lambda n: (FIRST + timedelta(n)).isoformat()),
        st.sampled_from(KINDS),
    ),
    min_size=1,
    max_size=4,
)


def in_force() -> Calendar:
    with reading() as session:
        return Registers(session).calendar


def counted(received: datetime, filed: datetime) -> Mapping[str, Term]:
    """The terms of ¶ 57 and 60 by the last part of their keys."""
    found = in_force()
    return {
        "window": days.working_days_after(found, received, 5),
        **{str(n): days.calendar_days_after(found, filed, n) for n in (10, 14, 15)},
    }


def standing(stage: Stage, objection: int) -> Mapping[str, set[str]]:
    """The days on which the terms of the two cases end; those of one term are the same."""
    by_day = sorted(set(dates(stage, objection).values()))
    return {"window": set(dates(stage, CONCLUSION).values()), "objection": set(by_day)}


def test_every_open_term_ends_where_it_is_counted_to(received: Stage) -> None:
    stage = received
    objection = stage.plot.object(AKMOLA)
    [facts] = [body for body in stage.events("task.completed", CONCLUSION) if _receives(body)]
    receipt = datetime.fromisoformat(facts["at"])
    filed = stage.play.now

    @settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
    @given(changes)
    def run(asked: list[tuple[str, str]]) -> None:
        for day, kind in asked:
            seen = told(stage)
            change = day_of(day, kind)
            preview = at_once(stage, change)
            if preview:
                assert shown(confirm(stage, propose(stage, change))) == shown(preview)
                messages.deliver_all(now=stage.play.now)
            # A date may move there and back: only what is new is compared.
            assert told(stage) - seen <= shown(preview)
            expected = counted(receipt, filed)
            after = standing(stage, objection)
            assert after["window"] == {expected["window"].due.isoformat()}
            assert after["objection"] == {expected[str(n)].due.isoformat() for n in (10, 14, 15)}

    run()
    stage.verified()


def _receives(body: Mapping[str, object]) -> bool:
    facts = body["facts"]
    return isinstance(facts, dict) and facts["element"] == "receive"
