"""Branches side by side share nothing, lose nothing, and are joined once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.engine.errors import EngineError
from app.engine.release import Release
from tests.engine import more_patterns
from tests.engine.hosts import Answering, Case, replay
from tests.engine.models import bpmn, form, release
from tests.engine.patterns import END, START, loop, operation, properties, timer

FORK = '<parallelGateway id="fork"/><parallelGateway id="join"/>'


def script(ident: str, text: str) -> str:
    return f'<scriptTask id="{ident}"><script>{text}</script></scriptTask>'


def joined(*branches: str, data: Mapping[str, Any]) -> Case:
    """Operations side by side, each giving the whole of `x`, then the join."""
    works = "".join(operation(f"w{n}", "x", x="x") for n in range(len(branches)))
    nodes = START + FORK + works + END
    flows = "start > fork\njoin > end\n" + "\n".join(
        f"fork > w{n} > join" for n in range(len(branches))
    )
    # The check refuses two branches with one name: here it is what the engine does then.
    given = release_unchecked(bpmn("joined", nodes, flows))
    answers: dict[str, Callable[..., Any]] = {
        f"op.w{n}": lambda x, text=text: eval(text, {"x": json.loads(json.dumps(x))})
        for n, text in enumerate(branches)
    }
    case = Case(given, Answering(answers))
    case.start("joined", **data)
    return case


def release_unchecked(model: bytes) -> Release:
    """Compile a release in which branches write the same, which the check would refuse."""
    from app.engine import lint_flows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lint_flows, "_parallel_writes", lambda scope: None)
        return release(model)


@pytest.mark.parametrize(
    ("branches", "before", "after"),
    [
        (("x + [6]", "x"), [5, 5], [5, 5, 6]),
        (("x", "x + [6]"), [5, 5], [5, 5, 6]),
        (("x[:1]", "x"), [5, 5], [5]),
        (("x + [6]", "x + [6]"), [5, 5], [5, 5, 6]),
        (("{**x, 'a': 1}", "{**x, 'b': 2}"), {"n": 0}, {"n": 0, "a": 1, "b": 2}),
        (("{**x, 'o': {'a': 1}}", "{**x, 'o': {'b': 2}}", "{**x, 'c': 3}"), {},
         {"o": {"a": 1, "b": 2}, "c": 3}),
        (("{k: v for k, v in x.items() if k != 'n'}", "{**x, 'b': 2}"), {"n": 0, "m": 1},
         {"m": 1, "b": 2}),
        (("{}", "x"), {"n": 0}, {}),
    ],
)  # fmt: skip
def test_branches_are_joined_without_loss(
    branches: tuple[str, ...], before: Any, after: Any
) -> None:
    case = joined(*branches, data={"x": before})
    assert case.step.ended and case.step.data["x"] == after


@pytest.mark.parametrize(
    ("branches", "before", "what"),
    [
        (("x + [6]", "x + [7]"), [5, 5], "x"),
        (("x + [6]", "x[:1]"), [5, 5], "x"),
        (("{**x, 'a': 1}", "{**x, 'a': 2}"), {}, "x.a"),
        (("{**x, 'a': {'b': [1]}}", "{**x, 'a': {'b': [2]}}"), {"a": {"b": []}}, "x.a.b"),
        (("{}", "{**x, 'n': 1}"), {"n": 0}, "x.n"),
        (("1", "True"), 0, "x"),
        (("x", "x + 1", "x + 2"), 0, "x"),
    ],
)
def test_a_conflict_is_an_incident_at_the_join(
    branches: tuple[str, ...], before: Any, what: str
) -> None:
    with pytest.raises(EngineError) as caught:
        joined(*branches, data={"x": before})
    assert (caught.value.element, caught.value.code) == ("join", "parallel_conflict")
    assert caught.value.detail == what and caught.value.line > 0


def test_a_fork_within_a_branch_is_joined_anew_in_each_round() -> None:
    """The round's outer join may go on from another branch than the one that forked again."""
    case = Case(more_patterns.rounds())
    case.start("rounds", things=[5, 5], n=1)
    for number in range(1, 5):
        key = "stage/ask" if number == 1 else f"stage/ask#{number}"
        step = case.complete(key, answer="against" if number < 4 else "for")
    assert step.ended
    assert step.data["r"] == step.data["things"] == [5, 5, 1, 2, 3, 4]
    assert step.data["l"] == {"n": 4, "all": [5, 5, 1, 2, 3]}
    assert [p for name, p in case.host.asked if name == "op.aside"] == [
        {"n": n} for n in range(1, 5)
    ]
    assert replay(case.release, case.record)[-1][0] == step.digest


def test_a_join_waits_for_every_branch_of_its_own_round() -> None:
    """Were the first round's tokens counted again, the second would not wait for both tasks."""
    nodes = (
        START
        + '<exclusiveGateway id="in"/>'
        + FORK
        + '<parallelGateway id="fork_in"/><parallelGateway id="join_in"/>'
        + '<userTask id="ask" b:form="ask"/><userTask id="look" b:form="look"/>'
        + '<userTask id="hear" b:form="hear"/>'
        + script("more", "n = n + 1")
        + '<exclusiveGateway id="out"/>'
        + END
    )
    flows = (
        "start > in > fork\nfork > ask > join\nfork > fork_in\nfork_in > look > join_in\n"
        "fork_in > hear > join_in\njoin_in > join > more > out\nout > in if n != 3\nout > end else"
    )
    forms = {"again__look": form(seen="yes"), "again__hear": form(heard="yes")}
    case = Case(release(bpmn("again", nodes, flows), **forms))
    case.start("again", n=1)
    case.complete("look", seen=True)
    case.complete("hear", heard=True)
    assert [t.key for t in case.complete("ask").tasks] == ["ask#2", "hear#2", "look#2"]
    assert [t.key for t in case.complete("ask#2").tasks] == ["hear#2", "look#2"]
    assert [t.key for t in case.complete("hear#2", heard=False).tasks] == ["look#2"]
    step = case.complete("look#2", seen=False)
    assert step.ended and (step.data["seen"], step.data["heard"]) == (False, False)


def test_a_branch_aside_is_compared_with_where_it_left_not_with_an_outer_fork() -> None:
    """It left between two answers to one question, in a branch that another one outlived."""
    nodes = (
        START
        + FORK
        + '<userTask id="wait" b:form="look"/><exclusiveGateway id="in"/>'
        + '<parallelGateway id="part"/>'
        + operation("tell", answer="answer")
        + '<endEvent id="told"/><userTask id="ask" b:form="ask"/><exclusiveGateway id="out"/>'
        + END
    )
    flows = (
        "start > fork\nfork > wait > join\nfork > in > part > tell > told\npart > ask > out\n"
        "out > in if answer == 'against'\nout > join else\njoin > end"
    )
    compiled = release(bpmn("aside", nodes, flows), aside__look=form(seen="yes"))
    for last_answer in ("for", "recused"):
        case = Case(compiled)
        case.start("aside", answer="recused")
        case.complete("ask", answer="against", number=1)
        case.complete("ask#2", answer="against", number=2)
        case.complete("ask#3", answer=last_answer, number=1)
        step = case.complete("wait", seen=True)
        # As the case was asked last, though it had that answer before the fork too.
        assert step.ended and step.data["answer"] == last_answer and step.data["number"] == 1


INNER = (
    START + '<userTask id="mark" b:form="ask"/>' + script("give", "result = {'n': number}") + END
)


def interrupted(nodes: str, *more: bytes, flows: str = "") -> Case:
    """Instances of something over two items, taken away by a timer, and then again."""
    all_nodes = (
        properties("items", "results")
        + START
        + '<exclusiveGateway id="in"/>'
        + nodes
        + timer("over", "each", "calendar_days_after(received_at, 1)", interrupting=True)
        + END
    )
    model = bpmn("taken", all_nodes, "start > in > each > end\nover > in" + flows)
    return Case(release(model, *more))


LOOP = loop("items", "item", "results", "result")
ITEMS = {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "case",
    [
        lambda: interrupted(
            f'<callActivity id="each" calledElement="inner">{LOOP}</callActivity>',
            bpmn("inner", INNER, "start > mark > give > end"),
        ),
        lambda: interrupted(
            f'<subProcess id="each">{LOOP}'
            + INNER.replace('"start"', '"s"').replace('"end"', '"e"')
            + "</subProcess>",
            flows="\ns > mark > give > e",
        ),
        lambda: interrupted(f'<userTask id="each" b:form="ask">{LOOP}</userTask>'),
    ],
    ids=["calls", "subprocesses", "tasks"],
)
def test_instances_that_a_timer_takes_away_are_gone_and_their_keys_with_them(case: Any) -> None:
    play = case()
    first = [t.key for t in play.start("taken", items=ITEMS).tasks]
    assert len(first) == 2
    play.complete(first[0], number=1)
    step = play.fire("over")
    second = [t.key for t in step.tasks]
    assert len(second) == 2 and not set(first) & set(second)
    assert [t.key for t in step.timers] == ["over#2"]
    assert replay(play.release, play.record)[-1][0] == step.digest
    for key in second:
        step = play.complete(key, number=1)
    assert step.ended and not play.open and len(step.data["results"]) == 2
