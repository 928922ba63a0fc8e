"""¶ 9(2), 59: the special commission: who may sit on it, and how its votes are counted.

The decree says that a commission is created and who may not sit on it. Its least size, its
quorum and the counting of votes are choices of this product, and settings: the decree is
silent, and the Regulation of an authority may set others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.refusals import FieldError, Invalid, NotAllowed, Refusal

LEAST_MEMBERS = 3
CHOICES = ("for", "against", "abstained", "recused")


@dataclass(frozen=True, slots=True)
class Participation:
    """What a person did in the evaluation: entered, scored, re-checked, signed."""

    person: str
    why: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who might sit on a commission, with the organisations in which roles are held."""

    person: str
    organisations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why a candidate may not sit: a code of a sentence, its paragraph and the reasons."""

    person: str
    code: str
    paragraph: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on one point. `quorum` and `accepted` are readings of this product."""

    point: str
    in_favour: int
    against: int
    abstained: int
    recused: int
    quorum: bool
    accepted: bool

    @property
    def voted(self) -> int:
        """How many voted on it; an abstention is a vote, a recusal is not."""
        return self.in_favour + self.against + self.abstained


def excluded_as_participants(
    candidates: Iterable[Candidate], participants: Iterable[Participation]
) -> tuple[Exclusion, ...]:
    """¶ 59: whoever took part in the evaluation cannot be a member.

    The decree sets no limit to one body, block or authority; that `participants` are those
    of the year's cycle is a reading of whoever calls.
    """
    did: dict[str, list[str]] = {}
    for participation in participants:
        reasons = did.setdefault(participation.person, [])
        if participation.why not in reasons:
            reasons.append(participation.why)
    return tuple(
        Exclusion(candidate.person, "commission.participated", "59", tuple(did[candidate.person]))
        for candidate in candidates
        if candidate.person in did
    )


def excluded_by_own_body(
    candidates: Iterable[Candidate], evaluated_body: str, authority: str | None = None
) -> tuple[Exclusion, ...]:
    """¶ 9(2): nobody of the evaluated body decides on its objection.

    Where a body consolidates its own block (`authority` is the evaluated body), its whole
    staff would be barred and nobody could decide: there ¶ 59 alone applies, and the working
    body is to know (`Evaluation.self_consolidated`). That is a reading.
    """
    if authority == evaluated_body:
        return ()
    return tuple(
        Exclusion(candidate.person, "conflict.own_body", "9(2)", (evaluated_body,))
        for candidate in candidates
        if evaluated_body in candidate.organisations
    )


def excluded(
    candidates: Sequence[Candidate],
    participants: Sequence[Participation],
    evaluated_body: str,
    authority: str | None = None,
) -> tuple[Exclusion, ...]:
    """¶ 9(2), 59: everybody among the candidates who may not sit, with every reason."""
    return (
        *excluded_as_participants(candidates, participants),
        *excluded_by_own_body(candidates, evaluated_body, authority),
    )


def require_commission(members: Sequence[str], chair: str, least: int = LEAST_MEMBERS) -> None:
    """¶ 59: a commission is several different people with a chair among them.

    `least` members are a choice of this product.

    Raises:
        Invalid: `commission.member_twice`, `commission.too_small`,
            `commission.chair_not_member`.
    """
    twice = [person for person, times in Counter(members).items() if times > 1]
    if twice:
        raise _wrong("members", "commission.member_twice", person=twice[0])
    if len(members) < least:
        raise _wrong("members", "commission.too_small", minimum=least)
    if chair not in members:
        raise _wrong("chair", "commission.chair_not_member")


def require_members(
    members: Sequence[str],
    candidates: Sequence[Candidate],
    participants: Sequence[Participation],
    authority: str,
    evaluated_body: str,
) -> None:
    """¶ 9(2), 59: the members are staff of the authority, and none of them is barred.

    Raises:
        Invalid: `commission.not_staff`.
        NotAllowed: `commission.participated`, ¶ 59; `conflict.own_body`, ¶ 9(2).
    """
    known = {candidate.person: candidate for candidate in candidates}
    for person in members:
        if person not in known or authority not in known[person].organisations:
            raise _wrong("members", "commission.not_staff", person=person)
    named = [known[person] for person in members]
    for exclusion in excluded(named, participants, evaluated_body, authority):
        fields = (FieldError("members", exclusion.code),)
        raise NotAllowed(
            exclusion.code, paragraph=exclusion.paragraph, fields=fields, person=exclusion.person
        )


def require_ballot(points: Collection[str], ballot: Mapping[str, str]) -> None:
    """¶ 59-60: a member's ballot has one known choice for every point, and no other point.

    Raises:
        Invalid: `vote.incomplete`, `form.not_a_choice`, `form.unknown_indicator`.
    """
    missing = [point for point in points if point not in ballot]
    if missing:
        fields = tuple(FieldError(point, "form.required") for point in missing)
        raise Invalid("vote.incomplete", fields=fields)
    if set(ballot) - set(points):
        raise _wrong("votes", "form.unknown_indicator")
    if any(choice not in CHOICES for choice in ballot.values()):
        raise _wrong("votes", "form.not_a_choice")


def tally(
    members: Collection[str], ballots: Mapping[str, Mapping[str, str]], points: Sequence[str]
) -> tuple[Tally, ...]:
    """¶ 59-60: the votes by point; `ballots` maps a member to a choice by point.

    Readings of this product: more than half of all members must have voted on a point, and
    it is accepted when more are for it than against it; a tie does not accept.

    Raises:
        Invalid: `commission.not_staff`, a ballot of somebody who is no member.
    """
    for person in ballots:
        if person not in members:
            raise _wrong("votes", "commission.not_staff", person=person)
    return tuple(_tally(len(members), ballots, point) for point in points)


def require_quorum(tallies: Iterable[Tally]) -> dict[str, bool]:
    """¶ 59-60: the outcome by point, once more than half of the members have voted on each.

    Raises:
        Invalid: `vote.no_quorum`, with the point.
    """
    decided: dict[str, bool] = {}
    for counted in tallies:
        if not counted.quorum:
            raise Invalid("vote.no_quorum", paragraph="59", indicator=counted.point)
        decided[counted.point] = counted.accepted
    return decided


def _tally(members: int, ballots: Mapping[str, Mapping[str, str]], point: str) -> Tally:
    """The votes on one point."""
    votes = Counter(ballot[point] for ballot in ballots.values() if point in ballot)
    voted = votes["for"] + votes["against"] + votes["abstained"]
    quorum = 2 * voted > members
    return Tally(
        point=point,
        in_favour=votes["for"],
        against=votes["against"],
        abstained=votes["abstained"],
        recused=votes["recused"],
        quorum=quorum,
        accepted=quorum and votes["for"] > votes["against"],
    )


def _wrong(field: str, code: str, **params: str | int) -> Refusal:
    """A refusal that stands at one field of the form of the commission or the vote."""
    return Invalid(code, paragraph="59", fields=(FieldError(field, code),), **params)
