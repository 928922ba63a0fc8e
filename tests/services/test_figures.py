"""The table of a report (¶ 9(3), 17, 20, 40): what is asked for, and each wrong cell."""

from __future__ import annotations

from typing import Any

import pytest

from app.demo import appeal
from app.domain.refusals import Invalid
from app.models.evaluation import (
    Report,
    ReportItem,
)
from app.services import task_page
from tests.services.evaluating import GOALS, Year, figures

# The term of block 1 is 15 February 2018, to its end in Astana.
TERM_ENDS = appeal.at("2018-02-16T00:00")


def refused(year: Year, case: int, given: Any) -> dict[str, str]:
    """The wrong cells of a report that is refused, with the codes of their sentences."""
    with pytest.raises(Invalid) as told:
        year.report(case, given)
    assert year.stage.all(Report) == []
    return {error.field: error.code for error in told.value.fields}


def test_figures_stay_out_of_the_case(year: Year) -> None:
    case = year.case_of("akmola")
    before = len(year.stage.case(case).state)
    year.report(case, figures(year.attach("akmola.officer1", case, "report")))
    after = len(year.stage.case(case).state)
    assert after < before + 300, (before, after)
    [event] = year.stage.events("task.completed", case)
    assert event["facts"]["answers"]["figures"]["1.1.2"]["values"] == GOALS["1.1.2"]


def test_what_there_are_no_data_on_is_no_gap(year: Year) -> None:
    case = year.case_of("akmola")
    none = {"values": {}, "no_data": ["fact", "plan"], "documents": []}
    year.report(case, figures(**{"2.1.1": none}))
    [row] = year.stage.all(Report)
    assert row.missing == 0
    found = {(i.indicator, i.variable): i.value for i in year.stage.all(ReportItem)}
    assert found["2.1.1", "fact"] is None and found["1.1.1", "fact"] == "90"


def test_nothing_at_all_is_taken_in_and_stamped(year: Year) -> None:
    year.report(year.case_of("akmola"), {})
    assert [row.missing for row in year.stage.all(Report)] == [13]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"values": {"fact": "көп", "plan": "1"}}, {"fact": "figures.not_a_number"}),
        ({"values": {"fact": "12,5"}}, {"fact": "form.decimal_comma"}),
        ({"values": {"fact": "1,234.5"}}, {"fact": "form.decimal_comma"}),
        ({"values": {"fact": 1.5}}, {"fact": "figures.not_a_number"}),
        ({"values": {"fact": "1e99"}}, {"fact": "figures.not_a_number"}),
        ({"values": {"plan": "NaN"}}, {"plan": "figures.not_a_number"}),
        ({"values": {"fact": "1"}, "no_data": ["fact"]}, {"fact": "figures.both"}),
        ({"values": {"sum": "1"}}, {"": "figures.unknown_variable"}),
        ({"values": ["1"]}, {"": "form.not_a_choice"}),
        ({"no_data": "fact"}, {"": "form.not_a_choice"}),
        ({"no_data": ["sum"]}, {"": "figures.unknown_variable"}),
        ({"points": "1"}, {"": "form.unknown_field"}),
        ({"documents": [9]}, {"documents": "form.unknown_document"}),
        ({"documents": ["x", None]}, {"documents": "form.unknown_document"}),
    ],
)  # fmt: skip
def test_wrong_cells_are_told_one_by_one(
    year: Year, cells: dict[str, Any], told: dict[str, str]
) -> None:
    found = refused(year, year.case_of("akmola"), {"1.1.2": cells})
    assert found == {f"figures-1.1.2-{cell}".rstrip("-"): code for cell, code in told.items()}


@pytest.mark.parametrize("given", ["text", ["1.1.1"], 7])
def test_what_is_no_table_is_refused(year: Year, given: Any) -> None:
    assert refused(year, year.case_of("akmola"), given) == {"figures": "form.not_a_choice"}


def test_an_indicator_that_is_not_the_bodys_is_refused(year: Year) -> None:
    """By the methodology 2.1.3 is asked of local bodies only."""
    year.open(("moa", 1))
    case = year.case_of("moa")
    given = {"2.1.3": {"values": {"fact": "1"}}, "9.9": {"values": {}}}
    with pytest.raises(Invalid) as told:
        year.report(case, given, "moa.officer1")
    assert {error.field: error.code for error in told.value.fields} == {
        "figures-2.1.3": "figures.unknown_indicator",
        "figures-9.9": "figures.unknown_indicator",
    }
    year.report(case, {}, "moa.officer1")
    assert [row.missing for row in year.stage.all(Report)] == [11]


def test_a_document_of_another_case_is_refused(year: Year) -> None:
    year.open(("aktobe", 1))
    other = year.attach("aktobe.officer1", year.case_of("aktobe"), "report")
    found = refused(year, year.case_of("akmola"), figures(other))
    assert set(found.values()) == {"form.unknown_document"} and len(found) == 6


def test_without_a_methodology_there_is_nothing_to_report_by(year: Year) -> None:
    year.open(("akmola", 2))
    case = year.case_of("akmola", 2)
    with pytest.raises(Invalid, match=r"methodology\.none") as told:
        year.report(case, {})
    assert told.value.paragraph == "17"
    page = task_page.task_page(
        task_id=year.stage.task(case, "report"),
        actor=year.stage.actor("akmola.officer1"),
        now=year.play.now,
    )
    assert page.offers.table is None


def test_the_page_of_a_report_asks_for_every_figure(year: Year) -> None:
    case = year.case_of("akmola")
    page = task_page.task_page(
        task_id=year.stage.task(case, "report"),
        actor=year.stage.actor("akmola.officer1"),
        now=year.play.now,
    )
    table = page.offers.table
    assert table is not None and table.part is None and table.example
    assert [row.code for row in table.rows] == [
        "1.1.1",
        "1.1.2",
        "1.2.1",
        "2.1.1",
        "2.1.2",
        "2.1.3",
    ]
    assert [cell.name for cell in table.rows[0].cells] == ["fact", "plan", "fact_before"]
    assert table.rows[0].cells[0].label["en"] == "Fact"
    assert page.form.page == "figures"
