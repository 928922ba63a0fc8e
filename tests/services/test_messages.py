"""Messages between cases: in the sender's act, delivered once, as an act of the receiver."""

from __future__ import annotations

import pytest

from app.demo import appeal
from app.demo.appeal import Appeal
from app.jobs import ticker
from app.models.cases import Message, Wait
from app.models.facts import ConclusionMark
from app.services import case_page, messages, tasks, timers
from tests.journeys.plot import AKMOLA, ATYRAU, CONCLUSION, Stage
from tests.services.faulty import Fault
from tests.services.test_together import hold_back
from tests.services.together import together


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


def test_a_message_to_a_waiting_case_is_delivered_once_by_two_who_deliver_at_once(
    fault: Fault,
) -> None:
    fault.broken = False
    case = fault.start("listener")
    hold_back_deliveries(fault, case)
    outcomes = together(fault.stage, [lambda: messages.deliver_all(now=fault.now)] * 4)
    outcomes.append(messages.deliver_all(now=fault.now))
    assert sum(outcomes) == 1 and fault.called == 1
    [message] = fault.stage.all(Message)
    assert (message.state, message.delivered_to) == ("delivered", case)
    assert len(fault.stage.events("message.delivered", case)) == 1
    fault.stage.verified()


def hold_back_deliveries(fault: Fault, case: int) -> None:
    """Send a message as if the process ended between the act and the delivery."""
    with pytest.MonkeyPatch.context() as crash:
        crash.setattr(messages, "deliver_from", lambda **_: 0)
        fault.start("teller", target=str(case))
    assert [row.state for row in fault.stage.all(Message)] == ["pending"]


def test_an_act_that_fails_between_leaves_the_message_where_it_was(fault: Fault) -> None:
    """Taken and not delivered: the transaction is one, and the next one delivers it."""
    case = fault.start("listener")
    fault.start("teller", target=str(case))
    assert fault.stage.all(Message)[0].state == "pending" and fault.incident.case_id == case
    assert fault.stage.tasks(case) == [] and messages.deliver_all(now=fault.now) == 0
    fault.broken = False
    assert fault.retry().what == "done" and fault.called == 1
    fault.stage.verified()


def test_a_message_that_nobody_waits_for_yet_is_kept_and_shown_on_both_sides(
    fault: Fault,
) -> None:
    fault.broken = False
    early = fault.start("asked")
    sender = fault.start("teller", target=str(early))

    def shown(case: int, login: str = "auditor") -> list[tuple[bool, str, object]]:
        page = case_page.case_page(case_id=case, actor=fault.actor(login), now=fault.now)
        return [(row.outgoing, row.state, row.other and row.other[0]) for row in page.messages]

    assert shown(sender) == [(True, "pending", early)]
    assert shown(early) == [(False, "pending", sender)]
    fault.answer(early, number=1)
    fault.answer(early, "see")
    # It ended without waiting for it: the message is left there, told and seen.
    messages.deliver_all(now=fault.now)
    assert shown(sender) == [(True, "unclaimed", early)]
    assert shown(early, "mne.officer1") == [(False, "unclaimed", sender)]
    assert len(fault.stage.events("message.unclaimed", early)) == 1
    fault.stage.verified()
