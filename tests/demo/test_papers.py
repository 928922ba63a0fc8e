"""Invented papers, names and figures: real files, plausible numbers, and told as invented."""

from __future__ import annotations

import io
import json
from collections import Counter
from decimal import Decimal
from itertools import pairwise

import pytest

from app.demo import figures, papers
from app.demo.answers_overall import EXAMPLES
from app.demo.names import name
from app.documents.kinds import media_type_of
from app.domain import methodology
from app.domain.methodology import Indicator
from app.engine import formulas

PAPERS = [
    (papers.table("Есеп", ("индикатор", "мәні"), [("1.1.1", "12.5")]), "text/csv"),
    (papers.note("Акт", ["Бір жол"]), "text/plain"),
    (papers.letter("Хат", "Ілеспе хат", ["One line (1) \\"]), "application/pdf"),
]
BODIES = ("akmola", "mne", "astana", "mia", "zhambyl")


@pytest.mark.parametrize(("paper", "kind"), PAPERS)
def test_papers_are_accepted_as_what_they_are(paper: papers.Paper, kind: str) -> None:
    assert media_type_of(paper.name, io.BytesIO(paper.content)) == kind


def test_every_paper_says_in_three_languages_that_it_is_invented() -> None:
    told = papers.INVENTED
    assert "Көрсетілім" in told[0] and "вымышленный" in told[1] and "invented" in told[2]
    for paper, kind in PAPERS[:2]:
        text = paper.content.decode()
        assert all(line in text for line in told), kind
    title = PAPERS[2][0].content.rpartition(b"/Title <")[2].partition(b">")[0]
    assert all(line in bytes.fromhex(title.decode()).decode("utf-16") for line in told)


def test_a_letter_is_a_whole_pdf() -> None:
    content = PAPERS[2][0].content
    table = content.partition(b"\nxref\n")[2].splitlines()[2:8]
    for number, place in enumerate(table, start=1):
        assert content[int(place[:10]) :].startswith(b"%d 0 obj" % number)
    start = int(content.rpartition(b"startxref\n")[2].split()[0])
    assert content[start:].startswith(b"xref")


def test_names_hardly_repeat() -> None:
    names = Counter(name(number)["kk"] for number in range(1, 300))
    assert sum(times - 1 for times in names.values()) <= 2
    for number in range(1, 300):
        found = name(number)
        assert set(found) == {"kk", "ru", "en"} and found["en"].isascii()


def asked() -> list[tuple[int, Indicator, figures.Question]]:
    found = []
    for block in (1, 2, 3):
        content = methodology.read((EXAMPLES / f"block-{block}.json").read_bytes())
        for one in content.indicators():
            question = figures.Question(one.code, one.formula, one.names, one.unit["en"])
            found.append((block, one, question))
    return found


def test_figures_bring_the_formula_near_to_the_level_of_the_body() -> None:
    for block, one, question in asked():
        for body in BODIES:
            values = figures.figures(1, 2017, body, block, question)
            assert tuple(values) == one.names
            result = formulas.evaluate(one.formula, values)
            aim = figures.aimed(1, 2017, body, block, one.code)
            assert not isinstance(result, bool) and 0 <= result <= 100
            assert abs(result - aim) < 5, (one.code, body, values)


def test_figures_follow_a_trend() -> None:
    for body in BODIES:
        levels = [figures.level(1, year, body, 1) for year in range(2016, 2022)]
        assert all(abs(before - after) <= 5 for before, after in pairwise(levels))
        assert all(40 <= level <= 98 for level in levels)
    compared = 0
    for block, one, question in asked():
        values = figures.figures(1, 2017, "akmola", block, question)
        for variable in one.variables:
            free = variable.previous not in formulas.compile_formula(one.formula).names
            if variable.previous is not None and free:
                compared += 1
                now, before = values[variable.name], values[variable.previous]
                assert abs(now - before) <= now / 5 + 1, (one.code, variable.name)
    assert compared > 5


def test_figures_fit_other_formulas_too() -> None:
    def result(formula: str, *names: str) -> Decimal | bool:
        question = figures.Question("9.9", formula, names, "%")
        return formulas.evaluate(formula, figures.figures(1, 2017, "akmola", 1, question))

    assert 30 < result("min(100, max(0, points))", "points") <= 100
    assert result("100 if published == 1 else 0", "published") == 100
    assert result("50", "anything") == 50


def test_the_example_methodologies_are_told_as_examples() -> None:
    for block in (0, 1, 2, 3):
        assert json.loads((EXAMPLES / f"block-{block}.json").read_bytes())["example"] is True
