"""On SQLite the forms that people hand in take turns from the door on."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SHORT = 64 * 1024
"""Bytes of a form up to which it waits its turn; an upload is read while others act."""

WITHIN = 5.0
"""Seconds to wait for one's turn."""


class InTurns:
    """One short POST after another.

    One process writes to SQLite and one thread runs Python: two acts at once only wait for
    each other at every statement, and both together take longer than one after the other.
    """

    def __init__(self, application: WSGIApplication) -> None:
        """Stand before `application`."""
        self._application = application
        self._turn = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand a request on, in its turn where it has to wait for one."""
        if environ["REQUEST_METHOD"] != "POST" or _length(environ) > SHORT:
            return self._application(environ, start_response)
        # Whoever has waited too long goes on all the same: a turn saves time and nothing else.
        # While another program holds the file, nobody waits for the sum of all before.
        taken = self._turn.acquire(timeout=WITHIN)
        try:
            return self._application(environ, start_response)
        finally:
            if taken:
                self._turn.release()


def _length(environ: WSGIEnvironment) -> int:
    told = environ.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdecimal() else 0
