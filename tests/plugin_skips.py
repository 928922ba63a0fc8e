"""Nothing is skipped in silence: a pytest plugin, switched on in pyproject.toml.

A person who lacks a part (a browser, a database server) gets the other tests, and at the
end a plain list of what was not tested and why. With CI=true a skip is a failure, in
collection as in a test: there every part is installed, so a skip hides a broken set-up.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator

import pytest


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep journeys on one worker: two browsers and servers at once wait for each other."""
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.xdist_group("journeys"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was not tested, and why."""
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if not hasattr(r, "wasxfail")]
    if not skipped:
        return
    terminalreporter.section("NOT TESTED HERE", sep="=", red=True, bold=True)
    for reason, count in Counter(map(_reason, skipped)).most_common():
        terminalreporter.write_line(f"{count:4} skipped: {reason}", red=True)
