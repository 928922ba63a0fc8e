"""Whatever is written in a release ends in a clear error, within bounds of memory and time.

The attacks run in one process of their own (`attacks`), under limits of the operating system
that none comes near: a hang or a bomb would kill that process, not this one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from app.engine.expressions import check_name, compile_expression
from app.engine.guards import ExpressionError
from app.engine.tables import look_up
from tests.conventions.diagrams import BPMN
from tests.engine import attacks, patterns

ATTACKS = {name: (attack, words.split("|")) for name, attack, words in attacks.all_of_them()}
MOST_BYTES = 40_000_000


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[Any]]:
    """Each attack's word and the bytes it took, by its name."""
    words = [sys.executable, "-m", "tests.engine.attacks"]
    most = attacks.SECONDS * 3  # of the clock: the limit of the processor's time comes first
    done = subprocess.run(
        words, cwd=BPMN.parent, capture_output=True, text=True, timeout=most, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (lines[-1:], done.stderr[-2_000:])
    return {line[0]: line[1:] for line in lines if len(line) > 1}


def test_every_attack_was_tried(outcomes: dict[str, list[Any]]) -> None:
    assert outcomes.keys() == ATTACKS.keys() and len(ATTACKS) > 250


@pytest.mark.parametrize("name", ATTACKS)
def test_it_ends_in_a_word_and_takes_little(name: str, outcomes: dict[str, list[Any]]) -> None:
    word, taken = outcomes[name]
    assert set(word.split("|")) & set(ATTACKS[name][1]), word
    assert taken < MOST_BYTES


@pytest.mark.parametrize(
    "name", ["n", "mıx", "бағалау", "көрсеткіш_1", "Ѡ"]
)  # letters of any alphabet that stand for themselves
def test_a_name_may_be_in_any_language(name: str) -> None:
    assert check_name(name) == name
    assert compile_expression(name).names == {name}


@pytest.mark.parametrize("name", ["ｎ", "ﬁled", "ª", "𝔫", "_x", "x y", "ｌｅｎ", "len", ""])
def test_a_name_that_no_expression_could_read_is_none(name: str) -> None:
    with pytest.raises(ExpressionError):
        check_name(name)


def test_outside_a_case_no_register_is_asked() -> None:
    table = patterns.rule(
        patterns.table(patterns.row(1, "-", "-", "schedule('report')", '"x"'))
    ).tables["risk"]
    with pytest.raises(ExpressionError, match="unknown_function"):
        look_up(table, {"score": 1, "flags": []})


def words_of(attack: Callable[[], None]) -> str:
    return attacks.word_of(attack)


def test_the_words_tell_a_failure_from_a_result() -> None:
    assert words_of(lambda: attacks.expression("n + 1")) == "computed"
    assert words_of(lambda: attacks.expression("n +")) == "syntax"
