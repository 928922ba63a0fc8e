"""How large a case and an act may become, and the meter of the work of one act.

Every bound stands far above what the procedure needs and far below what would fill the memory
of a server or hold a thread up; a model that passes one is an incident at its element.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.engine.guards import ExpressionError
from app.engine.values import Json

# Elements that one act may run: a year of evaluations opens in some dozens.
MOST_STEPS: Final = 1_000
# Tasks of a case over its whole life, each a row of its saved state: an appeal has about a
# hundred, and some thousands still load and save in a tenth of a second.
MOST_TASKS: Final = 10_000
# Instances of one multi-instance activity: members of a commission, parts of a report.
MOST_INSTANCES: Final = 500
# Workflows within workflows, called or embedded: the deepest procedure has four. Keys, which
# name all of them, stay readable, and nothing that walks them can run out of stack.
MOST_NESTED: Final = 12
# Bytes of a saved state before it is packed; the largest case of the procedure has 60 KB.
MOST_STATE: Final = 8 * 1024 * 1024

# Work that one act may ask expressions for, in values looked at; what is kept (data, calls,
# messages) costs more, since it stays. The acts of a whole year need 2,000 at most; this lets
# none compute for much more than a second, nor keep more than some tens of megabytes.
MOST_WORK: Final = 1_000_000
KEPT: Final = 10
CALL: Final = 100
_TEXT: Final = 64


class Meter:
    """Counts the work of one act."""

    __slots__ = ("spent",)

    def __init__(self) -> None:
        self.spent = 0

    def spend(self, amount: int) -> None:
        """Count so much.

        Raises:
            ExpressionError: `too_much_work`: the act asks for more than `MOST_WORK`.
        """
        self.spent += amount
        if self.spent > MOST_WORK:
            raise ExpressionError("too_much_work", "more than an act may compute")

    def evaluating(self, expression: Any, data: Mapping[str, Json]) -> None:
        """Count an `expressions.Expression` before it is evaluated over `data`.

        It has no loops, so it looks at each value at most as often as it names it.

        Raises:
            ExpressionError: as for `spend`.
        """
        cost: int = expression.cost
        for name in expression.searched:
            if name in data:
                cost += weigh(data[name])
        self.spend(cost)

    def keeping(self, *values: Json) -> None:
        """Count values that the case or the record of the act is to keep.

        Raises:
            ExpressionError: as for `spend`.
        """
        self.spend(KEPT * sum(map(weigh, values)))


def weigh(value: Json) -> int:
    """How much there is in a value: its parts, and its text by the line."""
    kind = type(value)
    if kind is str:
        return 1 + len(value) // _TEXT
    if kind is dict:
        return 1 + sum(1 + len(key) // _TEXT + weigh(item) for key, item in value.items())
    if kind is list or kind is tuple:
        return 1 + sum(map(weigh, value))
    return 1
