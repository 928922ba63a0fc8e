"""A wider roster: twins of the bodies, evaluated as the bodies are, without their mandates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.db import reading
from app.demo import accounts, appeal, methodologies, roster, scene
from app.demo.player import Player
from app.models.cases import CaseFile
from app.models.facts import Letter
from app.models.trail import MAX_BODY, EventRow
from app.operations.evaluation import open_evaluations as open_of
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


@pytest.mark.parametrize("times", [2, pytest.param(10, marks=pytest.mark.soak)])
def test_every_act_about_everybody_fits_one_event(empty: Played, times: int) -> None:
    """¶ 11, 49, 52-53: the largest answers that a year can have, of every body at once."""
    with empty.opened() as app:
        store = app.extensions["bagalau"].store
        roster.widen(times=times, now=scene.MADE)
        accounts.create(now=scene.MADE)
        player = Player(appeal.at("2018-01-12T10:00"), store)
        methodologies.play(player, store, year=2017, blocks=(0,))
        case = player.start("mne.officer1", "schedule", "mne", year=2017)
        player.do("mne.officer1", case, "draft", appeal.TERMS)
        order = {"order_number": "1", "order_date": player.today()}
        player.do("ap.head", case, "approve", {"decision": "approve", **order})
        year, bodies = opened_year(times)
        player.pass_time(appeal.at("2018-05-12T09:00"))
        with reading() as session:
            standing = [f"{row.block}/{row.evaluated_body}" for row in open_of(session, year)]
        assert len(standing) == 94 * times
        given = {"missing": dict.fromkeys(standing, "conclusion_late"), "note": "Жоқ."}
        player.do("mne.officer1", year, "missing", given)
        player.do("mne.officer1", year, "draft_overall", {"anew": False, "text": "Мәтін."})
        player.do("mne.head", year, "sign_overall", {"decision": "sign"})
        paper = {"conclusion_number": "1", "conclusion_date": player.today()}
        player.do("ap.working", year, "commission", {**paper, "programmes": "none"})
        player.do("ap.working", year, "instruct", {"instructions": "Бәрі.", "bodies": bodies})
        withheld = dict.fromkeys(standing, "state_secret")
        player.do("mne.officer1", year, "secrecy", {"secrecy": withheld, "checked": True})
        paper = {"consent_number": "1", "consent_date": player.today()}
        player.do("ap.working", year, "consent", {"decision": "consent", **paper})
        fits(year, times)
        assert verification.verify_trail(store=store).ok


def fits(year: int, times: int) -> None:
    """Each notice to everybody is of one act, and no record or state has grown beyond its bound."""
    with reading() as session:
        assert session.get_one(CaseFile, year).status == "ended"
        query = select(Letter.kind, Letter.seq, func.count()).where(Letter.case_id == year)
        letters = session.execute(query.group_by(Letter.kind, Letter.seq)).all()
        largest = session.scalar(select(func.max(func.length(EventRow.body)))) or 0
        state = session.scalar(select(func.max(func.length(CaseFile.state)))) or 0
    assert sorted((kind, number) for kind, _seq, number in letters) == [
        ("overall/instructions", 32 * times),
        ("overall/notice", 32 * times),
        ("overall/results", 1),
    ]
    assert largest < MAX_BODY and state < 4096, (largest, state)


def opened_year(times: int) -> tuple[int, list[str]]:
    """The case of a year that has opened every evaluation, and the bodies that are evaluated."""
    with reading() as session:
        [case] = session.scalars(select(CaseFile).where(CaseFile.process == "cycle"))
        opened = select(CaseFile.id).where(CaseFile.opened_by_case == case.id)
        assert len(session.scalars(opened).all()) == 94 * times
        acts = session.scalars(select(EventRow.seq).where(EventRow.stream == case.stream)).all()
        # As many acts as it needs, and no more.
        assert times // 2 <= len(acts) <= times
        return case.id, sorted(body.code for body in Registers(session).bodies.evaluated())
