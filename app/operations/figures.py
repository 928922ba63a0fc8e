"""What a methodology asks of a body, and what stands reported and scored in a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.db import connection_of
from app.domain import scores
from app.domain.methodology import Indicator, Methodology
from app.domain.rules.reporting import Figure
from app.engine import formulas
from app.models.evaluation import PartScore, Report, ReportEvidence, ReportItem, ReportMark
from app.operations import methodologies
from app.operations.registers import Registers

Read = TypeVar("Read")
_KEPT: Final = "bagalau_figures"


@dataclass(frozen=True, slots=True)
class Asked:
    """A methodology (`id` is its row's) and those of its indicators that apply to a body."""

    id: int
    methodology: Methodology
    indicators: tuple[Indicator, ...]

    def of_part(self, part: str) -> tuple[Indicator, ...]:
        """Those of one part."""
        return tuple(indicator for indicator in self.indicators if indicator.part == part)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure that the body is asked for."""
        return tuple((i.code, name) for i in self.indicators for name in i.names)


def asked_of(session: Session, registers: Registers, year: int, block: int, body: str) -> Asked:
    """What the methodology in force asks of a body (¶ 17, 20).

    Raises:
        Invalid: `methodology.none`, there is none for that year and block.
    """

    def read() -> tuple[int, Methodology]:
        row, content = methodologies.in_force(session, year, block)
        return row.id, content

    number, content = _once(session, ("in force", year, block), read)
    return _asked(session, registers, number, content, body)


def asked_by(session: Session, registers: Registers, number: int, body: str) -> Asked:
    """What the methodology with the row id `number` asks of a body (¶ 17, 20)."""
    return _asked(session, registers, number, methodology(session, number), body)


def _asked(
    session: Session, registers: Registers, number: int, content: Methodology, body: str
) -> Asked:
    key = ("asked", number, body)
    return _once(
        session, key, lambda: Asked(number, content, _applicable(content, registers, body))
    )


def methodology(session: Session, number: int) -> Methodology:
    """The methodology with the row id `number`."""
    return methodologies.content_of(session, number)


def _applicable(content: Methodology, registers: Registers, body: str) -> tuple[Indicator, ...]:
    kind = registers.bodies.get(body).kind
    return tuple(
        indicator
        for indicator in content.indicators()
        if scores.applicable(content, indicator, kind=kind, body=body, evaluate=formulas.evaluate)
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """The newest report of a case: its figures and documents, and how often a part was scored.

    `reported` has None where the body says that there are no data; what it left open is not
    in it. `versions` is the number of the newest scores by part.
    """

    report: int
    methodology: int
    reported: Mapping[Figure, str | None] = field(default_factory=dict)
    documents: Mapping[str, Sequence[int]] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)


def sheet(session: Session, case_id: int) -> Sheet | None:
    """The newest report of a case, by one statement; None before there is one."""
    return _once(session, ("sheet", case_id), lambda: _sheet(session, case_id))


def _sheet(session: Session, case_id: int) -> Sheet | None:
    return _gathered(connection_of(session).execute(_SHEET, {"case": case_id}).all())


def _sheet_of(case: BindParameter[int]) -> CompoundSelect[Any]:
    newest = select(func.max(Report.id)).where(Report.case_id == case).scalar_subquery()
    number, text = cast(null(), Integer), cast(null(), String)
    return union_all(
        select(literal("report"), Report.id, Report.methodology_id, text, text, text).where(
            Report.id == newest
        ),
        select(
            literal("item"),
            ReportItem.id,
            number,
            ReportItem.indicator,
            ReportItem.variable,
            ReportItem.value,
        ).where(ReportItem.report_id == newest),
        select(
            literal("document"),
            ReportEvidence.document_id,
            number,
            ReportEvidence.indicator,
            text,
            text,
        ).where(ReportEvidence.report_id == newest),
        select(literal("scored"), PartScore.number, number, PartScore.part, text, text).where(
            PartScore.case_id == case
        ),
    )


_SHEET = _sheet_of(bindparam("case"))


def _once(session: Session, key: Any, read: Callable[[], Read]) -> Read:
    """What `read` gives, read once in a transaction: first for the form, then for the act.

    The case is held from the beginning of an act, and none both writes and reads this.
    """
    transaction = connection_of(session).get_transaction()
    if transaction is None:
        return read()
    kept: tuple[Any, dict[Any, Any]] = session.info.get(_KEPT, (None, {}))
    if kept[0] is not transaction:
        kept = session.info[_KEPT] = (transaction, {})
    if key not in kept[1]:
        kept[1][key] = read()
    found: Read = kept[1][key]
    return found


def _gathered(rows: Sequence[Sequence[object]]) -> Sheet | None:
    report: tuple[int, int] | None = None
    reported: dict[Figure, str | None] = {}
    documents: dict[str, list[int]] = {}
    versions: dict[str, int] = {}
    for what, number, other, indicator, variable, value in rows:
        assert isinstance(number, int)
        if what == "report":
            assert isinstance(other, int)
            report = number, other
        elif what == "item":
            reported[str(indicator), str(variable)] = None if value is None else str(value)
        elif what == "document":
            documents.setdefault(str(indicator), []).append(number)
        else:
            versions[str(indicator)] = max(number, versions.get(str(indicator), 0))
    if report is None:
        return None
    return Sheet(*report, reported, {key: sorted(ids) for key, ids in documents.items()}, versions)


def before(session: Session, year: int, block: int, body: str) -> dict[Figure, str | None]:
    """What the body reported for the year before, as far as it was accepted; one statement."""
    return _items(session, _BEFORE, {"year": year - 1, "block": block, "body": body})


def reported(session: Session, report: int) -> dict[Figure, str | None]:
    """The figures of one version of a report; None where there are no data."""
    return _items(session, _REPORTED, {"report": report})


def _items(
    session: Session, items: Select[Any, Any, Any], asked: Mapping[str, Any]
) -> dict[Figure, str | None]:
    rows = connection_of(session).execute(items, asked)
    return {(row.indicator, row.variable): row.value for row in rows}


_ITEMS = select(ReportItem.indicator, ReportItem.variable, ReportItem.value)
_REPORTED = _ITEMS.where(ReportItem.report_id == bindparam("report"))
_ACCEPTED = (
    select(func.max(Report.id))
    .join(ReportMark, (ReportMark.report_id == Report.id) & (ReportMark.mark == "accepted"))
    .where(
        Report.year == bindparam("year"),
        Report.block == bindparam("block"),
        Report.evaluated_body == bindparam("body"),
    )
    .scalar_subquery()
)
_BEFORE = _ITEMS.where(ReportItem.report_id == _ACCEPTED)


def told_before(asked: Asked, now: Mapping[Figure, str | None]) -> dict[Figure, str | None]:
    """Last year's figures as the report of this year tells them, where it is asked for them."""
    return {
        (indicator.code, variable.name): now.get((indicator.code, variable.previous))
        for indicator in asked.indicators
        for variable in indicator.variables
        if variable.previous is not None
    }
