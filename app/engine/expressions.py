"""The expression language: a small subset of Python, whitelisted node by node, and bounded.

Conditions, terms, parameters, cells of tables and script tasks are written in it. There are
no attributes, no comprehensions, no powers, no slices and no calls but of the functions
named here, so an expression can reach nothing but the case's data. Every operation that could
grow is guarded: integers stay within 2^53 - 1, texts and lists within a set length. What
breaks a rule is an `ExpressionError`, at compile time where that is possible.

An expression is compiled once and kept: evaluating a simple condition takes about one
microsecond.
"""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any, Final

from app.engine.guards import GUARDS, PURE, ExpressionError
from app.engine.values import LARGEST, Json, NotAValue, normalise

# Functions that the service layer hands in; their answers are recorded with the act.
HANDED_IN: Final = frozenset({"working_days_after", "calendar_days_after", "schedule"})
FUNCTIONS: Final = HANDED_IN | frozenset(PURE)

LONGEST: Final = 2_000
MOST_NODES: Final = 500
DEEPEST: Final = 40
MOST_STATEMENTS: Final = 50

_BINARY: Final[Mapping[type[ast.operator], str]] = {
    ast.Add: "_add",
    ast.Sub: "_sub",
    ast.Mult: "_mul",
    ast.Div: "_div",
    ast.FloorDiv: "_floor",
    ast.Mod: "_mod",
}
_PLAIN: Final = (
    ast.BoolOp, ast.And, ast.Or, ast.Not, ast.IfExp, ast.Compare, ast.Eq, ast.NotEq, ast.Lt,
    ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Load, ast.List, ast.Tuple,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: its text, the names it reads and the functions it calls."""

    text: str
    names: frozenset[str]
    calls: frozenset[str]
    code: CodeType

    def evaluate(
        self,
        data: Mapping[str, Json],
        functions: Mapping[str, Callable[..., Json]] = PURE,
        extra: Mapping[str, Json] | None = None,
    ) -> Any:
        """Evaluate over `data`; `functions` must hold `PURE` and what the expression calls.

        The result is not copied and may be a float or a tuple; what is kept goes through
        `normalise`.

        Raises:
            ExpressionError: a name or key is missing, types do not fit, a bound is passed.
        """
        scope = {**data, **extra, **GUARDS} if extra else {**data, **GUARDS}
        scope["_f"] = functions
        try:
            return eval(self.code, scope)  # the code holds whitelisted nodes only
        except NameError as error:
            raise ExpressionError("unknown_name", str(error.name)) from None
        except TypeError as error:
            raise ExpressionError("type", str(error)) from None
        except ZeroDivisionError:
            raise ExpressionError("zero_division", self.text) from None
        except (OverflowError, RecursionError, MemoryError) as error:
            raise ExpressionError("too_large", type(error).__name__) from None


@dataclass(frozen=True, slots=True)
class Assignment:
    """One statement of a script: `name = expression`."""

    name: str
    value: Expression


@lru_cache(maxsize=8192)
def compile_expression(text: str, allowed: frozenset[str] = FUNCTIONS) -> Expression:
    """Compile one expression; `allowed` names the functions it may call.

    Raises:
        ExpressionError: `syntax`, `not_allowed`, `unknown_function`, `too_long`, `too_deep`.
    """
    tree = _parse(text.strip(), "eval")
    assert isinstance(tree, ast.Expression)
    return _compiled(tree.body, text.strip(), allowed)


@lru_cache(maxsize=1024)
def compile_script(text: str, allowed: frozenset[str] = FUNCTIONS) -> tuple[Assignment, ...]:
    """Compile a script: assignments of expressions to names, one a line, nothing else.

    Raises:
        ExpressionError: as for `compile_expression`; `not_an_assignment` for another statement.
    """
    tree = _parse(textwrap.dedent(text.replace("\t", "    ")).strip(), "exec")
    assert isinstance(tree, ast.Module)
    if len(tree.body) > MOST_STATEMENTS:
        raise ExpressionError("too_long", f"more than {MOST_STATEMENTS} statements")
    found: list[Assignment] = []
    for statement in tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if not isinstance(statement, ast.Assign) or not isinstance(target, ast.Name):
            raise ExpressionError("not_an_assignment", f"line {statement.lineno}")
        if len(statement.targets) > 1:
            raise ExpressionError("not_an_assignment", f"line {statement.lineno}")
        check_name(target.id)
        value = _compiled(statement.value, ast.unparse(statement.value), allowed)
        found.append(Assignment(target.id, value))
    return tuple(found)


def run_script(
    script: tuple[Assignment, ...],
    data: Mapping[str, Json],
    functions: Mapping[str, Callable[..., Json]] = PURE,
) -> dict[str, Json]:
    """Run a script over a copy of `data` and return what it assigned.

    Raises:
        ExpressionError: as for `Expression.evaluate`; `not_a_value` where a case cannot hold
            the result.
    """
    scope = dict(data)
    written: dict[str, Json] = {}
    for assignment in script:
        try:
            value = normalise(assignment.value.evaluate(scope, functions))
        except NotAValue as error:
            raise ExpressionError("not_a_value", f"{assignment.name}: {error}") from None
        scope[assignment.name] = written[assignment.name] = value
    return written


def check_name(name: str) -> str:
    """Return `name` if data may stand under it.

    Raises:
        ExpressionError: no name, hidden (`_…`), or the name of a function.
    """
    if not name.isidentifier() or name.startswith("_") or name in FUNCTIONS:
        raise ExpressionError("bad_name", name)
    return name


def _parse(text: str, mode: str) -> ast.AST:
    if not text:
        raise ExpressionError("syntax", "nothing written")
    if len(text) > LONGEST:
        raise ExpressionError("too_long", f"{len(text)} characters")
    try:
        with warnings.catch_warnings():  # Python's advice on style would only fill the log
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(text, mode=mode)
    except SyntaxError as error:
        raise ExpressionError("syntax", f"{error.msg}: {text[:80]}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("too_deep", str(error)) from None


def _compiled(body: ast.expr, text: str, allowed: frozenset[str]) -> Expression:
    rewriter = _Rewriter(allowed)
    tree = ast.Expression(rewriter.rewrite(body, DEEPEST))
    ast.fix_missing_locations(tree)
    with warnings.catch_warnings():  # as above
        warnings.simplefilter("ignore", SyntaxWarning)
        code = compile(tree, "<expression>", "eval")
    return Expression(text, frozenset(rewriter.names), frozenset(rewriter.calls), code)


class _Rewriter:
    """Checks every node against the whitelist and puts guards where values could grow."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self.allowed = allowed
        self.names: set[str] = set()
        self.calls: set[str] = set()
        self._left = MOST_NODES

    def rewrite(self, node: ast.expr, depth: int) -> ast.expr:
        self._left -= 1
        if self._left < 0:
            raise ExpressionError("too_long", f"more than {MOST_NODES} parts")
        if depth == 0:
            raise ExpressionError("too_deep", f"more than {DEEPEST} levels")
        special = getattr(self, f"_{type(node).__name__.lower()}", None)
        if special is not None:
            written: ast.expr = special(node, depth - 1)
            return written
        if not isinstance(node, _PLAIN):
            raise ExpressionError("not_allowed", type(node).__name__)
        self._children(node, depth - 1)
        return node

    def _children(self, node: ast.AST, depth: int) -> None:
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                setattr(node, field, self.rewrite(value, depth))
            elif isinstance(value, list):
                fresh = [self.rewrite(v, depth) if isinstance(v, ast.expr) else v for v in value]
                setattr(node, field, fresh)

    def _constant(self, node: ast.Constant, depth: int) -> ast.expr:
        value = node.value
        if type(value) is int and abs(value) > LARGEST:
            raise ExpressionError("too_large", "an integer beyond 2^53 - 1")
        if value is not None and type(value) not in (bool, int, float, str):
            raise ExpressionError("not_allowed", type(value).__name__)
        if type(value) is float and not abs(value) <= LARGEST:
            raise ExpressionError("too_large", "a number beyond 2^53 - 1")
        return ast.Constant(value)

    def _name(self, node: ast.Name, depth: int) -> ast.expr:
        if node.id.startswith("_"):
            raise ExpressionError("not_allowed", node.id)
        if node.id in FUNCTIONS:
            raise ExpressionError("not_allowed", f"{node.id} without a call")
        self.names.add(node.id)
        return node

    def _call(self, node: ast.Call, depth: int) -> ast.expr:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise ExpressionError("not_allowed", "a call of something that is no function")
        if node.func.id not in self.allowed:
            raise ExpressionError("unknown_function", node.func.id)
        self.calls.add(node.func.id)
        function = ast.Subscript(_hidden("_f"), ast.Constant(node.func.id), ast.Load())
        return ast.Call(function, [self.rewrite(a, depth) for a in node.args], [])

    def _subscript(self, node: ast.Subscript, depth: int) -> ast.expr:
        if isinstance(node.slice, ast.Slice):
            raise ExpressionError("not_allowed", "Slice")
        parts = [self.rewrite(node.value, depth), self.rewrite(node.slice, depth)]
        return ast.Call(_hidden("_get"), parts, [])

    def _binop(self, node: ast.BinOp, depth: int) -> ast.expr:
        guard = _BINARY.get(type(node.op))
        if guard is None:
            raise ExpressionError("not_allowed", type(node.op).__name__)
        parts = [self.rewrite(node.left, depth), self.rewrite(node.right, depth)]
        return ast.Call(_hidden(guard), parts, [])

    def _unaryop(self, node: ast.UnaryOp, depth: int) -> ast.expr:
        operand = self.rewrite(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return ast.UnaryOp(ast.Not(), operand)
        if isinstance(node.op, ast.USub | ast.UAdd):
            sign = -1 if isinstance(node.op, ast.USub) else 1
            return ast.Call(_hidden("_mul"), [ast.Constant(sign), operand], [])
        raise ExpressionError("not_allowed", type(node.op).__name__)

    def _compare(self, node: ast.Compare, depth: int) -> ast.expr:
        sides = [node.left, *node.comparators]
        for i, op in enumerate(node.ops):
            if isinstance(op, ast.Is | ast.IsNot):
                # `is` between other values would ask where they lie in memory.
                if not any(_is_none(side) for side in sides[i : i + 2]):
                    raise ExpressionError("not_allowed", "`is` with something other than None")
            elif not isinstance(op, _PLAIN):
                raise ExpressionError("not_allowed", type(op).__name__)
        self._children(node, depth)
        return node

    def _dict(self, node: ast.Dict, depth: int) -> ast.expr:
        keys = [k for k in node.keys if k is not None]
        if len(keys) < len(node.keys):
            raise ExpressionError("not_allowed", "`**` in an object")
        fresh: list[ast.expr | None] = [self.rewrite(k, depth) for k in keys]
        return ast.Dict(fresh, [self.rewrite(v, depth) for v in node.values])


def _hidden(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
