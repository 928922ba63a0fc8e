"""Several people at once: each call in a thread and an application context of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from app.db import db
from tests.journeys.plot import Stage

PATIENCE = 120


def together(stage: Stage, calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each call returned, or the exception it raised; all begin at the same moment."""
    outcomes: list[Any] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(place: int) -> None:
        with stage.app.app_context():
            try:
                gate.wait(PATIENCE)
                outcomes[place] = calls[place]()
            except Exception as error:
                outcomes[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return outcomes
