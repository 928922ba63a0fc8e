"""¶ 5, 10, 16, 23-25, 28-32, 35-38, Annex 2: who evaluates whom, and who concludes.

Which role evaluates a part and which concludes on the block is a decision table of the legal
release, asked here for what a body is on the day; the register of parts says which parts
there are, that of mandates who holds a role. No body is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.refusals import Conflict, Invalid, NotAllowed
from app.domain.registers import AUTHORITY_ROLES, BLOCKS, Body, Part, Registers

GENERAL_PARAGRAPH = {1: "23", 2: "28", 3: "35"}
CONCLUDING_PARAGRAPH = {2: "32", 3: "38"}
SCORING_REFUSALS = {
    "23": "evaluation.block_1",
    "24": "evaluation.planning_or_budget",
    "25": "evaluation.under_president",
    "28": "evaluation.block_2",
    "30": "evaluation.own_services",
    "31": "evaluation.eservices",
    "35": "evaluation.block_3",
    "36": "evaluation.own_personnel",
    "37": "evaluation.it",
}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One part of a block evaluation of one body.

    `authority` evaluates the part by `paragraph`; `consolidator` puts the block's conclusion
    together. Both are codes of bodies. `self_consolidated`: the body evaluated consolidates
    its own block, so it may put together only, not edit, and the working body is to know.
    """

    block: int
    part: str
    authority: str
    consolidator: str
    paragraph: str
    self_consolidated: bool


def require_block(registers: Registers, body: str, block: int) -> Body:
    """¶ 15, 16: only a body on the roster is evaluated, and by one of three blocks.

    Raises:
        NotFound: `body.unknown`.
        Invalid: `block.fourth`, ¶ 16; `body.not_evaluated`, ¶ 15.
    """
    found = registers.bodies.get(body)
    if block not in BLOCKS:
        raise Invalid("block.fourth", paragraph="16")
    if not found.evaluated:
        raise Invalid("body.not_evaluated", paragraph="15", body=body)
    return found


def whole_year(registers: Registers, day: date) -> Iterator[tuple[Body, tuple[Evaluation, ...]]]:
    """¶ 11, 15, 16, Annex 2: every evaluation of a year: a body of the roster, a block's parts.

    In the order of the register of bodies, then of the blocks.

    Raises:
        Conflict: see `evaluations`.
    """
    for body, block in places(registers):
        yield body, evaluations(registers, body.code, block, day)


def places(registers: Registers) -> Iterator[tuple[Body, int]]:
    """¶ 15, 16, Annex 2: every body of the roster with each of its blocks, in their order."""
    for body in registers.bodies.evaluated():
        for block in body.blocks:
            yield body, block


def evaluations(registers: Registers, body: str, block: int, day: date) -> tuple[Evaluation, ...]:
    """¶ 23-25, 28, 30-32, 35-38: the parts of a body's block, who evaluates and consolidates.

    Raises:
        NotFound, Invalid: see `require_block`; `block.not_evaluated`, Annex 2.
        Conflict: `mandate.none`, a role is held by nobody on `day`; `evaluation.no_row`, the
            table gives a part of the register to nobody.
    """
    found = require_block(registers, body, block)
    roles = registers.mandates.roles_of(body, day)
    return tuple(
        _evaluation(registers, found, roles, part, day) for part in registers.parts_of(block)
    )


def evaluation_of(registers: Registers, body: str, block: int, part: str, day: date) -> Evaluation:
    """¶ 23-25, 28, 30-31, 35-37: the evaluation of one part.

    Raises:
        Invalid: `form.not_a_choice`, the block has no such part; see also `evaluations`.
    """
    for evaluation in evaluations(registers, body, block, day):
        if evaluation.part == part:
            return evaluation
    raise Invalid("form.not_a_choice")


def concluding_authority(registers: Registers, body: str, block: int, day: date) -> str:
    """¶ 23-25, 32, 38: the code of the body that makes the conclusion on a block.

    Raises:
        NotFound, Invalid, Conflict: see `evaluations`.
    """
    return evaluations(registers, body, block, day)[0].consolidator


def require_scorer(
    registers: Registers, body: str, block: int, part: str, organisation: str, day: date
) -> Evaluation:
    """¶ 23-25, 28, 30-31, 35-37: only the evaluator of a part scores it.

    Raises:
        NotAllowed: `evaluation.…` with the paragraph that gives the part to another body.
    """
    evaluation = evaluation_of(registers, body, block, part, day)
    if evaluation.authority != organisation:
        code = SCORING_REFUSALS[evaluation.paragraph]
        raise NotAllowed(code, paragraph=evaluation.paragraph)
    return evaluation


def require_concluder(
    registers: Registers, body: str, block: int, organisation: str, day: date
) -> tuple[Evaluation, ...]:
    """¶ 5, 23-25, 32, 38: only the concluding authority of a block makes its conclusion.

    Raises:
        NotAllowed: `conclusion.not_authorised`, ¶ 5, for a body without a role of ¶ 10;
            `conclusion.not_yours` with the paragraph by which another body concludes.
    """
    parts = evaluations(registers, body, block, day)
    if not registers.mandates.roles_of(organisation, day) & set(AUTHORITY_ROLES):
        raise NotAllowed("conclusion.not_authorised", paragraph="5")
    authority = parts[0].consolidator
    if organisation != authority:
        paragraph = CONCLUDING_PARAGRAPH.get(block, parts[0].paragraph)
        raise NotAllowed("conclusion.not_yours", paragraph=paragraph, body=authority)
    return parts


def require_every_part(
    registers: Registers, body: str, block: int, day: date, brought: frozenset[str]
) -> None:
    """¶ 32, 38: no consolidated conclusion before every part is brought to the consolidator.

    `brought` are the codes of the parts that are in.

    Raises:
        Invalid: see `missing_part`.
    """
    for evaluation in evaluations(registers, body, block, day):
        if evaluation.part not in brought:
            raise missing_part(block, evaluation.part)


def missing_part(block: int, part: str) -> Invalid:
    """¶ 32, 38: the refusal of a conclusion to which a part has not been brought.

    `consolidation.block_2`, ¶ 32; `consolidation.block_3`, ¶ 38, only for the personnel part
    that ¶ 38 names; `consolidation.part_missing` for the rest.
    """
    if block == 2 and part != "services":
        return Invalid("consolidation.block_2", paragraph="32", part=part)
    if (block, part) == (3, "personnel"):
        return Invalid("consolidation.block_3", paragraph="38")
    return Invalid("consolidation.part_missing", part=part)


def _evaluation(
    registers: Registers, body: Body, roles: frozenset[str], part: Part, day: date
) -> Evaluation:
    """One part by the table, with the holders of its roles on `day`."""
    decided = registers.decide(
        {
            "block": part.block,
            "part": part.code,
            "kind": body.kind,
            "blocks": list(body.blocks),
            "under_president": body.directly_under_president,
            "roles": sorted(roles),
        }
    )
    if not decided["evaluator"]:
        raise _nobody(body, part, decided["paragraph"])
    consolidator = registers.mandates.holder(decided["concluder"], day)
    return Evaluation(
        block=part.block,
        part=part.code,
        authority=registers.mandates.holder(decided["evaluator"], day),
        consolidator=consolidator,
        paragraph=decided["paragraph"],
        self_consolidated=consolidator == body.code,
    )


def _nobody(body: Body, part: Part, paragraph: str) -> Invalid | Conflict:
    """¶ 15, Annex 2: why nobody evaluates: the roster, or a table that lacks the part."""
    if part.block in body.blocks:
        return Conflict("evaluation.no_row", paragraph=paragraph, block=part.block, part=part.code)
    blocks = " ".join(str(known) for known in body.blocks)
    return Invalid("block.not_evaluated", paragraph=paragraph, body=body.code, block=blocks)
