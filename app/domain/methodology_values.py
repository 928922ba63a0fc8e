"""A methodology of a block as a value (¶ 17–20): what one consists of.

A methodology is the data that scores are computed by: parts, criteria and indicators with
weights in per cent, a formula for each indicator over named variables, and one rule of
rounding. Block 0 stands for the overall evaluation (¶ 11): the weights of the blocks.
`app.domain.methodology.read` makes one of JSON. Numbers are `Decimal`, never binary fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.domain.refusals import Invalid

LANGUAGES: Final = ("kk", "ru", "en")
OVERALL: Final = 0
"""The number that stands where a block's would: the formula of the overall evaluation."""
STATUSES: Final = ("counted", "not_counted", "not_applicable")
SOURCES: Final = tuple(str(number) for number in range(1, 11))
"""The subparagraphs of ¶ 4: where information for an evaluation may come from."""
APPLIES_OVER: Final = ("kind", "body")
"""What an expression on applicability may ask: central or local, and the code of the body."""

ROUNDING_MODES: Final = ("half_up", "half_even", "down")

Words = Mapping[str, str]
"""A text in Kazakh, Russian and English, by language."""

# Checks that a formula may be evaluated over some names; raises `FormulaFailed`.
Check = Callable[[str, Collection[str]], None]


class FormulaFailed(Exception):
    """A formula that may not be written so, or that came to nothing over its figures.

    `code` is a word (`unknown_name`, `zero_division`, `too_large` …), `detail` says what.
    """

    def __init__(self, code: str, detail: str) -> None:
        """Keep the word and what it is about."""
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Rounding:
    """How points are rounded: digits after the point, and half_up, half_even or down."""

    digits: int
    mode: str

    @property
    def unit(self) -> Decimal:
        """The smallest step that points can differ by, such as 0.01."""
        return Decimal(1).scaleb(-self.digits)


@dataclass(frozen=True, slots=True)
class Variable:
    """A figure asked for: its name in the formula, and what it says in three languages.

    `previous` names the variable of the same indicator that holds last year's figure of this
    one, where there is one: a re-check is chosen by the change (¶ 41–42).
    """

    name: str
    label: Words
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of a criterion; `weight` in per cent of the criterion.

    `definition` is what both sides must understand the same way (¶ 18(3)), `source` the
    subparagraph of ¶ 4 its data come from as a rule, `applies` an expression over `kind` and
    `body` (¶ 20), `formula` an expression over the variables with a result of 0 to 100.
    """

    code: str
    part: str
    criterion: str
    name: Words
    definition: Words
    unit: Words
    better: str
    weight: Decimal
    source: str
    applies: str
    variables: tuple[Variable, ...]
    formula: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the variables, in their order."""
        return tuple(variable.name for variable in self.variables)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion of a part; `weight` in per cent of the part."""

    code: str
    part: str
    name: Words
    weight: Decimal
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Methodology:
    """The methodology of a block for a reporting year; block 0: of the overall evaluation.

    `parts` are weights in per cent of the block by code of the part; `blocks` (block 0 only)
    weights of the blocks in the overall result. `example` marks one that no office approved.
    """

    block: int
    year: int
    example: bool
    title: Words
    rounding: Rounding
    parts: Mapping[str, Decimal]
    criteria: tuple[Criterion, ...]
    blocks: Mapping[int, Decimal]

    def indicators(self, part: str | None = None) -> tuple[Indicator, ...]:
        """The indicators, all or those of a part, in the methodology's order."""
        return tuple(
            indicator
            for criterion in self.criteria
            if part in (None, criterion.part)
            for indicator in criterion.indicators
        )

    def indicator(self, code: str) -> Indicator:
        """The indicator with `code`.

        Raises:
            Invalid: `methodology.unknown_indicator`.
        """
        for indicator in self.indicators():
            if indicator.code == code:
                return indicator
        raise Invalid("methodology.unknown_indicator", paragraph="17", indicator=code)


def check_formulas(methodology: Methodology, check: Check) -> None:
    """¶ 18(2)–(3), 20: every formula and every `applies` can be evaluated over its names.

    Raises:
        Invalid: `methodology.unknown_variable` or `methodology.formula`, naming the
            indicator; `methodology.applies` for the expression on applicability.
    """
    for indicator in methodology.indicators():
        try:
            check(indicator.formula, indicator.names)
        except FormulaFailed as error:
            code = "unknown_variable" if error.code == "unknown_name" else "formula"
            raise Invalid(
                f"methodology.{code}",
                paragraph="18(3)",
                indicator=indicator.code,
                detail=error.detail,
            ) from None
        try:
            check(indicator.applies, APPLIES_OVER)
        except FormulaFailed as error:
            raise Invalid(
                "methodology.applies",
                paragraph="20",
                indicator=indicator.code,
                detail=error.detail,
            ) from None
