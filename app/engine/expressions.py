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
import unicodedata
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any, Final

from app.engine.bounds import Meter
from app.engine.guards import GUARDS, PURE, ExpressionError
from app.engine.rewriting import DEEPEST, FUNCTIONS, Rewriter
from app.engine.values import Json, NotAValue, normalise

LONGEST: Final = 2_000
MOST_STATEMENTS: Final = 50


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: its text, the names it reads and the functions it calls.

    `cost` is how many parts it has; `searched` are the names, as often as they are written,
    whose values it may go through, empty where its work does not grow with the data.
    """

    text: str
    names: frozenset[str]
    calls: frozenset[str]
    code: CodeType
    cost: int = 1
    searched: tuple[str, ...] = ()

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
        except KeyError as error:  # a missing part of the data has a word of its own
            raise ExpressionError("unknown_function", str(error.args[0])) from None
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
    tree = parse(text.strip(), "eval")
    assert isinstance(tree, ast.Expression)
    return _compiled(tree.body, text.strip(), allowed)


@lru_cache(maxsize=1024)
def compile_script(text: str, allowed: frozenset[str] = FUNCTIONS) -> tuple[Assignment, ...]:
    """Compile a script: assignments of expressions to names, one a line, nothing else.

    Raises:
        ExpressionError: as for `compile_expression`; `not_an_assignment` for another statement.
    """
    if len(text) > LONGEST:
        raise ExpressionError("too_long", f"{len(text)} characters")
    plain = textwrap.dedent(text.replace("\t", "    ")).strip()
    tree = parse(plain, "exec")
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
        # Cut out of the script: writing a tree that is not checked yet could recurse too far.
        written = ast.get_source_segment(plain, statement.value) or ""
        value = _compiled(statement.value, written, allowed)
        found.append(Assignment(target.id, value))
    return tuple(found)


def run_script(
    script: tuple[Assignment, ...],
    data: Mapping[str, Json],
    functions: Mapping[str, Callable[..., Json]] = PURE,
    meter: Meter | None = None,
) -> dict[str, Json]:
    """Run a script over a copy of `data` and return what it assigned.

    Raises:
        ExpressionError: as for `Expression.evaluate`; `not_a_value` where a case cannot hold
            the result, `too_much_work` where the act's meter has run out.
    """
    meter = meter or Meter()
    scope = dict(data)
    written: dict[str, Json] = {}
    for assignment in script:
        meter.evaluating(assignment.value, scope)
        try:
            value = normalise(assignment.value.evaluate(scope, functions))
        except NotAValue as error:
            raise ExpressionError("not_a_value", f"{assignment.name}: {error}") from None
        meter.keeping(value)
        scope[assignment.name] = written[assignment.name] = value
    return written


def check_name(name: str) -> str:
    """Return `name` if data may stand under it.

    Raises:
        ExpressionError: no name, hidden (`_…`), the name of a function, or one that no
            expression could read, since its letters stand for others.
    """
    plain = unicodedata.normalize("NFKC", name)  # as Python reads what is written in expressions
    if not name.isidentifier() or plain != name or name.startswith("_") or name in FUNCTIONS:
        raise ExpressionError("bad_name", name)
    return name


def parse(text: str, mode: str) -> ast.AST:
    """The syntax tree of a text no longer than `LONGEST`; `mode` as of `ast.parse`.

    Raises:
        ExpressionError: `syntax`, `too_long`, `too_deep`.
    """
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
    rewriter = Rewriter(allowed)
    tree = ast.Expression(rewriter.rewrite(body, DEEPEST))
    ast.fix_missing_locations(tree)
    with warnings.catch_warnings():  # as above
        warnings.simplefilter("ignore", SyntaxWarning)
        code = compile(tree, "<expression>", "eval")
    return Expression(
        text=text,
        names=frozenset(rewriter.names),
        calls=frozenset(rewriter.calls),
        code=code,
        cost=rewriter.cost,
        searched=tuple(rewriter.uses) if rewriter.searches else (),
    )
