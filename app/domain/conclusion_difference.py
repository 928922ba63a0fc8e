"""What changed between two versions of a conclusion (¶ 46, 47, 61): figures, totals, parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Protocol

PARTS = ("final_report", "recommendations_followed", "findings")
"""The three parts that a conclusion has by ¶ 47, in its order."""


class Row(Protocol):
    """An indicator of a version; value, points and maximum as decimal text."""

    @property
    def code(self) -> str:
        """Code of the indicator."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def value(self) -> str:
        """The figure."""

    @property
    def points(self) -> str:
        """Points for it."""

    @property
    def max(self) -> str:
        """The most that it can have."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Value, points and maximum of an indicator in one version, as decimal text."""

    name: str
    value: str
    points: str
    max: str


@dataclass(frozen=True, slots=True)
class Changed:
    """An indicator that is not as it was; `before` is None for a new one, `after` for one gone.

    `gain` are the points that it brings more (or fewer, with a minus), as decimal text.
    """

    code: str
    before: Figures | None
    after: Figures | None
    gain: str


@dataclass(frozen=True, slots=True)
class Total:
    """Sums over the indicators of a version, as decimal text."""

    points: str
    max: str


@dataclass(frozen=True, slots=True)
class Difference:
    """From one version to the next.

    `same` counts the indicators that stayed; `parts` names those of ¶ 47 that were written anew.
    """

    rows: tuple[Changed, ...]
    same: int
    before: Total
    after: Total
    gain: str
    parts: tuple[str, ...]


def total(rows: Iterable[Row]) -> Total:
    """The sums of points and of what could be had."""
    listed = list(rows)
    return Total(_sum(row.points for row in listed), _sum(row.max for row in listed))


def difference(
    old: Sequence[Row],
    new: Sequence[Row],
    texts_before: Mapping[str, str],
    texts: Mapping[str, str],
) -> Difference:
    """Every difference from `old` to `new`, in the order of the new version, what is gone last.

    Numbers are compared as numbers: 10.40 is 10.4.
    """
    was, now = {row.code: row for row in old}, {row.code: row for row in new}
    codes = [*now, *(code for code in was if code not in now)]
    rows = tuple(found for code in codes if (found := _changed(code, was.get(code), now.get(code))))
    before, after = total(old), total(new)
    return Difference(
        rows=rows,
        same=len(codes) - len(rows),
        before=before,
        after=after,
        gain=_gain(before.points, after.points),
        parts=tuple(part for part in PARTS if texts_before.get(part) != texts.get(part)),
    )


def _changed(code: str, old: Row | None, new: Row | None) -> Changed | None:
    before, after = _figures(old), _figures(new)
    if before is not None and after is not None and _same(before, after):
        return None
    gain = _gain(before.points if before else "0", after.points if after else "0")
    return Changed(code, before, after, gain)


def _figures(row: Row | None) -> Figures | None:
    return None if row is None else Figures(row.name, row.value, row.points, row.max)


def _same(old: Figures, new: Figures) -> bool:
    return old.name == new.name and all(
        _number(a) == _number(b)
        for a, b in ((old.value, new.value), (old.points, new.points), (old.max, new.max))
    )


def _number(text: str) -> Decimal | str:
    """A number, or the text where it is none."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _sum(numbers: Iterable[str]) -> str:
    return format(sum(map(Decimal, numbers), Decimal(0)), "f")


def _gain(before: str, after: str) -> str:
    return format(Decimal(after) - Decimal(before), "f")
