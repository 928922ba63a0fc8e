"""Formulas of methodologies: the expression language over decimal numbers, bounded.

The whitelist is that of `app/engine/expressions.py`; every number is a `Decimal`, also those
written in the formula, so 0.1 + 0.2 is 0.3 on every machine. Functions: `min`, `max`, `sum`,
`abs`, `round`. Numbers keep to ±10^15 and to 34 digits; there are no powers, no texts to
build and no loops, so a formula's cost is bounded by its length.

A formula is compiled once and kept.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from functools import lru_cache
from types import CodeType
from typing import Any, Final

from app.domain.methodology import FormulaFailed
from app.engine.expressions import parse
from app.engine.guards import MOST_DIGITS, ExpressionError
from app.engine.rewriting import DEEPEST, Rewriter

LARGEST: Final = Decimal(10) ** 15
FUNCTION_NAMES: Final = frozenset({"min", "max", "sum", "abs", "round"})
_CONTEXT: Final = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-99,
    Emax=99,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)

Value = Decimal | str | bool


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled formula: its text, the names it reads, its code and the numbers in it."""

    text: str
    names: frozenset[str]
    code: CodeType
    constants: Mapping[str, Decimal]


def evaluate(formula: str, values: Mapping[str, Value]) -> Decimal | bool:
    """Evaluate `formula` over `values`; a condition gives yes or no, all else a number.

    Raises:
        FormulaFailed: it may not be written so, a name is unknown, a division by zero, a
            number is too large, or the result is neither number nor yes or no.
    """
    compiled = compile_formula(formula)
    # Values first: nothing that is handed in can take the place of a guard.
    scope: dict[str, Any] = {name: _entering(name, value) for name, value in values.items()}
    scope.update(compiled.constants)
    scope.update(_GUARDS)
    try:
        with localcontext(_CONTEXT):
            result = eval(compiled.code, scope)  # the code holds whitelisted nodes only
            if isinstance(result, bool):
                return result
            return _bounded(_number(result)) + 0  # a negative zero becomes zero
    except NameError as error:
        raise FormulaFailed("unknown_name", str(error.name)) from None
    except ExpressionError as error:
        raise FormulaFailed(error.code, error.detail) from None
    except (DecimalException, ArithmeticError, RecursionError, MemoryError) as error:
        raise FormulaFailed("too_large", type(error).__name__) from None
    except TypeError:
        raise FormulaFailed("type", compiled.text) from None


def check(formula: str, names: Collection[str]) -> None:
    """Check that `formula` may be written so and asks only for `names`.

    Raises:
        FormulaFailed: `unknown_name` with the first unknown name in the order of the
            alphabet, or what `compile_formula` refuses.
    """
    unknown = sorted(compile_formula(formula).names - set(names))
    if unknown:
        raise FormulaFailed("unknown_name", unknown[0])


@lru_cache(maxsize=4096)
def compile_formula(text: str) -> Formula:
    """Compile one formula.

    Raises:
        FormulaFailed: `syntax`, `not_allowed`, `unknown_function`, `too_long`, `too_deep`,
            `too_large`.
    """
    stripped = text.strip()
    try:
        tree = parse(stripped, "eval")
        assert isinstance(tree, ast.Expression)
        rewriter = _DecimalRewriter(stripped)
        body = ast.Expression(rewriter.rewrite(tree.body, DEEPEST))
    except ExpressionError as error:
        raise FormulaFailed(error.code, error.detail) from None
    except DecimalException:
        raise FormulaFailed("too_large", stripped[:80]) from None
    ast.fix_missing_locations(body)
    with warnings.catch_warnings():  # Python's advice on style would only fill the log
        warnings.simplefilter("ignore", SyntaxWarning)
        code = compile(body, "<formula>", "eval")
    return Formula(stripped, frozenset(rewriter.names), code, rewriter.constants)


class _DecimalRewriter(Rewriter):
    """The whitelist of expressions, with every written number as a `Decimal`."""

    def __init__(self, text: str) -> None:
        super().__init__(FUNCTION_NAMES)
        self.constants: dict[str, Decimal] = {}
        self._text = text

    def _constant(self, node: ast.Constant, depth: int) -> ast.expr:
        checked = super()._constant(node, depth)
        if type(node.value) not in (int, float):
            return checked
        written = ast.get_source_segment(self._text, node) or ""
        # 0x1F has no decimal text; every fraction is taken as it is written.
        number = Decimal(node.value) if type(node.value) is int else Decimal(written)
        name = f"_n{len(self.constants)}"
        self.constants[name] = _bounded(number)
        return ast.Name(name, ast.Load())

    def _unaryop(self, node: ast.UnaryOp, depth: int) -> ast.expr:
        if isinstance(node.op, ast.USub | ast.UAdd):
            operand = self.rewrite(node.operand, depth)
            guard = "_minus" if isinstance(node.op, ast.USub) else "_number"
            return ast.Call(ast.Name(guard, ast.Load()), [operand], [])
        return super()._unaryop(node, depth)


def _entering(name: str, value: object) -> Value:
    if isinstance(value, bool | str):
        return value
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value) > LARGEST:
        raise FormulaFailed("type", name)
    return value


def _number(value: Any) -> Decimal:
    if not isinstance(value, Decimal):
        raise ExpressionError("type", f"a number is needed, not {type(value).__name__}")
    return value


def _bounded(value: Decimal) -> Decimal:
    if not -LARGEST <= value <= LARGEST:
        raise ExpressionError("too_large", "a number beyond 10^15")
    return value


def _operator(compute: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Any, Any], Decimal]:
    def guarded(a: Any, b: Any) -> Decimal:
        return _bounded(compute(_number(a), _number(b)))

    return guarded


def _division(compute: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Any, Any], Decimal]:
    def divided(a: Any, b: Any) -> Decimal:
        if not _number(b):  # the decimal module has another word for 0 / 0
            raise ExpressionError("zero_division", "a division by zero")
        return _bounded(compute(_number(a), b))

    return divided


def _floor(a: Decimal, b: Decimal) -> Decimal:
    whole, rest = divmod(a, b)  # towards zero; the language rounds down, as Python does
    return whole - 1 if rest and (rest < 0) != (b < 0) else whole


def _mod(a: Decimal, b: Decimal) -> Decimal:
    rest = a % b
    return rest + b if rest and (rest < 0) != (b < 0) else rest


def _get(holder: Any, key: Any) -> Any:
    if isinstance(holder, list | tuple):
        index = int(key) if isinstance(key, Decimal) and key == key.to_integral_value() else None
        if index is None or not 0 <= index < len(holder):
            raise ExpressionError("missing_key", str(key)[:80])
        return holder[index]
    if not isinstance(holder, dict) or isinstance(key, dict | list) or key not in holder:
        raise ExpressionError("missing_key", str(key)[:80])
    return holder[key]


def _listed(values: tuple[Any, ...]) -> list[Decimal]:
    found = values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values
    return [_number(value) for value in found]


def _extreme(choose: Callable[[list[Decimal]], Decimal]) -> Callable[..., Decimal]:
    def extreme(*values: Any) -> Decimal:
        found = _listed(values)
        if not found:
            raise ExpressionError("type", "min() and max() need something to choose from")
        return choose(found)

    return extreme


def _sum(values: Any) -> Decimal:
    if not isinstance(values, list | tuple):
        raise ExpressionError("type", "sum() needs a list")
    total = Decimal(0)
    for value in values:
        total = _bounded(total + _number(value))
    return total


def _round(value: Any, digits: Any = Decimal(0)) -> Decimal:
    places = _number(digits)
    if not 0 <= places <= MOST_DIGITS or places != places.to_integral_value():
        raise ExpressionError("type", f"round() takes 0 to {MOST_DIGITS} digits")
    return _number(value).quantize(Decimal(1).scaleb(-int(places)))


_FUNCTIONS: Final[Mapping[str, Callable[..., Decimal]]] = {
    "min": _extreme(min),
    "max": _extreme(max),
    "sum": _sum,
    "abs": lambda value: abs(_number(value)),
    "round": _round,
}
# In scope of every formula under names that no formula may spell.
_GUARDS: Final[Mapping[str, Any]] = {
    "__builtins__": {},
    "_f": _FUNCTIONS,
    "_add": _operator(lambda a, b: a + b),
    "_sub": _operator(lambda a, b: a - b),
    "_mul": _operator(lambda a, b: a * b),
    "_div": _division(lambda a, b: a / b),
    "_floor": _division(_floor),
    "_mod": _division(_mod),
    "_minus": lambda value: -_number(value),
    "_number": _number,
    "_get": _get,
}
