"""On SQLite the forms that people hand in take turns from the door on."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SHORT = 64 * 1024
"""Bytes of a form up to which it waits its turn; an upload is read while others act."""


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
        with self._turn:
            return self._application(environ, start_response)


def _length(environ: WSGIEnvironment) -> int:
    told = environ.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdecimal() else 0
