"""A repaired attempt: elements that are skipped, fields that are given, conflicts settled."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine import runner
from app.engine.errors import EngineError
from app.engine.merge import merge
from app.engine.release import Release
from app.engine.repair import Repair
from app.engine.step import Step
from app.engine.values import NotAValue
from tests.engine.hosts import NOW, START, Answering
from tests.engine.models import bpmn, form, release
from tests.engine.patterns import loop

TIMER = (
    '<intermediateCatchEvent id="pause"><timerEventDefinition id="t">'
    "<timeDate>received_at</timeDate></timerEventDefinition></intermediateCatchEvent>"
)
CATCH = (
    '<intermediateCatchEvent id="hear" b:result="told"><messageEventDefinition id="m" '
    'messageRef="news"/></intermediateCatchEvent>'
)
JOB = (
    '<serviceTask id="job" b:operation="thing.do" b:result="done"><extensionElements>'
    '<b:parameter name="number">number + 1</b:parameter></extensionElements></serviceTask>'
)


def model(first: str, then: str, flows: str) -> Release:
    nodes = f'<startEvent id="start"/>{first}{then}<userTask id="see" b:form="ask"/>'
    return release(bpmn("work", nodes + '<endEvent id="end"/>', flows, messages="news"))


def broken(**_: Any) -> Any:
    raise RuntimeError("a printer is on fire")


def host() -> Answering:
    return Answering({"thing.do": broken})


def begun(made: Release, **data: Any) -> Step:
    return runner.start(made, "work", {**START, "number": 1, **data}, now=NOW, host=host())


def test_a_skipped_operation_is_not_called_and_its_given_result_is_stored() -> None:
    made = model(TIMER, JOB, "start > pause > job > see > end")
    step = begun(made)
    with pytest.raises(EngineError) as failed:
        runner.fire(made, step.state, "pause", now=NOW, host=host())
    assert (failed.value.element, failed.value.code) == ("job", "operation_failed")
    asked = host()
    repair = Repair(skip={"job": {"ok": True}})
    step = runner.fire(made, step.state, "pause", now=NOW, host=asked, repair=repair)
    assert asked.asked == [] and step.calls == () and step.data["done"] == {"ok": True}
    assert [visit.element for visit in step.visits] == ["pause", "job"]


@pytest.mark.parametrize(
    ("node", "extra"),
    [
        ('<scriptTask id="job"><script>done = missing + 1</script></scriptTask>', {}),
        (
            '<serviceTask id="job" b:operation="thing.do" b:result="done"><extensionElements>'
            "<s:postScript>more = missing + 1</s:postScript></extensionElements></serviceTask>",
            {"done": None},
        ),
    ],
)
def test_a_skipped_element_runs_no_script_either(node: str, extra: dict[str, Any]) -> None:
    made = model(TIMER, node, "start > pause > job > see > end")
    step = begun(made)
    repair = Repair(skip={"job": None})
    step = runner.fire(made, step.state, "pause", now=NOW, host=host(), repair=repair)
    assert [task.key for task in step.tasks] == ["see"]
    assert {name: step.data.get(name) for name in extra} == extra and "more" not in step.data


def test_given_fields_hold_in_a_timers_a_messages_a_persons_act_and_a_start() -> None:
    script = '<scriptTask id="job"><script>done = 10 // number</script></scriptTask>'
    timed = model(TIMER, script, "start > pause > job > see > end")
    heard = model(CATCH, script, "start > hear > job > see > end")
    asked = model('<userTask id="ask" b:form="ask"/>', script, "start > ask > job > see > end")
    given: dict[str, Any] = {"now": NOW, "host": host(), "repair": Repair(data={"number": 5})}
    steps = [
        runner.fire(timed, begun(timed, number=0).state, "pause", **given),
        runner.deliver(heard, begun(heard, number=0).state, "news", {"from": 1}, **given),
        runner.complete(asked, begun(asked).state, "ask", {"number": 0}, **given),
    ]
    assert [(step.data["number"], step.data["done"]) for step in steps] == [(5, 2)] * 3
    assert steps[1].data["told"] == {"from": 1}
    made = model(script, "", "start > job > see > end")
    step = runner.start(made, "work", {**START, "number": 0}, **given)
    assert step.data["done"] == 2


def test_a_given_payload_goes_before_the_one_that_came() -> None:
    made = model(CATCH, "", "start > hear > see > end")
    repair = Repair(data={"told": {"number": 2}})
    step = begun(made)
    step = runner.deliver(made, step.state, "news", {"x": 1}, now=NOW, host=host(), repair=repair)
    assert step.data["told"] == {"number": 2}


# Two branches that write one name: a loop's own script and a form.
FORKED = (
    '<startEvent id="start"/><parallelGateway id="fork"/><userTask id="two" b:form="count"/>'
    '<userTask id="one" b:form="ask"><extensionElements><s:postScript>total = 1</s:postScript>'
    f"</extensionElements>{loop('items', 'item', 'answers')}</userTask>"
    '<parallelGateway id="join"/><userTask id="see" b:form="ask"/><endEvent id="end"/>'
)


def forked() -> Release:
    flows = "start > fork > one > join > see > end\nfork > two > join"
    return release(bpmn("work", FORKED, flows), work__count=form(total="integer"))


def test_where_branches_disagree_the_given_value_holds() -> None:
    made = forked()
    step = begun(made, items={"a": 1})
    step = runner.complete(made, step.state, "one[a]", {}, now=NOW, host=host())
    with pytest.raises(EngineError, match="parallel_conflict") as failed:
        runner.complete(made, step.state, "two", {"total": 2}, now=NOW, host=host())
    assert failed.value.element == "join" and failed.value.detail == "total"
    repair = Repair(data={"total": 3})
    step = runner.complete(
        made, step.state, "two", {"total": 2}, now=NOW, host=host(), repair=repair
    )
    assert [task.key for task in step.tasks] == ["see"] and step.data["total"] == 3


@pytest.mark.parametrize("given", [7, None, {"a": [1]}])
def test_a_given_value_settles_what_both_changed_and_nothing_else(given: Any) -> None:
    assert merge({"x": 0}, {"x": 1}, {"x": 2}, settled={"x": given}) == {"x": given}
    assert merge({}, {"x": {"a": 1}}, {"x": {"b": 2}}, settled={"x": given}) == {"x": given}
    # Where only one branch changed it, that stands: nothing is to be settled.
    assert merge({"x": 0}, {"x": 1}, {"x": 0}, settled={"x": given}) == {"x": 1}
    # Further down the name is another one's.
    with pytest.raises(ValueError, match="o.x"):
        merge({}, {"o": {"x": 1}}, {"o": {"x": 2}}, settled={"x": given})


def test_a_repair_that_no_case_can_hold_is_refused() -> None:
    made = model(TIMER, JOB, "start > pause > job > see > end")
    step = begun(made)
    with pytest.raises(NotAValue):
        runner.fire(made, step.state, "pause", now=NOW, host=host(), repair=Repair(data={"n": 0.5}))
    with pytest.raises(EngineError, match="not_a_value"):
        runner.fire(
            made, step.state, "pause", now=NOW, host=host(), repair=Repair(skip={"job": 0.5})
        )


def test_what_an_open_place_knows_is_told_by_its_key() -> None:
    made = model(TIMER, JOB, "start > pause > job > see > end")
    step = begun(made, number=3)
    assert runner.data_at(made, step.state, "pause")["number"] == 3
    assert runner.data_at(made, step.state) == step.data
