"""¶ 5, 10, 16, 23-25, 28-32, 35-38, Annex 2: who evaluates whom, and who concludes.

The general evaluator and the consolidator of a part are rows of the register of parts; the
decree's exceptions are functions here, each asking what role the evaluated body holds on the
day. No body is named. Where ¶ 24-25 move the whole of block 1, that evaluator also concludes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.domain.refusals import Invalid, NotAllowed
from app.domain.registers import AUTHORITY_ROLES, BLOCKS, Body, Part, Registers

PRESIDENT = "presidential_administration"
PRIME_MINISTER = "prime_minister_office"
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

Exception_ = Callable[[Body, frozenset[str], Part], str | None]


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


def under_the_president(body: Body, roles: frozenset[str], part: Part) -> str | None:
    """¶ 25: the Administration evaluates central bodies directly under the President in block 1.

    It goes before ¶ 24 as the special rule; that is a reading, without a clash in 2017.
    """
    applies = part.block == 1 and body.kind == "central" and body.directly_under_president
    return PRESIDENT if applies else None


def planning_and_budget(body: Body, roles: frozenset[str], part: Part) -> str | None:
    """¶ 24: the Prime Minister's Office evaluates the planning and the budget authority."""
    applies = part.block == 1 and roles & {"state_planning", "budget_execution"}
    return PRIME_MINISTER if applies else None


def services_of_civil_service(body: Body, roles: frozenset[str], part: Part) -> str | None:
    """¶ 30: the Administration evaluates the public services of the civil service authority."""
    applies = (part.block, part.code) == (2, "services") and "civil_service" in roles
    return PRESIDENT if applies else None


def eservices_of_informatisation(body: Body, roles: frozenset[str], part: Part) -> str | None:
    """¶ 31: the PM's Office evaluates e-services and open data of the informatisation authority."""
    applies = (part.block, part.code) == (2, "eservices") and "informatisation" in roles
    return PRIME_MINISTER if applies else None


def personnel_of_civil_service(body: Body, roles: frozenset[str], part: Part) -> str | None:
    """¶ 36: the Administration evaluates personnel management of the civil service authority."""
    applies = (part.block, part.code) == (3, "personnel") and "civil_service" in roles
    return PRESIDENT if applies else None


def it_of_informatisation(body: Body, roles: frozenset[str], part: Part) -> str | None:
    """¶ 37: the Prime Minister's Office evaluates the IT use of the informatisation authority."""
    applies = (part.block, part.code) == (3, "it") and "informatisation" in roles
    return PRIME_MINISTER if applies else None


# In the order in which they are asked: ¶ 25 before ¶ 24.
EXCEPTIONS: tuple[tuple[str, Exception_], ...] = (
    ("25", under_the_president),
    ("24", planning_and_budget),
    ("30", services_of_civil_service),
    ("31", eservices_of_informatisation),
    ("36", personnel_of_civil_service),
    ("37", it_of_informatisation),
)


def require_block(registers: Registers, body: str, block: int) -> Body:
    """¶ 15, 16, Annex 2: a body is evaluated by the blocks of the roster, and by no others.

    Raises:
        NotFound: `body.unknown`.
        Invalid: `block.fourth`, ¶ 16; `body.not_evaluated`, ¶ 15; `block.not_evaluated`, Annex 2.
    """
    found = registers.bodies.get(body)
    if block not in BLOCKS:
        raise Invalid("block.fourth", paragraph="16")
    if not found.evaluated:
        raise Invalid("body.not_evaluated", paragraph="15", body=body)
    if block not in found.blocks:
        blocks = " ".join(str(known) for known in found.blocks)
        raise Invalid("block.not_evaluated", paragraph="Annex 2", body=body, block=blocks)
    return found


def evaluations(registers: Registers, body: str, block: int, day: date) -> tuple[Evaluation, ...]:
    """¶ 23-25, 28, 30-32, 35-38: the parts of a body's block, who evaluates and consolidates.

    Raises:
        NotFound, Invalid: see `require_block`.
        Conflict: `mandate.none`, a role is held by nobody on `day`.
    """
    found = require_block(registers, body, block)
    return tuple(_evaluation(registers, found, part, day) for part in registers.parts_of(block))


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
        Invalid: `consolidation.block_2`, ¶ 32; `consolidation.block_3`, ¶ 38, only for the
            personnel part that ¶ 38 names; `consolidation.part_missing` for the rest.
    """
    for evaluation in evaluations(registers, body, block, day):
        part = evaluation.part
        if part in brought:
            continue
        if block == 2 and part != "services":
            raise Invalid("consolidation.block_2", paragraph="32", part=part)
        if (block, part) == (3, "personnel"):
            raise Invalid("consolidation.block_3", paragraph="38")
        raise Invalid("consolidation.part_missing", part=part)


def _evaluation(registers: Registers, body: Body, part: Part, day: date) -> Evaluation:
    """One part with its holders on `day`, exceptions first."""
    mandates = registers.mandates
    roles = mandates.roles_of(body.code, day)
    role, paragraph = part.general_evaluator, GENERAL_PARAGRAPH[part.block]
    consolidating = part.consolidator
    for number, applies in EXCEPTIONS:
        moved = applies(body, roles, part)
        if moved is not None:
            role, paragraph = moved, number
            # ¶ 24-25 move the whole block: its evaluator also concludes.
            consolidating = moved if part.block == 1 else consolidating
            break
    consolidator = mandates.holder(consolidating, day)
    return Evaluation(
        block=part.block,
        part=part.code,
        authority=mandates.holder(role, day),
        consolidator=consolidator,
        paragraph=paragraph,
        self_consolidated=consolidator == body.code,
    )
