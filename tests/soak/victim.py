"""A process that acts until it is killed; says on its output which acts were done.

`python -m tests.soak.victim <database url> <data folder> <round>`: Akmola's officer objects
again and again, and each objection's case is closed. One line for each act that returned:
`objected <round>-<n>` and `closed <round>-<n>`.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from app.models.cases import CaseFile
from app.services import messages
from tests.journeys.plot import CONCLUSION, RECEIVED_FROM, Stage, opened


def say(*words: object) -> None:
    print(*words, flush=True)


def act(stage: Stage, mark: str) -> None:
    """One objection without documents, and the decision that closes it."""
    stage.complete(
        "akmola.officer1",
        stage.task(CONCLUSION, "object"),
        points=["1.1.1"],
        grounds=mark,
        proceed_without=True,
    )
    say("objected", mark)
    case = max(row.id for row in stage.all(CaseFile, process="objection"))
    stage.complete(
        "mne.head",
        stage.task(case, "close"),
        decision_number=mark,
        decision_date=stage.play.today(),
        reasons=f"Себебі {mark}",
    )
    say("closed", mark)


def main() -> None:
    url, data, number = sys.argv[1:]
    with opened(url, Path(data)) as stage:
        stage.play.now = RECEIVED_FROM
        # As a server does when it starts again.
        messages.deliver_all(now=stage.play.now)
        say("ready")
        for turn in count(1):
            act(stage, f"{number}-{turn}")


if __name__ == "__main__":
    main()
