"""A whole year's evaluation, played by everybody through the services that people use.

People, figures and documents are invented; the roster and the procedure are the decree's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.db import reading
from app.demo import answers, answers_appeal, answers_overall, progress
from app.demo.disputes import DISPUTES
from app.demo.driver import Driver, Stopped
from app.demo.plan import NEXT_YEAR_BEGINS, Place, Plan
from app.demo.workdays import Workdays, at
from app.documents.store import BlobStore
from app.operations.registers import Registers

STAGES = tuple(progress.STAGES)
ANSWERS = {**answers.ANSWERS, **answers_appeal.ANSWERS, **answers_overall.ANSWERS}
SCENE, HOUR = 14, "10:42"
"""When the demonstration opens: a working day in the middle of the objections."""

Say = Callable[[str], None]


# Who leads the methodology of a block (¶ 26, 33, 39), and of the overall evaluation (¶ 11).
LEADS = {1: "state_planning", 2: "civil_service", 3: "informatisation", 0: "state_planning"}


class Year:
    """A year that is being played, day by day; it can be played on after every stage."""

    def __init__(self, driver: Driver, say: Say, leads: Mapping[int, str]) -> None:
        """Begin where the plan does; `leads` are the bodies that lead the blocks, by block."""
        self.driver = driver
        self.plan: Plan = driver.plan
        self._say, self._leads = say, leads
        self._day = self.plan.begin

    def play(self, until: str) -> None:
        """Play to the end of a stage, or to the scene for `objections`.

        Raises:
            Stopped: an act has failed, or the year does not come to that stage.
        """
        while not self._at_end(until):
            if self._day >= self.plan.days.last:
                raise Stopped(f"the year does not come to {until!r}")
            self._start_cases(self._day)
            done = self.driver.work_day(self._day) + self._object_late(self._day)
            if done:
                self._say(f"{self._day.isoformat()}: {done} tasks done")
            self._day = self.plan.days.from_on(self._day + timedelta(days=1))
        if until == "objections":
            self.driver.pass_time(at(self._day, HOUR))

    def _at_end(self, until: str) -> bool:
        if until == "objections":
            return self._day >= self.plan.at_stage(SCENE)
        return progress.reached(until, self.plan.year)

    def _start_cases(self, day: date) -> None:
        """¶ 8, 17: the schedule and the methodologies; later that of the next year."""
        starts: list[tuple[str, str, dict[str, Any]]] = []
        if day == self.plan.begin:
            starts.append(("schedule", self._leads[1], {"year": self.plan.year}))
            starts += [
                ("methodology", lead, {"year": self.plan.year, "block": str(block)})
                for block, lead in self._leads.items()
            ]
        if day == self.plan.at_stage(NEXT_YEAR_BEGINS):
            following = {"year": self.plan.year + 1, "block": "1"}
            starts.append(("methodology", self._leads[1], following))
        self.driver.pass_time(at(day))
        for process, lead, given in starts:
            self.driver.next_act(f"{lead}.officer1")
            self.driver.start(f"{lead}.officer1", process, lead, **given)

    def _object_late(self, day: date) -> int:
        """¶ 57: send the objections of the day that come after their term; how many."""
        late = [
            place
            for place, dispute in DISPUTES.items()
            if dispute.outcome == "late" and self.plan.at_stage(dispute.filed) == day
        ]
        for body, block in late:
            case = progress.evaluation(self.plan.year, body, block)
            answers_appeal.object_late(self.driver, case, (body, block))
        return len(late)


def begin(*, store: BlobStore, say: Say, seed: int, year: int = 2017) -> Year:
    """A year of which nothing has been played yet."""
    first, last = date(year + 1, 1, 5), date(year + 1, 12, 20)
    with reading() as session:
        registers = Registers(session)
        days = Workdays(registers.calendar, first, last)
        bodies = registers.bodies.evaluated()
        leads = {block: registers.mandates.holder(role, first) for block, role in LEADS.items()}
    places: list[Place] = [(body.code, block) for body in bodies for block in body.blocks]
    plan = Plan(seed=seed, year=year, days=days, places=places)
    driver = Driver(now=at(plan.begin), store=store, plan=plan, answers=ANSWERS)
    return Year(driver, say, leads)


def play(*, store: BlobStore, say: Say, until: str, seed: int) -> tuple[datetime, dict[str, Any]]:
    """Play the year 2017 up to a stage: when that was, and the counts of what came of it.

    Raises:
        Stopped: an act has failed, or the year does not come to that stage.
    """
    played = begin(store=store, say=say, seed=seed)
    played.play(until)
    year = played.plan.year
    return played.driver.now, {"year": year, "reached": until, **progress.counted(year)}
