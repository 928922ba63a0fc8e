"""Reading a methodology of its JSON (¶ 17–20): strict, and exact about what is wrong where.

Unknown and doubled keys are refused, numbers are decimal text, the weights of siblings add
up to exactly 100, codes are unique, and every text stands in three languages. Whether the
formulas can be evaluated is checked apart (`check_formulas`), because the expression language
lies in the engine. The values themselves: `app/domain/methodology_values.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from app.domain.methodology_json import (
    a_line,
    a_list,
    an_integer,
    an_object,
    load,
    one_of,
    words,
    wrong,
    yes_or_no,
)
from app.domain.methodology_values import (
    LANGUAGES,
    OVERALL,
    ROUNDING_MODES,
    SOURCES,
    STATUSES,
    Check,
    Criterion,
    FormulaFailed,
    Indicator,
    Methodology,
    Rounding,
    Variable,
    Words,
    check_formulas,
)
from app.domain.registers import BLOCKS

__all__ = [
    "LANGUAGES",
    "OVERALL",
    "ROUNDING_MODES",
    "SOURCES",
    "STATUSES",
    "Check",
    "Criterion",
    "FormulaFailed",
    "Indicator",
    "Methodology",
    "Rounding",
    "Variable",
    "Words",
    "check_formulas",
    "read",
]

MOST_INDICATORS: Final = 300
MOST_VARIABLES: Final = 20
MOST_DIGITS: Final = 6
HUNDRED: Final = Decimal(100)

# No hyphen: names of inputs on pages join the codes of indicator and variable by one.
_CODE = re.compile(r"[0-9a-z_]+(\.[0-9a-z_]+)*")
_VARIABLE = re.compile(r"[a-z][a-z0-9_]*")
_WEIGHT = re.compile(r"(0|[1-9][0-9]{0,2})(\.[0-9]{1,6})?")
# Words of the language, functions, and what else is asked about an indicator on a page.
RESERVED: Final = frozenset(
    (
        *("and", "or", "not", "in", "is", "if", "else", "for", "lambda", "true", "false", "none"),
        *("min", "max", "sum", "abs", "round", "len", "count", "schedule"),
        *("working_days_after", "calendar_days_after"),
        *("kind", "body", "status", "source", "documents"),
    )
)

_TOP = ("block", "year", "example", "title", "rounding")
_INDICATOR = (
    "code", "name", "definition", "unit", "better", "weight", "source", "variables", "formula",
)  # fmt: skip


def read(content: bytes) -> Methodology:
    """Read the JSON of a methodology and check all that does not need its formulas.

    Raises:
        Invalid: `methodology.<…>`, with `where` (a place such as
            `criteria[1.1].indicators[1.1.2].weight`) and what is wrong there; ¶ 17–18.
    """
    document = load(content)
    top = an_object(document, "", ())
    block = an_integer(top.get("block"), "block", low=0, high=max(BLOCKS))
    body = ("blocks",) if block == OVERALL else ("parts", "criteria")
    an_object(document, "", (*_TOP, *body))
    rounding = _rounding(top["rounding"])
    parts = {} if block == OVERALL else _parts(top["parts"], rounding)
    return Methodology(
        block=block,
        year=an_integer(top["year"], "year", low=2017, high=2100),
        example=yes_or_no(top["example"], "example"),
        title=words(top["title"], "title"),
        rounding=rounding,
        parts=MappingProxyType(parts),
        criteria=() if block == OVERALL else _criteria(top["criteria"], parts),
        blocks=MappingProxyType(_blocks(top["blocks"]) if block == OVERALL else {}),
    )


def _code(value: Any, where: str, taken: set[str]) -> str:
    if not isinstance(value, str) or len(value) > 40 or not _CODE.fullmatch(value):
        wrong("bad_code", where)
    if value in taken:
        wrong("doubled_code", where, doubled=value)
    taken.add(value)
    return value


def _weight(value: Any, where: str) -> Decimal:
    if not isinstance(value, str):
        wrong("not_text", where, value=str(value)[:40])
    if not _WEIGHT.fullmatch(value):
        wrong("not_a_weight", where, value=value[:40])
    weight = Decimal(value)
    if not 0 < weight <= HUNDRED:
        wrong("not_a_weight", where, value=value[:40])
    return weight


def _adds_up(weights: Iterable[Decimal], where: str) -> None:
    total = sum(weights, Decimal(0))
    if total != HUNDRED:
        wrong("weights", where, total=format(total.normalize(), "f"))


def _rounding(value: Any) -> Rounding:
    row = an_object(value, "rounding", ("digits", "mode"))
    digits = an_integer(row["digits"], "rounding.digits", low=0, high=MOST_DIGITS)
    return Rounding(digits, one_of(row["mode"], "rounding.mode", ROUNDING_MODES))


def _parts(value: Any, rounding: Rounding) -> dict[str, Decimal]:
    taken: set[str] = set()
    parts: dict[str, Decimal] = {}
    for at, item in enumerate(a_list(value, "parts", 20)):
        row = an_object(item, f"parts[{at}]", ("code", "weight"))
        code = _code(row["code"], f"parts[{at}].code", taken)
        weight = _weight(row["weight"], f"parts[{code}].weight")
        # The most points of a part are its weight, so that must be a number of such points.
        if weight % rounding.unit:
            wrong("weight_digits", f"parts[{code}].weight", digits=rounding.digits)
        parts[code] = weight
    _adds_up(parts.values(), "parts")
    return parts


def _blocks(value: Any) -> dict[int, Decimal]:
    row = an_object(value, "blocks", tuple(str(block) for block in BLOCKS))
    weights = {block: _weight(row[str(block)], f"blocks.{block}") for block in BLOCKS}
    _adds_up(weights.values(), "blocks")
    return weights


def _criteria(value: Any, parts: Mapping[str, Decimal]) -> tuple[Criterion, ...]:
    codes: set[str] = set()
    indicators: set[str] = set()
    criteria = []
    for at, item in enumerate(a_list(value, "criteria", MOST_INDICATORS)):
        where = f"criteria[{at}]"
        row = an_object(item, where, ("code", "part", "name", "weight", "indicators"))
        code = _code(row["code"], f"{where}.code", codes)
        criteria.append(_criterion(row, f"criteria[{code}]", code, parts, indicators))
    if len(indicators) > MOST_INDICATORS:
        wrong("too_many", "criteria", max=MOST_INDICATORS)
    for part in parts:
        of_part = [criterion.weight for criterion in criteria if criterion.part == part]
        if not of_part:
            wrong("part_empty", f"parts[{part}]")
        _adds_up(of_part, f"parts[{part}]")
    return tuple(criteria)


def _criterion(
    row: Mapping[str, Any],
    where: str,
    code: str,
    parts: Mapping[str, Decimal],
    taken: set[str],
) -> Criterion:
    part = one_of(row["part"], f"{where}.part", parts)
    indicators = []
    for at, item in enumerate(a_list(row["indicators"], f"{where}.indicators", MOST_INDICATORS)):
        here = f"{where}.indicators[{at}]"
        found = an_object(item, here, _INDICATOR, ("applies",))
        own = _code(found["code"], f"{here}.code", taken)
        indicators.append(_indicator(found, f"{where}.indicators[{own}]", own, part, code))
    _adds_up((indicator.weight for indicator in indicators), where)
    return Criterion(
        code=code,
        part=part,
        name=words(row["name"], f"{where}.name"),
        weight=_weight(row["weight"], f"{where}.weight"),
        indicators=tuple(indicators),
    )


def _indicator(
    row: Mapping[str, Any], where: str, code: str, part: str, criterion: str
) -> Indicator:
    return Indicator(
        code=code,
        part=part,
        criterion=criterion,
        name=words(row["name"], f"{where}.name"),
        definition=words(row["definition"], f"{where}.definition", 2000),
        unit=words(row["unit"], f"{where}.unit", 80),
        better=one_of(row["better"], f"{where}.better", ("higher", "lower")),
        weight=_weight(row["weight"], f"{where}.weight"),
        source=one_of(row["source"], f"{where}.source", SOURCES),
        applies=a_line(row.get("applies", "True"), f"{where}.applies", 500),
        variables=_variables(row["variables"], f"{where}.variables"),
        formula=a_line(row["formula"], f"{where}.formula", 1000),
    )


def _variables(value: Any, where: str) -> tuple[Variable, ...]:
    found: list[Variable] = []
    for at, item in enumerate(a_list(value, where, MOST_VARIABLES)):
        row = an_object(item, f"{where}[{at}]", ("name", "label"), ("previous",))
        name = row["name"]
        if not isinstance(name, str) or len(name) > 40 or not _VARIABLE.fullmatch(name):
            wrong("bad_variable", f"{where}[{at}].name")
        if name in RESERVED or any(name == other.name for other in found):
            wrong("bad_variable", f"{where}[{name}].name")
        label = words(row["label"], f"{where}[{name}].label", 300)
        previous = row.get("previous")
        found.append(Variable(name, label, None if previous is None else str(previous)))
    names = {variable.name for variable in found}
    for variable in found:
        if variable.previous is not None and variable.previous not in names - {variable.name}:
            wrong("previous", f"{where}[{variable.name}]", name=variable.previous[:40])
    return tuple(found)
