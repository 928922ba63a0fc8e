"""The patterns held: votes, calls, timers, windows, messages, branches, tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.engine import runner
from app.engine.errors import EngineError, NotWaiting, ReleaseError, TaskGone
from tests.engine import patterns
from tests.engine.hosts import NOW, Answering, Case

SEATS = {f"p-000{n}": {"member": f"p-000{n}"} for n in (3, 1, 2)}
PARTS = {"goals": {"code": "goals"}, "budget": {"code": "budget"}}
ENOUGH = "count(ballots, 'vote', 'for') + count(ballots, 'vote', 'against') &gt;= 2"


def test_votes_are_collected_by_member() -> None:
    case = Case(patterns.votes())
    step = case.start("votes", seats=SEATS)
    assert [(t.key, t.assignee) for t in step.tasks] == [
        (f"vote[p-000{n}]", f"p-000{n}") for n in (1, 2, 3)
    ]
    case.complete("vote[p-0002]", vote="for")
    case.complete("vote[p-0001]", vote="recused")
    step = case.complete("vote[p-0003]", vote="against")
    assert step.ended
    assert step.data["ballots"] == {
        "p-0001": {"vote": "recused"},
        "p-0002": {"vote": "for"},
        "p-0003": {"vote": "against"},
    }
    assert "seat" not in step.data
    assert "vote" not in step.data
    assert case.host.asked == [("op.tell", {"ballots": step.data["ballots"]})]


def test_votes_end_when_enough_have_voted() -> None:
    case = Case(patterns.votes(ENOUGH))
    case.start("votes", seats=SEATS)
    case.complete("vote[p-0002]", vote="recused")
    case.complete("vote[p-0001]", vote="for")
    case.start("votes", seats=SEATS)
    case.complete("vote[p-0001]", vote="for")
    step = case.complete("vote[p-0003]", vote="for")
    assert step.ended
    assert set(step.data["ballots"]) == {"p-0001", "p-0003"}
    with pytest.raises(TaskGone):
        case.complete("vote[p-0002]", vote="for")


def test_nobody_to_vote() -> None:
    step = Case(patterns.votes()).start("votes", seats={})
    assert step.ended
    assert step.data["ballots"] == {}


@pytest.mark.parametrize(
    ("seats", "code"),
    [
        (["p-0001"], "not_an_object"),
        (None, "not_an_object"),
        ({"a/b": {"member": "x"}}, "bad_item_key"),
        ({"a": {"member": ""}}, "not_a_code"),
        ({"a": {}}, "missing_key"),
        ({str(n): {"member": "x"} for n in range(501)}, "too_many_instances"),
    ],
)
def test_a_loop_over_the_wrong_thing(seats: object, code: str) -> None:
    with pytest.raises(EngineError) as caught:
        Case(patterns.votes()).start("votes", seats=seats)
    assert (caught.value.element, caught.value.code) == ("vote", code)


def test_a_reminder_does_not_interrupt_and_fires_once() -> None:
    case = Case(patterns.deadlines())
    case.start("deadlines")
    assert case.open == ["report", "missed", "remind"]
    step = case.fire("remind")
    assert [c.name for c in step.calls] == ["op.nudge"]
    assert [v.key for v in step.visits] == ["remind", "nudge", "nudged"]
    assert case.open == ["report", "missed"]
    with pytest.raises(TaskGone):
        case.fire("remind")
    assert case.complete("report").ended


def test_a_timer_that_interrupts_takes_the_task_away() -> None:
    case = Case(patterns.deadlines())
    case.start("deadlines")
    step = case.fire("missed")
    assert step.ended
    assert [c.name for c in step.calls] == ["op.close"]
    with pytest.raises(TaskGone):
        case.complete("report")


def test_timers_go_with_their_task() -> None:
    case = Case(patterns.deadlines())
    case.start("deadlines")
    assert case.complete("report", answer="for").ended
    assert case.open == []


def test_a_term_in_the_past_is_armed_and_can_fire() -> None:
    case = Case(patterns.deadlines())
    case.start("deadlines", received_at="2010-01-01T00:00:00+06:00")
    (remind,) = [t for t in case.step.timers if t.key == "remind"]
    assert remind.due == datetime(2010, 1, 5, 18, tzinfo=UTC)
    assert [c.name for c in case.fire("remind").calls] == ["op.nudge"]


def test_no_timer_fires_early() -> None:
    case = Case(patterns.deadlines())
    case.start("deadlines")
    with pytest.raises(ValueError, match="is due at"):
        case.fire("remind", NOW)


def test_a_new_schedule_moves_what_has_not_run_out() -> None:
    case = Case(patterns.deadlines())
    case.start("deadlines")
    case.host.dates["report"] = "2017-06-01T00:00:00+06:00"
    step = runner.redate(case.release, case.step.state, now=NOW, host=case.host)
    moved = datetime(2017, 5, 31, 18, tzinfo=UTC)
    assert {t.key: t.due for t in step.timers}["missed"] == moved
    assert step.tasks[0].due == moved
    assert sorted(c.name for c in step.calls) == ["calendar_days_after", "schedule", "schedule"]
    # After the old date the same order moves nothing.
    late = runner.redate(
        case.release, case.step.state, now=NOW + timedelta(days=30), host=case.host
    )
    assert late.digest == case.step.digest
    assert late.calls == ()


def test_parts_are_scored_in_a_called_process() -> None:
    case = Case(patterns.calls())
    step = case.start("calls", parts=PARTS)
    assert [(t.key, t.process) for t in step.tasks] == [
        ("each[budget]/mark", "score"),
        ("each[goals]/mark", "score"),
    ]
    assert [t.key for t in step.timers] == ["each[budget]/hurry", "each[goals]/hurry", "slow"]
    step = case.fire("each[goals]/hurry")
    assert step.calls[0].parameters == {"part": {"code": "goals"}}
    case.complete("each[goals]/mark", number=3)
    assert case.open == ["each[budget]/mark", "each[budget]/hurry", "slow"]
    step = case.fire("slow")
    assert step.calls[0].parameters == {"number": 2}
    step = case.complete("each[budget]/mark", number=4)
    assert [t.key for t in step.tasks] == ["review/look"]
    assert step.data["results"] == {
        "budget": {"code": "budget", "points": 4},
        "goals": {"code": "goals", "points": 3},
    }
    assert "result" not in step.data
    assert [v.key for v in step.visits] == [
        "each[budget]/mark", "each[budget]/sum_up", "each[budget]/end", "each[budget]", "each",
        "review/start",
    ]  # fmt: skip


def test_a_timer_ends_a_called_process() -> None:
    case = Case(patterns.calls())
    case.start("calls", parts={})
    assert case.open == ["review/look", "overdue"]
    step = case.fire("overdue")
    assert step.ended
    assert [c.name for c in step.calls] == ["op.give_up"]
    assert case.open == []


def test_the_objection_window() -> None:
    case = Case(patterns.window())
    case.start("window")
    assert case.open == ["closed", "came", "gone"]
    step = case.deliver("objection_filed", objection=7)
    assert step.data["filed"] == [7]
    assert case.open == ["closed#2", "came#2", "gone#2"]
    case.deliver("objection_filed", objection=9)
    with pytest.raises(NotWaiting):
        case.deliver("objection_decided")
    due = case.step.timers[0].due
    assert due == datetime(2017, 5, 3, 5, tzinfo=UTC)
    step = case.fire("closed#3")
    assert step.ended
    assert step.data["filed"] == [7, 9]
    with pytest.raises(NotWaiting):
        case.deliver("objection_filed", objection=10)


def test_the_window_ends_another_way() -> None:
    case = Case(patterns.window())
    case.start("window")
    step = case.deliver("withdrawn", by="x")
    assert step.ended
    assert step.data["message"] == {"by": "x"}
    assert [v.element for v in step.visits] == ["wait", "gone", "withdrawn_end"]


def test_messages_between_two_processes() -> None:
    asking, answering = Case(patterns.messages()), Case(patterns.messages())
    step = asking.start("asking", question={"id": 4}, case=12)
    (sent,) = step.sent
    assert (sent.message, sent.starts, sent.to, sent.element) == (
        "question_asked", "answering", None, "send",
    )  # fmt: skip
    assert sent.payload == {"question": 4, "authority": "mf", "asker": 12}
    assert [w.message for w in step.waits] == ["answer_given"]
    answering.start("answering", **sent.payload)
    (back,) = answering.complete("reply", answer="for").sent
    assert (back.to, back.starts, back.payload) == ("12", None, {"answer": "for"})
    step = asking.deliver(back.message, **back.payload)
    assert step.ended
    assert step.data["answered"] == {"answer": "for"}


def test_branches_keep_what_each_wrote() -> None:
    case = Case(patterns.branches("a = things + [1]", "b = things + [2]"))
    step = case.start("branches", things=[5, 5])
    assert [t.key for t in step.tasks] == ["ask"]
    step = case.complete("ask", answer="for", number=1)
    assert step.ended
    assert (step.data["a"], step.data["b"]) == ([5, 5, 1], [5, 5, 2])
    assert step.data["things"] == [5, 5]
    assert step.data["answer"] == "for"


def test_a_second_round_is_not_mixed_with_the_first() -> None:
    # Were the first round's branches joined again, its counts would contradict the second's.
    case = Case(patterns.branches("a = a + 1", "b = b + 10"))
    case.start("branches", a=0, b=0)
    step = case.complete("ask", answer="against")
    assert [t.key for t in step.tasks] == ["ask#2"]
    step = case.complete("ask#2", answer="against", number=3)
    step = case.complete("ask#3", answer="for", number=4)
    assert step.ended
    assert (step.data["number"], step.data["answer"]) == (4, "for")
    assert (step.data["a"], step.data["b"]) == (3, 30)


def test_two_branches_that_write_the_same_are_refused_by_the_check() -> None:
    with pytest.raises(ReleaseError) as caught:
        patterns.branches("a = 1", "a = 2")
    assert {f.code for f in caught.value.findings} == {"parallel_write"}


def test_a_subprocess_with_deadlines() -> None:
    case = Case(patterns.inside())
    case.start("inside")
    assert case.open == ["stage/ask", "late", "too_late"]
    step = case.fire("late")
    assert [c.name for c in step.calls] == ["op.remind"]
    step = case.complete("stage/ask", number=1)
    assert step.ended
    assert case.host.asked[-1] == ("op.record", {"number": 1})


def test_a_terminating_end_ends_its_subprocess_only() -> None:
    case = Case(patterns.inside())
    case.start("inside")
    step = case.complete("stage/ask", number=9)
    assert step.ended
    assert [v.key for v in step.visits][-4:] == ["stage/s_stop", "stage", "record", "end"]


def test_a_subprocess_that_ran_out() -> None:
    case = Case(patterns.inside())
    case.start("inside")
    step = case.fire("too_late")
    assert step.ended
    assert [v.element for v in step.visits] == ["too_late", "expired"]


def test_an_operation_may_answer_nothing() -> None:
    case = Case(patterns.deadlines(), Answering({"op.nudge": lambda number: None}))
    case.start("deadlines")
    assert case.fire("remind").calls[0].result is None
