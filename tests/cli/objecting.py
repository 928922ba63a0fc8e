"""An operator of an installation in which Akmola may object to its conclusion."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from app.db import reading
from app.demo import scene
from app.models.trail import EventRow
from app.services import messages
from tests.cli.conftest import settle
from tests.cli.console import Operator
from tests.journeys.plot import RECEIVED_FROM, Stage, build_received, opened


def build_objecting(url: str) -> None:
    """It is 28 March 2018, two days after the receipt."""
    build_received(url)
    with tempfile.TemporaryDirectory() as data, opened(url, Path(data)):
        scene.set_clock(RECEIVED_FROM)
    settle(url)


@contextmanager
def looking(operator: Operator) -> Iterator[Stage]:
    """What the installation holds, read past its server."""
    with opened(operator.url, operator.data) as stage:
        stage.play.now = RECEIVED_FROM
        yield stage


def form(grounds: str) -> dict[str, str]:
    """An objection without documents, as the page sends it."""
    return {
        "kept_form": "conclusion/object",
        "points": "1.1.1",
        "grounds": grounds,
        "proceed_without": "1",
    }


def settled(stage: Stage) -> None:
    """What was sent is delivered, by this or by the server; the trail and its replay verify."""
    messages.deliver_all(now=stage.play.now)
    stage.verified()


def count(kind: str) -> int:
    """How many events of a kind there are."""
    with reading() as session:
        query = select(func.count()).select_from(EventRow).where(EventRow.kind == kind)
        return session.scalar(query) or 0
