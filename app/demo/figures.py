"""Invented figures of the played year: plausible, with a trend from the year before.

Every body has a level that moves a little from year to year, every indicator its own
distance from it. The figures are then looked for that bring the methodology's formula near
to that level, so that they fit any methodology whose formulas can be filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from app.demo.chance import chance
from app.domain.methodology import FormulaFailed
from app.engine import formulas

FIRST_YEAR = 2016
LOWEST, HIGHEST = 40, 100
NEAR = Decimal(1)
BEFORE = "_before"
"""What the name of a variable ends in that holds the figure of the year before."""

# How large the figures of an indicator are, from and to, by a word of its unit or a variable.
SIZES: Mapping[str, tuple[int, int]] = {
    "per 100 000 live births": (9, 18),
    "per 1000 live births": (8, 14),
    "million tenge": (4_000, 90_000),
    "rendered": (20_000, 600_000),
    "available": (20_000, 400_000),
    "through_centres": (8_000, 90_000),
    "asked": (300, 900),
    "received": (60, 900),
    "staff": (120, 900),
    "applications": (1_500, 30_000),
    "documents": (8_000, 90_000),
    "people": (40, 300),
    "incidents": (12, 90),
    "fact": (64, 88),
}
OTHERWISE = (18, 160)
# Shares in hundredths of a per cent: near to the whole first, then further and further away.
WHOLE = 10_000
COARSE = tuple(sorted(range(100, 2 * WHOLE, 150), key=lambda share: abs(share - WHOLE)))
# What is the better the less there is of it is a small share.
FINE = tuple(range(0, 1_500, 30))


@dataclass(frozen=True, slots=True)
class Question:
    """An indicator as it asks for figures: its code, formula, variables, and unit in English."""

    code: str
    formula: str
    names: tuple[str, ...]
    unit: str


def level(seed: int, year: int, body: str, block: int) -> int:
    """How well a body does in a block in a year, of a hundred."""
    standing = chance(seed, body, block, "level").randint(66, 93)
    for passed in range(FIRST_YEAR, year):
        standing += chance(seed, body, block, "trend", passed).randint(-3, 5)
    return max(LOWEST, min(standing, HIGHEST - 2))


def aimed(seed: int, year: int, body: str, block: int, indicator: str) -> int:
    """The result that an indicator of a body comes near to, of a hundred."""
    distance = chance(seed, body, block, indicator, "distance").randint(-14, 12)
    return max(LOWEST, min(level(seed, year, body, block) + distance, HIGHEST))


def figures(seed: int, year: int, body: str, block: int, asked: Question) -> Mapping[str, Decimal]:
    """A value for every variable of an indicator; the result comes near to what `aimed` says.

    What the formula does without is a figure of the year before.
    """
    used = tuple(n for n in asked.names if n in formulas.compile_formula(asked.formula).names)
    size, step = _size(seed, body, asked)
    start = chance(seed, year, body, asked.code, "start").randrange(150)
    aim = aimed(seed, year, body, block, asked.code)
    found = dict(_near(asked.formula, used, size, step, start, aim))
    for name in asked.names:
        if name not in found:
            growth = chance(seed, body, asked.code, name, year).randint(-8, 4)
            now = found.get(name.removesuffix(BEFORE), size)
            found[name] = (now * (100 + growth) / 100).quantize(step)
    return {name: found[name] for name in asked.names}


def _size(seed: int, body: str, asked: Question) -> tuple[Decimal, Decimal]:
    """How large the figures are, and their smallest step: 1, or 0.1 of small ones."""
    words = (*asked.names, asked.unit)
    low, high = next((span for word, span in SIZES.items() if word in words), OTHERWISE)
    share = asked.names[0] == "fact" and high < 100
    drawn = chance(seed, body, asked.code, "size").randint(low * 10, high * 10)
    step = Decimal("0.1") if share else Decimal(1)
    return (Decimal(drawn) / 10).quantize(step), step


@lru_cache(maxsize=20_000)
def _near(
    formula: str, names: tuple[str, ...], size: Decimal, step: Decimal, start: int, aim: int
) -> tuple[tuple[str, Decimal], ...]:
    """The figures with the result nearest to `aim`; of equally near ones the first."""
    best: Mapping[str, Decimal] = dict.fromkeys(names, size)
    nearest = Decimal(1000)
    for values in _tried(names, size, step, start):
        away = _away(formula, values, aim)
        if away is not None and away < nearest:
            best, nearest = values, away
            if nearest < NEAR:
                break
    return tuple(best.items())


def _tried(
    names: tuple[str, ...], size: Decimal, step: Decimal, start: int
) -> Iterator[Mapping[str, Decimal]]:
    """All figures alike, but for one that goes through the shares; at last yes and no."""
    same = dict.fromkeys(names, size)
    for shares in (COARSE, FINE):
        for name in names:
            for share in shares:
                # The whole itself stays whole: no more was reached than was planned.
                moved = start if shares is COARSE and share != WHOLE else 0
                yield {**same, name: (size * (share + moved) / WHOLE).quantize(step)}
    for name in names:
        for answer in (1, 0):
            yield {**same, name: Decimal(answer)}


def _away(formula: str, values: Mapping[str, Decimal], aim: int) -> Decimal | None:
    try:
        result = formulas.evaluate(formula, values)
    except FormulaFailed:
        return None
    if isinstance(result, bool) or not 0 <= result <= 100:
        return None
    return abs(result - aim)
