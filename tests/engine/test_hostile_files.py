"""Files that were made to do harm: each is a finding, within bounds of memory."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from app.engine import contents, forms, tables
from app.engine.errors import ReleaseError
from app.engine.lint import lint
from app.engine.release import compile_release, read_files
from app.engine.safe_xml import LARGEST_FILE
from tests.engine import patterns
from tests.engine.models import TWO_TASKS, label

BPMN = "two_tasks/two_tasks.bpmn"
FORM = "two_tasks/forms/confirm.json"
MOST_BYTES = 60_000_000


def codes(path: str, data: bytes) -> set[str]:
    """What the check says of the release on disk with one file of it replaced."""
    tracemalloc.start()
    given = {**read_files(TWO_TASKS), path: data}
    found = {f.code for f in lint(given) if f.level == "error" and f.file in (path, "")}
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < MOST_BYTES
    with pytest.raises(ReleaseError):
        compile_release(given)
    return found


def entities(lines: str, use: str = "<x>&e;</x>") -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE x [{lines}]>{use}'.encode()


LAUGHS = "".join(
    f'<!ENTITY {chr(97 + i)} "{f"&{chr(96 + i)};" * 10 if i else "ha" * 10}">' for i in range(20)
)
PARAMETERS = "".join(f"<!ENTITY % p{i} '{f'%p{i - 1};' * 10 if i else 'ha'}'>" for i in range(12))
XML: dict[str, tuple[bytes, str]] = {
    "billion laughs": (entities(LAUGHS, "<x>&t;</x>"), "doctype|not_xml"),
    "laughs in an attribute": (entities(LAUGHS, '<x y="&t;"/>'), "doctype|not_xml"),
    "quadratic": (
        entities(f'<!ENTITY e "{"a" * 50_000}">', "<x>" + "&e;" * 30_000 + "</x>"),
        "doctype|not_xml",
    ),
    "quadratic in an attribute": (
        entities(f'<!ENTITY e "{"a" * 50_000}">', '<x y="' + "&e;" * 30_000 + '"/>'),
        "doctype|not_xml",
    ),
    "default attributes": (
        entities(f'<!ATTLIST y z CDATA "{"a" * 50_000}">', "<x>" + "<y/>" * 50_000 + "</x>"),
        "doctype|not_xml",
    ),
    "parameter entities": (entities(PARAMETERS + "%p11;"), "doctype|not_xml"),
    "itself": (entities('<!ENTITY e "&e;">'), "doctype|not_xml"),
    "a file": (entities('<!ENTITY e SYSTEM "file:///etc/passwd">'), "doctype"),
    "a network": (entities('<!ENTITY e SYSTEM "http://localhost:9/e">'), "doctype"),
    "an outer DOCTYPE": (b'<!DOCTYPE x SYSTEM "http://localhost:9/x.dtd"><x/>', "doctype"),
    "UTF-16": (entities(LAUGHS).decode().encode("utf-16"), "doctype|not_xml"),
    "UTF-7": (b'<?xml version="1.0" encoding="UTF-7"?><x/>', "not_xml|xsd"),
    "unknown encoding": (b'<?xml version="1.0" encoding="none"?><x/>', "not_xml"),
    "deep": (b"<x>" * 100_000 + b"</x>" * 100_000, "not_xml"),
    "deep and open": (b"<x>" * 200_000, "not_xml"),
    "a huge attribute": (b'<x y="' + b"a" * (LARGEST_FILE - 20) + b'"/>', "xsd"),
    "many attributes": (
        b"<x " + b"".join(b'a%d="" ' % n for n in range(100_000)) + b"/>", "xsd|not_xml",
    ),
    "many elements": (b"<x>" + b"<y/>" * 400_000 + b"</x>", "xsd"),
    "many namespaces": (
        b"<x>" + b"".join(b'<y xmlns:n%d="u"/>' % n for n in range(60_000)) + b"</x>", "xsd",
    ),
    "a huge name": (b"<" + b"x" * 100_000 + b"/>", "not_xml|xsd"),
    "a huge comment": (b"<x><!--" + b"a" * 2_000_000 + b"--></x>", "xsd"),
    "too large": (b"<x>" + b" " * LARGEST_FILE + b"</x>", "too_large"),
    "nothing": (b"", "not_xml"),
    "no text": (b"\0\0\0\0", "not_xml"),
    "an instruction": (b"<?php x ?>", "not_xml"),
    "included": (
        b'<x xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" '
        b'parse="text"/></x>',
        "xsd",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", XML)
def test_a_hostile_diagram_is_a_finding(name: str) -> None:
    data, words = XML[name]
    found = codes(BPMN, data)
    assert found & set(words.split("|")), found
    assert codes("two_tasks/table.dmn", data)


def grown(make: Callable[[dict[str, Any]], None]) -> bytes:
    """A good form, changed."""
    form: dict[str, Any] = {
        "title": label("x"),
        "fields": [
            {"name": "decision", "type": "choice", "label": label("x"),
             "options": [{"value": "approve", "label": label("x")}]},
        ],
    }  # fmt: skip
    make(form)
    return json.dumps(form).encode()


def levels(count: int, left: str = "[", right: str = "]") -> bytes:
    return (left * count + "1" + right * count).encode()


GOOD = grown(lambda form: None)
JSON: dict[str, bytes] = {
    "deep lists": levels(100_000),
    "deep lists that Python would not read": levels(2_000),
    "deep objects": levels(50_000, '{"title":', "}"),
    "deep in a label": grown(lambda f: f["fields"][0].update(label=json.loads(levels(40)))),
    "deep in a condition": grown(lambda f: f["fields"].append(
        {"name": "x", "type": "yes", "label": label("x"),
         "when": {"field": "decision", "in": json.loads(levels(200))}})),
    "an entry twice": GOOD.replace(b'"name":', b'"name": "other", "name":'),
    "an entry twice, outside": GOOD.replace(b'{"title":', b'{"title": 1, "title":'),
    "an entry twice by escape": GOOD.replace(b'"name":', b'"n\\u0061me": "other", "name":'),
    "a label twice": GOOD.replace(b'"kk":', b'"kk": "y", "kk":', 1),
    "not a number": GOOD.replace(b'"title"', b'"max": NaN, "title"'),
    "not a number in a field": GOOD.replace(b'"name"', b'"max": NaN, "name"'),
    "infinite": GOOD.replace(b'"name"', b'"scale": 1e999, "name"'),
    "a huge number": GOOD.replace(b'"name"', b'"scale": ' + b"9" * 5_000 + b', "name"'),
    "half a letter": GOOD.replace(b'"decision"', b'"\\ud800"'),
    "no UTF-8": GOOD.replace(b"approve", b"\xff\xfe"),
    "a comment": b"/* */" + GOOD,
    "a type that is a list": GOOD.replace(b'"choice"', b'["choice"]'),
    "a type that is an object": GOOD.replace(b'"choice"', b'{"a": 1}'),
    "a condition on a list": grown(lambda f: f["fields"].append(
        {"name": "x", "type": "yes", "label": label("x"), "when": {"field": [1], "in": [1]}})),
    "a name of other letters": GOOD.replace(b'"decision"', "\"ｄecision\"".encode()),
    "too many fields": grown(lambda f: f.update(fields=[
        {"name": f"f{n}", "type": "yes", "label": label("x")}
        for n in range(forms.MOST_FIELDS + 1)])),
    "too many options": grown(lambda f: f["fields"][0].update(options=[
        {"value": str(n), "label": label("x")} for n in range(forms.MOST_OPTIONS + 1)])),
    "too large": b" " * contents.LARGEST_TEXT + GOOD,
    "a text alone": b'"x"',
    "nothing": b"",
}  # fmt: skip


def test_the_form_that_is_changed_is_good() -> None:
    assert not any(
        f.file == FORM and f.level == "error" for f in lint({**read_files(TWO_TASKS), FORM: GOOD})
    )


@pytest.mark.parametrize("name", JSON)
def test_a_hostile_form_is_a_finding(name: str) -> None:
    assert codes(FORM, JSON[name]) & {"form", "too_large"}


ROLES = {
    "deep": b"x = " + b"[" * 50_000,
    "deep tables": b"[" + b".".join([b"a"] * 20_000) + b"]",
    "deep inline": b"x = " + b"{a=" * 20_000,
    "a role twice": b"[x]\n[x]\n",
    "no text": b"\xff",
    "too large": b"#" * (contents.LARGEST_TEXT + 1),
}


@pytest.mark.parametrize("name", ROLES)
def test_hostile_roles_are_a_finding(name: str) -> None:
    assert codes("roles.toml", ROLES[name]) & {"roles", "too_large"}


def test_a_letter_is_bounded() -> None:
    large = b"x" * (contents.LARGEST_TEXT + 1)
    assert codes("two_tasks/letters/large.html", large) == {"too_large"}


R = patterns.row


def findings_of(table: bytes) -> set[str]:
    with pytest.raises(ReleaseError) as caught:
        patterns.rule(table)
    return {f.code for f in caught.value.findings if f.file == "rule/risk.dmn"}


def test_a_table_has_so_many_rows() -> None:
    rows = [R(n, "-", "-", "1", "1") for n in range(tables.MOST_ROWS)]
    assert patterns.rule(patterns.table(*rows))
    more = R(tables.MOST_ROWS, "-", "-", "1", "1")
    assert findings_of(patterns.table(*rows, more)) == {"too_many"}


def test_a_table_has_so_many_cells() -> None:
    wide = "".join(f'<output id="w{n}" name="w{n}"/>' for n in range(20))
    cells = "".join(f'<outputEntry id="c{{0}}w{n}"><text>1</text></outputEntry>' for n in range(20))
    rows = [R(n, "-", "-", "1", "1").replace("</rule>", cells.format(n) + "</rule>")
            for n in range(250)]  # fmt: skip
    table = patterns.table(*rows).replace(b'name="why"/>', b'name="why"/>' + wide.encode())
    assert findings_of(table) == {"too_many"}


def test_a_release_has_so_many_files() -> None:
    many = {f"x/forms/{n}.json": b"{}" for n in range(contents.MOST_FILES + 1)}
    assert {f.code for f in lint(many)} == {"too_large"}
