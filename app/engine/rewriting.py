"""The whitelist of the expression language: every node is checked, and guarded where it could grow.

Whatever a text says, only what is rewritten here is ever compiled.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from app.engine.guards import PURE, ExpressionError
from app.engine.values import LARGEST

# Functions that count days over the production calendar.
COUNTING: Final = frozenset({"working_days_after", "calendar_days_after"})
# Functions that the service layer hands in; their answers are recorded with the act.
HANDED_IN: Final = COUNTING | {"schedule"}
FUNCTIONS: Final = HANDED_IN | frozenset(PURE)

# Parts and levels of one expression: the longest of the procedure has about thirty.
MOST_NODES: Final = 500
DEEPEST: Final = 40
# Functions whose work does not grow with what they are given.
_LIGHT: Final = frozenset({"len", "abs", "round"})

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


class Rewriter:
    """Checks every node against the whitelist and puts guards where values could grow."""

    def __init__(self, allowed: frozenset[str]) -> None:
        """Rewrite one expression that may call the functions `allowed`."""
        self.allowed = allowed
        self.names: set[str] = set()
        self.calls: set[str] = set()
        self.uses: list[str] = []
        self.searches = False  # whether its work grows with the data
        self._left = MOST_NODES

    @property
    def cost(self) -> int:
        """How many parts the expression has."""
        return MOST_NODES - self._left

    def rewrite(self, node: ast.expr, depth: int) -> ast.expr:
        """The node with guards put in, `depth` levels deep at most; raises ExpressionError."""
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
        self.uses.append(node.id)
        return node

    def _call(self, node: ast.Call, depth: int) -> ast.expr:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise ExpressionError("not_allowed", "a call of something that is no function")
        if node.func.id not in self.allowed:
            raise ExpressionError("unknown_function", node.func.id)
        self.calls.add(node.func.id)
        self.searches |= node.func.id not in _LIGHT
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
        self.searches |= guard == "_add"  # of texts and lists, it copies
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
            self.searches |= not _is_light(op, sides[i], sides[i + 1])
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


def _is_light(op: ast.cmpop, left: ast.expr, right: ast.expr) -> bool:
    """Whether a comparison takes as long whatever the data."""
    if isinstance(op, ast.In | ast.NotIn):
        written = right.elts if isinstance(right, ast.Tuple | ast.List) else [right]
        return all(isinstance(part, ast.Constant) for part in written)
    return isinstance(left, ast.Constant) or isinstance(right, ast.Constant)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
