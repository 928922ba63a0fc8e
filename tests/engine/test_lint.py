"""The check of a release: each trap that the library falls into in silence is a finding."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.engine.errors import Finding, ReleaseError
from app.engine.lint import lint
from app.engine.release import compile_release, read_files, release_hash
from tests.engine.models import TWO_TASKS, bpmn, files, form
from tests.engine.patterns import END, START, loop, operation, timer

FILE = "two_tasks/two_tasks.bpmn"
ASK = '<userTask id="ask" b:form="ask"/>'


def codes(found: tuple[Finding, ...], level: str = "error") -> set[str]:
    return {f.code for f in found if f.level == level}


def changed(old: str, new: str, file: str = FILE) -> tuple[Finding, ...]:
    """What the check finds when `old` is replaced in a file of the release on disk."""
    given = read_files(TWO_TASKS)
    text = given[file].decode()
    assert old in text, old
    given[file] = text.replace(old, new, 1).encode()
    return lint(given)


def found_in(nodes: str, flows: str, messages: str = "", **extra: bytes) -> tuple[Finding, ...]:
    return lint(files(bpmn("model", nodes, flows, messages), **extra))


def test_the_release_on_disk_has_no_findings() -> None:
    assert lint(read_files(TWO_TASKS)) == ()


CHANGES = [
    ("no_name", '<bagalau:name lang="ru">Взвесить</bagalau:name>', ""),
    ("no_name", 'id="weigh" name="Салмақтау"', 'id="weigh"'),
    ("no_name", '<bagalau:name lang="en">Not enough</bagalau:name>', ""),
    ("no_name", '<bagalau:name lang="en">Officer</bagalau:name>', ""),
    ("no_paragraph", 'name="Салмақтау" bagalau:paragraph="57"', 'name="Салмақтау"'),
    ("no_paragraph", 'bagalau:paragraph="57 58"', 'bagalau:paragraph="57, 58"'),
    ("no_role", ' bagalau:role="case_officer"', ""),
    ("no_role", ' bagalau:organisation="authority"', ""),
    ("no_role", "<bpmn:flowNodeRef>confirm</bpmn:flowNodeRef>", ""),
    ("unknown_role", 'bagalau:role="case_officer"', 'bagalau:role="officer"'),
    ("lane_of_nothing", "<bpmn:flowNodeRef>done<", "<bpmn:flowNodeRef>nothing<"),
    ("no_form", ' bagalau:form="confirm"', ""),
    ("unknown_form", 'bagalau:form="confirm"', 'bagalau:form="agree"'),
    ("unknown_attribute", "bagalau:due", "bagalau:dew"),
    ("unknown_function", "working_days_after(", "working_day_after("),
    ("syntax", "working_days_after(received_at, 5)", "working_days_after(received_at 5)"),
    ("not_an_assignment", "weight = points * 2", "import os"),
    ("not_allowed", "weight = points * 2", "weight = points.real"),
    ("bad_name", "weight = points * 2", "len = points * 2"),
    ("sealed_read", "weight = points * 2", "weight = len(note)"),
    ("sealed_read", "weight &gt;= 10", "reason == 'x'"),
    ("syntax", "weight &gt;= 10", "weight &gt;= "),
    (
        "no_condition",
        '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">weight &gt;= 10 and not urgent'
        "</bpmn:conditionExpression>",
        "",
    ),
    ("bad_default", 'default="again"', 'default="to_done"'),
    ("flow_nowhere", 'targetRef="weigh"', 'targetRef="lanes"'),
    ("flow_nowhere", 'sourceRef="weigh"', 'sourceRef="lanes"'),
    ("dead_end", 'sourceRef="weigh"', 'sourceRef="lanes"'),
    ("unreachable", 'sourceRef="weigh"', 'sourceRef="lanes"'),
    ("xsd", "<bpmn:incoming>to_weigh</bpmn:incoming>", "<bpmn:into>to_weigh</bpmn:into>"),
    ("not_xml", "</bpmn:definitions>", ""),
    ("place", 'bpmn:process id="two_tasks"', 'bpmn:process id="other"'),
    ("not_executable", ' isExecutable="true"', ""),
]


@pytest.mark.parametrize(("code", "old", "new"), CHANGES)
def test_one_change_one_finding(code: str, old: str, new: str) -> None:
    given = read_files(TWO_TASKS)
    text = given[FILE].decode()
    assert old in text
    given[FILE] = text.replace(old, new, 1).encode()
    with pytest.raises(ReleaseError) as caught:
        compile_release(given)
    found = [f for f in caught.value.findings if f.code == code]
    assert found, caught.value.findings
    assert all(f.file == FILE for f in found)
    assert all(f.line for f in found if code != "place")
    assert str(found[0]).startswith(FILE)


def test_a_finding_knows_the_element_and_its_line() -> None:
    (found,) = changed("weight = points * 2", "weight = points.real")
    assert found.element == "weigh"
    text = (TWO_TASKS / FILE).read_text(encoding="utf-8").splitlines()
    assert 'id="weigh"' in text[found.line - 1]


EVIL = [
    ("doctype", '<!DOCTYPE x [<!ENTITY a "b">]>'),
    ("doctype", '<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
    ("doctype", "<!DOCTYPE x [" + "".join(
        f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "boom"}">' for i in range(9)) + "]>"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "declaration"), EVIL)
def test_a_doctype_is_refused(code: str, declaration: str) -> None:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    assert codes(changed(head, head + declaration)) == {code}


def test_a_doctype_in_another_encoding_is_refused() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'
    assert codes(lint({"x/x.bpmn": text.encode("utf-16")})) == {"doctype"}


def test_a_file_too_large_is_refused() -> None:
    assert codes(lint({"x/x.bpmn": b"<x>" + b" " * 2_100_000 + b"</x>"})) == {"too_large"}


TIMED = START + ASK + "{}" + END + '<endEvent id="late_end"/>'
CYCLE = timer("late", "ask", "", interrupting=False).replace("timeDate", "timeCycle")
THROW = (
    START + '<intermediateThrowEvent id="tell"{}><messageEventDefinition id="m" '
    'messageRef="{}"/></intermediateThrowEvent>' + END
)
BOUNDARY = '<boundaryEvent id="late" attachedToRef="{}" cancelActivity="false">{}</boundaryEvent>'
MESSAGE = '<messageEventDefinition id="m" messageRef="go"/>'

TRAPS = [
    ("not_supported", TIMED.format(CYCLE), "start > ask > end\nlate > late_end"),
    ("not_supported", TIMED.format(CYCLE.replace("Cycle", "Duration")),
     "start > ask > end\nlate > late_end"),
    ("syntax", TIMED.format(timer("late", "ask", "2017-01-01T", interrupting=True)),
     "start > ask > end\nlate > late_end"),
    ("attached_to_nothing", TIMED.format(BOUNDARY.format("start", MESSAGE)),
     "start > ask > end\nlate > late_end"),
    ("message_once", TIMED.format(BOUNDARY.format("ask", MESSAGE)),
     "start > ask > end\nlate > late_end"),
    ("no_address", THROW.format("", "go"), "start > tell > end"),
    ("no_address", THROW.format(' b:to="x" b:starts="model"', "go"), "start > tell > end"),
    ("unknown_process", THROW.format(' b:starts="nothing"', "go"), "start > tell > end"),
    ("no_message", THROW.format(' b:to="x"', "gone"), "start > tell > end"),
    ("no_message", START + '<receiveTask id="wait" b:result="m"/>' + END, "start > wait > end"),
    ("implicit_fork", START + ASK + END + '<endEvent id="e2"/>', "start > ask > end\nask > e2"),
    ("one_start", START + ASK + END + '<startEvent id="s2"/>', "start > ask > end\ns2 > ask"),
    ("no_end", START + ASK, "start > ask"),
    ("unreachable", START + ASK + END + '<userTask id="island" b:form="ask"/>',
     "start > ask > end\nisland > end"),
    ("condition_ignored", START + ASK + END, "start > ask\nask > end if n > 1"),
    ("not_supported", START + '<inclusiveGateway id="ask"/>' + END, "start > ask > end"),
    ("not_supported", START + '<manualTask id="ask"/>' + END, "start > ask > end"),
    ("not_supported", START + '<intermediateThrowEvent id="ask"><linkEventDefinition id="l" '
     'name="l"/></intermediateThrowEvent>' + END, "start > ask > end"),
    ("not_supported", START + '<intermediateThrowEvent id="ask"><compensateEventDefinition '
     'id="l"/></intermediateThrowEvent>' + END, "start > ask > end"),
    ("not_supported", START + '<endEvent id="end"><signalEventDefinition id="l"/></endEvent>',
     "start > end"),
    ("not_supported", START + '<intermediateCatchEvent id="ask"><conditionalEventDefinition '
     'id="l"><condition>x</condition></conditionalEventDefinition></intermediateCatchEvent>'
     + END, "start > ask > end"),
    ("one_start", START + '<subProcess id="sub" triggeredByEvent="true"><endEvent id="e"/>'
     "</subProcess>" + END, "start > sub > end"),
    ("no_operation", START + operation("x").replace("op.x", "Op") + END, "start > x > end"),
    ("bad_name", START + operation("x", result="schedule") + END, "start > x > end"),
    ("not_supported", START + '<userTask id="ask" b:form="ask" b:operation="a.b"/>' + END,
     "start > ask > end"),
    ("unknown_decision", START + '<businessRuleTask id="r"/>' + END, "start > r > end"),
    ("unknown_process", START + '<callActivity id="c" calledElement="no"/>' + END,
     "start > c > end"),
    ("call_cycle", START + '<callActivity id="c" calledElement="model"/>' + END,
     "start > c > end"),
    ("not_supported", START + '<userTask id="ask" b:form="ask"><standardLoopCharacteristics/>'
     "</userTask>" + END, "start > ask > end"),
    ("not_supported", START + '<userTask id="ask" b:form="ask">'
     + loop("a", "b", "c").replace("Characteristics>", 'Characteristics isSequential="true">', 1)
     + "</userTask>" + END, "start > ask > end"),
    ("not_supported", START + '<userTask id="ask" b:form="ask"><multiInstanceLoopCharacteristics>'
     "<loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>" + END,
     "start > ask > end"),
    ("id_in_extension", START + '<serviceTask id="x" b:operation="a.b"><extensionElements>'
     '<b:parameter name="p" id="end">1</b:parameter></extensionElements></serviceTask>' + END,
     "start > x > end"),
    ("not_supported", START + '<userTask id="ask" b:form="ask"><extensionElements>'
     "<s:preScript>x = 1</s:preScript></extensionElements></userTask>" + END,
     "start > ask > end"),
    ("not_supported", '<dataObject id="store"/>' + START + ASK + END, "start > ask > end"),
    ("join_waits_for_itself", START + '<parallelGateway id="in"/>' + ASK
     + '<exclusiveGateway id="out"/>' + END,
     "start > in > ask > out\nout > in if n > 1\nout > end else"),
    ("parallel_write", TIMED.format(timer("late", "ask", "x", interrupting=False)
     + operation("note", result="answer")), "start > ask > end\nlate > note > late_end"),
    ("same_message_twice", START + '<eventBasedGateway id="gate"/>' + "".join(
        f'<intermediateCatchEvent id="{i}"><messageEventDefinition id="{i}m" messageRef="go"/>'
        "</intermediateCatchEvent>" for i in "ab") + END,
     "start > gate\ngate > a > end\ngate > b > end"),
    ("not_supported", START + '<eventBasedGateway id="gate"/>' + ASK + END,
     "start > gate\ngate > ask > end\ngate > end"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "nodes", "flows"), TRAPS)
def test_what_the_library_takes_in_silence(code: str, nodes: str, flows: str) -> None:
    found = found_in(nodes, flows, "go")
    assert code in codes(found), found
    assert "xsd" not in codes(found)


def test_doubts_do_not_stop_a_release() -> None:
    nodes = (
        START
        + '<intermediateCatchEvent id="wait"><messageEventDefinition id="m" messageRef="go"/>'
        + "</intermediateCatchEvent>"
        + END
    )
    found = found_in(nodes, "start > wait > end", "go")
    assert codes(found) == set()
    assert codes(found, "warning") == {"payload_dropped"}
    compiled = compile_release(files(bpmn("model", nodes, "start > wait > end", "go")))
    assert codes(compiled.findings, "warning") == {"payload_dropped"}


def test_two_subprocesses_of_one_id() -> None:
    inside = '<subProcess id="stage"><startEvent id="{0}1"/><endEvent id="{0}2"/></subProcess>'
    one = bpmn("one", START + inside.format("a") + END, "start > stage > end\na1 > a2")
    two = bpmn("two", START + inside.format("b") + END, "start > stage > end\nb1 > b2")
    assert codes(lint(files(one, two))) == {"duplicate_id"}


def test_a_called_process_without_lanes() -> None:
    called = bpmn("called", START + ASK + END, "start > ask > end")
    called = re.sub(rb"<(ns0:)?laneSet.*</(ns0:)?laneSet>", b"", called)
    caller = START + '<callActivity id="c" calledElement="called"/>' + END
    found = lint(files(bpmn("model", caller, "start > c > end"), called))
    assert codes(found) == {"no_role"}


def test_nothing_is_no_release() -> None:
    assert codes(lint({})) == {"no_process"}


def test_what_is_sealed_in_one_form_and_decisive_in_another_is_doubted() -> None:
    nodes = START + ASK + '<userTask id="b" b:form="other"/>' + operation("x", p="why") + END
    found = found_in(nodes, "start > ask > b > x > end", model__other=form(why="date"))
    assert codes(found) == set()
    assert codes(found, "warning") == {"sealed_elsewhere"}


def test_the_hash_is_of_names_and_bytes() -> None:
    one = {"a/a.bpmn": b"1", "b": b"2"}
    assert release_hash(one) == release_hash(dict(reversed(one.items())))
    others = [{"a/a.bpmn": b"2", "b": b"1"}, {"a/a.bpmn": b"1"}, {"a/b.bpmn": b"1", "b": b"2"}]
    assert len({release_hash(f) for f in [one, *others]}) == 4


def test_a_release_is_compiled_once() -> None:
    assert compile_release(read_files(TWO_TASKS)) is compile_release(read_files(TWO_TASKS))


def test_hidden_files_are_no_part_of_a_release(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x").write_bytes(b"x")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.bpmn").write_bytes(b"1")
    assert read_files(tmp_path) == {"a/a.bpmn": b"1"}


def test_the_diagram_in_a_language() -> None:
    process = compile_release(read_files(TWO_TASKS)).processes["two_tasks"]
    russian = process.diagram("ru").decode()
    for name in ("Две задачи", "Исполнитель", "Подготовить", "Мало"):
        assert f'name="{name}"' in russian
    assert 'id="prepare" name="Prepare"' in process.diagram("en").decode()
    assert process.name == {"kk": "Екі тапсырма", "ru": "Две задачи", "en": "Two tasks"}


def test_what_a_process_says_of_itself() -> None:
    compiled = compile_release(read_files(TWO_TASKS))
    process = compiled.processes["two_tasks"]
    assert (process.start, process.start_form) == ("start", "two_tasks/prepare")
    assert (process.start_role, process.start_organisation) == ("case_officer", "authority")
    element = process.elements["confirm"]
    assert (element.kind, element.lane, element.role) == ("userTask", "head_lane", "first_head")
    assert element.paragraphs == ("57", "58")
    assert compiled.roles["first_head"].name["en"] == "First head"
    assert set(compiled.forms) == {"two_tasks/prepare", "two_tasks/confirm"}
