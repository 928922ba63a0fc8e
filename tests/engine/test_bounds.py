"""Every bound holds: a breach is an incident or a finding at its element, and nothing hangs."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine import bounds, codec
from app.engine.errors import LONGEST_DETAIL, EngineError, StateTooLarge, StateUnreadable
from app.engine.script_engine import Act
from app.engine.values import LONGEST_TEXT, MOST_NODES, MOST_TEXT, NotAValue, normalise
from tests.engine import patterns
from tests.engine.hosts import Answering, Case
from tests.engine.models import bpmn, release
from tests.engine.patterns import END, START, loop, operation, properties, timer

ASK = '<userTask id="ask" b:form="ask"/>'


def incident(case: Case, process: str, **data: Any) -> tuple[str, str]:
    """Where and with what word a start fails."""
    with pytest.raises(EngineError) as caught:
        case.start(process, **data)
    assert caught.value.line > 0
    return caught.value.code, caught.value.element


# -- values ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        ["x" * LONGEST_TEXT] * (MOST_TEXT // LONGEST_TEXT + 1),  # one text in memory, ten saved
        {"x" * 90_000 + str(i): 1 for i in range(12)},
        {"x" * (LONGEST_TEXT + 1): 1},
        {"\ud800": 1},
        "x" * (LONGEST_TEXT + 1),
        [1] * MOST_NODES + [1],
        [[]] * MOST_NODES,
        float("nan"),
        10**400,
    ],
    ids=["texts", "keys", "key", "half a letter", "text", "list", "lists", "nan", "integer"],
)
def test_what_no_case_can_hold(value: Any) -> None:
    with pytest.raises(NotAValue):
        normalise(value)
    with pytest.raises(NotAValue):
        Case(patterns.votes()).start("votes", seats={}, more=value)


def test_a_value_too_deep() -> None:
    value: Any = 1
    for _ in range(100_000):
        value = [value]
    with pytest.raises(NotAValue):
        normalise(value)
    while value != 1:  # or Python would free it by recursion
        value = value[0]


def test_what_fits_just_so() -> None:
    assert normalise(["x" * LONGEST_TEXT] * (MOST_TEXT // LONGEST_TEXT))
    assert len(normalise([1] * (MOST_NODES - 1))) == MOST_NODES - 1


# -- a case ---------------------------------------------------------------------------------


def growing(result: Any) -> Case:
    """A case that takes in a large result at each of three steps."""
    nodes = START + operation("a", "a") + operation("b", "b") + operation("c", "c") + END
    host = Answering({f"op.{name}": lambda: result for name in "abc"})
    return Case(release(bpmn("growing", nodes, "start > a > b > c > end")), host)


def test_the_whole_data_of_a_case_is_bounded() -> None:
    assert incident(growing([1] * 9_000), "growing") == ("too_large", "end")
    assert growing([1] * 5_000).start("growing").ended


def test_a_saved_state_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "MOST_STATE", 60_000)
    assert incident(growing("x" * 30_000), "growing") == ("too_large", "end")
    with pytest.raises(StateTooLarge):
        codec.save({"flows": ["x" * 60_000]})


def test_what_may_be_saved_may_be_read() -> None:
    assert bounds.MOST_STATE < codec.LARGEST


def test_the_record_of_an_act_is_bounded() -> None:
    nodes = START + operation("a", "") + '<exclusiveGateway id="in"/><exclusiveGateway id="out"/>'
    flows = "start > in > a > out\nout > end if received_at == 'never'\nout > in else"
    host = Answering({"op.a": lambda: [1] * 9_000})
    endless = Case(release(bpmn("endless", nodes + END, flows)), host)
    assert incident(endless, "endless") == ("too_much_work", "a")


def test_messages_of_an_act_are_bounded() -> None:
    nodes = (
        START
        + '<exclusiveGateway id="in"/><sendTask id="tell" messageRef="go" b:starts="endless">'
        + '<extensionElements><b:parameter name="all">all</b:parameter></extensionElements>'
        + '</sendTask><exclusiveGateway id="out"/>'
    )
    flows = "start > in > tell > out\nout > end if received_at == 'never'\nout > in else"
    endless = Case(release(bpmn("endless", nodes + END, flows, "go")))
    assert incident(endless, "endless", all=[1] * 9_000) == ("too_much_work", "tell")


LOOPS = {
    "a script": ('<scriptTask id="x"><script>n = 1</script></scriptTask>', ""),
    "a gateway": ("", ""),
    "an operation": (operation("x"), ""),
    "a table": ('<businessRuleTask id="x"><extensionElements><s:calledDecisionId>risk'
                "</s:calledDecisionId></extensionElements></businessRuleTask>", ""),
    "a call": ('<callActivity id="x" calledElement="called"/>', ""),
    "a subprocess": ('<subProcess id="x"><startEvent id="s"/><endEvent id="e"/></subProcess>',
                     "\ns > e"),
    "nobody's turn": ('<userTask id="x" b:form="ask">' + loop("none", "one", "all")
                      + "</userTask>" + properties("none", "all"), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOPS)
def test_a_model_that_runs_in_a_circle_is_an_incident(name: str) -> None:
    node, inner = LOOPS[name]
    nodes = (
        (properties("none", "all") if "nobody" in name else "")
        + START
        + '<exclusiveGateway id="in"/>'
        + node.replace(properties("none", "all"), "")
        + '<exclusiveGateway id="out"/>'
        + END
    )
    way = "in > x > out" if node else "in > out"
    flows = f"start > {way}\nout > end if received_at == 'never'\nout > in else{inner}"
    called = bpmn("called", START + END, "start > end")
    table = patterns.table(patterns.row(1, "-", "-", "1", "1"))
    case = Case(release(bpmn("endless", nodes, flows), called, endless__risk=table))
    code, _ = incident(case, "endless", none={}, score=1, flags=[])
    assert code == "too_many_steps"


def test_a_fork_that_multiplies_itself_is_an_incident() -> None:
    nodes = (
        START
        + '<exclusiveGateway id="in"/><parallelGateway id="fork"/>'
        + '<exclusiveGateway id="one"/><exclusiveGateway id="two"/>'
        + END
    )
    flows = (
        "start > in > fork\nfork > one\nfork > two\none > end if received_at == 'never'\n"
        "one > in else\ntwo > end if received_at == 'never'\ntwo > in else"
    )
    code, _ = incident(Case(release(bpmn("endless", nodes, flows))), "endless")
    assert code in ("too_many_steps", "too_many_tasks")


def many_in_many() -> Case:
    """As many instances within as many instances, none of them a step of its own."""
    inner = START + '<userTask id="ask" b:form="ask">' + loop("few", "one", "all") + "</userTask>"
    outer = (
        properties("many", "everything")
        + START
        + '<callActivity id="each" calledElement="inner">'
        + loop("many", "item", "everything", "result")
        + "</callActivity>"
        + END
    )
    return Case(
        release(
            bpmn("outer", outer, "start > each > end"),
            bpmn("inner", properties("few", "all") + inner + END, "start > ask > end"),
        )
    )


def test_a_case_has_so_many_tasks() -> None:
    many = {str(n): n for n in range(100)}
    few = {str(n): n for n in range(120)}
    assert incident(many_in_many(), "outer", many=many, few=few) == ("too_many_tasks", "ask")
    step = many_in_many().start("outer", many={"1": 1, "2": 2}, few={"a": 1, "b": 2})
    assert [t.key for t in step.tasks][:2] == ["each[1]/ask[a]", "each[1]/ask[b]"]


def test_so_many_instances_and_no_more() -> None:
    members = {str(n): {"member": "x"} for n in range(bounds.MOST_INSTANCES)}
    assert len(Case(patterns.votes()).start("votes", seats=members).tasks) == 500
    more = members | {"more": {"member": "x"}}
    assert incident(Case(patterns.votes()), "votes", seats=more) == ("too_many_instances", "vote")


def test_an_incident_tells_no_more_than_can_be_read() -> None:
    error = EngineError("p", "e", 1, "not_a_value", "x" * 1_000_000)
    assert len(error.detail) == LONGEST_DETAIL and len(str(error)) < LONGEST_DETAIL + 100


def test_a_branch_cancelled_after_many_rounds_needs_no_stack() -> None:
    """Whatever an interrupting timer takes away may have gone round a thousand times."""
    nodes = (
        START
        + '<subProcess id="stage"><startEvent id="s"/><exclusiveGateway id="in"/>'
        + '<scriptTask id="work"><script>n = n + 1</script></scriptTask>'
        + '<userTask id="ask" b:form="ask"/><exclusiveGateway id="out"/><endEvent id="e"/>'
        + '<exclusiveGateway id="on"/></subProcess>'
        + timer("late", "stage", "calendar_days_after(received_at, 1)", interrupting=True)
        + END
        + '<endEvent id="late_end"/>'
    )
    flows = (
        "start > stage > end\nlate > late_end\ns > in > work > out\nout > ask if n % 300 == 0\n"
        "out > in else\nask > on\non > e if number > 1\non > in else"
    )
    case = Case(release(bpmn("rounds", nodes, flows)))
    step = case.start("rounds", n=0)
    step = case.complete(step.tasks[0].key, number=1)
    assert case.complete(step.tasks[0].key, number=1).data["n"] == 0  # the stage's own
    assert case.fire("late").ended
    assert not case.open


def test_a_saved_state_with_more_within_one_another_is_none() -> None:
    """No case of ours was ever saved so: somebody wrote it."""
    case = Case(patterns.inside())
    content = codec.unpack(case.start("inside").state)
    main, inner = content["flows"]
    holder = inner["at"][1]
    inner["tasks"] = main["tasks"]
    content["flows"] = [main, *({**inner, "spec": "inside", "at": [n, holder]} for n in range(14))]
    act = Act(case.host, case.now)
    with pytest.raises(StateUnreadable, match="too_deep"):
        codec.restore(content, case.release.specs, act)
    content["flows"] = content["flows"][: bounds.MOST_NESTED + 1]
    assert codec.restore(content, case.release.specs, act)
