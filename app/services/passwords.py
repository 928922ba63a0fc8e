"""Passwords: Argon2id (RFC 9106), a few at a time.

One hash takes 64 MiB and much of a processor, so that guessing is slow; therefore no more
than `AT_ONCE` are computed at the same time in a process, and never inside a transaction.
"""

from __future__ import annotations

import base64
import os
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.domain.refusals import FieldError, Invalid, Throttled

MINIMUM = 12
"""Characters that a password has at least; a demonstration asks for fewer."""
MAXIMUM = 200
AT_ONCE = 2
WAIT = 10.0
"""Seconds that a hash waits for its turn before the attempt is sent away."""

hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(AT_ONCE)


def check_password(password: str, minimum: int = MINIMUM, field: str = "password") -> None:
    """Refuse a new password that is too short or absurdly long.

    Raises:
        Invalid: `password.too_short` or `form.too_long`, at the form's `field`.
    """
    if len(_normal(password)) < minimum:
        error = FieldError(field, "password.too_short", (("min", minimum),))
        raise Invalid("password.too_short", fields=(error,), min=minimum)
    if len(password) > MAXIMUM:
        error = FieldError(field, "form.too_long", (("max", MAXIMUM),))
        raise Invalid("form.too_long", fields=(error,), max=MAXIMUM)


def hash_password(password: str) -> str:
    """The hash of a password in its text form, with parameters and salt.

    Raises:
        Throttled: `session.throttled`, too many are waiting.
    """
    with _turn():
        return hasher.hash(_bytes(password))


def verify(hashed: str | None, password: str) -> bool:
    """Say whether `password` is the one behind `hashed`.

    None is for a login that nobody has: it takes the same time, and the answer is no.

    Raises:
        Throttled: `session.throttled`, too many are waiting.
    """
    with _turn():
        try:
            hasher.verify(hashed or _nobody(), _bytes(password[: 2 * MAXIMUM]))
        except (VerificationError, InvalidHashError):
            return False
    return hashed is not None


def outdated(hashed: str) -> bool:
    """Say whether the hash was made with other parameters than those of today."""
    return hasher.check_needs_rehash(hashed)


def _normal(password: str) -> str:
    # The same letter comes from different keyboards as one character or as two.
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return _normal(password).encode("utf-8", "surrogatepass")


def _nobody() -> str:
    """A hash with the parameters of today that no password has."""

    def part(size: int) -> str:
        return base64.b64encode(os.urandom(size)).decode().rstrip("=")

    return (
        f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
        f"${part(hasher.salt_len)}${part(hasher.hash_len)}"
    )


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=WAIT):
        raise Throttled("session.throttled", minutes=1)
    try:
        yield
    finally:
        _turns.release()
