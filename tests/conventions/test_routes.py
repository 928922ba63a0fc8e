"""Every page says who may open it, and no page reads the database by itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.domain.permissions import Permission
from app.web.access import Open
from config.settings import ROOT, Settings

# Flask's own, for the files of the browser.
FILES = {"static"}
# What changes something must not be reached by a link.
ACTS = ("claim", "release", "complete", "draft", "create", "grant", "end", "retry", "change")
WEB = sorted((ROOT / "app" / "web").glob("*.py"))


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(Settings(data=tmp_path, database_url=f"sqlite:///{tmp_path / 'empty.db'}"))


def test_every_route_declares_its_permission(app: Flask) -> None:
    missing = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in FILES
        and not isinstance(
            getattr(app.view_functions[rule.endpoint], "access", None), Permission | Open
        )
    ]
    assert len(list(app.url_map.iter_rules())) > 30
    assert missing == []


def test_only_sign_in_help_and_published_results_are_open_to_all(app: Flask) -> None:
    public = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "access", None) is Open.PUBLIC
    }
    assert public == {
        "web.sign_in",
        "web.sign_in_enter",
        "web.sign_out",
        "web.language",
        "web.help",
        "web.health",
        "web.published",
        "web.published_year",
    }


def test_acts_are_posted(app: Flask) -> None:
    by_link = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.endswith(ACTS) and rule.methods and "GET" in rule.methods
    ]
    assert by_link == []


@pytest.mark.parametrize("path", WEB, ids=lambda path: path.name)
def test_no_page_reads_the_database(path: Path) -> None:
    """Pages translate: the queries are the services'. Only errors of the database are known."""
    found = [
        node.module
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module is not None
        and (node.module.split(".")[0] == "sqlalchemy" or node.module.startswith("app.db"))
        and node.module != "sqlalchemy.exc"
    ]
    assert found == []
