"""The whole of security on one page: what a role allows, and who may act on a task or case.

Predicates only; the SQL filters that mean the same stand in `app/services/visibility.py`
under the same names, and a property test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.domain.actors import Actor
from app.domain.refusals import Conflict, NotAllowed, Refusal


class Permission(Enum):
    """What can be allowed apart from the tasks of a diagram."""

    SEE_OWN_CASES = "see_own_cases"
    SEE_EVERY_CASE = "see_every_case"
    START_CASES = "start_cases"
    READ_TRAIL = "read_trail"
    MANAGE_PEOPLE = "manage_people"
    EDIT_CALENDAR = "edit_calendar"
    EDIT_MANDATES = "edit_mandates"
    RESOLVE_INCIDENTS = "resolve_incidents"
    SEE_INCIDENTS = "see_incidents"


GRANTED: dict[str, frozenset[Permission]] = {
    "case_officer": frozenset({Permission.SEE_OWN_CASES, Permission.START_CASES}),
    "first_head": frozenset({Permission.SEE_OWN_CASES}),
    "administration_head": frozenset({Permission.SEE_OWN_CASES}),
    "commission_member": frozenset(),
    "working_body_officer": frozenset({Permission.SEE_OWN_CASES}),
    "auditor": frozenset(
        {Permission.SEE_EVERY_CASE, Permission.READ_TRAIL, Permission.SEE_INCIDENTS}
    ),
    "process_owner": frozenset({Permission.SEE_INCIDENTS}),
    "administrator": frozenset(
        {
            Permission.MANAGE_PEOPLE,
            Permission.EDIT_CALENDAR,
            Permission.EDIT_MANDATES,
            Permission.RESOLVE_INCIDENTS,
            Permission.SEE_INCIDENTS,
        }
    ),
}

# Lanes in which nobody may sit who took part in the evaluation of that year (¶ 59).
BARRED_TO_PARTICIPANTS = frozenset({"commission_member"})


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What the rules need to know of a task and its case.

    `participants` are the people who took part in the evaluation of the case's year; it is
    asked for only where `BARRED_TO_PARTICIPANTS` names the task's role.
    """

    role: str
    organisation: str | None
    assignee: str | None
    claimed_by: str | None
    state: str
    evaluated_body: str | None
    participants: frozenset[str] = frozenset()


def allows(actor: Actor, permission: Permission) -> bool:
    """Say whether any role of the actor carries `permission`."""
    return any(permission in GRANTED.get(role, frozenset()) for role in actor.roles)


def require(actor: Actor, permission: Permission) -> None:
    """Refuse an actor without `permission`.

    Raises:
        NotAllowed: `permission.denied`.
    """
    if not allows(actor, permission):
        raise NotAllowed("permission.denied")


def in_lane(actor: Actor, task: TaskFacts) -> bool:
    """Say whether the task lies in the actor's lane: the named person, or role and organisation."""
    if task.assignee is not None:
        return task.assignee == actor.person
    return task.organisation is not None and actor.holds(task.role, task.organisation)


def conflict_of(actor: Actor, task: TaskFacts) -> Refusal | None:
    """The conflict of interest that bars the actor from a task, if there is one.

    ¶ 9(2): nobody evaluates his own body. ¶ 59: nobody who took part in the evaluation sits
    on the special commission. Both bind everybody, administrators too, and at every moment:
    in the list, at the claim, at the act and at the vote.
    """
    own = task.evaluated_body
    if own is not None and task.organisation not in (None, own) and own in actor.organisations:
        return NotAllowed("conflict.own_body", paragraph="9(2)")
    if task.role in BARRED_TO_PARTICIPANTS and actor.person in task.participants:
        return NotAllowed("conflict.participated", paragraph="59")
    return None


def can_see_task(actor: Actor, task: TaskFacts) -> bool:
    """Say whether an open task is listed for the actor."""
    return task.state == "open" and in_lane(actor, task) and conflict_of(actor, task) is None


def refuse_act(actor: Actor, task: TaskFacts) -> None:
    """Refuse an act on a task to whoever may not do it now.

    Raises:
        NotAllowed: not the actor's lane, or a conflict of interest.
        Conflict: the task is done or gone, or somebody else has claimed it.
    """
    if not in_lane(actor, task):
        raise NotAllowed("task.not_yours")
    conflict = conflict_of(actor, task)
    if conflict is not None:
        raise conflict
    if task.state == "done":
        raise Conflict("task.already_done")
    if task.state != "open":
        raise Conflict("task.gone")
    if task.claimed_by not in (None, actor.person):
        raise Conflict("task.claimed_by_other")


def can_see_case(actor: Actor, parties: frozenset[str]) -> bool:
    """Say whether the actor may open a case whose parties are `parties` (codes of bodies)."""
    if allows(actor, Permission.SEE_EVERY_CASE):
        return True
    seeing = {
        h.organisation
        for h in actor.holdings
        if Permission.SEE_OWN_CASES in GRANTED.get(h.role, frozenset())
    }
    return bool(seeing & parties)
