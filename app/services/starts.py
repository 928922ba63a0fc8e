"""What a person may start, with the form for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.db import reading
from app.domain.actors import Actor
from app.domain.calendar import local_day
from app.domain.permissions import Permission, allows
from app.domain.refusals import NotFound
from app.domain.registers import WORKING_BODY, Body
from app.domain.rules.methodology import LEADING_ROLES
from app.engine.forms import Form
from app.operations.registers import Registers
from app.operations.schedule import years_in_force
from app.services import releases


@dataclass(frozen=True, slots=True)
class Start:
    """A process that the actor may start for one of their organisations.

    `years` are the reporting years that it may be about, None where any will do.
    """

    process: str
    name: dict[str, str]
    organisation: str
    form: Form
    bodies: tuple[Body, ...]
    years: tuple[int, ...] | None


def starts(*, actor: Actor, now: datetime) -> tuple[Start, ...]:
    """What the actor may start today.

    The schedule only for the state planning authority (¶ 8), a conclusion only for a body
    with a role of ¶ 10 (¶ 5), a methodology only for the lead author of a block.
    """
    if not allows(actor, Permission.START_CASES):
        return ()
    with reading() as session:
        today = local_day(now)
        release = releases.in_force(session, today)
        registers = Registers(session)
        found = []
        for process, model in release.processes.items():
            for holding in actor.holdings:
                roles = registers.mandates.roles_of(holding.organisation, today)
                if (
                    model.start_form
                    and holding.role == model.start_role
                    and _mandated(process, roles)
                ):
                    found.append(
                        Start(
                            process=process,
                            name=dict(model.name),
                            organisation=holding.organisation,
                            form=release.forms[model.start_form],
                            bodies=registers.bodies.evaluated(),
                            years=years_in_force(session) if process == "conclusion" else None,
                        )
                    )
        return tuple(found)


def _mandated(process: str, roles: frozenset[str]) -> bool:
    """¶ 5, 8, 26, 33, 39: which holders of a role of ¶ 10 may start a process at all."""
    if process == "schedule":
        return "state_planning" in roles
    if process == "methodology":
        return bool(roles & LEADING_ROLES)
    if process == "conclusion":
        return bool(roles - {WORKING_BODY})
    return True


def start_of(*, process: str, organisation: str, actor: Actor, now: datetime) -> Start:
    """One of `starts`.

    Raises:
        NotFound: the actor may not start that.
    """
    for found in starts(actor=actor, now=now):
        if (found.process, found.organisation) == (process, organisation):
            return found
    raise NotFound("case.not_found")
