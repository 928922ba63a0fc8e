"""When things are done in the played year: the schedule, and everybody's own pace.

A pure plan over the working days; it decides by the seed and by what a task is about, never
by the order in which it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.demo.chance import chance, drawn
from app.demo.disputes import DISPUTES, MEMBERS, PROVEN, UNDISPUTED
from app.demo.work import Work
from app.demo.workdays import Workdays

Place = tuple[str, int]
"""A body and a block."""

# Month and day in the year after the reporting year; a day off becomes the next working day.
TERMS: Mapping[str, tuple[int, int]] = {
    "report_1": (2, 15),
    "report_2": (2, 15),
    "report_3": (2, 20),
    "conclusions": (3, 30),
    "after_appeals": (5, 11),
    "overall": (5, 25),
    "to_president": (6, 15),
}
BEGIN, SCORING, CONCLUDING = (1, 10), (2, 26), (3, 12)
VERY_LATE = timedelta(days=12)
DELIVERY = ("conclusion/sign", "conclusion/receive", "conclusion/prove")

# Working days of the plot on which the methodology of the next year is drafted and agreed on.
NEXT_YEAR: Mapping[str, int] = {
    "methodology/draft": 12,
    "methodology/agree_planning": 16,
    "methodology/agree_working_body": 16,
}
NEXT_YEAR_BEGINS = 11

# Working days from when a task comes up until it is done: from, to. By form.
PACE: Mapping[str, tuple[int, int]] = {
    "block_evaluation/certify": (0, 1),
    "block_evaluation/intake": (1, 2),
    "block_evaluation/recheck": (2, 3),
    "block_evaluation/no_result": (1, 2),
    "part_evaluation/approve": (1, 2),
    "conclusion/sign": (1, 2),
    "conclusion/receive": (0, 2),
    "methodology/draft": (2, 4),
    "methodology/agree_planning": (1, 3),
    "methodology/agree_working_body": (2, 3),
    "methodology/approve": (1, 2),
    "overall/draft": (3, 5),
    "overall/sign": (1, 2),
    "overall/commission": (5, 7),
    "overall/instruct": (1, 2),
    "overall/secrecy": (1, 3),
    "overall/consent": (2, 3),
}


@dataclass(frozen=True, slots=True)
class Traits:
    """What happens to one body's block, by chance.

    `late` is in working days after the term; `gaps` figures are left open at first, and for
    good where `kept`; `sent_back` by the body's own head; `scores_back` and `draft_back` by
    the heads of the evaluators; `posted`: the receipt is proven by a notice of the post.
    """

    late: int = 0
    very_late: bool = False
    gaps: int = 0
    kept: bool = False
    sent_back: bool = False
    scores_back: bool = False
    draft_back: bool = False
    posted: bool = False


class Plan:
    """The days on which people do what lies before them."""

    def __init__(self, *, seed: int, year: int, days: Workdays, places: Sequence[Place]) -> None:
        """Plan the evaluation of `year`; `places` are all bodies with their blocks."""
        self.seed, self.year, self.days = seed, year, days
        self.terms = {name: days.from_on(self._date(day)) for name, day in TERMS.items()}
        self.begin, self.scoring, self.concluding = (
            days.from_on(self._date(day)) for day in (BEGIN, SCORING, CONCLUDING)
        )
        self._traits = traits(seed, sorted(places))

    def traits(self, body: str, block: int) -> Traits:
        """What happens to the block of a body."""
        return self._traits.get((body, block), Traits())

    def day(self, work: Work, login: str) -> date | None:
        """When `login` does this work; None: it is left to others, or to time."""
        if is_plotted(work):
            number = plotted(work, login)
            told = None if number is None else self.at_stage(number)
        else:
            told = DAYS.get(work.form, _at_pace)(self, work)
        return None if told is None else max(told, work.opened)

    def at_stage(self, number: int) -> date:
        """A working day of the plot of the objections, counted from the first conclusions."""
        return self.days.from_on(self.concluding, number)

    def pace(self, work: Work, slow: tuple[int, int]) -> date:
        """Some working days after the work came up."""
        among = chance(self.seed, work.body, work.block, work.part, work.form, work.visit)
        return self.days.from_on(work.opened, among.randint(*slow))

    def about(self, work: Work, *key: object) -> Random:
        """A generator that belongs to the body and block of a task, whatever its step is."""
        return chance(self.seed, self.year, work.body, work.block, *key)

    def _date(self, day: tuple[int, int]) -> date:
        return date(self.year + 1, *day)


def traits(seed: int, places: Sequence[Place]) -> dict[Place, Traits]:
    """Draw what happens to whom; the same share of a roster of any size."""
    free = [p for p in places if p not in DISPUTES and p not in UNDISPUTED and p not in PROVEN]

    def share(name: str, of: Sequence[Place], in_a_hundred: int) -> list[Place]:
        return drawn(seed, name, of=of, count=max(1, len(places) * in_a_hundred // 100))

    # Only what is due early can be so late and still be concluded in time.
    early = [place for place in free if place[1] != 3]
    very_late = share("very late", early, 3)
    kept = share("kept", _without(free, very_late), 5)
    late = share("late", _without(places, very_late, kept), 7)
    gaps = share("gaps", _without(places, very_late, kept, late), 9)
    sent_back = share("sent back", _without(places, very_late, kept, late, gaps), 7)
    steady = _without(free, very_late, kept)
    scores_back = share("scores back", steady, 9)
    draft_back = share("draft back", steady, 6)
    posted = share("posted", _without(steady, draft_back), 6)
    return {
        place: Traits(
            late=1 + chance(seed, *place, "late").randrange(4) if place in late else 0,
            very_late=place in very_late,
            gaps=1 + chance(seed, *place, "gaps").randrange(2) if place in (*gaps, *kept) else 0,
            kept=place in kept,
            sent_back=place in sent_back,
            scores_back=place in scores_back,
            draft_back=place in draft_back,
            posted=place in posted or place in PROVEN,
        )
        for place in places
    }


def _without(places: Sequence[Place], *taken: Sequence[Place]) -> list[Place]:
    gone = {place for some in taken for place in some}
    return [place for place in places if place not in gone]


def is_plotted(work: Work) -> bool:
    """Say whether the plot of the objections sets the day of this work, or that it is left."""
    place, process = (work.body, work.block), work.form.partition("/")[0]
    if work.form in DELIVERY:
        return place in DISPUTES or place in UNDISPUTED or place in PROVEN
    if work.form == "conclusion/object":
        return place in DISPUTES and work.visit == 1
    return place in DISPUTES and process in ("objection", "commission")


def plotted(work: Work, login: str) -> int | None:
    """The working day of the plot on which this work is done; None: it is left."""
    place = (work.body, work.block)
    if work.form in DELIVERY:
        return _delivery(place).get(work.form)
    dispute = DISPUTES[place]
    if work.form == "conclusion/object":
        return None if dispute.outcome == "late" else dispute.filed
    if work.form == "commission/vote":
        return dispute.votes[MEMBERS.index(login.rpartition(".")[2])]
    if work.form == "commission/change":
        # The same form for an order that has to come, and for one that may.
        return dispute.replaced if work.key.rpartition("/")[2].startswith("replace") else None
    return {
        "objection/close": dispute.closed,
        "objection/correct": dispute.corrected,
        "commission/form": dispute.formed,
        "commission/minutes": dispute.minuted,
    }[work.form]


def _delivery(place: Place) -> Mapping[str, int]:
    """The days of signature and receipt; who has not confirmed it, of whom it is proven."""
    if place in PROVEN:
        signed, proven, _ = PROVEN[place]
        return {"conclusion/sign": signed, "conclusion/prove": proven}
    dispute = DISPUTES.get(place)
    signed, received = UNDISPUTED[place] if dispute is None else (dispute.signed, dispute.received)
    return {"conclusion/sign": signed, "conclusion/receive": received}


def _at_pace(plan: Plan, work: Work) -> date:
    return plan.pace(work, PACE.get(work.form, (0, 1)))


def _report(plan: Plan, work: Work) -> date:
    """Most in the fortnight before the term, some after it; a returned one within days."""
    if work.visit > 1:
        return plan.pace(work, (1, 2))
    due, found = plan.terms[f"report_{work.block}"], plan.traits(work.body, work.block)
    if found.very_late:
        return plan.days.from_on(due + VERY_LATE)
    early = chance(plan.seed, work.body, work.block, "report").randrange(10)
    return plan.days.from_on(due, found.late or -early)


def _score(plan: Plan, work: Work) -> date:
    if work.visit > 1:
        return plan.pace(work, (0, 1))
    spread = chance(plan.seed, work.body, work.block, work.part, "score").randrange(7)
    return plan.days.from_on(plan.scoring, spread)


def _enter(plan: Plan, work: Work) -> date:
    """Early enough for the signature that the plot sets, else in the first six days."""
    if work.visit > 1:
        return plan.pace(work, (1, 1))
    place = (work.body, work.block)
    signed = (
        DISPUTES[place].signed
        if place in DISPUTES
        else (UNDISPUTED.get(place) or PROVEN.get(place) or (0,))[0]
    )
    spread = chance(plan.seed, *place, "enter").randrange(6)
    return plan.at_stage(min(spread, signed - 1) if signed else spread)


def _receive(plan: Plan, work: Work) -> date | None:
    posted = plan.traits(work.body, work.block).posted
    return None if posted else plan.pace(work, PACE["conclusion/receive"])


def _prove(plan: Plan, work: Work) -> date | None:
    posted = plan.traits(work.body, work.block).posted
    return plan.pace(work, (3, 4)) if posted else None


def _schedule(plan: Plan, work: Work) -> date:
    """Drafted at once, returned, drafted again over a weekend, approved."""
    drafting = work.form == "schedule/draft"
    return plan.days.from_on(work.opened, (0, 1)[work.visit > 1] if drafting else 2 * work.visit)


def _methodology(plan: Plan, work: Work) -> date:
    """At once for the year; that of the next year is being agreed on when the scene opens."""
    if work.year != plan.year and work.form in NEXT_YEAR:
        return plan.at_stage(NEXT_YEAR[work.form])
    return plan.pace(work, PACE[work.form])


def _never(_plan: Plan, _work: Work) -> None:
    """Left to time: a window that closes, an order that need not be given."""


DAYS: Mapping[str, Callable[[Plan, Work], date | None]] = {
    "schedule/draft": _schedule,
    "schedule/approve": _schedule,
    "methodology/draft": _methodology,
    "methodology/agree_planning": _methodology,
    "methodology/agree_working_body": _methodology,
    "block_evaluation/report": _report,
    "part_evaluation/score": _score,
    "conclusion/draft": _enter,
    "conclusion/receive": _receive,
    "conclusion/prove": _prove,
    "conclusion/object": _never,
    "commission/change": _never,
    "cycle/missing": _never,
}
