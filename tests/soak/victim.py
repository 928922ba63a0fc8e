"""A process in which two people act until it is killed; says on its output which acts were done.

`python -m tests.soak.victim <database url> <data folder> <round>`: Akmola's two officers object
again and again, whoever is first at the task, and each closes the case that came of it. One
line for each act that returned: `objected <round>-<client>-<n>` and `closed <round>-<client>-<n>`.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from itertools import count
from pathlib import Path

from app.domain.refusals import Conflict, NotFound
from app.models.cases import CaseFile
from app.models.facts import Objection
from app.services import messages, tasks
from tests.journeys.plot import CONCLUSION, RECEIVED_FROM, Stage, opened

PATIENCE = 60.0


def say(*words: object) -> None:
    # One call of the system: what two people say is not mixed.
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def act(stage: Stage, officer: str, mark: str) -> None:
    """One objection without documents, and the decision that closes it."""
    done = objected(stage, officer, mark)
    say("objected", mark)
    stage.complete(
        "mne.head",
        stage.task(case_of(stage, done.seq), "close"),
        decision_number=mark,
        decision_date=stage.play.today(),
        reasons=f"Себебі {mark}",
    )
    say("closed", mark)


def objected(stage: Stage, officer: str, mark: str) -> tasks.Completed:
    """Object as soon as one is first at the task."""
    while True:
        try:
            return stage.complete(
                officer,
                stage.task(CONCLUSION, "object"),
                points=["1.1.1"],
                grounds=mark,
                proceed_without=True,
            )
        except (Conflict, NotFound):
            continue


def case_of(stage: Stage, seq: int) -> int:
    """The case that an objection started; the other client may be just beginning it."""
    [objection] = stage.all(Objection, stream=f"case/{CONCLUSION}", seq=seq)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for row in stage.all(CaseFile, process="objection", subject=objection.id):
            return int(row.id)
    raise AssertionError(f"no case came of objection {objection.id}")


def live(stage: Stage, officer: str, mark: str) -> None:
    try:
        with stage.app.app_context():
            for turn in count(1):
                act(stage, officer, f"{mark}-{turn}")
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def main() -> None:
    url, data, number = sys.argv[1:]
    with opened(url, Path(data)) as stage:
        stage.play.now = RECEIVED_FROM
        # As a server does when it starts again.
        messages.deliver_all(now=stage.play.now)
        say("ready")
        clients = [
            threading.Thread(target=live, args=(stage, f"akmola.officer{n}", f"{number}-{n}"))
            for n in (1, 2)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()


if __name__ == "__main__":
    main()
