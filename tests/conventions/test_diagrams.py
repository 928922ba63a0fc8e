"""The diagrams keep their conventions: names, paragraphs, lanes, forms, operations, letters."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib

import jinja2
import jinja2.meta

from app.operations import OPERATIONS
from tests.conventions.diagrams import (
    ALL,
    BPMN,
    BY_NAME,
    LANGUAGES,
    MODEL,
    OWN,
    Diagram,
    attribute,
    every,
    names,
    texts,
)

PARAGRAPH = re.compile(r"([1-9]|[1-5][0-9]|6[0-8])(\([1-9][0-9]?\))?")


def test_there_are_diagrams() -> None:
    assert {"schedule", "conclusion", "objection", "commission"} <= BY_NAME.keys()


@every
def test_everything_named_is_named_in_three_languages(diagram: Diagram) -> None:
    named = [
        diagram.process,
        *diagram.root.iter(MODEL + "participant"),
        *diagram.nodes.values(),
        *diagram.lanes.values(),
        *(f for f in diagram.flows.values() if f.get("name")),
    ]
    poor = [
        e.get("id") for e in named if names(e).keys() != LANGUAGES or not all(names(e).values())
    ]
    assert not poor


@every
def test_every_node_cites_a_paragraph_of_the_decree(diagram: Diagram) -> None:
    for node in diagram.nodes.values():
        cited = node.get(OWN + "paragraph", "").split()
        assert cited and all(PARAGRAPH.fullmatch(p) for p in cited), node.get("id")


@every
def test_lanes_are_roles_of_a_body_and_hold_every_node(diagram: Diagram) -> None:
    roles = tomllib.loads((BPMN / "roles.toml").read_text("utf-8"))
    assert all(LANGUAGES | {"description"} == role.keys() for role in roles.values())
    for lane in diagram.lanes.values():
        assert lane.get(OWN + "role") in roles and lane.get(OWN + "organisation")
    assert set(diagram.lane_of) == set(diagram.nodes)
    start = diagram.process.find(MODEL + "startEvent")
    assert start is not None and start.get(OWN + "role", "case_officer") in roles


@every
def test_forms_and_nodes_name_each_other(diagram: Diagram) -> None:
    used = {node.get(OWN + "form") for node in diagram.nodes.values()} - {None}
    assert used == set(diagram.forms)
    assert all(n.get(OWN + "form") for n in diagram.nodes.values() if n.tag == MODEL + "userTask")


@every
def test_forms_speak_three_languages_and_explain_every_field(diagram: Diagram) -> None:
    for name, form in diagram.forms.items():
        found = list(texts(form))
        assert found and all(t.keys() == LANGUAGES and all(t.values()) for t in found), name
        assert {"title", "intro", "after", "action", "paragraphs"} <= form.keys(), name
        for field in form["fields"]:
            assert (
                field["help"]
                and field[
                    "paragraph"
                    if field["name"] != "reasons" and field["name"] != "note"
                    else "help"
                ]
            ), field["name"]
            assert field["sealed"] == (field["type"] == "longtext"), field["name"]


@every
def test_no_expression_reads_free_text(diagram: Diagram) -> None:
    sealed = {f["name"] for form in diagram.forms.values() for f in form["fields"] if f["sealed"]}
    for text in diagram.expressions():
        read = {n.id for n in ast.walk(ast.parse(text, mode="eval")) if isinstance(n, ast.Name)}
        assert not read & sealed, text


@every
def test_operations_exist_and_take_what_the_diagram_passes(diagram: Diagram) -> None:
    for task in diagram.process.iter(MODEL + "serviceTask"):
        operation = OPERATIONS[attribute(task, OWN + "operation")]
        passed = {attribute(p, "name"): p.text for p in task.iter(OWN + "parameter")}
        inspect.signature(operation).bind(None, **passed)


def test_every_operation_is_used() -> None:
    used = {t.get(OWN + "operation") for d in ALL for t in d.process.iter(MODEL + "serviceTask")}
    assert used == set(OPERATIONS)


@every
def test_what_a_diagram_points_at_is_there(diagram: Diagram) -> None:
    messages = {attribute(m, "id") for m in diagram.root.iter(MODEL + "message")}
    for reference in diagram.root.iter(MODEL + "messageEventDefinition"):
        assert reference.get("messageRef") in messages
    for node in diagram.nodes.values():
        if started := node.get(OWN + "starts"):
            definition = node.find(MODEL + "messageEventDefinition")
            path = f"{MODEL}startEvent/{MODEL}messageEventDefinition"
            start = BY_NAME[started].process.find(path)
            assert definition is not None and start is not None
            assert definition.get("messageRef") == start.get("messageRef")
        if called := node.get("calledElement"):
            assert called in BY_NAME
        for decision in node.iter(
            "{http://spiffworkflow.org/bpmn/schema/1.0/core}calledDecisionId"
        ):
            assert (diagram.folder / f"{decision.text}.dmn").is_file()


@every
def test_gateways_that_decide_have_named_flows_and_a_default(diagram: Diagram) -> None:
    for gateway in diagram.process.iter(MODEL + "exclusiveGateway"):
        out = [f for f in diagram.flows.values() if f.get("sourceRef") == gateway.get("id")]
        if len(out) > 1:
            assert gateway.get("default") in {f.get("id") for f in out}
            for flow in out:
                has_condition = flow.find(MODEL + "conditionExpression") is not None
                assert flow.get("name")
                assert has_condition != (flow.get("id") == gateway.get("default"))


@every
def test_an_interrupting_term_is_the_due_date_people_see(diagram: Diagram) -> None:
    for event in diagram.process.iter(MODEL + "boundaryEvent"):
        host = diagram.nodes[attribute(event, "attachedToRef")]
        date = event.find(f"{MODEL}timerEventDefinition/{MODEL}timeDate")
        if date is not None and event.get("cancelActivity") != "false":
            assert host.get(OWN + "due") == date.text


@every
def test_letters_are_bilingual_and_list_their_variables(diagram: Diagram) -> None:
    for path in diagram.folder.glob("letters/*.html"):
        text = path.read_text("utf-8")
        used = jinja2.meta.find_undeclared_variables(jinja2.Environment().parse(text))
        listed = set(re.findall(r"\w+", text[: text.index("-#}")]))
        assert "language" in used and used <= listed, path.name
        assert text.index('lang="kk"') < text.index('lang="ru"'), path.name


@every
def test_the_readme_tells_of_every_human_step(diagram: Diagram) -> None:
    readme = (diagram.folder / "README.md").read_text("utf-8")
    for task in diagram.process.iter(MODEL + "userTask"):
        assert names(task)["en"] in readme
