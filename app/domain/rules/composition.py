"""¶ 9(2), 59: how the composition of a special commission is changed while it sits.

The decree does not say what becomes of a commission whose member falls ill, leaves office or
turns out to be barred. That a further order of whoever formed it changes its composition, and
all bounds below, are readings of this product.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.refusals import FieldError, Invalid, NotAllowed
from app.domain.rules.commission import Exclusion


@dataclass(frozen=True, slots=True)
class Composition:
    """Members in their order, and the chair among them."""

    members: tuple[str, ...]
    chair: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a further order does: who goes, who comes, who is chair from then on."""

    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    chair: str = ""


@dataclass(frozen=True, slots=True)
class Sitting:
    """How far a commission has come.

    `counted`: its votes are counted. `recused`: members who recused themselves; `barred`:
    members who may not sit any more (¶ 9(2), 59), each with the reason.
    """

    counted: bool = False
    recused: frozenset[str] = frozenset()
    barred: Mapping[str, Exclusion] = field(default_factory=dict)


def changed(before: Composition, change: Change) -> Composition:
    """¶ 59: the composition after a further order; who stays keeps their place.

    Raises:
        Invalid: `commission.not_member`, somebody is removed who is no member;
            `commission.already_member`, somebody is put in who is one;
            `commission.nothing_changed`.
    """
    for person in change.removed:
        if person not in before.members:
            raise _wrong("removed", "commission.not_member", person=person)
    for person in change.added:
        if person in before.members:
            raise _wrong("added", "commission.already_member", person=person)
    stay = tuple(person for person in before.members if person not in change.removed)
    after = Composition((*stay, *change.added), change.chair)
    if after == before:
        raise _wrong("removed", "commission.nothing_changed")
    return after


def require_change(sitting: Sitting, change: Change, after: Composition) -> None:
    """¶ 9(2), 59: a change mends the commission, and does not choose its outcome.

    Whoever may not sit any more goes by this order or an earlier one. Enough members stay who
    have not recused themselves for more than half of all to vote. Once the votes are counted
    nobody goes but who may not sit, and nobody comes but in their place: the chair alone can
    be handed on to another member.

    Raises:
        NotAllowed: `commission.member_barred`.
        Invalid: `commission.counted`, `commission.too_many_recused`.
    """
    require_nobody_barred(after.members, sitting.barred, "removed")
    if sitting.counted:
        for person in change.removed:
            if person not in sitting.barred:
                raise _wrong("removed", "commission.counted")
        if len(change.added) > len(change.removed):
            raise _wrong("added", "commission.counted")
    recused = sum(person in sitting.recused for person in after.members)
    if not 2 * (len(after.members) - recused) > len(after.members):
        raise _wrong("removed", "commission.too_many_recused", count=recused)


def require_nobody_barred(
    members: Collection[str], barred: Mapping[str, Exclusion], at: str | None = None
) -> None:
    """¶ 9(2), 59: nobody among `members` may have become barred; `at` names a field of a form.

    Raises:
        NotAllowed: `commission.member_barred`, with the person.
    """
    code = "commission.member_barred"
    for person in members:
        if person in barred:
            fields = (FieldError(at, code, (("person", person),)),) if at else ()
            raise NotAllowed(code, paragraph=barred[person].paragraph, fields=fields, person=person)


def stay_cast(
    cast: Mapping[str, Mapping[str, object]], members: Sequence[str]
) -> dict[str, Mapping[str, object]]:
    """¶ 59: the ballots that remain: those of the people who stay, in the order of members."""
    return {person: cast[person] for person in members if person in cast}


def _wrong(at: str, code: str, **params: str | int) -> Invalid:
    """A refusal that stands at one field of the form of the further order."""
    fields = (FieldError(at, code, tuple(params.items())),)
    return Invalid(code, paragraph="59", fields=fields, **params)
