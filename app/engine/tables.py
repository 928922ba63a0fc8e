"""Decision tables (DMN), read and evaluated here.

The library's own evaluation pastes cells into text and lets `1,2,5` or `not(5)` silently
never match; here each cell is compiled once, and what it does not understand is a finding.

A cell is empty or `-` (anything), a value (`"yes"`, `5`, `True`: equal), a comparison
(`>= 70`, `in ("a", "b")`, `!= 3`) or a condition about `?` (`? > 3 and ? < 9`). Hit policies:
UNIQUE and FIRST take the first row that matches; COLLECT gathers every match into lists.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from app.engine.expressions import Expression, check_name, compile_expression
from app.engine.guards import ExpressionError
from app.engine.safe_xml import line_of, local
from app.engine.values import Json, normalise_object

# Rows and cells of one table: each is compiled, and a row is looked at cell by cell.
MOST_ROWS: Final = 500
MOST_CELLS: Final = 5_000
POLICIES: Final = frozenset({"UNIQUE", "FIRST", "COLLECT"})
INPUT: Final = "dmn_input"
_COMPARISON: Final = re.compile(r"^(<=|>=|<|>|==|!=|in\b|not\s+in\b)")
_MARK: Final = re.compile(r"""("[^"]*"|'[^']*')|\?""")

Evaluate = Callable[[Expression, Mapping[str, Any] | None], Any]


class TableError(ValueError):
    """A table that cannot be taken; `line` is in its file."""

    def __init__(self, code: str, detail: str, line: int) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.line = line


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a test for each input (None: anything) and a value for each output."""

    tests: tuple[Expression | None, ...]
    values: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table; `outputs` are the names its values get in the case's data."""

    id: str
    name: str
    file: str
    line: int
    policy: str
    inputs: tuple[Expression, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression in the table."""
        cells = (e for rule in self.rules for e in (*rule.tests, *rule.values) if e is not None)
        return (*self.inputs, *cells)

    @property
    def has_last_resort(self) -> bool:
        """Whether some row matches whatever comes."""
        return any(all(test is None for test in rule.tests) for rule in self.rules)

    def decide(self, evaluate: Evaluate) -> dict[str, Any]:
        """Find the values for the data that `evaluate` looks into.

        Raises:
            ExpressionError: `no_rule_matches`, or what an expression raised.
        """
        given = [{INPUT: evaluate(expression, None)} for expression in self.inputs]
        collected: dict[str, list[Any]] = {name: [] for name in self.outputs}
        for rule in self.rules:
            fits = all(
                test is None or evaluate(test, value)
                for test, value in zip(rule.tests, given, strict=True)
            )
            if not fits:
                continue
            row = {
                name: evaluate(value, None)
                for name, value in zip(self.outputs, rule.values, strict=True)
            }
            if self.policy != "COLLECT":
                return row
            for name, value in row.items():
                collected[name].append(value)
        if self.policy != "COLLECT":
            raise ExpressionError("no_rule_matches", self.id)
        return dict(collected)


def look_up(table: Table, values: Mapping[str, Json]) -> dict[str, Json]:
    """Find the values of a table outside a case's step: for an operation or a page.

    `values` holds what the inputs ask for, by name. Only functions without a clock or a
    register can be called.

    Raises:
        ExpressionError: as for `Table.decide`; NotAValue: `values` are no JSON.
    """
    given = normalise_object(dict(values))
    return normalise_object(table.decide(lambda e, extra: e.evaluate(given, extra=extra)))


def read_table(path: str, root: etree._Element) -> Table:
    """Read the decision table of a DMN file (any version: tags are told by name).

    Raises:
        TableError: no table or several, a hit policy or a cell that would not do what it says.
    """
    decisions = [n for n in root.iter() if local(n) == "decision"]
    tables = [n for n in root.iter() if local(n) == "decisionTable"]
    if len(decisions) != 1 or len(tables) != 1:
        raise TableError("dmn_one_table", "one decision with one table a file", line_of(root))
    decision, node = decisions[0], tables[0]
    policy = (node.get("hitPolicy") or "UNIQUE").upper()
    if policy not in POLICIES or node.get("aggregation"):
        raise TableError("dmn_policy", f"hit policy {policy}", line_of(node))
    _bounded(node)
    inputs = tuple(_expression(_inner(n), n) for n in node if local(n) == "input")
    outputs = tuple(_output(n) for n in node if local(n) == "output")
    rules = tuple(_rule(n, len(inputs), len(outputs)) for n in node if local(n) == "rule")
    if not inputs or not outputs or not rules:
        raise TableError("dmn_empty", "no input, output or row", line_of(node))
    return Table(
        id=str(decision.get("id")),
        name=str(decision.get("name") or ""),
        file=path,
        line=line_of(decision),
        policy=policy,
        inputs=inputs,
        outputs=outputs,
        rules=rules,
    )


def _bounded(node: etree._Element) -> None:
    rows = sum(local(n) == "rule" for n in node)
    cells = sum(local(n) in ("input", "output", "inputEntry", "outputEntry") for n in node.iter())
    if rows > MOST_ROWS or cells > MOST_CELLS:
        raise TableError("too_many", f"{rows} rows, {cells} cells", line_of(node))


def _rule(node: etree._Element, inputs: int, outputs: int) -> Rule:
    tests = [n for n in node if local(n) == "inputEntry"]
    values = [n for n in node if local(n) == "outputEntry"]
    if len(tests) != inputs or len(values) != outputs:
        raise TableError("dmn_row", "cells do not fit the columns", line_of(node))
    return Rule(
        tuple(_test(n) for n in tests),
        tuple(_expression(_text(n), n) for n in values),
    )


def _test(node: etree._Element) -> Expression | None:
    text = _text(node)
    if text in ("", "-"):
        return None
    marked = _MARK.sub(lambda found: found.group(1) or INPUT, text)
    if marked != text:
        return _expression(marked, node)
    if _COMPARISON.match(text):
        return _expression(f"{INPUT} {text}", node)
    _refuse_feel(text, node)
    return _expression(f"{INPUT} == ({text})", node)


def _refuse_feel(text: str, node: etree._Element) -> None:
    """Refuse what FEEL reads as a test and this language would read as a value."""
    try:
        body = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # compiling it says what is wrong
    if isinstance(body, ast.Tuple):
        raise TableError("dmn_list", f"write `in ({text})`", line_of(node))
    if isinstance(body, ast.UnaryOp) and isinstance(body.op, ast.Not):
        raise TableError("dmn_not", "write `!= …` or `not in (…)`", line_of(node))


def _expression(text: str, node: etree._Element) -> Expression:
    try:
        return compile_expression(text)
    except ExpressionError as error:
        raise TableError(error.code, error.detail, line_of(node)) from None


def _output(node: etree._Element) -> str:
    try:
        return check_name(str(node.get("name") or ""))
    except ExpressionError as error:
        raise TableError("bad_name", f"output {error.detail!r}", line_of(node)) from None


def _inner(node: etree._Element) -> str:
    found = [n for n in node if local(n) == "inputExpression"]
    return _text(found[0]) if found else ""


def _text(node: etree._Element) -> str:
    found = [n for n in node if local(n) == "text"]
    return (found[0].text or "").strip() if found else ""
