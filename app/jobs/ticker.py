"""The ticker: looks every half second for timers that are due and messages to deliver.

APScheduler only ticks; the truth is in the tables. Its job store is in memory and nothing
is shared between processes, so any number of them may tick.
"""

from __future__ import annotations

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.services import messages, timers

SECONDS = 0.5

_log = structlog.get_logger(__name__)


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
