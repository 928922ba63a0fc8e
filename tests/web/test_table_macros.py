"""The macros of the tables of a year: wrong cells, very many of them, one evaluation."""

from __future__ import annotations

import jinja2
import pytest

from tests.web.stand_ins import TABLES
from tests.web.test_templates import ROOT, drawn, form_of, pages

__all__ = ["pages"]


@pytest.mark.parametrize("name", ["block_evaluation/report", "part_evaluation/score"])
def test_a_wrong_cell_of_a_year_is_told_in_its_row_and_linked(
    pages: jinja2.Environment, name: str
) -> None:
    process, _, form = name.partition("/")
    read = form_of(ROOT / f"bpmn/{process}/forms/{form}.json")
    [field] = [field.name for field in read.fields if field.type in TABLES]
    given = {field: {"1.1": {"values": {"fact": "12,5"}, "documents": ["7"]}}}
    page = drawn(pages, read, values=given, errors={f"{field}-1.1-fact": "a comma"})
    [cell] = page.xpath(f"//input[@name='{field}-1.1-fact']")
    assert cell.get("value") == "12,5" and cell.get("aria-invalid") == "true"
    assert (cell.get("type"), cell.get("inputmode")) == ("text", "decimal")
    [told] = page.xpath(f"//*[@id='{cell.get('aria-describedby')}']")
    assert "a comma" in told.text_content()
    [link] = page.xpath("//*[@data-errors]//a")
    assert link.get("href") == f"#{cell.get('id')}"
    assert link.text_content() == "1.1, Нақты: a comma"
    assert page.xpath(f"//input[@name='{field}-1.1-documents'][@checked]/@value") == ["7"]


def test_of_very_many_errors_the_first_are_named(pages: jinja2.Environment) -> None:
    form = form_of(ROOT / "bpmn/block_evaluation/forms/report.json")
    page = drawn(pages, form, errors={f"figures-1.{n}-fact": "wrong" for n in range(40)})
    [summary] = page.xpath("//*[@data-errors]")
    assert len(summary.xpath(".//a")) == 12
    assert "28" in summary.text_content()
