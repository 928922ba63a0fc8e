"""Fixtures of the journeys: a real Chromium, and installations that are really served."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.demo import scene
from config.debian import chromium
from tests.conftest import KINDS, cloned
from tests.databases import Databases
from tests.journeys.plot import START, build_stage, opened
from tests.journeys.site import Site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window; skipped loudly where there is none."""
    found = chromium()
    if found is None:
        pytest.skip("Chromium: no browser on this machine")
    with sync_playwright() as playwright:
        # Chromium's sandbox does not work for root; a graphics card there is none.
        plain = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        made = playwright.chromium.launch(executable_path=found, args=plain)
        yield made
        made.close()


@pytest.fixture(params=KINDS)
def fresh(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Site]:
    """A demonstration with its people on 10 January 2018, and no case yet; served."""
    for url in cloned(databases, request.param, build_stage):
        with opened(url, tmp_path):
            scene.set_clock(START)
        with Site(url, tmp_path) as site:
            yield site
