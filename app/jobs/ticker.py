"""The ticker: looks every half second for timers that are due and messages to deliver.

APScheduler only ticks; the truth is in the tables. Its job store is in memory and nothing
is shared between processes, so any number of them may tick.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.domain.actors import SystemActor
from app.services import handover, messages, sessions, throttle, timers

SECONDS = 0.5
TIMER = SystemActor("timer")

_log = logging.getLogger(__name__)


def start(app: Flask) -> BackgroundScheduler:
    """Start ticking in a thread of this process; call it after a fork, never before."""
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        tick,
        "interval",
        seconds=SECONDS,
        args=(app,),
        # A late tick is never dropped: the default would let a deadline pass in silence.
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )
    scheduler.add_job(tidy, "interval", hours=1, args=(app,), misfire_grace_time=None)
    scheduler.start()
    return scheduler


def tick(app: Flask) -> int:
    """Do what is due now; return how many acts were done.

    A database that is away is logged and tried again at the next tick.
    """
    with app.app_context():
        now = app.extensions["bagalau"].clock.now()
        try:
            return messages.deliver_all(now=now) + timers.run_due(now=now)
        except SQLAlchemyError:
            _log.exception("tick failed")
            return 0


def tidy(app: Flask) -> None:
    """Close sessions that have run out, forget old failures, give back tasks of ended roles."""
    with app.app_context():
        wall = datetime.now(UTC)
        try:
            sessions.close_expired(now=wall)
            throttle.tidy(now=wall)
            handover.give_back(actor=TIMER, now=app.extensions["bagalau"].clock.now())
        except SQLAlchemyError:
            _log.exception("tidying failed")
