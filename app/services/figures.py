"""Checking the tables of a year: reported figures, scores, missing conclusions, secrecy.

What these fields offer is written as words: `<indicator>` and `<indicator> <variable>` for
what the methodology asks of the body, `#<number>` for a document that may be named, and
`<block>/<body>` for an evaluation. A wrong cell is told under the name that it has on the
page (`figures-<indicator>-<variable>`), every one of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from marshmallow import ValidationError

from app.domain.methodology import SOURCES, STATUSES
from app.domain.scores import COUNTED
from app.engine.forms import Field
from app.services.checks import Wrong, decimal_text, empty

SCALE = 6
MISSING_REASONS = ("not_evaluated", "conclusion_late", "reorganised", "other")
GROUNDS = ("state_secret", "official", "other")

Params = Mapping[str, str | int]


class WrongCells(ValidationError):
    """Wrong cells of a table: (place behind the field's name, code of the sentence, values)."""

    def __init__(self, cells: Collection[tuple[str, str, Params]]) -> None:
        """Make an error of every wrong cell."""
        super().__init__("cells")
        self.cells = tuple(cells)


class _Table:
    """What may be filled in, read from the words that the field offers, and what was wrong."""

    def __init__(self, value: Any, offered: Collection[str]) -> None:
        if not isinstance(value, dict):
            raise Wrong("form.not_a_choice")
        self.value: dict[str, Any] = {str(key): cell for key, cell in value.items()}
        self.documents = {word[1:] for word in offered if word.startswith("#")}
        self.variables: dict[str, list[str]] = {}
        for word in sorted(offered):
            if not word.startswith("#"):
                indicator, _, variable = word.partition(" ")
                self.variables.setdefault(indicator, []).extend([variable] if variable else [])
        self._wrong: list[tuple[str, str, Params]] = []

    def wrong(self, place: str, code: str, **params: str | int) -> None:
        self._wrong.append((place, code, params))

    def done(self) -> None:
        if self._wrong:
            raise WrongCells(self._wrong)

    def row(self, indicator: str, keys: Collection[str]) -> Mapping[str, Any] | None:
        """The cells of an indicator; None where they cannot be read, which is told."""
        if indicator not in self.variables:
            self.wrong(indicator, "figures.unknown_indicator", indicator=indicator)
            return None
        row = self.value[indicator]
        if not isinstance(row, dict) or set(row) - set(keys):
            self.wrong(indicator, "form.unknown_field", field=indicator)
            return None
        return row

    def values(self, indicator: str, row: Mapping[str, Any]) -> dict[str, str]:
        """The figures of a row as decimal text; what was left empty is left out."""
        found: dict[str, str] = {}
        given = row.get("values") or {}
        if not isinstance(given, dict):
            self.wrong(indicator, "form.not_a_choice")
            return {}
        for variable, value in given.items():
            if self._is_known(indicator, str(variable)) and not empty(value):
                try:
                    found[str(variable)] = figure(value)
                except Wrong as error:
                    self.wrong(f"{indicator}-{variable}", error.code, **dict(error.params))
        return found

    def no_data(self, indicator: str, row: Mapping[str, Any]) -> list[str]:
        """The variables of a row of which it is said that there are no data."""
        given = row.get("no_data") or []
        if not isinstance(given, list):
            self.wrong(indicator, "form.not_a_choice")
            return []
        return sorted({str(v) for v in given if self._is_known(indicator, str(v))})

    def named_documents(self, indicator: str, row: Mapping[str, Any]) -> list[int]:
        """The documents that a row names."""
        given = row.get("documents") or []
        values = given if isinstance(given, list) else [given]
        if any(str(item) not in self.documents for item in values):
            self.wrong(f"{indicator}-documents", "form.unknown_document")
            return []
        return list(dict.fromkeys(int(str(item)) for item in values))

    def _is_known(self, indicator: str, variable: str) -> bool:
        if variable in self.variables[indicator]:
            return True
        self.wrong(indicator, "figures.unknown_variable", indicator=indicator, variable=variable)
        return False


def figure(value: Any) -> str:
    """A figure as decimal text: with a point, at most `SCALE` digits after it.

    Raises:
        Wrong: `form.decimal_comma`; `figures.not_a_number`.
    """
    if isinstance(value, str) and "," in value:
        raise Wrong("form.decimal_comma")
    try:
        return decimal_text(value, low=None, high=None, scale=SCALE)
    except Wrong:
        raise Wrong("figures.not_a_number") from None


def _report(_field: Field, value: Any, offered: Collection[str]) -> dict[str, Any]:
    """¶ 40: figures, what there are no data on, and documents by indicator; gaps are allowed."""
    table, rows = _Table(value, offered), {}
    for indicator in table.value:
        row = table.row(indicator, ("values", "no_data", "documents"))
        if row is None:
            continue
        values, without = table.values(indicator, row), table.no_data(indicator, row)
        for variable in sorted(values.keys() & set(without)):
            table.wrong(f"{indicator}-{variable}", "figures.both")
        found = {
            "values": values,
            "no_data": without,
            "documents": table.named_documents(indicator, row),
        }
        if any(found.values()):
            rows[indicator] = found
    table.done()
    return rows


def _scores(_field: Field, value: Any, offered: Collection[str]) -> dict[str, Any]:
    """¶ 4, 9(3), 20: every indicator of the part has a status; a counted one rests on something."""
    table, rows = _Table(value, offered), {}
    for indicator in sorted(table.variables.keys() - table.value.keys()):
        table.wrong(f"{indicator}-status", "score.indicator_missing", indicator=indicator)
    for indicator in table.value:
        row = table.row(indicator, ("status", "values", "source", "documents"))
        if row is None:
            continue
        rows[indicator] = _score(table, indicator, row)
    table.done()
    return rows


def _score(table: _Table, indicator: str, row: Mapping[str, Any]) -> dict[str, Any]:
    status, source = str(row.get("status") or ""), str(row.get("source") or "") or None
    if status not in STATUSES:
        table.wrong(f"{indicator}-status", "score.indicator_missing", indicator=indicator)
    if source is not None and source not in SOURCES:
        table.wrong(f"{indicator}-source", "source.type_missing")
    documents = table.named_documents(indicator, row)
    # What is not counted has no figures: nothing of it could become a zero.
    values = table.values(indicator, row) if status == COUNTED else {}
    if status == COUNTED:
        told = {place for place, _, _ in table._wrong}
        for variable in table.variables[indicator]:
            if variable not in values and f"{indicator}-{variable}" not in told:
                table.wrong(f"{indicator}-{variable}", "figures.missing", indicator=indicator)
        if source is None:
            table.wrong(f"{indicator}-source", "source.type_missing")
        if not documents and f"{indicator}-documents" not in told:
            table.wrong(f"{indicator}-documents", "score.no_document")
    return {"status": status, "values": values, "source": source, "documents": documents}


def _by_evaluation(allowed: Collection[str], every: str | None) -> Callable[..., dict[str, str]]:
    """A check of words by evaluation (`<block>/<body>`); `every` is told where one is left out."""

    def check(_field: Field, value: Any, offered: Collection[str]) -> dict[str, str]:
        table = _Table(value, offered)
        found: dict[str, str] = {}
        for key, word in table.value.items():
            place = key.replace("/", "-")
            if key not in table.variables:
                table.wrong(place, "figures.unknown_evaluation")
            elif not empty(word):
                found[key] = str(word)
                if str(word) not in allowed:
                    table.wrong(place, "form.not_a_choice")
        for key in sorted(table.variables.keys() - found.keys()) if every else ():
            table.wrong(key.replace("/", "-"), every or "")
        table.done()
        return found

    return check


CHECKS: Mapping[str, Callable[[Field, Any, Collection[str]], Any]] = {
    "report": _report,
    "scores": _scores,
    # ¶ 11: every conclusion that is not in has its reason.
    "missing": _by_evaluation(MISSING_REASONS, "missing.no_reason"),
    # ¶ 9(5), 53: what is not named is open.
    "secrecy": _by_evaluation(GROUNDS, None),
}
