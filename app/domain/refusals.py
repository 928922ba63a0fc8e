"""Refusals: an act that the rules do not allow, as a code that becomes a sentence.

The sentences in Kazakh, Russian and English lie in `app/translations/refusals.toml` under
the same codes; a refusal carries the paragraph it rests on and the values for the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

Param = str | int


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field of a form: its name, the code of the sentence and the values for it."""

    field: str
    code: str
    params: tuple[tuple[str, Param], ...] = ()


class Refusal(Exception):
    """An act was refused; nothing of it was done.

    `code` names the sentence; `paragraph` the norm ("57"); `params` fill the sentence;
    `fields` tell which answers of a form are wrong.
    """

    status: ClassVar[int] = 422

    def __init__(
        self,
        code: str,
        *,
        paragraph: str | None = None,
        fields: tuple[FieldError, ...] = (),
        **params: Param,
    ) -> None:
        """Make a refusal of the sentence `code`."""
        super().__init__(code)
        self.code = code
        self.paragraph = paragraph
        self.fields = fields
        self.params: dict[str, Param] = params


class NotAllowed(Refusal):
    """The person may not do this: role, organisation or a conflict of interest."""

    status = 403


class NotFound(Refusal):
    """There is no such thing, or this person may not know of it."""

    status = 404


class Conflict(Refusal):
    """Somebody else was first, or the page is stale."""

    status = 409


class Invalid(Refusal):
    """The answers are wrong; `fields` says where."""

    status = 422


class TooLarge(Refusal):
    """A file or a request is larger than allowed."""

    status = 413


class Throttled(Refusal):
    """Too many attempts; try again later."""

    status = 429
