"""Nothing is skipped in silence, and what belongs together runs together: a pytest plugin.

It is switched on in pyproject.toml.

A person who lacks a part (a browser, a database server) gets the other tests, and at the
end a plain list of what was not tested and why. With CI=true a skip is a failure, in
collection as in a test: there every part is installed, so a skip hides a broken set-up.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Journeys stay on one worker: two browsers and servers at once wait for each other. What needs
# the played year stays on one, so that it is played once for each kind of database.
GROUPS = {
    "tests/demo/": "year",
    "tests/bench/test_step.py": "step",
    "tests/journeys/test_year_pages.py": "year",
    "tests/journeys/": "journeys",
}


def _strict() -> bool:
    return os.environ.get("CI") == "true"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    told = report.longrepr
    text = str(told[2]) if isinstance(told, tuple) else str(told)
    return text.removeprefix("Skipped: ")


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    # An expected failure (xfail) is reported as skipped too; it did run.
    if _strict() and report.skipped and not hasattr(report, "wasxfail"):
        reason = _reason(report)
        report.outcome = "failed"
        report.longrepr = f"Skipped, and with CI=true nothing may be: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one where nothing may be skipped."""
    report = yield
    _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a file that skipped itself into a failure where nothing may be skipped."""
    report = yield
    _refuse(report)
    return report


class Groups(LoadScopeScheduling):
    """Gives the tests of a group to one worker, every other one to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return next((name for path, name in GROUPS.items() if nodeid.startswith(path)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups | None:
    """Group by place: the suffixes that xdist 3.8 gives to names do nothing under pytest 9.2."""
    return Groups(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was not tested, and why."""
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if not hasattr(r, "wasxfail")]
    if not skipped:
        return
    terminalreporter.section("NOT TESTED HERE", sep="=", red=True, bold=True)
    for reason, count in Counter(map(_reason, skipped)).most_common():
        terminalreporter.write_line(f"{count:4} skipped: {reason}", red=True)
