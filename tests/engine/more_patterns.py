"""Constructs that the check allows and no process of today needs, or not together."""

from __future__ import annotations

from functools import cache

from app.engine.release import Release
from tests.engine.models import bpmn, form, release
from tests.engine.patterns import END, START, loop, operation, properties, row, table, timer


def caught(ident: str, message: str, tag: str = "intermediateCatchEvent") -> str:
    """An event that waits for a message and keeps its payload under its own id."""
    return (
        f'<{tag} id="{ident}" b:result="{ident}_said"><messageEventDefinition id="{ident}_m" '
        f'messageRef="{message}"/></{tag}>'
    )


def dated(ident: str, date: str) -> str:
    """An intermediate event that waits for a date."""
    return (
        f'<intermediateCatchEvent id="{ident}"><timerEventDefinition id="{ident}_t">'
        f"<timeDate>{date}</timeDate></timerEventDefinition></intermediateCatchEvent>"
    )


def edge(ident: str, host: str, message: str) -> str:
    """A message at the edge of an activity, which it interrupts."""
    return caught(ident, message, "boundaryEvent").replace(
        "<boundaryEvent", f'<boundaryEvent attachedToRef="{host}" cancelActivity="true"'
    )


@cache
def stages() -> Release:
    """An embedded subprocess for each item, with a terminating end and a timer inside."""
    nodes = (
        properties("items", "results")
        + START
        + '<subProcess id="stage">'
        + loop("items", "item", "results", "result", "count(results, 'stopped', True) &gt; 1")
        + '<startEvent id="s"/><userTask id="ask" b:form="ask" b:assignee="item"/>'
        + timer("hurry", "ask", "calendar_days_after(received_at, 2)", interrupting=False)
        + operation("nag", item="item")
        + '<endEvent id="nagged"/><exclusiveGateway id="which"/>'
        + "<scriptTask id=\"stopped\"><script>result = {'stopped': True}</script></scriptTask>"
        + '<endEvent id="stop"><terminateEventDefinition id="stop_t"/></endEvent>'
        + "<scriptTask id=\"fine\"><script>result = {'stopped': False}</script></scriptTask>"
        + '<endEvent id="e"/></subProcess>'
        + timer("over", "stage", "calendar_days_after(received_at, 9)", interrupting=True)
        + operation("sum_up", results="results")
        + '<endEvent id="out_of_time"/>'
        + END
    )
    flows = (
        "start > stage > sum_up > end\nover > out_of_time\ns > ask > which\nhurry > nag > nagged\n"
        "which > stopped if answer == 'against'\nstopped > stop\n"
        "which > fine else\nfine > e"
    )
    return release(bpmn("stages", nodes, flows))


@cache
def nested() -> Release:
    """A call for each item of a process that calls another, in which everybody votes."""
    outer = (
        properties("items", "results")
        + START
        + '<callActivity id="each" calledElement="middle">'
        + loop("items", "item", "results", "result")
        + "</callActivity>"
        + timer("slow", "each", "calendar_days_after(received_at, 3)", interrupting=False)
        + operation("chase")
        + '<endEvent id="chased"/>'
        + END
    )
    middle = (
        START
        + '<callActivity id="poll" calledElement="inner"/>'
        + timer("late", "poll", "calendar_days_after(received_at, 5)", interrupting=True)
        + "<scriptTask id=\"none\"><script>result = {'late': True}</script></scriptTask>"
        + '<scriptTask id="tell"><script>result = {"ballots": ballots}</script></scriptTask>'
        + '<endEvent id="none_end"/>'
        + END
    )
    inner = (
        properties("seats", "ballots")
        + START
        + '<userTask id="vote" b:form="vote" b:assignee="seat">'
        + loop("seats", "seat", "ballots", condition="count(ballots, 'vote', 'for') &gt;= 1")
        + "</userTask>"
        + END
    )
    return release(
        bpmn("nested", outer, "start > each > end\nslow > chase > chased"),
        bpmn("middle", middle, "start > poll > tell > end\nlate > none > none_end"),
        bpmn("inner", inner, "start > vote > end"),
        inner__vote=form(vote="choice", note="longtext"),
    )


@cache
def choices() -> Release:
    """A gateway that waits for two dates and two messages, in a loop."""
    nodes = (
        START
        + '<exclusiveGateway id="in"/><eventBasedGateway id="wait"/>'
        + dated("first", "calendar_days_after(received_at, 1)")
        + dated("second", "schedule('report')")
        + caught("asked", "question")
        + caught("told", "answer")
        + operation("reply", "replied", said="asked_said")
        + '<endEvent id="first_end"/><endEvent id="told_end"/>'
        + END
    )
    flows = (
        "start > in > wait\nwait > first > first_end\nwait > second > end\n"
        "wait > asked > reply > in\nwait > told > told_end"
    )
    return release(bpmn("choices", nodes, flows, "question answer"))


@cache
def edges() -> Release:
    """Messages at the edges of a task, a call, a subprocess and a receiving task."""
    ask = '<userTask id="ask{}" b:form="ask"/>'
    nodes = (
        START
        + ask.format("")
        + edge("one", "ask", "stop")
        + timer("soon", "ask", "calendar_days_after(received_at, 1)", interrupting=False)
        + timer("later", "ask", "calendar_days_after(received_at, 2)", interrupting=False)
        + operation("remind", day="1")
        + operation("remind_again", day="2")
        + '<endEvent id="reminded"/><endEvent id="reminded_again"/>'
        + '<callActivity id="call" calledElement="called"/>'
        + edge("two", "call", "stop")
        + f'<subProcess id="stage"><startEvent id="s"/>{ask.format("_inside")}'
        + '<endEvent id="e"/></subProcess>'
        + edge("three", "stage", "stop")
        + '<receiveTask id="await_news" messageRef="news" b:result="heard"/>'
        + edge("four", "await_news", "stop")
        + '<sendTask id="thank" messageRef="thanks" b:to="heard[\'objection\']"/>'
        + "".join(f'<endEvent id="end_{n}"/>' for n in ("one", "two", "three", "four"))
        + END
    )
    flows = (
        "start > ask > call > stage > await_news > thank > end\ns > ask_inside > e\n"
        "soon > remind > reminded\nlater > remind_again > reminded_again\n"
        "one > end_one\ntwo > end_two\nthree > end_three\nfour > end_four"
    )
    called = START + ask.format("_called") + END
    return release(
        bpmn("edges", nodes, flows, "stop news thanks"),
        bpmn("called", called, "start > ask_called > end"),
    )


@cache
def rounds() -> Release:
    """Branches within a branch, in a loop, within a subprocess; some of them end by themselves."""
    nodes = (
        START
        + '<subProcess id="stage"><startEvent id="s"/><exclusiveGateway id="in"/>'
        + '<parallelGateway id="fork"/><parallelGateway id="fork_in"/>'
        + '<userTask id="ask" b:form="ask"/>'
        + "<scriptTask id=\"left\"><script>l = {'n': n, 'all': things}</script></scriptTask>"
        + '<scriptTask id="right"><script>r = things + [n]</script></scriptTask>'
        + operation("aside", n="n")
        + '<endEvent id="aside_end"/><parallelGateway id="join_in"/><parallelGateway id="join"/>'
        + '<scriptTask id="more"><script>n = n + 1\nthings = r</script></scriptTask>'
        + '<exclusiveGateway id="out"/><endEvent id="e"/></subProcess>'
        + END
    )
    flows = (
        "start > stage > end\ns > in > fork\nfork > ask > join\nfork > fork_in\n"
        "fork > aside > aside_end\nfork_in > left > join_in\nfork_in > right > join_in\n"
        "join_in > join > more > out\nout > in if answer == 'against'\nout > e else"
    )
    return release(bpmn("rounds", nodes, flows))


@cache
def tables() -> Release:
    """A table and scripts after tasks; the table gathers all that fits."""
    rows = (row(1, "&gt; 5", "-", "'much'", "number"), row(2, "-", "&gt; 0", "'marked'", "1"))
    nodes = (
        START
        + '<userTask id="ask" b:form="ask"><extensionElements>'
        + "<s:postScript>score = number</s:postScript></extensionElements></userTask>"
        + '<businessRuleTask id="look_up"><extensionElements><s:calledDecisionId>risk'
        + "</s:calledDecisionId><s:postScript>found = len(check)</s:postScript>"
        + '</extensionElements></businessRuleTask><exclusiveGateway id="any"/>'
        + operation("mark", check="check")
        + '<endEvent id="unmarked"/>'
        + END
    )
    flows = "start > ask > look_up > any\nany > mark if found > 0\nmark > end\nany > unmarked else"
    return release(bpmn("tables", nodes, flows), tables__risk=table(*rows, policy="COLLECT"))
