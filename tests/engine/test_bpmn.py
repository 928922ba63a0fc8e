"""The release of the repository compiles, and each of its processes can be executed."""

from __future__ import annotations

from pathlib import Path

from app.engine.release import compile_release, read_files

BPMN = Path(__file__).parents[2] / "bpmn"


def test_it_compiles_without_a_doubt() -> None:
    compiled = compile_release(read_files(BPMN))
    assert compiled.findings == ()
    assert set(compiled.processes) <= set(compiled.specs)


def test_every_role_that_acts_has_a_name() -> None:
    compiled = compile_release(read_files(BPMN))
    acting = {
        element.role
        for process in compiled.processes.values()
        for element in process.elements.values()
        if element.form
    }
    assert acting <= set(compiled.roles)
