"""Numbers of rows as they come in from outside: one too large for its column is nobody's."""

from __future__ import annotations

from app.domain.refusals import NotFound

# The largest value of an `integer` column; PostgreSQL refuses to compare with a larger one.
MAX_ID = 2**31 - 1


def possible(number: int, code: str) -> int:
    """The number, if a row may have it.

    Raises:
        NotFound: `code`; no row has such a number.
    """
    if not 0 < number <= MAX_ID:
        raise NotFound(code)
    return number
