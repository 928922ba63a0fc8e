"""A wider roster: twins of the bodies, evaluated as the bodies are, without their mandates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import reading
from app.demo import accounts, roster, scene
from app.operations.registers import Registers
from app.services import installation, verification
from config.settings import ROOT
from tests.conftest import cloned
from tests.databases import Databases
from tests.demo.conftest import Played


@pytest.fixture
def empty(databases: Databases, tmp_path: Path) -> Iterator[Played]:
    """A demonstration with its registers and release, and nobody in it."""
    for url in cloned(databases, "sqlite"):
        found = Played(url, tmp_path)
        with found.opened() as app:
            now = app.extensions["bagalau"].clock.now()
            installation.set_up(diagrams=ROOT / "bpmn", name="tests", demo=True, now=now)
        yield found


def test_the_bodies_are_there_several_times(empty: Played) -> None:
    with empty.opened() as app:
        roster.widen(times=3, now=scene.MADE)
        with reading() as session:
            registers = Registers(session)
            bodies = registers.bodies.evaluated()
            assert len(bodies) == 96 and len({body.code for body in bodies}) == 96
            assert sum(len(body.blocks) for body in bodies) == 3 * 94
            held = {row.holder for row in registers.mandates.rows}
            assert not {body.code for body in bodies if body.code[-2:] in ("_2", "_3")} & held
        logins = {account.login for account in accounts.accounts()}
        assert {"akmola_2.officer1", "akmola_3.head", "mne.goals", "zerde.it"} <= logins
        # A twin evaluates nobody.
        assert not {"akmola_2.officer3", "acsa_2.officer3", "acsa_2.services"} & logins
        assert verification.verify_trail(store=app.extensions["bagalau"].store).ok


def test_one_roster_is_the_decrees(empty: Played) -> None:
    with empty.opened():
        roster.widen(times=1, now=scene.MADE)
        with reading() as session:
            assert len(Registers(session).bodies.evaluated()) == 32
        known = {account.login for account in accounts.accounts()}
    shown = [login for login, _ in accounts.SHOWN]
    assert len(shown) >= 12 and set(shown) <= known
