"""What stops a command, as one sentence for whoever called it."""

from __future__ import annotations

from environs import EnvError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.db import Unsettled
from app.domain.refusals import Refusal
from app.engine.errors import ReleaseError
from app.services.sentences import say


def sentence(error: Exception) -> str | None:
    """The sentence for `error`; None for a fault of the program, which needs its traceback."""
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, EnvError):
        return str(error)
    if isinstance(error, ReleaseError):
        return f"The diagrams cannot be used:\n{error}"
    if isinstance(error, DBAPIError):
        return database(error)
    if isinstance(error, PoolTimeout):
        return "The database is busy: nothing came free in time. Try again in a moment."
    if isinstance(error, Unsettled):
        return (
            "The connection to the database broke at the last moment: whether this was done is "
            "not known. Look before you do it again."
        )
    if isinstance(error, OSError) and error.strerror and not isinstance(error, BrokenPipeError):
        what = error.filename or "This"
        return f"{what} cannot be used: {error.strerror}."
    return None


def database(error: DBAPIError) -> str:
    """Why the database cannot be used: the first line of what its driver says, no statement."""
    said = str(error.orig or error).strip().splitlines() or [type(error).__name__]
    where = "Look at BAGALAU_DATA, or at BAGALAU_DATABASE_URL if it is set."
    return f"The database cannot be used: {said[0].rstrip('.')}. {where}"


def _refused(refusal: Refusal) -> str:
    """The sentence of a refusal, and of every answer that it finds wrong."""
    told = say(refusal, "en")
    wrong = [
        f"{field.field}: {say(field.code, 'en', **dict(field.params))}"
        for field in refusal.fields
        if field.code != refusal.code
    ]
    return told if not wrong else "\n".join(wrong)
