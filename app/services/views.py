"""The facts of a case as values for pages, letters and exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.conclusion_difference import Difference, Total
from app.services.sources import Indicator


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A submitted schedule with its dates (name, paragraph, date), and its order once approved."""

    year: int
    author: str
    terms: tuple[tuple[str, str, date], ...]
    number: int | None
    order_number: str | None
    order_date: date | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """The accepted objection that a version corrects its base by (¶ 60, 61), and its decision.

    `case_id` is None for readers who may not open the objection's case.
    """

    number: str
    case_id: int | None
    outcome: str
    decision: str
    dated: date


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of a conclusion: its three parts of ¶ 47 as text, and its indicators.

    `texts` has final_report, recommendations_followed and findings where they may be read.
    `author` is a person's code, None for readers outside the authority: they are told its role.
    `difference` is that from version `base`, which it corrects or follows; None for the first.
    """

    id: int
    number: int
    author: str | None
    role: str
    objection: int | None
    indicators: tuple[Indicator, ...]
    texts: Mapping[str, str]
    marks: Mapping[str, datetime]
    total: Total
    base: int | None
    difference: Difference | None
    correction: CorrectionView | None


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """How the receipt of a conclusion is known (¶ 57), and who recorded it when.

    The body confirms it, or the authority has a proof of delivery: then `proof` is its kind in
    three languages, `at` tells the day alone, and `documents` are the ids of the evidence.
    `person` is None for readers who may know body and role only.
    """

    at: datetime
    recorded_at: datetime
    person: str | None
    role: str
    organisation: str
    proof: Mapping[str, str] | None
    number: str
    documents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ConclusionView:
    """A conclusion with all its versions, newest first, and its marks."""

    case_id: int
    year: int
    block: int
    evaluated_body: str
    authority: str
    versions: tuple[VersionView, ...]
    delivered_at: datetime | None
    received_at: datetime | None
    window_ends_at: datetime | None
    final_at: datetime | None
    receipt: ReceiptView | None = None

    @property
    def people(self) -> frozenset[str]:
        """Everybody whom the reader may know by name."""
        found = {version.author for version in self.versions}
        found |= {self.receipt.person} if self.receipt else set()
        return frozenset(person for person in found if person is not None)


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member of a commission with votes by indicator, once they may be seen.

    `dissent` is a dissenting opinion, empty where there is none; `voted` and `recused` say
    what was handed in. `barred` is the code of the sentence why the member may not sit any
    more (¶ 9(2), 59), empty where nothing bars; `left`: on the staff no more.
    """

    person: str
    chair: bool
    votes: Mapping[str, str]
    dissent: str
    voted: bool = False
    recused: bool = False
    barred: str = ""
    left: bool = False


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order that formed a commission or changed it; `cause` is empty for the first."""

    number: str
    dated: date
    cause: str
    removed: tuple[str, ...]
    added: tuple[str, ...]
    chair: str


@dataclass(frozen=True, slots=True)
class CommissionView:
    """A special commission: its newest order and members, and all its orders, oldest first."""

    order_number: str
    order_date: date
    chair: str
    members: tuple[MemberView, ...]
    minutes_number: str | None
    minutes_date: date | None
    orders: tuple[OrderView, ...] = ()

    @property
    def people(self) -> frozenset[str]:
        """Everybody who is named in it, former members too."""
        former = (person for order in self.orders for person in order.removed)
        return frozenset((*(member.person for member in self.members), *former))


@dataclass(frozen=True, slots=True)
class DecisionView:
    """The outcome of an objection (¶ 60)."""

    id: int
    outcome: str
    number: str
    dated: date
    decided_at: datetime
    points: Mapping[str, bool]
    reasons: str


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """An objection: who sent it when, against what, on which grounds."""

    id: int
    case_id: int | None
    number: str | None
    evaluated_body: str
    authority: str
    filed_by: str
    filed_at: datetime
    late: bool
    points: tuple[Indicator, ...]
    grounds: str
    documents: tuple[int, ...]
    commission: CommissionView | None
    decision: DecisionView | None


@dataclass(frozen=True, slots=True)
class About:
    """Whatever facts a case has."""

    schedules: tuple[ScheduleView, ...]
    conclusion: ConclusionView | None
    objections: tuple[ObjectionView, ...]
