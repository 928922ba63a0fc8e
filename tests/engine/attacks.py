"""Attacks on whatever a release may compute, run in a process of their own that is bounded.

Each attack gives a word: the code of the error it ends in, or `computed` where it does no
harm. `python -m tests.engine.attacks` runs all of them and prints, a line of JSON each, the
attack's name, its word and the most memory that it took.
"""

from __future__ import annotations

import json
import resource
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from app.domain.methodology import FormulaFailed
from app.engine.errors import EngineError, ReleaseError
from app.engine.expressions import compile_expression, compile_script, run_script
from app.engine.formulas import evaluate
from app.engine.guards import ExpressionError
from app.engine.values import normalise
from tests.engine import patterns
from tests.engine.attacking_texts import EXPRESSIONS
from tests.engine.hosts import Answering, Case
from tests.engine.models import bpmn, release

SECONDS = 240
MEGABYTES = 1_500


def nested(levels: int) -> Any:
    """A list in a list, so many times."""
    made: Any = [1]
    for _ in range(levels - 1):
        made = [made]
    return made


@cache
def hostile() -> dict[str, Any]:
    """The largest data that a case may hold, made to be slow to compare."""
    near = "a" * 99_990
    return normalise({
        "n": 5, "s": "text", "word": "w" * 900,
        "big": [[i, "x"] for i in range(1_800)],
        "same": [[i, "x"] for i in range(1_800)],
        "deep": nested(28), "deep_too": nested(28),
        "long": near + "b", "longer": near + "c",
        "texts": [near + str(i) for i in range(5)],
        "votes": {f"p-{i}": {"vote": "for"} for i in range(500)},
        "marks": [{"vote": "v" * 40} for _ in range(500)],
    })  # fmt: skip


DOUBLING = {
    "lists": ("a = [1]", "a = a + a", "too_large|too_much_work"),
    "lists in lists": ("a = [1]", "a = [a, a]", "not_a_value"),
    "objects": ("a = {}", "a = {'l': a, 'r': a}", "not_a_value"),
    "texts": ("a = 'xxxxxxxx'", "a = a + a", "too_large"),
    "numbers": ("a = 3", "a = a * a", "too_large"),
    "texts in lists": ("a = [long]", "a = a + a", "not_a_value"),
    "a text many times": ("a = [" + "long, " * 200 + "]", "b = a", "not_a_value"),
}

# What each round of a loop of script tasks does: the act ends in an incident before the bound.
ROUNDS = {
    "a counter": "n = n + 1",
    "a list that grows": "items = items + [1]",
    "a text that grows": "text = text + 'xxxxxxxxxxxxxxxx'",
    "a list that doubles": "items = items + items + [1]",
    "a large list written anew": "\n".join(f"copy{i} = big + [n]" for i in range(40)),
    "large lists compared": "\n".join(
        f"yes{i} = " + " and ".join(["big == same"] * 20) for i in range(5)
    ),
    "large lists searched": "\n".join(
        f"yes{i} = " + " or ".join(["deep in big"] * 20) for i in range(5)
    ),
    "counting": "\n".join(
        f"n{i} = " + "+".join(["count(marks, 'vote', 'x')"] * 20) for i in range(3)
    ),
    "functions called": "\n".join(
        f"t{i} = [" + "schedule(s), " * 30 + "]" for i in range(4)
    ),
    "functions of large data": "\n".join(
        f"t{i} = [" + "schedule(big), " * 30 + "]" for i in range(3)
    ),
    "long texts kept": "\n".join(f"t{i} = [long, longer, texts]" for i in range(50)),
}  # fmt: skip

CELLS = {
    name: EXPRESSIONS[name]
    for name in ("power", "repeat a text", "comprehension", "dunder", "walrus", "lambda",
                 "f-string", "deep lists", "wide letters of a function", "wide list")
}  # fmt: skip

FORMULAS: Mapping[str, tuple[str, str]] = {
    name: EXPRESSIONS[name]
    for name in (
        "power", "shift", "repeat a text", "repeat a tuple", "matrix", "comprehension", "generator",
        "lambda", "walrus", "starred", "set", "slice", "format", "f-string", "dunder",
        "dunder name", "import", "builtins", "guard", "guard as a value", "functions as a value",
        "call of a call", "eval", "wide letters of a guard", "wide letters of a name",
        "wide letters of a function", "wide function as a value", "huge literal",
        "huge hexadecimal", "too many digits", "infinite", "imaginary", "bytes",
        "deep parentheses", "deep lists", "deep objects", "deep minus", "deep not",
        "deep conditions", "many parts", "wide list", "null", "format by percent",
    )
} | {
    "multiply on": ("*".join(["999999999999999"] * 100), "too_large|too_deep"),
    "tiny": ("1 / 1e-99999999", "too_large"),
    "tiny to nothing": ("1e-999999999 * 1e-999999999", "computed"),
    "tiny key": ("{1e-999999999: 1}[1e-999999999]", "computed"),
    "far apart": ("1e15 == 1e-999999999", "computed"),
    "far apart, added": ("1e15 + 1e-999999999", "computed"),
    "remainder of far apart": ("1e15 % 1e-99", "too_large"),
    "floor of far apart": ("1e15 // 1e-99", "too_large"),
    "rounded": ("round(1e-999999999, 12)", "computed"),
    "rounded far": ("round(1, 1e15)", "type"),
    "sum of texts": ("sum(['a', 'b'])", "type"),
    "texts put together": ("'a' + 'b'", "type"),
    "text times": ("'a' * 1000000000", "type"),
    "list times": ("[1] * 1000000000", "type"),
    "a text": ("'a'", "type"),
    "a part that is far": ("[1][1e15]", "missing_key"),
    "not a number": ("Decimal('NaN')", "unknown_function"),
}  # fmt: skip


def expression(text: str) -> None:
    """Compile and evaluate an expression over hostile data."""
    compile_expression(text).evaluate(hostile())


def script(text: str) -> None:
    """Run a script over hostile data."""
    run_script(compile_script(text), hostile())


def looping(each_round: str) -> None:
    """A case that runs a script for ever."""
    nodes = (
        '<startEvent id="start"/><exclusiveGateway id="in"/>'
        f'<scriptTask id="work"><script>{each_round}</script></scriptTask>'
        '<exclusiveGateway id="out"/><endEvent id="end"/>'
    )
    flows = "start > in > work > out\nout > end if s == 'never'\nout > in else"
    data = hostile() | {"items": [1], "text": "x"}
    endless = release(bpmn("endless", nodes, flows))
    host = Answering(dates={})
    host.dates = _Anything()
    Case(endless, host).start("endless", **data)


class _Anything(dict[str, str]):
    """Answers the schedule whatever is asked."""

    def __getitem__(self, key: object) -> str:
        return "2017-05-10T19:00:00Z" if isinstance(key, str) else "x" * 2_000


def cell(text: str) -> None:
    """A decision table with a cell."""
    written = text.replace("&", "&amp;").replace("<", "&lt;").replace("\0", "")
    table = patterns.table(patterns.row(1, written, "-", "True", '"x"'))
    Case(patterns.rule(table)).start("rule", score=1, flags=[])


def all_of_them() -> Iterator[tuple[str, Callable[[], None], str]]:
    """Every attack: its name, what to do and the words that it may end in."""
    for name, (text, word) in EXPRESSIONS.items():
        yield f"expression: {name}", partial(expression, text), word
        if word != "computed":
            yield f"script: {name}", partial(script, f"a = {text}"), f"{word}|not_an_assignment"
    for name, (first, again, word) in DOUBLING.items():
        yield f"doubling: {name}", partial(script, "\n".join([first, *[again] * 45])), word
    for name, text in ROUNDS.items():
        allowed = "too_many_steps|too_much_work|too_large|not_a_value"
        yield f"round: {name}", partial(looping, text), allowed
    for name, (text, word) in CELLS.items():
        yield f"cell: {name}", partial(cell, text), word
    for name, (text, word) in FORMULAS.items():
        yield f"formula: {name}", partial(evaluate, text, {}), word


def word_of(attack: Callable[[], None]) -> str:
    """Run an attack; the word that it ends in."""
    try:
        attack()
    except (ExpressionError, FormulaFailed) as error:
        return error.code
    except EngineError as error:
        assert error.element and error.line, error
        return error.code
    except ReleaseError as error:
        return "|".join(sorted({f.code for f in error.findings if f.level == "error"}))
    return "computed"


def main() -> None:
    """Run every attack within bounds of memory and time that it must not come near."""
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    hostile()
    for name, attack, _ in all_of_them():
        print(json.dumps([name]), flush=True)
        tracemalloc.start()
        word = word_of(attack)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(json.dumps([name, word, peak]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
