"""Messages between cases: in the sender's act, delivered once, as an act of the receiver."""

from __future__ import annotations

from app.demo import appeal
from app.demo.appeal import Appeal
from app.jobs import ticker
from app.models.cases import Message, Wait
from app.models.facts import ConclusionMark
from app.services import messages, tasks, timers
from tests.journeys.plot import AKMOLA, ATYRAU, CONCLUSION, Stage
from tests.services.test_together import hold_back


def test_an_objection_starts_its_case_with_codes_and_no_words(received: Stage) -> None:
    case = received.plot.object(AKMOLA)
    [message] = received.all(Message)
    assert (message.state, message.delivered_to, message.starts) == ("delivered", case, "objection")
    [started] = received.events("case.started", case)
    assert started["actor"] == {"system": "message"}
    assert started["facts"]["from_case"] == CONCLUSION
    assert started["facts"]["from_seq"] == message.from_seq
    assert "Көрсетілім" not in str(started)


def test_what_was_sent_before_a_crash_is_delivered_afterwards(received: Stage) -> None:
    [message] = hold_back(received, 1)
    assert received.case(CONCLUSION).version == message.from_seq
    assert ticker.tick(received.app) == 1 and ticker.tick(received.app) == 0
    assert len(received.events("case.started")) == 3
    received.verified()


def test_a_decision_before_the_window_closes_is_waited_for_by_nobody(received: Stage) -> None:
    case = received.plot.object(Appeal("akmola", "without_documents", ("1.1.2",), evidence=False))
    received.plot.close(case)
    [_, decided] = received.all(Message)
    assert decided.state == "pending" and received.all(Wait) == []
    # The window closes, and nothing is open: the conclusion is final without the message.
    received.play.pass_time(appeal.at("2018-04-03T00:00"))
    assert received.all(ConclusionMark, mark="final") != []
    messages.deliver_all(now=received.play.now)
    assert received.all(Message)[1].state == "unclaimed"
    received.verified()


def test_of_two_objections_the_first_decision_does_not_close_the_conclusion(
    received: Stage,
) -> None:
    early = received.plot.object(Appeal("akmola", "without_documents", ("1.1.2",), evidence=False))
    late = received.plot.object(ATYRAU_OF_AKMOLA)
    received.plot.close(early)
    assert timers.run_due(now=appeal.at("2018-04-03T00:00")) == 1
    # The message that lay there was handed over with the timer, and one is still open.
    states = [row.state for row in received.all(Message, name="objection_decided")]
    assert states == ["delivered"] and received.case(CONCLUSION).status == "running"
    assert [wait.state for wait in received.all(Wait)] == ["met", "waiting"]
    received.play.now = appeal.at("2018-04-04T10:00")
    received.plot.form_commission(late)
    received.plot.vote(late, ATYRAU_OF_AKMOLA)
    received.plot.decide(late, ATYRAU_OF_AKMOLA)
    assert received.case(CONCLUSION).status == "ended"
    received.verified()


ATYRAU_OF_AKMOLA = Appeal("akmola", "rejected", ATYRAU.points, ATYRAU.votes)


def test_the_senders_act_and_its_message_are_one(received: Stage) -> None:
    """A refused act sends nothing."""
    before = received.all(Message)
    task = received.task(CONCLUSION, "object")
    try:
        tasks._complete(
            task, received.actor("akmola.officer1"), {"points": ["1.1.1"]}, received.play.now
        )
    except Exception as refused:
        assert "form.invalid" in str(refused)
    else:
        raise AssertionError("an objection without grounds was taken")
    assert received.all(Message) == before == []
