"""`bagalau result`: the results of a year by body and block, those withheld marked."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from app.demo import methodologies
from app.documents.store import FolderStore
from tests.cli.conftest import cloned_operator, settle
from tests.cli.console import Operator
from tests.conftest import KINDS
from tests.databases import Databases
from tests.services import yearly
from tests.services.test_overall import checked, consented, to_the_check

WITHHELD = {"2/moj": "state_secret"}


def build_published(url: str) -> None:
    """A year to its publication, with one result by block withheld."""
    yearly.build_final(url)
    with yearly.opened_at(url, yearly.FINAL) as stage:
        to_the_check(stage)
        checked(stage, WITHHELD)
        consented(stage)
    settle(url)


@pytest.fixture(params=KINDS)
def published(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[Operator]:
    """An operator of an installation whose results of 2017 are published."""
    for operator in cloned_operator(databases, request.param, build_published, tmp_path):
        content = methodologies.example(0, yearly.YEAR)
        FolderStore(tmp_path / "evidence").put(io.BytesIO(content), len(content))
        yield operator


def test_the_results_are_decimal_text_and_what_is_withheld_is_marked(published: Operator) -> None:
    found = published.run("result", "--year", "2017", "--json").json()
    assert (found["year"], found["version"], found["stage"]) == (2017, 1, "published")
    assert found["example"] is True and len(found["bodies"]) == 32
    by_code = {row["body"]: row for row in found["bodies"]}
    assert sorted(by_code["mia"]["blocks"]) == ["2"]
    moj = by_code["moj"]
    assert moj["blocks"]["2"]["withheld"] and moj["blocks"]["2"]["ground"] == "state_secret"
    assert moj["overall"]["withheld"] and not moj["blocks"]["1"]["withheld"]
    total = sum(
        Decimal(moj["blocks"][block]["points"]) * weight
        for block, weight in (("1", 50), ("2", 25), ("3", 25))
    )
    assert abs(Decimal(moj["overall"]["points"]) - total / 100) <= Decimal("0.005")
    assert moj["overall"]["max"] == "100"


def test_a_table_for_people_and_the_tree_of_one_body(published: Operator) -> None:
    told = published.on_terminal("result", "--year", "2017").splitlines()
    assert told[0].split() == ["body", "block", "1", "block", "2", "block", "3", "overall"]
    [moj] = [line.split() for line in told if line.startswith("moj ")]
    assert [cell.endswith("*") for cell in moj[1:]] == [False, True, False, True]
    assert "an example of a methodology" in told[-2]
    tree = published.run("result", "--year", "2017", "--body", "moj", "--json").json()
    assert [block["weight"] for block in tree["blocks"]] == ["50", "25", "25"]
    assert tree["blocks"][0]["loose"][0]["max"] == "60"


def test_that_figures_are_invented_is_said_in_the_result_and_beside_it(
    published: Operator,
) -> None:
    for more in ((), ("--body", "moj")):
        done = published.run("result", "--year", "2017", *more, "--json")
        assert done.json()["demonstration"] is True
        assert "figures are invented" in done.err


def test_before_there_are_results_it_says_so(operator: Operator) -> None:
    operator.run("result", "--year", "2017", "--json").refused("no results of 2017")
