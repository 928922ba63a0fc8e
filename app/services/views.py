"""The facts of a case as values for pages, letters and exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

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
class VersionView:
    """A version of a conclusion: its three parts of ¶ 47 as text, and its indicators.

    `texts` has final_report, recommendations_followed and findings where they may be read.
    """

    id: int
    number: int
    author: str
    objection: int | None
    indicators: tuple[Indicator, ...]
    texts: Mapping[str, str]
    marks: Mapping[str, datetime]


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


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member of a commission with votes by indicator, once they may be seen.

    `dissent` is a dissenting opinion, empty where there is none.
    """

    person: str
    chair: bool
    votes: Mapping[str, str]
    dissent: str


@dataclass(frozen=True, slots=True)
class CommissionView:
    """A special commission: its order and members; votes only for those who may see them."""

    order_number: str
    order_date: date
    chair: str
    members: tuple[MemberView, ...]
    minutes_number: str | None
    minutes_date: date | None


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
