"""¶ 17-20, 22, 26, 33, 39: who makes the methodology of a block, and when it may be approved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from app.domain.methodology import OVERALL, Methodology
from app.domain.refusals import FieldError, Invalid, NotAllowed
from app.domain.registers import Mandates, Part
from app.domain.rules.schedule import require_order_date

# Role of ¶ 10 and paragraph. Where the decree names several authors, that the one it names
# first leads is a reading; the overall formula (block 0) is the planning authority's by ¶ 11.
LEADS: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        OVERALL: ("state_planning", "11"),
        1: ("state_planning", "26"),
        2: ("civil_service", "33"),
        3: ("informatisation", "39"),
    }
)
LEADING_ROLES: Final = frozenset(role for role, _ in LEADS.values())
REQUIREMENTS: Final = tuple(f"requirement_{number}" for number in range(1, 7))


def require_author(mandates: Mandates, organisation: str, block: int, day: date) -> None:
    """¶ 11, 26, 33, 39: only the lead author of a block brings in its methodology.

    Raises:
        Invalid: `methodology.unknown_block`, ¶ 16.
        NotAllowed: `methodology.author_block_<n>`.
    """
    if block not in LEADS:
        raise Invalid("methodology.unknown_block", paragraph="16")
    role, paragraph = LEADS[block]
    if role not in mandates.roles_of(organisation, day):
        raise NotAllowed(f"methodology.author_block_{block}", paragraph=paragraph)


def require_subject(m: Methodology, year: int, block: int) -> None:
    """¶ 17: the file is of the year and block for which the case was opened.

    Raises:
        Invalid: `methodology.other_subject`.
    """
    if (m.year, m.block) != (year, block):
        raise Invalid(
            "methodology.other_subject",
            paragraph="17",
            year=m.year,
            block=m.block,
            asked_year=year,
            asked_block=block,
        )


def require_parts(m: Methodology, parts: Iterable[Part]) -> None:
    """¶ 16, 23, 28, 35: the parts are those of the block, for each has an evaluator of its own.

    Raises:
        Invalid: `methodology.parts`, with the codes asked for.
    """
    wanted = [part.code for part in parts]
    if sorted(wanted) != sorted(m.parts):
        raise Invalid("methodology.parts", paragraph="16", parts=", ".join(wanted))


def require_requirements(answers: Mapping[str, object]) -> None:
    """¶ 18: all six requirements are answered; the fifth too, if only by an explanation.

    Raises:
        Invalid: `methodology.requirement_missing`, with the first one left open.
    """
    missing = [name for name in REQUIREMENTS if not str(answers.get(name) or "").strip()]
    if missing:
        raise Invalid(
            "methodology.requirement_missing",
            paragraph="18",
            fields=tuple(FieldError(name, "form.required") for name in missing),
            item=f"18({missing[0].removeprefix('requirement_')})",
        )


def require_key_order(number: str | None, dated: date | None, today: date) -> None:
    """¶ 22: the list of key indicators is named by number and date of its order, or not at all.

    Raises:
        Invalid: `methodology.key_order`; `order.date_in_future`; `decree.before_in_force`.
    """
    if bool(number) != (dated is not None):
        name = "kpi_order_date" if number else "kpi_order_number"
        fields = (FieldError(name, "form.required"),)
        raise Invalid("methodology.key_order", paragraph="22", fields=fields)
    if dated is not None:
        require_order_date(dated, today, "kpi_order_date")


def require_agreed(planning: bool, working_body: bool) -> None:
    """¶ 17: both agreements are there before anybody approves.

    Raises:
        Invalid: `methodology.planning_not_agreed`, `methodology.working_body_not_agreed`.
    """
    if not planning:
        raise Invalid("methodology.planning_not_agreed", paragraph="17")
    if not working_body:
        raise Invalid("methodology.working_body_not_agreed", paragraph="17")


def require_other_approver(author: str, person: str) -> None:
    """Whoever drafted a methodology does not approve it (four eyes; the decree is silent).

    Raises:
        NotAllowed: `methodology.same_person`.
    """
    if author == person:
        raise NotAllowed("methodology.same_person", paragraph="17")


def require_order(number: str, dated: date | None, today: date) -> None:
    """¶ 17: a methodology is approved by an order with a number and a date.

    Raises:
        Invalid: `methodology.order_missing`; `order.date_in_future`;
            `decree.before_in_force`.
    """
    names = (("order_number", number.strip()), ("order_date", dated))
    missing = [name for name, given in names if not given]
    if dated is None or missing:
        fields = tuple(FieldError(name, "form.required") for name in missing)
        raise Invalid("methodology.order_missing", paragraph="17", fields=fields)
    require_order_date(dated, today)
