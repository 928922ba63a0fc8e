"""Random lives of a case on the real databases, beside a small model (`living`).

Akmola's two officers object within the window or late, and the authority closes objections or
forms commissions that decide them, while statements fail, connections end, two click at once
and the clock moves on.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy.exc import OperationalError

from app.demo import appeal
from app.domain.refusals import Conflict, NotAllowed, NotFound
from app.services import messages, objections, tasks
from tests.conftest import KINDS
from tests.databases import Databases, NoServer
from tests.journeys.plot import CONCLUSION
from tests.services.failing import Blow, Crash, crash, cut, struck
from tests.services.living import CLOSES, OFFICERS, Life, unproved
from tests.services.together import together

officers = st.sampled_from(OFFICERS)
blows = st.sampled_from([crash, cut])
VOTING = ["change", "vote", "vote", "vote"]


class CaseLife(Life):
    """What happens to a case, at random."""

    @initialize(votes=st.integers(0, 3))
    def begin(self, votes: int) -> None:
        """Some lives begin with a commission that has voted already."""
        if not votes:
            return
        self.object(OFFICERS[0], proved=True)
        [case] = self.open
        self._form(case)
        for _ in range(votes):
            self._vote(case, "for")

    # What people do

    @rule(who=officers)
    @precondition(lambda self: self.window)
    def claim(self, who: str) -> None:
        if self.holder not in ("", who):
            return self._refused("task.claimed_by_other", self._hold(tasks.claim, who))
        self._hold(tasks.claim, who)()
        self.events["task.claimed"] += self.holder == ""
        self.holder = who

    @rule(who=officers)
    @precondition(lambda self: self.window)
    def release(self, who: str) -> None:
        if self.holder == who:
            self._hold(tasks.release, who)()
            self.holder, self.events["task.released"] = "", self.events["task.released"] + 1
        else:
            code = "task.claimed_by_other" if self.holder else "task.not_claimed"
            self._refused(code, self._hold(tasks.release, who))

    @rule(who=officers, proved=st.booleans())
    @precondition(lambda self: self.window)
    def object(self, who: str, proved: bool) -> None:
        task = self._object
        act = self._objecting(who, proved)
        if self.holder not in ("", who):
            return self._refused("task.claimed_by_other", act)
        act()
        self._objected(who, task)

    @rule(who=officers)
    @precondition(lambda self: self.window)
    def object_wrongly(self, who: str) -> None:
        code = "task.claimed_by_other" if self.holder not in ("", who) else None
        self._refused(code, self._completing(who, self._object, points=["9.9.9"], grounds=""))

    @rule()
    @precondition(lambda self: self.window)
    def meddle(self) -> None:
        """An officer of another body."""
        self._refused(None, self._completing("atyrau.officer1", self._object), NotAllowed)

    @rule(who=officers)
    @precondition(lambda self: self.window)
    def submit_twice(self, who: str) -> None:
        task, act = self._object, self._objecting(who, False)
        outcomes = together(self.stage, [act, act])
        won = [one for one in outcomes if isinstance(one, tasks.Completed)]
        assert all(isinstance(one, tasks.Completed | Conflict) for one in outcomes), outcomes
        assert len(won) == (self.holder in ("", who))
        self.events["act.refused"] += 2 - len(won)
        if won:
            self._objected(who, task)

    @rule(data=st.data())
    @precondition(lambda self: self.done)
    def submit_again(self, data: st.DataObject) -> None:
        """A page that was left open, or the back button."""
        who, task = data.draw(st.sampled_from(self.done))
        self._refused(None, self._completing(who, task, **unproved()), (Conflict, NotFound))

    @rule()
    @precondition(lambda self: not self.window)
    def object_late(self) -> None:
        before = set(self.open)
        answers = {"points": ["1.1.1"], "grounds": "Кеш.", "proceed_without": True}
        objections.file_late(case_id=CONCLUSION, answers=answers, **self._by(OFFICERS[0]))
        self.events["objection.filed_late"] += 1
        self._came(before)

    @rule(data=st.data())
    @precondition(lambda self: self._having("close"))
    def close(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(self._having("close")))
        self._do("mne.head", case, "close", [], **_decision("decision", self._today))

    @rule(data=st.data())
    @precondition(lambda self: self._having("form"))
    def form(self, data: st.DataObject) -> None:
        self._form(data.draw(st.sampled_from(self._having("form"))))

    def _form(self, case: int) -> None:
        members = [self.stage.play.code(login) for login in appeal.MEMBERS]
        answers = {"order_number": "1-к", "order_date": self._today, "members": members}
        self._do("mne.head", case, "form", VOTING, **answers, chair=members[0])

    @rule(data=st.data(), vote=st.sampled_from(["for", "against"]))
    @precondition(lambda self: self._having("vote"))
    def vote(self, data: st.DataObject, vote: str) -> None:
        self._vote(data.draw(st.sampled_from(self._having("vote"))), vote)

    def _vote(self, case: int, vote: str) -> None:
        voted = 3 - self.open[case].count("vote")
        left = ["vote"] * (2 - voted) or ["minutes"]
        task = self.stage.play.find(appeal.MEMBERS[voted], case, "vote").task_id
        after = sorted([*left, "change"])
        self._do(appeal.MEMBERS[voted], case, "vote", after, task, votes={"1.1.1": vote})
        self.votes[case] += vote == "for"

    @rule(data=st.data())
    @precondition(lambda self: self._having("minutes"))
    def draw_up_minutes(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(self._having("minutes")))
        after = ["correct"] if self.votes[case] > 1 else []
        answers = _decision("minutes", self._today)
        self._do(appeal.MEMBERS[0], case, "minutes", after, **answers)

    @rule(data=st.data())
    @precondition(lambda self: self._having("correct"))
    def correct(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(self._having("correct")))
        corrections = {"1.1.1": {"value": "96.0", "points": "29"}}
        self._do(appeal.EVALUATOR, case, "correct", [], corrections=corrections)

    # What happens by itself, or goes wrong

    @rule(hours=st.integers(1, 60))
    def pass_time(self, hours: int) -> None:
        self.stage.play.pass_time(self.stage.play.now + timedelta(hours=hours))
        if self.window and self.stage.play.now >= CLOSES:
            self.window, self.holder = False, ""

    @rule(who=officers, place=st.integers(1, 45), blow=blows)
    @precondition(lambda self: self.window)
    def fail_while_objecting(self, who: str, place: int, blow: Blow) -> None:
        task, before, refused = (
            self._object,
            self._count("task.completed"),
            self._count("act.refused"),
        )
        try:
            with struck(place, blow):
                self._objecting(who, False)()
        except (OperationalError, Crash, Conflict) as error:
            note(repr(error))
        # What is left is what was done, and as the server begins again it goes on.
        done = self._count("task.completed") - before
        assert done <= (self.holder in ("", who))
        self.events["act.refused"] += self._count("act.refused") - refused
        messages.deliver_all(now=self.stage.play.now)
        if done:
            self._objected(who, task)


def _decision(kind: str, today: str) -> dict[str, str]:
    return {f"{kind}_number": "1", f"{kind}_date": today, "reasons": "Себебі."}


def lived(databases: Databases, kind: str, examples: int, steps: int) -> None:
    """Live as many lives of as many steps; skip where there is no server."""
    if kind == "postgresql":
        try:
            databases.server  # noqa: B018  # starts it, or tells that there is none
        except NoServer as reason:
            pytest.skip(f"PostgreSQL: {reason}")
    run_state_machine_as_test(
        lambda: CaseLife(databases, kind),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_people_do_a_case_is_as_the_model_says(databases: Databases, kind: str) -> None:
    examples, steps = (14, 20) if kind == "sqlite" else (4, 20)
    lived(databases, kind, examples, steps)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_however_long_it_goes_on(databases: Databases, kind: str) -> None:
    lived(databases, kind, 300 if kind == "sqlite" else 100, 50)
