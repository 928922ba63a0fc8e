"""A release far larger than any procedure is refused, with the element that breaks the bound."""

from __future__ import annotations

import pytest

from app.engine import bounds, lint_bounds, workflow
from app.engine.errors import EngineError, Finding, ReleaseError
from app.engine.lint import lint
from app.engine.release import compile_release
from tests.engine.hosts import Case
from tests.engine.models import bpmn, files
from tests.engine.patterns import END, START, operation, timer

ASK = '<userTask id="ask" b:form="ask"/>'


def errors(found: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(f.code, f.element) for f in found if f.level == "error"}


def called_in_a_row(length: int) -> dict[str, bytes]:
    """Processes that call one another, the last of which calls nobody."""
    models = []
    for number in range(length):
        inner = f'<callActivity id="c{number}" calledElement="p{number + 1}"/>'
        last = number == length - 1
        nodes = START + ("" if last else inner) + END
        models.append(
            bpmn(f"p{number}", nodes, "start > end" if last else f"start > c{number} > end")
        )
    return files(*models)


def test_calls_within_calls_are_bounded() -> None:
    assert errors(lint(called_in_a_row(bounds.MOST_NESTED + 1))) == set()
    found = errors(lint(called_in_a_row(bounds.MOST_NESTED + 2)))
    assert found == {("too_deep", "c0")}
    assert ("too_deep", "c0") in errors(lint(called_in_a_row(60)))


def test_processes_that_call_each_other_are_refused() -> None:
    nodes = START + '<callActivity id="c" calledElement="{}"/>' + END
    models = [
        bpmn(name, nodes.format(other), "start > c > end")
        for name, other in (("pa", "pb"), ("pb", "pc"), ("pc", "pa"), ("pd", "pa"))
    ]
    found = lint(files(*models))
    assert {(f.file, f.code) for f in found if f.level == "error"} == {
        (f"p{name}/p{name}.bpmn", "call_cycle") for name in "abc"
    }


def test_calls_are_bounded_in_a_running_case_too(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(compile_release(called_in_a_row(6)))
    assert case.start("p0").ended
    monkeypatch.setattr(workflow, "MOST_NESTED", 3)
    with pytest.raises(EngineError) as caught:
        case.start("p0")
    assert (caught.value.element, caught.value.code) == ("c3", "too_deep")


def embedded(levels: int) -> dict[str, bytes]:
    """Subprocesses within one another."""
    nodes, flows = START + ASK + END, "start > ask > end"
    for level in range(levels):
        nodes = (
            f'<startEvent id="s{level}"/><subProcess id="sub{level}">'
            + nodes.replace('"start"', '"first"').replace('"end"', '"last"')
            + f'</subProcess><endEvent id="e{level}"/>'
        )
        flows = flows.replace("start >", "first >").replace("> end", "> last")
        flows += f"\ns{level} > sub{level} > e{level}"
    return files(bpmn("model", nodes, flows))


def test_subprocesses_within_subprocesses_are_bounded() -> None:
    assert errors(lint(embedded(bounds.MOST_NESTED))) == set()
    found = errors(lint(embedded(bounds.MOST_NESTED + 1)))
    assert found == {("too_deep", "sub0")}
    assert errors(lint(embedded(100)))


def forks(levels: int) -> dict[str, bytes]:
    """Forks within branches of forks, joined from the inside out."""
    nodes, flows = "", "start > f0\n"
    for level in range(levels):
        nodes += f'<parallelGateway id="f{level}"/><parallelGateway id="j{level}"/>'
        inner = level + 1 < levels
        flows += f"f{level} > " + (f"f{level + 1}\n" if inner else f"j{level}\n")
        flows += f"f{level} > t{level} > j{level}\n"
        nodes += f'<scriptTask id="t{level}"><script>x{level} = 1</script></scriptTask>'
        flows += f"j{level} > " + (f"j{level - 1}\n" if level else "end\n")
    return files(bpmn("model", START + nodes + END, flows))


def test_forks_within_forks_are_bounded() -> None:
    assert errors(lint(forks(lint_bounds.MOST_FORKS))) == set()
    step = Case(compile_release(forks(lint_bounds.MOST_FORKS))).start("model")
    assert step.ended and step.data["x4"] == 1
    found = errors(lint(forks(lint_bounds.MOST_FORKS + 1)))
    assert found == {("too_deep", f"f{lint_bounds.MOST_FORKS}")}


def row_of(length: int) -> dict[str, bytes]:
    """Gateways one after the other."""
    nodes = "".join(f'<exclusiveGateway id="g{n}"/>' for n in range(length))
    way = " > ".join(["start", *(f"g{n}" for n in range(length)), "end"])
    return files(bpmn("model", START + nodes + END, way))


def test_a_process_has_so_many_elements() -> None:
    assert errors(lint(row_of(lint_bounds.MOST_ELEMENTS - 2))) == set()
    assert errors(lint(row_of(lint_bounds.MOST_ELEMENTS - 1))) == {("too_many", "model")}


def test_a_process_has_so_many_flows_and_ways_out() -> None:
    ends = "".join(f'<endEvent id="e{n}"/>' for n in range(250))
    fork = '<parallelGateway id="f{}"/>'
    forking = START + "".join(fork.format(n) for n in range(4)) + ends
    ways = "".join(f"f{f} > e{n}\n" for f in range(4) for n in range(250))
    found = errors(lint(files(bpmn("model", forking, "start > f0\n" + ways))))
    assert found >= {("too_many", "model"), ("too_many", "f0")}


def test_an_activity_has_so_many_timers_and_parameters() -> None:
    many = range(lint_bounds.MOST_EDGES + 1)
    edges = "".join(timer(f"t{n}", "ask", "received_at", interrupting=False) for n in many)
    ends = "".join(f'<endEvent id="e{n}"/>' for n in many)
    flows = "start > ask > end\n" + "".join(f"t{n} > e{n}\n" for n in many)
    given = files(bpmn("model", START + ASK + edges + END + ends, flows))
    assert errors(lint(given)) == {("too_many", "ask")}
    parameters = {f"p{n}": "1" for n in range(lint_bounds.MOST_PARAMETERS + 1)}
    given = files(bpmn("model", START + operation("x", **parameters) + END, "start > x > end"))
    assert errors(lint(given)) == {("too_many", "x")}


def test_a_release_too_large_is_refused_before_it_is_compiled() -> None:
    with pytest.raises(ReleaseError, match="too_many"):
        compile_release(row_of(lint_bounds.MOST_ELEMENTS + 5))
