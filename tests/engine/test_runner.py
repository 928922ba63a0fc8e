"""A whole case, act by act: tasks, keys, data, errors, refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.refusals import Invalid
from app.engine import runner
from app.engine.errors import EngineError, NotWaiting, StateUnreadable, TaskGone
from app.engine.step import Call, Visit
from app.engine.values import NotAValue
from tests.engine.hosts import NOW, START, Answering, Case
from tests.engine.models import bpmn, release, two_tasks

ONE_OPERATION = (
    '<startEvent id="start"/><userTask id="ask" b:form="ask"/>'
    '<serviceTask id="job" b:operation="thing.do" b:result="done"><extensionElements>'
    '<b:parameter name="number">number + 1</b:parameter></extensionElements></serviceTask>'
    '<endEvent id="end"/>'
)


def one_operation(**operations: Any) -> Case:
    model = bpmn("work", ONE_OPERATION, "start > ask > job > end")
    host = Answering({name.replace("__", "."): f for name, f in operations.items()})
    case = Case(release(model), host)
    case.start("work")
    return case


def test_two_tasks_from_start_to_end() -> None:
    case = Case(two_tasks())
    step = case.start("two_tasks")
    (task,) = step.tasks
    assert (task.key, task.process, task.element) == ("prepare", "two_tasks", "prepare")
    assert (task.role, task.organisation, task.assignee) == ("case_officer", "mf", None)
    assert task.form == "two_tasks/prepare"
    assert task.due == datetime(2017, 5, 3, 5, tzinfo=UTC)
    assert task.paragraphs == ("57",)
    assert step.calls == (
        Call("working_days_after", {"arguments": [START["received_at"], 5]}, task.due.isoformat()),
    )
    step = case.complete("prepare", points=7)
    assert [v.element for v in step.visits] == ["prepare", "weigh", "enough"]
    assert step.visits[0] == Visit("prepare", "prepare", "two_tasks")
    assert [t.key for t in step.tasks] == ["confirm"]
    assert step.data["parts"] == {"points": 7, "rounds": [7, 14]}
    step = case.complete("confirm", decision="approve")
    assert step.ended
    assert (step.tasks, step.timers, step.waits) == ((), (), ())
    assert step.data["decision"] == "approve"


def test_a_second_visit_has_its_own_key_and_forgets_old_answers() -> None:
    case = Case(two_tasks())
    case.start("two_tasks")
    step = case.complete("prepare", points=7, urgent=True)
    assert [t.key for t in step.tasks] == ["prepare#2"]
    # `urgent` is not answered again: null, not the old True, so the case goes on.
    step = case.complete("prepare#2", points=9)
    assert step.data["urgent"] is None
    assert [t.key for t in step.tasks] == ["confirm"]


def test_only_decisive_fields_get_in() -> None:
    case = Case(two_tasks())
    case.start("two_tasks")
    for answers in ({"note": "a name"}, {"points": 1, "authority": "other"}):
        with pytest.raises(ValueError, match="no decisive field"):
            case.complete("prepare", **answers)
    with pytest.raises(NotAValue):
        case.complete("prepare", points=1.5)
    assert [t.key for t in case.complete("prepare", points=7).tasks] == ["confirm"]


def test_a_task_is_done_once() -> None:
    case = Case(two_tasks())
    case.start("two_tasks")
    case.complete("prepare", points=7)
    for key in ("prepare", "prepare#2", "nothing", "confirm#2"):
        with pytest.raises(TaskGone):
            case.complete(key)


def test_operations_get_copies_and_their_answers_are_kept() -> None:
    kept: dict[str, Any] = {}

    def do(number: int) -> dict[str, Any]:
        kept["answer"] = {"list": [number]}
        return kept["answer"]  # type: ignore[no-any-return]  # it is what it was made

    case = one_operation(thing__do=do)
    step = case.complete("ask", number=1)
    kept["answer"]["list"].append("afterwards")
    assert step.calls == (Call("thing.do", {"number": 2}, {"list": [2]}),)
    assert step.data["done"] == {"list": [2]}


def test_a_refusal_passes_unchanged() -> None:
    refusal = Invalid("form.required")

    def refuse(number: int) -> None:
        raise refusal

    case = one_operation(thing__do=refuse)
    with pytest.raises(Invalid) as caught:
        case.complete("ask", number=1)
    assert caught.value is refusal


def test_any_other_exception_is_an_incident_at_the_element() -> None:
    def fail(number: int) -> None:
        raise LookupError("no such row")

    case = one_operation(thing__do=fail)
    before = case.step.state
    with pytest.raises(EngineError) as caught:
        case.complete("ask", number=1)
    error = caught.value
    assert (error.process, error.element, error.code) == ("work", "job", "operation_failed")
    assert "LookupError: no such row" in error.detail
    assert error.line == case.release.processes["work"].elements["job"].line
    # Nothing was kept: once the operation works, the act can be done again.
    case.host = Answering()
    assert case.step.state == before
    assert case.complete("ask", number=1).ended


@pytest.mark.parametrize("answer", [1.5, {1: 2}, {"x": object()}, 2**53, "\ud800"])
def test_an_answer_that_no_case_can_hold(answer: Any) -> None:
    case = one_operation(thing__do=lambda number: answer)
    with pytest.raises(EngineError) as caught:
        case.complete("ask", number=1)
    assert caught.value.code == "not_a_value"


def test_a_failing_expression_names_its_element() -> None:
    case = one_operation()
    with pytest.raises(EngineError) as caught:
        case.complete("ask")  # number is null
    assert (caught.value.element, caught.value.code) == ("job", "type")
    assert "number + 1" in caught.value.detail


def test_a_term_that_fails_names_its_own_element_not_the_one_before() -> None:
    nodes = (
        '<startEvent id="start"/><userTask id="ask" b:form="ask"/>'
        '<userTask id="late" b:form="ask" b:due="number"/><endEvent id="end"/>'
    )
    case = Case(release(bpmn("terms", nodes, "start > ask > late > end")))
    case.start("terms")
    with pytest.raises(EngineError) as caught:
        case.complete("ask", number=3)
    assert (caught.value.element, caught.value.code) == ("late", "not_an_instant")


def test_a_model_that_runs_in_a_circle_stops() -> None:
    nodes = (
        '<startEvent id="start"/><exclusiveGateway id="in"/>'
        '<scriptTask id="count"><script>n = n + 1</script></scriptTask>'
        '<exclusiveGateway id="out"/><endEvent id="end"/>'
    )
    flows = "start > in > count > out\nout > end if n &lt; 0\nout > in else"
    circle = bpmn("circle", nodes, flows.replace("&lt;", "<"))
    with pytest.raises(EngineError) as caught:
        Case(release(circle)).start("circle", n=1)
    assert caught.value.code == "too_many_steps"
    assert caught.value.process == "circle"


def test_no_flow_that_fits() -> None:
    nodes = (
        '<startEvent id="start"/><exclusiveGateway id="which"/><endEvent id="a"/><endEvent id="b"/>'
    )
    model = bpmn("ways", nodes, "start > which\nwhich > a if n == 1\nwhich > b if n == 2")
    compiled = release(model)
    assert [f.code for f in compiled.findings] == ["no_default"]
    assert [v.element for v in Case(compiled).start("ways", n=2).visits][-1] == "b"
    with pytest.raises(EngineError) as caught:
        Case(compiled).start("ways", n=3)
    assert (caught.value.element, caught.value.code) == ("which", "no_flow")


def test_nobody_waits() -> None:
    case = Case(two_tasks())
    case.start("two_tasks")
    with pytest.raises(NotWaiting):
        case.deliver("anything")


def test_an_act_has_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        runner.start(
            two_tasks(), "two_tasks", START, now=NOW.replace(tzinfo=None), host=Answering()
        )


@pytest.mark.parametrize("state", [b"", b"\x00", b"\x01junk", b"\x02" + b"x" * 20])
def test_bytes_that_are_no_state(state: bytes) -> None:
    with pytest.raises(StateUnreadable):
        runner.digest(two_tasks(), state)
    with pytest.raises(StateUnreadable):
        runner.complete(two_tasks(), state, "prepare", {}, now=NOW, host=Answering())


def test_keys_of_data_are_only_keys() -> None:
    """`typename` and the like mean something to the library's own way of saving."""
    strange = {"typename": "Task", "delta": {"updates": 1}, "__class__": "x", "": "", "id": 1}
    case = Case(two_tasks())
    case.start("two_tasks", typename="CaseTask", strange=strange)
    step = case.complete("prepare", points=7)
    assert step.data["typename"] == "CaseTask"
    assert step.data["strange"] == strange


def test_what_is_given_out_is_a_copy() -> None:
    case = Case(two_tasks())
    case.start("two_tasks", list=[1])
    case.step.data["list"].append(2)
    assert case.complete("prepare", points=7).data["list"] == [1]


def test_a_task_may_have_the_id_of_another_process() -> None:
    nodes = '<startEvent id="start"/><userTask id="{}" b:form="ask"/><endEvent id="end"/>'
    one = bpmn("one", nodes.format("two"), "start > two > end")
    two = bpmn("two", nodes.format("look"), "start > look > end")
    case = Case(release(one, two))
    (task,) = case.start("one").tasks
    assert (task.key, task.process) == ("two", "one")
    (task,) = Case(release(one, two)).start("two").tasks
    assert (task.key, task.process) == ("look", "two")
