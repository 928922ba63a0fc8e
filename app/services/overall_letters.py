"""The values of the letters of the overall evaluation (¶ 49, 52)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import local_day
from app.domain.registers import BLOCKS, WORKING_BODY
from app.models.facts import Letter
from app.models.overall import MissingConclusion, Overall, OverallMark, OverallResult
from app.operations.overall_results import OVERALL
from app.operations.registers import Registers
from app.services import openings, people
from app.services.letter_values import written
from app.services.sentences import word

Values = dict[str, Any]


def _results(session: Session, row: Letter, language: str) -> Values:
    version = session.get_one(Overall, row.subject)
    bodies = Registers(session).bodies
    found: dict[str, dict[int, OverallResult]] = {}
    for result in _of(session, version):
        found.setdefault(result.evaluated_body, {})[result.block] = result
    ordered = [code for code in bodies.by_code if code in found]
    drafted = _mark(session, version, "drafted")
    texts = openings.texts(session, drafted.stream, drafted.seq) if drafted else {}
    return {
        "blocks": BLOCKS,
        "rows": [
            {
                "name": bodies.get(code).name(language),
                "by_block": [_points(found[code].get(block)) for block in BLOCKS],
                "overall": _points(found[code].get(OVERALL)),
            }
            for code in ordered
        ],
        "text": str(texts.get("text", "")),
        "notices": len(ordered),
        "signed_by": _signed_by(session, version, language),
    }


def _notice(session: Session, row: Letter, language: str) -> Values:
    version = session.get_one(Overall, row.subject)
    own = [r for r in _of(session, version) if r.evaluated_body == row.recipient]
    missing = {
        m.block: m.reason
        for m in session.scalars(
            select(MissingConclusion).where(
                MissingConclusion.case_id == version.case_id,
                MissingConclusion.evaluated_body == row.recipient,
            )
        )
    }
    return {
        "rows": [
            {
                "name": word("block", str(result.block), language) or str(result.block),
                "points": _points(result),
                "max": _comma(result.max),
                "reason": word("missing", missing.get(result.block, "other"), language) or "",
            }
            for result in own
            if result.block != OVERALL
        ],
        "overall": _points(next((r for r in own if r.block == OVERALL), None)),
        "signed_by": _signed_by(session, version, language),
    }


def _instructions(session: Session, row: Letter, language: str) -> Values:
    instructed = session.get_one(OverallMark, row.subject)
    version = session.get_one(Overall, instructed.overall_id)
    concluded = _mark(session, version, "concluded")
    own = [r for r in _of(session, version) if r.evaluated_body == row.recipient]
    texts = openings.texts(session, instructed.stream, instructed.seq)
    registers = Registers(session)
    holder = registers.mandates.holder(WORKING_BODY, local_day(instructed.at))
    return {
        "authority": registers.bodies.get(holder).name(language),
        "conclusion_number": concluded.number if concluded else "",
        "conclusion_date": written(concluded.dated, language)
        if concluded is not None and concluded.dated is not None
        else "",
        "overall": _points(next((r for r in own if r.block == OVERALL), None)),
        "instructions": str(texts.get("instructions", "")),
        "signed_by": _person(session, instructed.person, language),
    }


MAKERS: Mapping[str, Callable[[Session, Letter, str], Values]] = {
    "overall/results": _results,
    "overall/notice": _notice,
    "overall/instructions": _instructions,
}


def _of(session: Session, version: Overall) -> list[OverallResult]:
    query = select(OverallResult).where(OverallResult.overall_id == version.id)
    return list(session.scalars(query.order_by(OverallResult.id)))


def _mark(session: Session, version: Overall, mark: str) -> OverallMark | None:
    return session.scalars(
        select(OverallMark)
        .where(OverallMark.overall_id == version.id, OverallMark.mark == mark)
        .order_by(OverallMark.id.desc())
        .limit(1)
    ).one_or_none()


def _signed_by(session: Session, version: Overall, language: str) -> str:
    signed = _mark(session, version, "signed")
    return _person(session, signed.person, language) if signed else ""


def _person(session: Session, code: str, language: str) -> str:
    return people.names(session, {code}).get(code, {}).get(language, "")


def _points(result: OverallResult | None) -> str:
    return _comma(result.points) if result is not None else ""


def _comma(number: str | None) -> str:
    """A decimal number as Kazakh and Russian write it; nothing where there is none."""
    return number.replace(".", ",") if number is not None else ""
