"""WSGI entry point for a server of one's own, on PostgreSQL: `gunicorn wsgi:app`.

SQLite has one writer, and it runs the timers: `bagalau serve`, which takes the file lock.
"""

import sys

from app import create_app
from config.settings import from_environment

settings = from_environment()
if settings.sqlite_file is not None:
    print(
        "On SQLite `bagalau serve` serves the pages: it is the only writer and runs the timers. "
        "For another server set BAGALAU_DATABASE_URL to a database of PostgreSQL.",
        file=sys.stderr,
    )
    # With any other status gunicorn would start the worker again and again.
    raise SystemExit(4)
app = create_app(settings)
