"""kill -9 at any moment: what was acknowledged is there, nothing is there twice, all goes on.

Two clients act at once until the process is killed. The short version runs with every test;
`make soak` kills two hundred times on each database.
"""

from __future__ import annotations

import os
import random
import selectors
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from app.db import reading
from app.models.cases import CaseFile, Message
from app.models.facts import Decision, Objection
from app.services import messages, openings
from config.settings import ROOT
from tests.conftest import KINDS, cloned
from tests.databases import Databases
from tests.journeys.plot import RECEIVED_FROM, Stage, build_received, opened

# The victim lives for as many acts at most, and then for a part of one more, in seconds.
ACTS, MORE = 6, 0.15
PATIENCE = 120.0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "lives", [1, pytest.param(10, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(
    databases: Databases, kind: str, lives: int, tmp_path: Path
) -> None:
    chance = random.Random(371)
    rounds = 3 if lives == 1 else 20
    # Each life is an installation of its own: the whole trail is looked at after every round.
    for _life in range(lives):
        for url in cloned(databases, kind, build_received):
            said: list[str] = []
            for number in range(rounds):
                acts, more = chance.randint(1, ACTS), chance.random() * MORE
                said += killed(url, tmp_path, number, acts, more)
                with opened(url, tmp_path) as stage:
                    stage.play.now = RECEIVED_FROM
                    recovered(stage, said)
            assert len(said) >= rounds, "no act was tried at all"


def killed(url: str, data: Path, number: int, acts: int, more: float) -> list[str]:
    """Kill the victim `more` seconds after as many acts; every act that it acknowledged."""
    victim = subprocess.Popen(
        [sys.executable, "-m", "tests.soak.victim", url, str(data), str(number)],
        stdout=subprocess.PIPE,
        bufsize=0,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert victim.stdout is not None
    heard = [line_of(victim) for _ in range(1 + acts)]
    assert heard[0] == "ready"
    time.sleep(more)
    victim.send_signal(signal.SIGKILL)
    heard += victim.stdout.read().decode().splitlines()
    assert victim.wait(PATIENCE) == -signal.SIGKILL
    return heard[1:]


def line_of(victim: subprocess.Popen[bytes]) -> str:
    assert victim.stdout is not None
    with selectors.DefaultSelector() as waiting:
        waiting.register(victim.stdout, selectors.EVENT_READ)
        assert waiting.select(PATIENCE), "the victim says nothing"
    return victim.stdout.readline().decode().strip()


def recovered(stage: Stage, said: list[str]) -> None:
    """Look at what is left, before and after the server begins again."""
    stage.verified()
    objections = stage.all(Objection)
    with_marks = Counter(mark_of(stage, row) for row in objections)
    decided = Counter(row.number for row in stage.all(Decision))
    for line in said:
        what, mark = line.split()
        assert (with_marks if what == "objected" else decided)[mark] == 1, line
    assert set(with_marks.values()) <= {1} and set(decided.values()) <= {1}
    messages.deliver_all(now=stage.play.now)
    assert messages.deliver_all(now=stage.play.now) == 0
    subjects = [row.subject for row in stage.all(CaseFile, process="objection")]
    assert sorted(subjects) == [row.id for row in objections]
    waiting = stage.all(Message, state="pending")
    # What tells the conclusion of a decision waits until its window closes.
    assert {row.name for row in waiting} <= {"objection_decided"}
    finish(stage)


def finish(stage: Stage) -> None:
    """The case that was cut off goes on."""
    for case in stage.all(CaseFile, process="objection", status="running"):
        stage.complete(
            "mne.head",
            stage.task(case.id, "close"),
            decision_number=f"after {case.id}",
            decision_date=stage.play.today(),
            reasons="Жалғасы.",
        )
    assert stage.all(CaseFile, process="objection", status="running") == []
    stage.verified()


def mark_of(stage: Stage, row: Objection) -> str:
    with reading() as session:
        return str(openings.texts(session, row.stream, row.seq)["grounds"])
