"""Checks of what a release computes: every expression compiles and reads nothing sealed."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.contents import Contents
from app.engine.elements import Element, Process
from app.engine.errors import Finding
from app.engine.expressions import compile_expression, compile_script
from app.engine.guards import ExpressionError
from app.engine.lint_elements import called_from

# Id and line of where an expression stands, and its text.
Found = tuple[str, int, str]


def check_expressions(contents: Contents, process: Process) -> None:
    """Compile every expression and script of a process; refuse those that read sealed fields."""
    sealed, written = _sealed(contents, process)
    for ident, line, text in expressions_of(process):
        try:
            names = compile_expression(text).names
        except ExpressionError as error:
            contents.wrong(process.file, line, ident, error.code, f"{error.detail} in: {text}")
            continue
        _sealed_reads(contents, process, (ident, line, text), names & sealed, written)
    for element in process.elements.values():
        for script in filter(None, (element.script, element.postscript)):
            try:
                assignments = compile_script(script)
            except ExpressionError as error:
                contents.wrong(process.file, element.line, element.id, error.code, error.detail)
                continue
            names = frozenset[str]().union(*(a.value.names for a in assignments))
            place = (element.id, element.line, script.strip())
            _sealed_reads(contents, process, place, names & sealed, written)


def check_tables(contents: Contents) -> None:
    """Tables read nothing sealed; one without a last resort may find no answer."""
    sealed = {name for form in contents.forms.values() for name in form.sealed}
    decisive = {name for form in contents.forms.values() for name in form.decisive}
    for table in contents.tables.values():
        read = {name for expression in table.expressions for name in expression.names}
        for name in sorted(read & (sealed - decisive)):
            contents.wrong(table.file, table.line, table.id, "sealed_read", name)
        if table.policy != "COLLECT" and not table.has_last_resort:
            contents.findings.append(
                Finding(table.file, table.line, table.id, "no_last_resort", "", "warning")
            )


def expressions_of(process: Process) -> Iterator[Found]:
    """Every expression of a process, scripts and tables aside."""
    for element in process.elements.values():
        for text in (element.due, element.assignee, element.to, element.timer):
            if text is not None:
                yield element.id, element.line, text
        for parameter in element.parameters:
            yield element.id, parameter.line, parameter.expression
        if element.loop is not None and element.loop.condition:
            yield element.id, element.loop.line, element.loop.condition
        # A start's organisation is asked before there is a case.
        if element.organisation and element.kind == "userTask":
            yield element.id, element.line, element.organisation
    for flow in process.flows.values():
        if flow.condition:
            yield flow.id, flow.line, flow.condition


def writes(contents: Contents, process: Process, element: Element) -> frozenset[str]:
    """The variables that an element sets, those of what it contains or calls included."""
    found: set[str] = set()
    if element.loop is not None:
        return frozenset(filter(None, [element.loop.output]))
    if element.result and element.kind != "startEvent":
        found.add(element.result)
    if element.form in contents.forms:
        found |= contents.forms[element.form].decisive
    if element.decision in contents.tables:
        found |= set(contents.tables[element.decision].outputs)
    for script in filter(None, (element.script, element.postscript)):
        try:
            found |= {assignment.name for assignment in compile_script(script)}
        except ExpressionError:
            continue  # reported where the script is checked
    if element.kind == "subProcess":
        for inner in process.elements.values():
            if inner.parent == element.id:
                found |= writes(contents, process, inner)
    for name in called_from(contents, element.called) if element.called else ():
        called = contents.processes[name]
        for inner in called.elements.values():
            if not inner.called:
                found |= writes(contents, called, inner)
    return frozenset(found)


def _sealed(contents: Contents, process: Process) -> tuple[frozenset[str], frozenset[str]]:
    """Sealed fields that the process's data might be thought to hold, and what is in clear."""
    around = [p for p in contents.processes.values() if process.id in called_from(contents, p.id)]
    folders = {p.folder for p in around}
    forms = [f for key, f in contents.forms.items() if key.partition("/")[0] in folders]
    sealed = frozenset[str]().union(*(form.sealed for form in forms))
    clear = frozenset[str]().union(
        *(writes(contents, p, e) for p in around for e in p.elements.values())
    )
    return sealed, clear


def _sealed_reads(
    contents: Contents,
    process: Process,
    place: Found,
    names: frozenset[str],
    written: frozenset[str],
) -> None:
    ident, line, text = place
    for name in sorted(names - written):
        contents.wrong(process.file, line, ident, "sealed_read", f"{name} in: {text}")
    for name in sorted(names & written):
        contents.findings.append(
            Finding(process.file, line, ident, "sealed_elsewhere", name, "warning")
        )
