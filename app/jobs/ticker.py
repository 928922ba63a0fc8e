"""The ticker: looks every half second for timers that are due and messages to deliver.

APScheduler only ticks; the truth is in the tables. Its job store is in memory and nothing
is shared between processes, so any number of them may tick.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from app.db import OUTAGES
from app.domain.actors import SystemActor
from app.services import drafts, handover, messages, sessions, throttle, timers

SECONDS = 0.5
PAUSE = 2.0
"""Seconds of rest after the database failed."""
AT_ONCE = 25
"""Timers fired before the ticker looks whether it should stop."""
TIMER = SystemActor("timer")

_log = logging.getLogger(__name__)


def start(app: Flask) -> BackgroundScheduler:
    """Start ticking in a thread of this process; call it after a fork, never before."""
    # A tick that takes longer than the interval is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        _look,
        "interval",
        seconds=SECONDS,
        args=(app, scheduler),
        # A late tick is never dropped: the default would let a deadline pass in silence.
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )
    scheduler.add_job(tidy, "interval", hours=1, args=(app,), misfire_grace_time=None)
    scheduler.start()
    return scheduler


def tick(app: Flask, limit: int = 500) -> int:
    """Do what is due now, at most `limit` timers; return how many acts were done.

    Raises:
        OUTAGES: the database is busy, full or away; what was not done is
            due still.
    """
    with app.app_context():
        now = app.extensions["bagalau"].clock.now()
        return messages.deliver_all(now=now) + timers.run_due(now=now, limit=limit)


def _look(app: Flask, scheduler: BackgroundScheduler) -> None:
    """Tick until nothing is due; a database that is busy or away is tried again.

    Whoever stops the scheduler waits for a few acts and not for all of them: what is due
    stays due.
    """
    try:
        while scheduler.running and tick(app, AT_ONCE) > 0:
            pass
    except OUTAGES as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        _log.warning("The timers wait for the database: %s", reason)
        time.sleep(PAUSE)


def tidy(app: Flask) -> None:
    """Close expired sessions, forget old failures and drafts, give back tasks of ended roles."""
    with app.app_context():
        wall = datetime.now(UTC)
        try:
            sessions.close_expired(now=wall)
            throttle.tidy(now=wall)
            now = app.extensions["bagalau"].clock.now()
            handover.give_back(actor=TIMER, now=now)
            drafts.tidy(now=now)
        except OUTAGES as error:
            _log.warning("Tidying is left to the next hour: %s", error)
