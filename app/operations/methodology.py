"""Operations of a methodology: opened, checked, approved (¶ 17-18, 20, 22, 26, 33, 39)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.canonical import canonical
from app.documents import installed
from app.domain import methodology as domain
from app.domain import scores
from app.domain.calendar import local_day
from app.domain.methodology_json import LONGEST
from app.domain.refusals import Conflict, FieldError, Invalid, Refusal
from app.domain.rules import methodology as rules
from app.engine import formulas
from app.models.cases import CaseFile, Party
from app.models.evaluation import Methodology
from app.models.facts import Document, Letter
from app.operations import methodologies
from app.operations.context import Context

PROCESS = "methodology"
MEDIA_TYPE = "application/json"


def open_case(context: Context, /, *, organisation: str, year: int, block: str) -> dict[str, Any]:
    """¶ 17, 26, 33, 39: start data of a methodology; `block` 0 is the overall formula.

    Raises:
        NotAllowed: `methodology.author_block_<n>`, the organisation does not lead the block.
        Conflict: `methodology.under_way`; `mandate.none`, nobody is the working body.
    """
    today = local_day(context.now)
    mandates = context.registers.mandates
    number = int(block)
    rules.require_author(mandates, organisation, number, today)
    under_way = context.session.scalar(
        select(CaseFile.number).where(
            CaseFile.process == PROCESS,
            CaseFile.year == year,
            CaseFile.block == number,
            CaseFile.status == "running",
        )
    )
    if under_way is not None:
        raise Conflict("methodology.under_way", paragraph="17", year=year, number=under_way)
    return {
        "year": year,
        "block": number,
        "authority": organisation,
        "planning": mandates.holder("state_planning", today),
        "working_body": mandates.holder("working_body", today),
    }


def check(
    context: Context,
    /,
    *,
    documents: Sequence[int],
    year: int,
    block: int,
    planning: str,
    working_body: str,
    kpi_order_number: str | None,
    kpi_order_date: str | None,
) -> dict[str, Any]:
    """¶ 17-18, 20, 22: the file is a methodology of this year and block, and can be scored by.

    Returns who drafted it, the document, the hash of its canonical content and how many
    indicators it has. Those who are to agree see the case from now on.

    Raises:
        Invalid: `methodology.<…>`, what is wrong and where.
    """
    rules.require_requirements(context.answers)
    ordered = date.fromisoformat(kpi_order_date) if kpi_order_date else None
    rules.require_key_order(kpi_order_number, ordered, local_day(context.now))
    try:
        document = _file(context.session, documents)
        content = canonical_content(document.sha256)
        found = methodologies.parsed(content)
        rules.require_subject(found, year, block)
        domain.check_formulas(found, formulas.check)
        if block != domain.OVERALL:
            rules.require_parts(found, [p for p in context.registers.parts if p.block == block])
            _applies_to_all(context, found)
    except Refusal as error:
        raise _at_documents(error) from None
    for organisation in {planning, working_body} - set(_parties(context)):
        context.show_to(organisation)
    return {
        "author": context.person,
        "document": document.id,
        "sha256": methodologies.hashed(content),
        "indicators": len(found.indicators()),
    }


def approve(
    context: Context,
    /,
    *,
    checked: dict[str, Any],
    year: int,
    block: int,
    planning_agreed: bool,
    working_body_agreed: bool,
    order_number: str,
    order_date: str,
) -> dict[str, Any]:
    """¶ 17: an order approves what both agreed to; it is the newest version from now on.

    Evaluations that have begun stay with the version by which their report was recorded.

    Raises:
        NotAllowed: `methodology.same_person`.
        Invalid: not agreed by both, no order, or the document is another one than agreed.
    """
    rules.require_other_approver(checked["author"], context.person)
    rules.require_agreed(planning_agreed, working_body_agreed)
    ordered = date.fromisoformat(order_date) if order_date else None
    rules.require_order(order_number, ordered, local_day(context.now))
    assert ordered is not None
    session = context.session
    content = canonical_content(session.get_one(Document, checked["document"]).sha256)
    if methodologies.hashed(content) != checked["sha256"]:
        raise Invalid("methodology.damaged", year=year, block=block)
    row = _write(context, content, year, block, order_number, ordered)
    _tell(context, row)
    return {"id": row.id, "number": row.number}


def _write(
    context: Context, content: bytes, year: int, block: int, number: str, ordered: date
) -> Methodology:
    """Keep the next version for the year and block."""
    newest = select(func.max(Methodology.number)).where(
        Methodology.year == year, Methodology.block == block
    )
    return context.write(
        Methodology(
            case_id=context.case.id,
            year=year,
            block=block,
            number=1 + (context.session.scalar(newest) or 0),
            content=content,
            sha256=methodologies.hashed(content),
            example=methodologies.parsed(content).example,
            order_number=number,
            order_date=ordered,
            approved_by=context.person,
            approved_at=context.now,
        )
    )


def canonical_content(sha256: str) -> bytes:
    """The canonical JSON (RFC 8785) of the methodology in a document.

    Raises:
        Invalid: what `domain.read` refuses. TooLarge, Conflict: the file itself.
    """
    raw = installed.read(sha256, LONGEST)
    domain.read(raw)  # refuses what JSON itself lets through: fractions, doubled keys
    return canonical(json.loads(raw))


def _file(session: Session, documents: Sequence[int]) -> Document:
    rows = session.scalars(
        select(Document).where(Document.id.in_(documents), Document.media_type == MEDIA_TYPE)
    ).all()
    if len(rows) != 1:
        raise Invalid("methodology.one_file", paragraph="17")
    return rows[0]


def _at_documents(error: Refusal) -> Refusal:
    """The same refusal, shown at the field with the file."""
    if error.fields:
        return error
    fields = (FieldError("documents", error.code, tuple(error.params.items())),)
    return type(error)(error.code, paragraph=error.paragraph, fields=fields, **error.params)


def _applies_to_all(context: Context, m: domain.Methodology) -> None:
    """¶ 20: for every evaluated body of the block something is left to be scored."""
    for body in context.registers.bodies.evaluated(m.block):
        if not any(
            scores.applicable(m, i, kind=body.kind, body=body.code, evaluate=formulas.evaluate)
            for i in m.indicators()
        ):
            raise Invalid("methodology.nothing_applies", paragraph="20", body=body.code)


def _parties(context: Context) -> Sequence[str]:
    return context.session.scalars(
        select(Party.organisation).where(Party.case_id == context.case.id)
    ).all()


def _tell(context: Context, row: Methodology) -> None:
    """¶ 18(3): a letter to every body that is evaluated by it; both sides read the same."""
    block = None if row.block == domain.OVERALL else row.block
    recipients = {body.code for body in context.registers.bodies.evaluated(block)}
    context.write_all(
        Letter(
            case_id=context.case.id,
            kind="methodology/approved",
            recipient=recipient,
            subject=row.id,
            sent_at=context.now,
        )
        for recipient in sorted(recipients)
    )
