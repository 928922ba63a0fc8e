"""The scene in which a demonstration opens: a year in the middle of its appeals."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.demo import accounts, appeal, roster, year
from app.demo.accounts import SYSTEM
from app.documents.store import BlobStore
from app.domain.refusals import Conflict
from app.operations.schedule import EVALUATED_HERE
from app.services import installation, messages, registers, timers
from app.services.clock import Clock

MADE = appeal.at("2018-01-09T09:00")
"""When the accounts were made, by the demonstration's clock."""

PAUSE = 0.1
"""Seconds between two looks at a timer that another process is firing."""


def prepare(*, say: Callable[[str], None], store: BlobStore) -> None:
    """Make the accounts and play the year to 4 April 2018, where the clock then stands.

    What is there already is left as it is. The day is in the middle of the objections about
    2017: some are decided, votes are under way, commissions are to be formed or completed,
    some bodies have days left to object, and some objections are to be closed.

    Raises:
        Conflict: `demo.real`, these are no invented people; `demo.interrupted`, an earlier
            call did not come to its end.
    """
    if _begin().clock:
        # Of a demonstration made by an earlier version: what is new.
        accounts.create(now=MADE)
        return
    _play_year(store=store, say=say, until="objections", seed=1, rosters=1)


def play_year(
    *, say: Callable[[str], None], store: BlobStore, until: str, seed: int, rosters: int
) -> dict[str, Any]:
    """Play the year 2017 up to a stage, into an empty installation (`year.play`).

    Returns the counts of what came of it.

    Raises:
        Conflict: as `play_whole`.
    """
    if _begin().cases:
        raise Conflict("demo.played")
    return _play_year(store=store, say=say, until=until, seed=seed, rosters=rosters)


def _play_year(
    *, say: Callable[[str], None], store: BlobStore, until: str, seed: int, rosters: int
) -> dict[str, Any]:
    began = time.monotonic()
    say("Demonstration accounts ...")
    roster.widen(times=rosters, now=MADE)
    accounts.create(now=MADE)
    now, told = year.play(store=store, say=say, until=until, seed=seed)
    set_clock(now)
    return {**told, "seconds": round(time.monotonic() - began, 1)}


def conclusions_only(now: datetime) -> None:
    """Let this installation keep conclusions and appeals, of bodies evaluated elsewhere."""
    registers.set_setting(
        name=EVALUATED_HERE, value=False, source="demo appeal", actor=SYSTEM, now=now
    )


def play_whole(*, say: Callable[[str], None], store: BlobStore) -> dict[str, Any]:
    """Play one schedule and six appeals to their end, into an empty installation.

    Returns the counts of what came of it (`appeal.play`).

    Raises:
        Conflict: `demo.real`, these are no invented people; `demo.interrupted`, an earlier
            call did not come to its end; `demo.played`, there are cases.
    """
    if _begin().cases:
        raise Conflict("demo.played")
    accounts.create(now=MADE)
    conclusions_only(MADE)
    told = appeal.play(store=store, say=say)
    set_clock(appeal.at("2018-04-20T10:00"))
    return told


def advance(*, clock: Clock, until: datetime) -> int:
    """Move the demonstration's clock on to `until`; what becomes due fires in its order.

    Every step is an act of its own, so this may be done beside a server, whose timers then
    take part in it. Returns how many timers fired on the way.

    Raises:
        Conflict: `demo.only`; `demo.not_played`, no clock has been set; `demo.clock_back`,
            `until` is not later than now.
    """
    there = installation.state()
    if not there.demonstration:
        raise Conflict("demo.only")
    if not there.clock:
        raise Conflict("demo.not_played")
    if until <= clock.now():
        raise Conflict("demo.clock_back")
    before = installation.count_events("timer.fired")
    while (due := timers.next_due()) is not None and due <= until:
        if due > clock.now():
            set_clock(due)
        if not timers.run_due(now=clock.now()):
            # Somebody else is firing it.
            time.sleep(PAUSE)
        messages.deliver_all(now=clock.now())
    set_clock(until)
    return installation.count_events("timer.fired") - before


def set_clock(instant: datetime) -> None:
    """Let the demonstration's clock stand at `instant`."""
    registers.set_setting(
        name="demo.clock",
        value=instant.isoformat(),
        source="clock of the demonstration",
        actor=SYSTEM,
        now=registers.wall_time(),
    )


def _begin() -> installation.State:
    """Make sure that this is a demonstration; how far it is set up."""
    installation.make_demonstration(
        source="made a demonstration by its operator", now=registers.wall_time()
    )
    there = installation.state()
    if there.people and not there.clock:
        raise Conflict("demo.interrupted")
    return there
