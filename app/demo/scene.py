"""The scene in which a demonstration opens: a year in the middle of its appeals."""

from __future__ import annotations

from collections.abc import Callable

from app.demo import accounts, appeal
from app.demo.accounts import SYSTEM
from app.documents.store import BlobStore
from app.services import installation, registers


def prepare(*, say: Callable[[str], None], store: BlobStore) -> None:
    """Make the accounts and play the plot to 4 April 2018, where the clock then stands.

    What is there already is left as it is. The day: two appeals decided, one vote under
    way, one commission to be formed, one appeal without documents to be closed, and one
    body whose five working days have just ended.
    """
    if not installation.state().demonstration:
        registers.set_setting(
            name="demonstration",
            value=True,
            source="made a demonstration by its operator",
            actor=SYSTEM,
            now=registers.wall_time(),
        )
    say("Demonstration accounts ...")
    accounts.create(now=appeal.at("2018-01-09T09:00"))
    if installation.clock_is_set():
        return
    plot = appeal.Plot(store, say)
    plot.schedule()
    appeal.deliver(plot)
    akmola, aktobe, atyrau, pavlodar, karaganda, moa = appeal.APPEALS
    for decided in (atyrau, moa):
        case = plot.object(decided)
        plot.form_commission(case)
        plot.vote(case, decided)
        plot.decide(case, decided)
    voting = plot.object(akmola)
    plot.form_commission(voting)
    plot.vote(voting, akmola, members=1)
    plot.object(aktobe)
    plot.object(pavlodar)
    del karaganda
    plot.player.pass_time(appeal.at("2018-04-04T10:42"))
    set_clock(plot.player.now.isoformat())


def set_clock(instant: str) -> None:
    """Let the demonstration's clock stand at `instant` (ISO, with zone)."""
    registers.set_setting(
        name="demo.clock",
        value=instant,
        source="clock of the demonstration",
        actor=SYSTEM,
        now=registers.wall_time(),
    )
