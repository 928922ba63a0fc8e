from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.refusals import Conflict, Invalid, NotAllowed
from app.domain.rules import schedule
from app.domain.rules.schedule import Schedule
from tests.domain.seeds import calendar, registers

GOOD = Schedule(
    year=2017,
    report_1=date(2018, 2, 1),
    report_2=date(2018, 2, 15),
    report_3=date(2018, 1, 25),
    conclusions=date(2018, 4, 2),
    after_appeals=date(2018, 5, 3),
    overall=date(2018, 6, 1),
    to_president=date(2018, 7, 2),
)


def test_a_good_schedule_passes_without_a_warning() -> None:
    assert schedule.check(GOOD, calendar()) == ()
    assert GOOD.date_of("7(1)") == date(2018, 2, 15)
    assert GOOD.date_of("7(5)") == date(2018, 7, 2)
    assert GOOD.report_by(3) == date(2018, 1, 25)


@pytest.mark.parametrize(
    ("term", "step"),
    [
        ("report_1", "7(1)"),
        ("report_2", "7(1)"),
        ("report_3", "7(1)"),
        ("conclusions", "7(2)"),
        ("after_appeals", "7(3)"),
        ("overall", "7(4)"),
        ("to_president", "7(5)"),
    ],
)
def test_every_term_is_needed(term: str, step: str) -> None:
    incomplete = replace(GOOD, **{term: None})  # type: ignore[arg-type] # each name is a term
    with pytest.raises(Invalid) as refused:
        schedule.check(incomplete, calendar())
    assert (refused.value.code, refused.value.paragraph) == ("schedule.term_missing", "7")
    assert refused.value.params == {"term": step}
    assert [error.field for error in refused.value.fields] == [term]
    with pytest.raises(Invalid):
        incomplete.date_of(step)


def test_every_missing_term_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        schedule.require_terms(Schedule(year=2017))
    assert tuple(error.field for error in refused.value.fields) == schedule.TERMS


@pytest.mark.parametrize(
    ("term", "moved", "field"),
    [
        ("report_2", date(2018, 4, 3), "conclusions"),
        ("conclusions", date(2018, 5, 4), "after_appeals"),
        ("after_appeals", date(2018, 6, 2), "overall"),
        ("overall", date(2018, 7, 3), "to_president"),
    ],
)
def test_the_terms_are_in_order(term: str, moved: date, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        schedule.check(replace(GOOD, **{term: moved}), calendar())  # type: ignore[arg-type] # each name is a term
    assert (refused.value.code, refused.value.paragraph) == ("schedule.out_of_order", "7")
    assert [error.field for error in refused.value.fields] == [field]


def test_two_steps_may_fall_on_one_day() -> None:
    schedule.require_order_of_terms(replace(GOOD, report_2=GOOD.conclusions))


def test_a_date_outside_the_next_year_is_a_warning() -> None:
    odd = replace(GOOD, report_3=date(2017, 12, 29), to_president=date(2019, 1, 10))
    found = schedule.check(odd, calendar())
    assert [notice.code for notice in found] == ["schedule.outside_year"] * 2
    assert [dict(notice.params)["date"] for notice in found] == ["2017-12-29", "2019-01-10"]


def test_room_for_objections_and_their_outcome() -> None:
    # 2 April: five working days end on 9 April, fifteen calendar days on 24 April.
    just = replace(GOOD, after_appeals=date(2018, 4, 24))
    assert schedule.check(just, calendar()) == ()
    (notice,) = schedule.check(replace(GOOD, after_appeals=date(2018, 4, 23)), calendar())
    assert (notice.code, notice.params) == ("schedule.no_room", (("date", "2018-04-24"),))


@pytest.mark.parametrize(
    ("number", "dated", "code", "fields"),
    [
        ("", date(2017, 12, 1), "schedule.order_missing", ["order_number"]),
        ("  ", None, "schedule.order_missing", ["order_number", "order_date"]),
        ("20-01", None, "schedule.order_missing", ["order_date"]),
        ("20-01", date(2017, 12, 16), "order.date_in_future", ["order_date"]),
        ("20-01", date(2016, 12, 31), "decree.before_in_force", ["order_date"]),
    ],
)
def test_the_order_of_the_head(
    number: str, dated: date | None, code: str, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        schedule.require_order(number, dated, date(2017, 12, 15))
    assert refused.value.code == code
    assert [error.field for error in refused.value.fields] == fields


def test_an_order_from_the_first_day_on_is_good() -> None:
    schedule.require_order("1", date(2017, 1, 1), date(2017, 1, 1))


@pytest.mark.parametrize("dated", [date(2017, 1, 3), date(2016, 12, 31)])
def test_the_date_of_another_document_names_its_own_field(dated: date) -> None:
    with pytest.raises(Invalid) as refused:
        schedule.require_order_date(dated, date(2017, 1, 2), "minutes_date")
    assert [error.field for error in refused.value.fields] == ["minutes_date"]


def test_one_evaluation_a_year() -> None:
    schedule.require_new_year(2017, {2016})
    with pytest.raises(Conflict) as refused:
        schedule.require_new_year(2017, {2016, 2017})
    assert (refused.value.code, refused.value.params) == ("cycle.exists", {"year": 2017})


def test_nothing_is_evaluated_without_a_schedule_in_force() -> None:
    schedule.require_in_force(2017, (2016, 2017))
    for in_force in ((), (2016,)):
        with pytest.raises(Invalid) as refused:
            schedule.require_in_force(2017, in_force)
        assert (refused.value.code, refused.value.paragraph) == ("schedule.not_in_force", "8")
        assert refused.value.params == {"year": 2017}


def test_only_the_planning_authority_drafts() -> None:
    day = date(2017, 12, 1)
    schedule.require_planning_authority(registers(), "mne", day)
    with pytest.raises(NotAllowed) as refused:
        schedule.require_planning_authority(registers(), "ap", day)
    assert (refused.value.code, refused.value.paragraph) == ("schedule.not_planning", "8")


def test_there_is_no_fourth_block() -> None:
    with pytest.raises(Invalid) as refused:
        GOOD.report_by(4)
    assert refused.value.code == "block.fourth"
    with pytest.raises(KeyError):
        GOOD.term("year")
