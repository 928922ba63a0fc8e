"""The objections of the played year: every outcome of ¶ 57–61, told day by day.

Days are working days counted from the first one on which a conclusion may be written
(12 March 2018 for the year 2017: 0 is Monday the 12th, 7 is Monday the 26th after Nauryz,
14 is Wednesday 4 April). So the terms hold in any year: five working days to object, fifteen
calendar days to the outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MEMBERS = ("officer3", "officer4", "officer5", "officer6", "officer7")
"""Who sits on a commission: the first three, and the others where members have to be replaced."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """An objection and its way: the working days of each step, and how the members vote.

    `ballots` has a letter for each of `MEMBERS`: w votes for what comes out, o against it, a
    abstains, r is recused. `votes` are their days.
    """

    outcome: str
    signed: int
    received: int
    filed: int
    formed: int = 0
    votes: tuple[int, ...] = ()
    ballots: str = ""
    minuted: int = 0
    closed: int = 0
    corrected: int = 0
    replaced: int = 0

    @property
    def accepted(self) -> int:
        """How many of its points are accepted."""
        return 1 if self.outcome in ("accepted", "partly") else 0

    @property
    def points(self) -> int:
        """How many indicators it is about."""
        return 2 if self.outcome == "partly" else 1


DISPUTES: Mapping[tuple[str, int], Dispute] = {
    ("atyrau", 1): Dispute("rejected", 2, 3, 6, 7, (8, 8, 9), "www", 10),
    ("moa", 1): Dispute("accepted", 2, 3, 7, 8, (9, 9, 10), "wwr", 12, corrected=15),
    ("akmola", 1): Dispute("accepted", 6, 7, 11, 12, (13, 15, 15), "www", 16, corrected=18),
    ("aktobe", 1): Dispute("partly", 6, 7, 12, 15, (16, 16, 17), "wwo", 18, corrected=20),
    ("pavlodar", 1): Dispute("without_documents", 6, 7, 12, closed=15),
    ("karaganda", 1): Dispute("late", 6, 7, 15, closed=17),
    ("mof", 1): Dispute("rejected", 7, 8, 13, 15, (16, 17, 17), "wow", 18),
    ("nbk", 1): Dispute("partly", 7, 8, 13, 15, (16, 17, 17), "wwa", 18, corrected=20),
    ("zhambyl", 2): Dispute("accepted", 6, 7, 10, 11, (12, 13, 13), "www", 15, corrected=17),
    ("mes", 2): Dispute("rejected", 6, 7, 12, 15, (16, 16, 17), "waw", 18),
    # Two of three are recused: no quorum, and the head completes the commission (¶ 59).
    ("kostanay", 2): Dispute("rejected", 2, 3, 7, 8, (10, 9, 9, 16, 17), "wrrww", 17, replaced=15),
    ("mhsd", 2): Dispute("without_documents", 6, 7, 11, closed=13),
    ("kyzylorda", 3): Dispute("partly", 4, 5, 8, 9, (10, 11, 11), "wow", 12, corrected=15),
    ("astana", 3): Dispute("accepted", 7, 8, 13, 15, (16, 17, 17), "www", 18, corrected=20),
    ("moj", 3): Dispute("rejected", 6, 7, 10, 11, (12, 13, 15), "wwo", 16),
    ("mangystau", 3): Dispute("late", 2, 3, 12, closed=15),
    ("east_kazakhstan", 3): Dispute(
        "accepted", 8, 9, 14, 16, (17, 18, 18), "waw", 19, corrected=21
    ),
}

# Days to object that are still left, and a receipt still to be proven, when the scene opens.
UNDISPUTED: Mapping[tuple[str, int], tuple[int, int]] = {("akmola", 2): (9, 10)}
PROVEN: Mapping[tuple[str, int], tuple[int, int, int]] = {("zhambyl", 1): (9, 15, 12)}
"""Signed, proven, and received according to the proof."""
