"""The check of a release: what SpiffWorkflow would take in silence and then do wrong.

The library accepts unreachable tasks, flows from nowhere, syntax errors, cells that never
match and constructs that it does not execute; each of those is a finding here, with the
element and its line. So is what this product asks of a diagram: names in three languages, a
paragraph of the decree on everything, a role and a body for every lane, a form for every
task, and no expression that reads what is sealed.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.engine import lint_bounds, lint_elements, lint_expressions, lint_flows
from app.engine.contents import Contents, read
from app.engine.errors import Finding


def lint(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Everything wrong or doubtful in the files, by file and line."""
    return tuple(check(files).findings)


def check(files: Mapping[str, bytes]) -> Contents:
    """Read the files and judge what was read; the findings are in the result."""
    contents = read(files)
    if not contents.processes and not contents.findings:
        contents.wrong("", 0, "", "no_process", "a release has at least one process")
    for path, root in contents.roots.items():
        lint_elements.check_file(contents, path, root)
    fine = [lint_bounds.check_size(contents, process) for process in contents.processes.values()]
    if not all(fine):
        contents.findings = sorted(set(contents.findings))
        return contents
    for process in contents.processes.values():
        lint_elements.check_process(contents, process)
        lint_flows.check_flows(contents, process)
        lint_expressions.check_expressions(contents, process)
    lint_elements.check_ids(contents)
    lint_elements.check_calls(contents)
    lint_bounds.check_nesting(contents)
    lint_expressions.check_tables(contents)
    contents.findings = sorted(set(contents.findings))
    return contents
