from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import Invalid, NotAllowed
from app.domain.rules import commission
from app.domain.rules.commission import Candidate, Exclusion, Participation

A, B, C, D = (f"p-000{n}" for n in range(1, 5))
STAFF = frozenset({"mne"})
CANDIDATES = [
    Candidate(A, STAFF),
    Candidate(B, STAFF),
    Candidate(C, STAFF | {"moj"}),
    Candidate(D, STAFF),
]
PARTICIPANTS = [
    Participation(B, "draft"),
    Participation(B, "approve"),
    Participation(B, "draft"),
    Participation("p-0099", "score"),
]


def test_who_may_not_sit_and_why() -> None:
    assert commission.excluded(CANDIDATES, PARTICIPANTS, "moj") == (
        Exclusion(B, "commission.participated", "59", ("draft", "approve")),
        Exclusion(C, "conflict.own_body", "9(2)", ("moj",)),
    )
    assert commission.excluded(CANDIDATES, [], "moe") == ()


@pytest.mark.parametrize(
    ("members", "code", "paragraph"),
    [
        ([A, B, D], "commission.participated", "59"),
        ([A, C, D], "conflict.own_body", "9(2)"),
    ],
)
def test_a_barred_member_is_refused(members: list[str], code: str, paragraph: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        commission.require_members(members, CANDIDATES, PARTICIPANTS, "mne", "moj")
    assert (refused.value.code, refused.value.paragraph) == (code, paragraph)
    assert refused.value.params["person"] in (B, C)


def test_where_a_body_consolidates_its_own_block_only_participants_are_barred() -> None:
    own = [Candidate(person, frozenset({"acsa"})) for person in (A, B, C, D)]
    commission.require_members([A, C, D], own, PARTICIPANTS, "acsa", "acsa")
    with pytest.raises(NotAllowed) as refused:
        commission.require_members([A, B, D], own, PARTICIPANTS, "acsa", "acsa")
    assert refused.value.code == "commission.participated"
    barred = commission.excluded(own, PARTICIPANTS, "acsa", "acsa")
    assert [exclusion.person for exclusion in barred] == [B]


@pytest.mark.parametrize(("authority", "stranger"), [("mne", "p-0077"), ("mof", A)])
def test_members_are_staff_of_the_authority(authority: str, stranger: str) -> None:
    with pytest.raises(Invalid) as refused:
        commission.require_members([stranger, D], CANDIDATES, PARTICIPANTS, authority, "moj")
    assert refused.value.code == "commission.not_staff"
    assert refused.value.params == {"person": stranger}


def test_a_good_commission() -> None:
    commission.require_commission([A, C, D], A)
    commission.require_members([A, C, D], CANDIDATES, PARTICIPANTS, "mne", "moe")
    commission.require_commission([A], A, least=1)


@pytest.mark.parametrize(
    ("members", "chair", "code"),
    [
        ([A, B], A, "commission.too_small"),
        ([A, B, A], A, "commission.member_twice"),
        ([A, B, C], D, "commission.chair_not_member"),
    ],
)
def test_the_make_up_of_a_commission(members: list[str], chair: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        commission.require_commission(members, chair)
    assert (refused.value.code, refused.value.paragraph) == (code, "59")


def test_a_ballot_is_complete() -> None:
    commission.require_ballot(["1.1", "1.2"], {"1.1": "for", "1.2": "recused"})
    with pytest.raises(Invalid) as refused:
        commission.require_ballot(["1.1", "1.2"], {"1.1": "for"})
    assert refused.value.code == "vote.incomplete"
    assert [error.field for error in refused.value.fields] == ["1.2"]
    with pytest.raises(Invalid, match=r"form\.not_a_choice"):
        commission.require_ballot(["1.1"], {"1.1": "yes"})
    with pytest.raises(Invalid, match=r"form\.unknown_indicator"):
        commission.require_ballot(["1.1"], {"1.1": "for", "9": "for"})


@pytest.mark.parametrize(
    ("votes", "quorum", "accepted"),
    [
        ("for for for", True, True),
        ("for against abstained", True, False),
        ("for for against", True, True),
        ("for abstained recused", True, True),
        ("for recused recused", False, False),
        ("for", False, False),
        ("against against for", True, False),
        ("abstained abstained", True, False),
    ],
)
def test_counting_by_three_members(votes: str, quorum: bool, accepted: bool) -> None:
    ballots = {member: {"1.1": vote} for member, vote in zip("abc", votes.split(), strict=False)}
    (counted,) = commission.tally(["a", "b", "c"], ballots, ["1.1"])
    assert (counted.quorum, counted.accepted) == (quorum, accepted)


def test_exactly_half_is_no_quorum() -> None:
    ballots = {member: {"1.1": "for"} for member in "ab"}
    counted = commission.tally(["a", "b", "c", "d"], ballots, ["1.1"])
    assert not counted[0].quorum
    with pytest.raises(Invalid) as refused:
        commission.require_quorum(counted)
    assert refused.value.code == "vote.no_quorum"
    assert refused.value.params == {"indicator": "1.1"}


def test_the_outcome_by_point() -> None:
    ballots = {
        "a": {"1": "for", "2": "against"},
        "b": {"1": "for", "2": "for"},
        "c": {"1": "against", "2": "against"},
    }
    counted = commission.tally(["a", "b", "c"], ballots, ["1", "2"])
    assert commission.require_quorum(counted) == {"1": True, "2": False}


def test_a_stranger_has_no_vote() -> None:
    with pytest.raises(Invalid) as refused:
        commission.tally(["a", "b", "c"], {"x": {"1": "for"}}, ["1"])
    assert refused.value.code == "commission.not_staff"


@given(st.lists(st.sampled_from([*commission.CHOICES, None]), min_size=1, max_size=9))
def test_every_vote_is_counted_once(votes: list[str | None]) -> None:
    members = [f"p-{n:04}" for n in range(len(votes))]
    ballots = {
        member: {"1": vote} for member, vote in zip(members, votes, strict=True) if vote is not None
    }
    (counted,) = commission.tally(members, ballots, ["1"])
    assert counted.voted + counted.recused == len(ballots)
    assert counted.in_favour == votes.count("for")
    assert counted.quorum == (counted.voted > len(members) - counted.voted)
    if counted.accepted:
        assert counted.quorum and counted.in_favour > counted.against
