"""The pages for the public say what is there: lists, links, settings, commands."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from app.audit.events import KINDS
from app.audit.verify import BODY
from app.cli import COMMANDS, cli
from app.engine.forms import TYPES
from app.engine.lint_elements import ATTRIBUTES
from app.engine.rewriting import FUNCTIONS
from app.models.trail import fact_tables, guarded_tables
from app.operations import OPERATIONS
from docs import make_trail

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text("utf-8")
TRAIL = (DOCS / "trail.md").read_text("utf-8")
PROCESSES = (DOCS / "how-to" / "add-a-field-or-step.md").read_text("utf-8")
PAGES = [
    *ROOT.glob("*.md"),
    *DOCS.rglob("*.md"),
    *(ROOT / "bpmn").rglob("*.md"),
]

# A call in a block of commands, to its comment or the end of its line.
CALL = re.compile(r"^(?:[A-Z_]+=\S+ )?\.venv/bin/bagalau ([^#\n]+?)\s*(?:#.*)?$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"")


def test_the_lists_of_the_trail_are_those_of_the_code() -> None:
    assert make_trail.rendered(TRAIL) == TRAIL, "run python docs/make_trail.py"


def test_the_trail_page_lists_every_kind_table_and_key() -> None:
    assert KINDS and all(f"#### `{kind}`" in TRAIL for kind in KINDS)
    tables = [table.name for table in (*fact_tables(), *guarded_tables())]
    assert tables and all(f"\n| `{name}` |" in TRAIL for name in tables)
    assert (
        set(re.findall(r"\n\| `([a-z_0-9]+)` \|", _section(TRAIL, "The body of an event"))) == BODY
    )


def test_a_list_without_a_place_is_noticed() -> None:
    with pytest.raises(ValueError, match="kinds"):
        make_trail.rendered(TRAIL.replace("<!-- end of kinds -->", ""))


def test_process_owners_are_told_everything_that_a_diagram_may_use() -> None:
    listed = {
        "Attributes": ATTRIBUTES,
        "Types of fields": TYPES,
        "Functions": FUNCTIONS,
        "Operations": OPERATIONS.keys(),
    }
    for heading, expected in listed.items():
        found = re.findall(r"^\| `([\w.]+)", _section(PROCESSES, heading), re.MULTILINE)
        assert set(found) == set(expected), heading


def test_the_readme_lists_every_command() -> None:
    listed = re.findall(r"^\| `bagalau (\w+)", README, re.MULTILINE)
    assert set(listed) == set(COMMANDS)


def test_the_readme_lists_every_setting() -> None:
    read = (ROOT / "config" / "settings.py").read_text("utf-8")
    names = set(re.findall(r'"(PORT|BAGALAU_[A-Z_]+)"', read))
    assert names and set(re.findall(r"^\| `([A-Z_]+)`", README, re.MULTILINE)) == names


def test_links_lead_somewhere() -> None:
    lost = []
    for page in PAGES:
        for link, picture in LINK.findall(page.read_text("utf-8")):
            target = link or picture
            outside = target.startswith(("http://", "https://", "mailto:"))
            if not outside and not (page.parent / target).exists():
                lost.append(f"{page.relative_to(ROOT)}: {target}")
    assert not lost


def test_decisions_are_numbered_and_say_why() -> None:
    records = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]} ")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]


@pytest.mark.parametrize(
    "written",
    sorted({line for page in PAGES for line in CALL.findall(page.read_text("utf-8"))}),
)
def test_commands_in_the_pages_exist_with_their_options(written: str) -> None:
    command: click.Command = cli
    for word in written.split():
        if word.startswith("--"):
            assert word in {o for p in command.params for o in p.opts}, written
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            assert found is not None, written
            command = found


def _section(page: str, heading: str) -> str:
    """The part of a page under a heading, to the next heading of the same or a higher level."""
    found = re.search(rf"^(#+) {re.escape(heading)}$\n(.*)", page, re.MULTILINE | re.DOTALL)
    assert found is not None, heading
    level = len(found[1])
    return re.split(rf"^#{{1,{level}}} ", found[2], maxsplit=1, flags=re.MULTILINE)[0]
