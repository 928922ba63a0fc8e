"""The patterns that diagrams are made of, as small processes."""

from __future__ import annotations

from functools import cache

from app.engine.release import Release
from tests.engine.models import bpmn, form, release

START = '<startEvent id="start"/>'
END = '<endEvent id="end"/>'


def timer(ident: str, host: str, date: str, *, interrupting: bool) -> str:
    """A timer at the edge of an activity."""
    return (
        f'<boundaryEvent id="{ident}" attachedToRef="{host}" '
        f'cancelActivity="{str(interrupting).lower()}"><timerEventDefinition id="{ident}_timer">'
        f"<timeDate>{date}</timeDate></timerEventDefinition></boundaryEvent>"
    )


def operation(ident: str, result: str = "", **parameters: str) -> str:
    """A service task that runs `op.<ident>`."""
    given = "".join(f'<b:parameter name="{k}">{v}</b:parameter>' for k, v in parameters.items())
    kept = f' b:result="{result}"' if result else ""
    return (
        f'<serviceTask id="{ident}" b:operation="op.{ident}"{kept}>'
        f"<extensionElements>{given}</extensionElements></serviceTask>"
    )


def loop(source: str, item: str, output: str, output_item: str = "", condition: str = "") -> str:
    """A multi-instance marker."""
    made = f'<outputDataItem id="{output_item}"/>' if output_item else ""
    until = f"<completionCondition>{condition}</completionCondition>" if condition else ""
    return (
        "<multiInstanceLoopCharacteristics>"
        f"<loopDataInputRef>{source}</loopDataInputRef>"
        f"<loopDataOutputRef>{output}</loopDataOutputRef>"
        f'<inputDataItem id="{item}"/>{made}{until}</multiInstanceLoopCharacteristics>'
    )


def properties(*names: str) -> str:
    """Declarations that the schema wants for the names a loop refers to."""
    return "".join(f'<property id="{name}" name="{name}"/>' for name in names)


@cache
def votes(condition: str = "") -> Release:
    """Everybody in `seats` votes, until `condition`; then the result is announced."""
    nodes = (
        properties("seats", "ballots")
        + START
        + '<userTask id="vote" b:form="vote" b:assignee="seat[\'member\']">'
        + loop("seats", "seat", "ballots", condition=condition)
        + "</userTask>"
        + operation("tell", ballots="ballots")
        + END
    )
    model = bpmn("votes", nodes, "start > vote > tell > end")
    return release(model, votes__vote=form(vote="choice", note="longtext"))


@cache
def deadlines() -> Release:
    """A task that is reminded of, and taken away, by timers."""
    nodes = (
        START
        + '<userTask id="report" b:form="ask" b:due="schedule(\'report\')"/>'
        + timer("remind", "report", "calendar_days_after(received_at, 5)", interrupting=False)
        + timer("missed", "report", "schedule('report')", interrupting=True)
        + operation("nudge", number="1")
        + operation("close")
        + '<endEvent id="nudged"/>'
        + END
    )
    flows = "start > report > end\nremind > nudge > nudged\nmissed > close > end"
    return release(bpmn("deadlines", nodes.replace(END, "") + END, flows))


@cache
def calls() -> Release:
    """A call activity with timers, and parts scored side by side in a called process."""
    outer = (
        properties("parts", "results")
        + START
        + '<callActivity id="each" calledElement="score">'
        + loop("parts", "part", "results", "result")
        + "</callActivity>"
        + timer("slow", "each", "calendar_days_after(received_at, 3)", interrupting=False)
        + operation("chase", number="len(parts)")
        + '<endEvent id="chased"/>'
        + '<callActivity id="review" calledElement="check"/>'
        + timer("overdue", "review", "calendar_days_after(received_at, 9)", interrupting=True)
        + operation("give_up")
        + END
        + '<endEvent id="given_up"/>'
    )
    inner = (
        START
        + '<userTask id="mark" b:form="ask"/>'
        + timer("hurry", "mark", "calendar_days_after(received_at, 2)", interrupting=False)
        + operation("nag", part="part")
        + '<endEvent id="nagged"/>'
        + "<scriptTask id=\"sum_up\"><script>result = {'code': part['code'], 'points': number}"
        + "</script></scriptTask>"
        + END
    )
    check = START + '<userTask id="look" b:form="ask"/>' + END
    return release(
        bpmn(
            "calls",
            outer,
            "start > each > review > end\nslow > chase > chased\noverdue > give_up > given_up",
        ),
        bpmn("score", inner, "start > mark > sum_up > end\nhurry > nag > nagged"),
        bpmn("check", check, "start > look > end"),
    )


@cache
def window() -> Release:
    """An objection window: an event-based gateway in a loop, until a date."""
    catch = (
        '<intermediateCatchEvent id="{0}" b:result="message"><messageEventDefinition id="{0}_m" '
        'messageRef="{1}"/></intermediateCatchEvent>'
    )
    nodes = (
        START
        + '<scriptTask id="init"><script>filed = []\nends = working_days_after(received_at, 5)'
        + "</script></scriptTask>"
        + '<exclusiveGateway id="loop_in"/><eventBasedGateway id="wait"/>'
        + catch.format("came", "objection_filed")
        + catch.format("gone", "withdrawn")
        + '<intermediateCatchEvent id="closed"><timerEventDefinition id="closed_t">'
        + "<timeDate>ends</timeDate></timerEventDefinition></intermediateCatchEvent>"
        + '<scriptTask id="note"><script>filed = filed + [message["objection"]]</script>'
        + "</scriptTask>"
        + '<endEvent id="withdrawn_end"/>'
        + END
    )
    flows = (
        "start > init > loop_in > wait\nwait > came > note > loop_in\nwait > gone > withdrawn_end"
        "\nwait > closed > end"
    )
    return release(bpmn("window", nodes, flows, "objection_filed withdrawn"))


@cache
def messages() -> Release:
    """One process starts another and is told its answer."""
    asking = (
        START
        + '<intermediateThrowEvent id="send" b:starts="answering"><extensionElements>'
        + '<b:parameter name="question">question["id"]</b:parameter>'
        + '<b:parameter name="authority">authority</b:parameter>'
        + '<b:parameter name="asker">case</b:parameter></extensionElements>'
        + '<messageEventDefinition id="send_m" messageRef="question_asked"/>'
        + "</intermediateThrowEvent>"
        + '<intermediateCatchEvent id="receive" b:result="answered">'
        + '<messageEventDefinition id="receive_m" messageRef="answer_given"/>'
        + "</intermediateCatchEvent>"
        + END
    )
    answering = (
        '<startEvent id="start"><messageEventDefinition id="start_m" '
        'messageRef="question_asked"/></startEvent>'
        '<userTask id="reply" b:form="ask"/>'
        '<endEvent id="end" b:to="asker"><extensionElements>'
        '<b:parameter name="answer">answer</b:parameter></extensionElements>'
        '<messageEventDefinition id="end_m" messageRef="answer_given"/></endEvent>'
    )
    names = "question_asked answer_given"
    return release(
        bpmn("asking", asking, "start > send > receive > end", names),
        bpmn("answering", answering, "start > reply > end", names),
    )


@cache
def branches(left: str = "a = 1", right: str = "b = 2") -> Release:
    """Two scripts side by side, and a task beside them."""
    nodes = (
        START
        + '<parallelGateway id="fork"/><parallelGateway id="join"/>'
        + f'<scriptTask id="one"><script>{left}</script></scriptTask>'
        + f'<scriptTask id="two"><script>{right}</script></scriptTask>'
        + '<userTask id="ask" b:form="ask"/><exclusiveGateway id="again"/>'
        + '<exclusiveGateway id="before"/>'
        + END
    )
    flows = (
        "start > before > fork\nfork > one > join\nfork > two > join\nfork > ask > join\n"
        "join > again\nagain > before if answer == 'against'\nagain > end else"
    )
    return release(bpmn("branches", nodes, flows))


@cache
def inside() -> Release:
    """An embedded subprocess with a deadline; a terminating end inside it."""
    nodes = (
        START
        + '<subProcess id="stage"><startEvent id="s_start"/><userTask id="ask" b:form="ask"/>'
        + '<exclusiveGateway id="stop"/><endEvent id="s_end"/><endEvent id="s_stop">'
        + '<terminateEventDefinition id="s_stop_t"/></endEvent></subProcess>'
        + timer("late", "stage", "calendar_days_after(received_at, 1)", interrupting=False)
        + timer("too_late", "stage", "calendar_days_after(received_at, 2)", interrupting=True)
        + operation("remind")
        + '<endEvent id="reminded"/><endEvent id="expired"/>'
        + operation("record", number="number")
        + END
    )
    flows = (
        "start > stage > record > end\nlate > remind > reminded\ntoo_late > expired\n"
        "s_start > ask > stop\nstop > s_stop if number > 5\nstop > s_end else"
    )
    return release(bpmn("inside", nodes, flows))


DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
 namespace="t"><decision id="risk" name="risk"><decisionTable id="t" hitPolicy="{policy}">
<input id="i1"><inputExpression id="e1"><text>score</text></inputExpression></input>
<input id="i2"><inputExpression id="e2"><text>len(flags)</text></inputExpression></input>
<output id="o1" name="check"/><output id="o2" name="why"/>{rows}
</decisionTable></decision></definitions>"""


def row(number: int, *cells: str) -> str:
    """A row of the table `risk`: two tests, two values."""
    kinds = ("inputEntry", "inputEntry", "outputEntry", "outputEntry")
    inner = "".join(
        f'<{kind} id="r{number}c{i}"><text>{cell}</text></{kind}>'
        for i, (kind, cell) in enumerate(zip(kinds, cells, strict=True))
    )
    return f'<rule id="r{number}">{inner}</rule>'


def table(*rows: str, policy: str = "UNIQUE") -> bytes:
    """The table `risk` with some rows."""
    return DMN.format(policy=policy, rows="".join(rows)).encode()


def rule(decision: bytes) -> Release:
    """A business rule between start and end."""
    nodes = (
        START
        + '<businessRuleTask id="look_up"><extensionElements><s:calledDecisionId>risk'
        + "</s:calledDecisionId></extensionElements></businessRuleTask>"
        + END
    )
    return release(bpmn("rule", nodes, "start > look_up > end"), rule__risk=decision)
