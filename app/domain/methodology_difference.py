"""What changed between two versions of a methodology (¶ 18(5): comparable over the years)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from app.domain.methodology_values import Criterion, Indicator, Methodology, Words

Thing = TypeVar("Thing")
Said = str | Words
"""A value of a field: text, or a text by language."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is new, gone or otherwise.

    `place` is block, part, criterion, indicator or rounding; `kind` added, removed or changed;
    `fields` (of a changed one) have a field's name, what it was, and what it is.
    """

    kind: str
    place: str
    code: str
    name: Words
    fields: tuple[tuple[str, Said, Said], ...] = ()


def difference(old: Methodology, new: Methodology) -> tuple[Change, ...]:
    """Every difference from `old` to `new`, in the order of a methodology's parts.

    Years and titles are not compared: they tell the two apart.
    """
    return (
        *_one("rounding", "", {}, _rounding(old), _rounding(new)),
        *_weights("block", {str(k): v for k, v in old.blocks.items()}, new.blocks),
        *_weights("part", old.parts, new.parts),
        *_things("criterion", _criteria(old), _criteria(new), _criterion),
        *_things("indicator", _indicators(old), _indicators(new), _indicator),
    )


def _rounding(m: Methodology) -> dict[str, Said]:
    return {"digits": str(m.rounding.digits), "mode": m.rounding.mode}


def _criteria(m: Methodology) -> dict[str, Criterion]:
    return {criterion.code: criterion for criterion in m.criteria}


def _indicators(m: Methodology) -> dict[str, Indicator]:
    return {indicator.code: indicator for indicator in m.indicators()}


def _criterion(criterion: Criterion) -> dict[str, Said]:
    return {
        "part": criterion.part,
        "name": criterion.name,
        "weight": weight(criterion.weight),
    }


def _indicator(indicator: Indicator) -> dict[str, Said]:
    return {
        "part": indicator.part,
        "criterion": indicator.criterion,
        "name": indicator.name,
        "definition": indicator.definition,
        "unit": indicator.unit,
        "better": indicator.better,
        "weight": weight(indicator.weight),
        "source": indicator.source,
        "applies": indicator.applies,
        "variables": _variables(indicator),
        "formula": indicator.formula,
    }


def _variables(indicator: Indicator) -> Words:
    return {
        language: "; ".join(f"{v.name}: {v.label[language]}" for v in indicator.variables)
        for language in ("kk", "ru", "en")
    }


def weight(number: Decimal) -> str:
    """A weight without zeros at its end: 60, 12.5."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _weights(
    place: str, old: Mapping[str, Decimal], new: Mapping[Any, Decimal]
) -> Iterator[Change]:
    after = {str(code): {"weight": weight(number)} for code, number in new.items()}
    before = {code: {"weight": weight(number)} for code, number in old.items()}
    for code in dict.fromkeys((*after, *before)):
        yield from _one(place, code, {}, before.get(code), after.get(code))


def _things(
    place: str,
    old: Mapping[str, Thing],
    new: Mapping[str, Thing],
    fields: Callable[[Thing], dict[str, Said]],
) -> Iterator[Change]:
    for code in dict.fromkeys((*new, *old)):
        before = fields(old[code]) if code in old else None
        after = fields(new[code]) if code in new else None
        name = (after or before or {})["name"]
        assert not isinstance(name, str)
        yield from _one(place, code, name, before, after)


def _one(
    place: str,
    code: str,
    name: Words,
    old: Mapping[str, Said] | None,
    new: Mapping[str, Said] | None,
) -> Iterator[Change]:
    if old is None or new is None:
        yield Change("removed" if new is None else "added", place, code, name)
        return
    fields = tuple((key, old[key], new[key]) for key in new if _differ(old[key], new[key]))
    if fields:
        yield Change("changed", place, code, name, fields)


def _differ(old: Said, new: Said) -> bool:
    if isinstance(old, str) or isinstance(new, str):
        return old != new
    return dict(old) != dict(new)
